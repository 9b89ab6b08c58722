//! What is not there any more when the sweep runs, although its name is.

use super::plan::is_borrowing;
use crate::ir::{Block, Op, ValueSet, Values};

/// Values that are overwritten, and those that are read as parts of such.
pub(super) fn unstable(values: &Values, forward: &Block) -> ValueSet {
    let mut unstable = ValueSet::default();
    overwritten(forward, &mut unstable);
    parts_of(values, forward, &mut unstable);
    unstable
}

pub(super) fn overwritten(block: &Block, found: &mut ValueSet) {
    for stmt in &block.stmts {
        found.extend(stmt.overwrites().into_iter().map(|(base, _)| base));
        if let Op::Directions(each) = &stmt.op {
            found.extend(&each.changed);
        }
        stmt.op.blocks().into_iter().for_each(|inner| overwritten(inner, found));
    }
}

pub(super) fn parts_of(values: &Values, block: &Block, unstable: &mut ValueSet) {
    for stmt in &block.stmts {
        if let ([out], true) = (&stmt.outs[..], is_borrowing(&stmt.op, values)) {
            let mut reads = false;
            stmt.op.operands(&mut |v| reads |= unstable.contains(&v));
            if reads {
                unstable.insert(*out);
            }
        }
        stmt.op.blocks().into_iter().for_each(|inner| parts_of(values, inner, unstable));
    }
}
