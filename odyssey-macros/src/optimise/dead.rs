//! Dead code: statements whose results nobody reads, values that loops carry and branches return for nobody.

use crate::ir::{Block, Directions, For, Kernel, Op, Stmt, Value, ValueSet};

/// Removes dead statements. `live` holds what is read after the block, and afterwards what the block reads itself.
pub(crate) fn remove(block: &mut Block, live: &mut ValueSet) {
    block.pushes.retain(|kept| live.contains(&kept.stack));
    block.end_reads(&mut |v| {
        live.insert(v);
    });
    let mut kept = Vec::with_capacity(block.stmts.len());
    for mut stmt in std::mem::take(&mut block.stmts).into_iter().rev() {
        if is_dead(&stmt, live) {
            continue;
        }
        narrow(&mut stmt, live);
        stmt.op.operands(&mut |v| {
            live.insert(v);
        });
        kept.push(stmt);
    }
    kept.reverse();
    block.stmts = kept;
    block.pops.retain(|kept| live.contains(&kept.value));
    live.extend(block.pops.iter().map(|kept| kept.stack));
}

fn is_dead(stmt: &Stmt, live: &ValueSet) -> bool {
    let unread = stmt.outs.iter().all(|out| !live.contains(out));
    // A call whose derivative nobody asks for is still made if its value is read, or if it may have an effect; a
    // pullback has none.
    unread && (stmt.op.is_pure() || matches!(stmt.op, Op::Pullback { .. })) && !is_read_inside(stmt, live)
}

/// The sweep reads values from inside of a loop or a branch, until they are kept, also where nobody reads its results.
fn is_read_inside(stmt: &Stmt, live: &ValueSet) -> bool {
    let mut is_read = false;
    stmt.op.blocks().into_iter().for_each(|inner| inner.definitions(&mut |v| is_read |= live.contains(&v)));
    is_read
}

/// Takes out of a statement what is not read of its results.
fn narrow(stmt: &mut Stmt, live: &mut ValueSet) {
    match &mut stmt.op {
        Op::Linearize(call) if !call.is_repeated && !live.contains(stmt.outs.last().expect("the pullback")) => {
            stmt.op = Op::Call(call.clone());
            stmt.outs.pop();
        }
        Op::LinearizeAlong(call, tangents)
            if call.borrowed.is_empty() && !live.contains(stmt.outs.last().expect("the pullback")) =>
        {
            stmt.op = Op::Pushforward(call.clone(), tangents.clone());
            stmt.outs.pop();
        }
        Op::If(_, then, otherwise) => {
            let keep = retain_live(&mut stmt.outs, live);
            for arm in [then, otherwise] {
                retain(&mut arm.results, &keep);
                remove(arm, live);
            }
        }
        Op::Match(_, arms) => {
            let keep = retain_live(&mut stmt.outs, live);
            for arm in arms {
                retain(&mut arm.block.results, &keep);
                remove(&mut arm.block, live);
                arm.guard.iter().flat_map(|guard| &guard.inputs).for_each(|(_, v)| {
                    live.insert(*v);
                });
            }
        }
        Op::Scope(block) => {
            let keep = retain_live(&mut stmt.outs, live);
            retain(&mut block.results, &keep);
            remove(block, live);
        }
        Op::Replay(replay) => {
            let keep = retain_live(&mut stmt.outs, live);
            retain(&mut replay.reverse.results, &keep);
            remove(&mut replay.reverse, live);
            remove(&mut replay.forward, live);
        }
        Op::Directions(each) => narrow_directions(each, &mut stmt.outs, live),
        Op::For(l) => narrow_loop(l, &mut stmt.outs, live),
        Op::Kernel(kernel) => narrow_kernel(kernel, &mut stmt.outs, live),
        _ => {}
    }
}

/// Keeps the results that are read; which those are.
fn retain_live(outs: &mut Vec<Value>, live: &ValueSet) -> Vec<bool> {
    let keep: Vec<_> = outs.iter().map(|out| live.contains(out)).collect();
    retain(outs, &keep);
    keep
}

/// Something that is changed stays: what is read of it may have been changed before.
fn narrow_directions(each: &mut Directions, outs: &mut Vec<Value>, live: &mut ValueSet) {
    let own = outs.len() - each.changed.len();
    let keep: Vec<_> = outs.iter().enumerate().map(|(k, out)| k >= own || live.contains(out)).collect();
    retain(outs, &keep);
    retain(&mut each.block.results, &keep);
    remove(&mut each.block, live);
}

fn narrow_kernel(kernel: &mut Kernel, outs: &mut Vec<Value>, live: &ValueSet) {
    let keep = retain_live(outs, live);
    retain(&mut kernel.outputs, &keep);
    retain(&mut kernel.body.results, &keep);
    remove(&mut kernel.body, &mut ValueSet::default());
}

fn narrow_loop(l: &mut For, outs: &mut Vec<Value>, live: &mut ValueSet) {
    let carried = l.inits.len();
    if l.is_counted && !live.contains(&outs[carried]) {
        l.is_counted = false;
        outs.pop();
    }
    if let Some(condition) = &mut l.condition {
        remove(condition, live);
    }
    let is_tested = |k: usize, live: &ValueSet| l.condition.as_ref().is_some_and(|c| live.contains(&c.params[k]));
    let mut keep: Vec<_> = (0..carried).map(|k| live.contains(&outs[k]) || is_tested(k, live)).collect();
    // A carried value is live as well if the body reads it to compute a live one: grow the set until it is closed.
    let inside = loop {
        let mut body = l.body.clone();
        retain(&mut body.results, &with_others(&keep, l.stops));
        let mut inside = live.clone();
        remove(&mut body, &mut inside);
        let grown: Vec<_> = (0..carried).map(|k| keep[k] || inside.contains(&l.body.params[k + 1])).collect();
        if grown == keep {
            l.body.stmts = body.stmts;
            l.body.pushes = body.pushes;
            l.body.pops = body.pops;
            break inside;
        }
        keep = grown;
    };
    retain(&mut l.body.results, &with_others(&keep, l.stops));
    retain(&mut l.inits, &keep);
    if let Some(condition) = &mut l.condition {
        retain(&mut condition.params, &keep);
    }
    let with_index: Vec<_> = std::iter::once(true).chain(keep.iter().copied()).collect();
    retain(&mut l.body.params, &with_index);
    retain(outs, &with_others(&keep, l.is_counted));
    *live = inside;
}

/// The flags of what is carried, and one more for what comes after it.
fn with_others(keep: &[bool], other: bool) -> Vec<bool> {
    keep.iter().copied().chain(other.then_some(true)).collect()
}

pub(super) fn retain<T>(list: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    list.retain(|_| *keep.next().expect("one flag each"));
}
