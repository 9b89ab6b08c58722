//! What the sweep reads from the body of the function itself: in the same scope, or from a pullback.

use super::plan::{is_borrowing, Plan};
use super::unstable::{overwritten, parts_of, unstable};
use super::{compute_again, extent_of, read_for_their_shapes, reads_of, Keep};
use crate::ir::{Block, Op, Stmt, ValueMap, ValueSet, Values};

/// Restores what a sweep that runs later, after the forward pass has returned, cannot keep: what borrows. The rest is
/// captured by the pullback as it is. What is given `again` to the pullback is at hand.
pub(crate) fn restore_in_pullback(values: &mut Values, forward: &mut Block, sweep: &mut Block) {
    // What is behind a `&mut` is the caller's when the pullback runs.
    let mut unstable = values.all().filter(|v| values[*v].kind.is_exclusive()).collect::<ValueSet>();
    overwritten(forward, &mut unstable);
    parts_of(values, forward, &mut unstable);
    let mut plan = Plan::new(values, &unstable, forward, is_borrowing);
    let given = forward.params.iter().filter(|param| !values[**param].kind.is_exclusive());
    plan.at_hand.extend(given.chain(&forward.results[..1]));
    for value in reads_of(sweep).iter() {
        plan.restore(value);
    }
    let read_again = plan.read_again();
    let (again, saved) = (plan.again, plan.saved);
    let shapes = read_for_their_shapes(sweep);
    let mut keep = Keep { values, unstable, stacks: Vec::new(), front: Vec::new() };
    let mut map = ValueMap::default();
    for value in saved.iter() {
        if keep.unstable.contains(&value) && keep.values[value].kind.is_number() {
            // A number is bound where it is read, and kept as it is.
        } else if keep.unstable.contains(&value) {
            map.insert(value, keep.snapshot(value, forward));
        } else if !read_again.contains(&value) && shapes.contains(&value) {
            map.insert(value, extent_of(keep.values, value, forward));
        } else if keep.may_borrow(value, forward) {
            let kept = keep.outliving(value, forward);
            map.insert(value, keep.restored(value, kept, forward));
        }
    }
    let map = compute_again(keep.values, forward, &again, sweep, map);
    keep.put_in_front(sweep);
    sweep.map_reads(&mut |v| map.resolve(v));
}

/// Copies what the sweep reads in the same scope, but finds overwritten there.
pub(crate) fn restore_overwritten(values: &mut Values, forward: &mut Block, sweep: &mut Block) {
    let unstable = unstable(values, forward);
    let visible: ValueSet = forward.params.iter().chain(forward.stmts.iter().flat_map(|stmt| &stmt.outs)).copied().collect();
    let read: Vec<_> = reads_of(sweep).iter().filter(|v| unstable.contains(v) && visible.contains(v)).collect();
    let mut keep = Keep { values, unstable, stacks: Vec::new(), front: Vec::new() };
    let mut map = ValueMap::default();
    for value in read {
        // A reference to something that was overwritten refers to a copy of it.
        let definition = forward.stmts.iter().find(|stmt| stmt.outs[..] == [value]).map(|stmt| &stmt.op);
        let owner = match definition {
            Some(Op::Reference(inner)) => *inner,
            _ => value,
        };
        let copy = keep.snapshot(owner, forward);
        if owner == value {
            map.insert(value, copy);
        } else {
            let reference = keep.values.copy_of(value);
            let span = keep.values[value].span;
            sweep.stmts.insert(0, Stmt { outs: vec![reference], op: Op::Reference(copy), span });
            map.insert(value, reference);
        }
    }
    keep.put_in_front(sweep);
    sweep.map_reads(&mut |v| map.resolve(v));
}
