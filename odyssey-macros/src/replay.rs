//! From pairs of a forward pass and its sweep inside of a sweep to code that runs one after the other.
//!
//! Such a pair is a derivative like that of the function: its sweep is fused, what the sweep reads of the forward pass is
//! kept, and the forward pass is fused for what is left.

use crate::ir::{Block, Op, Replay, ValueSet, Values};
use crate::optimise::fuse::{fuse, Foreign};
use crate::pipeline::reads_in_blocks;
use crate::reverse::keep;

/// Writes all pairs in a sweep as scopes, from the inside out; `foreign` is the forward pass of the sweep.
pub(crate) fn settle(values: &mut Values, sweep: &mut Block, foreign: &Foreign) {
    for stmt in &mut sweep.stmts {
        match &mut stmt.op {
            Op::Replay(replay) => stmt.op = Op::Scope(settled(values, replay, foreign)),
            op => op.blocks_mut().into_iter().for_each(|inner| settle(values, inner, foreign)),
        }
    }
}

fn settled(values: &mut Values, replay: &mut Replay, around: &Foreign) -> Block {
    let Replay { forward, reverse } = replay;
    let foreign = Foreign::of(values, forward).within(around);
    settle(values, reverse, &foreign);
    fuse(values, reverse, &foreign, &ValueSet::default());
    keep::restore(values, forward, reverse);
    keep::restore_overwritten(values, forward, reverse);
    let captured = reads_in_blocks(reverse);
    fuse(values, forward, &Foreign::default(), &captured);
    let mut scope = std::mem::take(reverse);
    scope.stmts.splice(..0, forward.stmts.drain(..));
    scope
}
