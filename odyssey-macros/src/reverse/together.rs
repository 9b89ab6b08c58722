//! Loops whose forward and reverse iterations run together.
//!
//! Where the cotangent of what a loop carries is the same in every iteration (an accumulator's is), and the sweep only
//! adds to its adjoints, the order of its iterations does not matter: each can follow its forward iteration at once,
//! while its values are in registers.

use std::collections::BTreeSet;

use crate::ir::{Block, Directions, For, Op, Stmt, Value, ValueMap, ValueSet};

/// Merges each such loop with its mirror image in the same block; returns their numbers.
pub(crate) fn merge(block: &mut Block) -> Vec<u32> {
    let (mut position, mut merged) = (0, Vec::new());
    while position < block.stmts.len() {
        if let Some(mirror) = mirror_of(block, position) {
            if let Some(moved) = what_comes_first(block, position, mirror) {
                position += merge_pair(block, position, mirror, &moved);
                let Op::For(both) = &block.stmts[position].op else { unreachable!("the merged loop") };
                merged.push(both.body.id);
            }
        }
        position += 1;
    }
    merged
}

/// The reversed loop of the loop at this position, if its iterations may run in any order.
fn mirror_of(block: &Block, position: usize) -> Option<usize> {
    let Op::For(forward) = &block.stmts[position].op else { return None };
    if forward.reversed || forward.stops || forward.range.is_none() || pushes(&forward.body) {
        return None;
    }
    let is_mirror = |stmt: &Stmt| matches!(&stmt.op, Op::For(sweep) if sweep.body.id == forward.body.id && only_adds(sweep));
    (position + 1..block.stmts.len()).find(|i| is_mirror(&block.stmts[*i]))
}

/// Some iteration keeps something.
fn pushes(body: &Block) -> bool {
    !body.pushes.is_empty() || body.stmts.iter().flat_map(|stmt| stmt.op.blocks()).any(pushes)
}

/// The loop restores nothing, and does nothing with what it carries but add to it.
fn only_adds(sweep: &For) -> bool {
    let mut sums: ValueSet = sweep.body.params[1..].iter().copied().collect();
    let are_sums = |sums: &ValueSet| sweep.body.results.iter().all(|result| sums.contains(result));
    sweep.body.pops.is_empty() && sweep.body.stmts.iter().all(|stmt| adds(stmt, None, &mut sums)) && are_sums(&sums)
}

/// The statement does nothing with the sums but add to them; in a direction, if there are several.
fn adds(stmt: &Stmt, direction: Option<Value>, sums: &mut ValueSet) -> bool {
    if let Op::Directions(each) = &stmt.op {
        return adds_by_direction(each, &stmt.outs, sums);
    }
    let target = match &stmt.op {
        Op::Elementwise(op, operands, _) if op.is("add") || op.is("sub") => Some(operands[0]),
        Op::Index(sum, index) if Some(*index) == direction => Some(*sum),
        Op::Accumulate(sum, _) => Some(*sum),
        Op::AccumulatePart { tangent, is_taken: false, .. } => Some(*tangent),
        _ => None,
    };
    let mut reads = Vec::new();
    stmt.reads(&mut |v| reads.push(v));
    match reads.iter().filter(|v| sums.contains(v)).count() {
        0 => true,
        1 if target.is_some_and(|target| sums.contains(&target)) => sums.insert(stmt.outs[0]),
        _ => false,
    }
}

/// What is done in each direction does nothing with the sums but add to them.
fn adds_by_direction(each: &Directions, outs: &[Value], sums: &mut ValueSet) -> bool {
    let Directions { changed, block } = each;
    let (direction, places) = block.params.split_first().expect("the number of the direction");
    let of_sums: Vec<_> = changed.iter().zip(places).filter(|(sum, _)| sums.contains(sum)).map(|(_, place)| *place).collect();
    sums.extend(&of_sums);
    if !block.stmts.iter().all(|stmt| adds(stmt, Some(*direction), sums)) {
        return false;
    }
    let left = outs.iter().zip(&block.results).filter(|(_, result)| sums.contains(result)).map(|(out, _)| *out);
    sums.extend(left.collect::<Vec<_>>());
    true
}

/// The statements between the two loops that the second one needs, if none of them needs the first.
fn what_comes_first(block: &Block, forward: usize, mirror: usize) -> Option<BTreeSet<usize>> {
    let mut needed = ValueSet::default();
    block.stmts[mirror].reads(&mut |v| {
        needed.insert(v);
    });
    let mut moved = BTreeSet::new();
    for i in (forward + 1..mirror).rev() {
        let stmt = &block.stmts[i];
        if stmt.outs.iter().any(|out| needed.contains(out)) {
            if stmt.op.keeps_its_turn() {
                return None;
            }
            stmt.reads(&mut |v| {
                needed.insert(v);
            });
            moved.insert(i);
        }
    }
    let is_free = !block.stmts[forward].outs.iter().any(|out| needed.contains(out));
    is_free.then_some(moved)
}

/// Returns how many statements were moved in front of the loop.
fn merge_pair(block: &mut Block, forward: usize, mirror: usize, moved: &BTreeSet<usize>) -> usize {
    let sweep = block.stmts.remove(mirror);
    let Op::For(mut sweep_loop) = sweep.op else { unreachable!("found as a loop") };
    let mut first = Vec::new();
    for i in moved.iter().rev() {
        first.push(block.stmts.remove(*i));
    }
    let Stmt { outs, op: Op::For(forward_loop), .. } = &mut block.stmts[forward] else { unreachable!("found as a loop") };
    let index = ValueMap::from_iter([(sweep_loop.body.params[0], forward_loop.body.params[0])]);
    sweep_loop.body.map_reads(&mut |v| index.resolve(v));
    forward_loop.inits.append(&mut sweep_loop.inits);
    forward_loop.body.params.extend(sweep_loop.body.params.drain(1..));
    forward_loop.body.stmts.append(&mut sweep_loop.body.stmts);
    forward_loop.body.results.append(&mut sweep_loop.body.results);
    outs.extend(sweep.outs);
    let count = first.len();
    for stmt in first {
        block.stmts.insert(forward, stmt);
    }
    count
}
