//! Dead code: statements whose results nobody reads, values that loops carry and branches return for nobody.

use crate::ir::{Block, For, Kernel, Op, Stmt, Value, ValueSet};

/// Removes dead statements. `live` holds what is read after the block, and afterwards what the block reads itself.
pub(crate) fn remove(block: &mut Block, live: &mut ValueSet) {
    live.extend(&block.results);
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
}

fn is_dead(stmt: &Stmt, live: &ValueSet) -> bool {
    let unread = stmt.outs.iter().all(|out| !live.contains(out));
    // A call whose derivative nobody asks for is still made if its value is read, or if it may have an effect; a
    // pullback has none.
    unread && (stmt.op.is_pure() || matches!(stmt.op, Op::Pullback { .. }))
}

/// Takes out of a statement what is not read of its results.
fn narrow(stmt: &mut Stmt, live: &mut ValueSet) {
    match &mut stmt.op {
        Op::Linearize(call) if !live.contains(&stmt.outs[1]) => {
            stmt.op = Op::Call(call.clone());
            stmt.outs.truncate(1);
        }
        Op::If(_, then, otherwise) => {
            let keep: Vec<_> = stmt.outs.iter().map(|out| live.contains(out)).collect();
            retain(&mut stmt.outs, &keep);
            for arm in [then, otherwise] {
                retain(&mut arm.results, &keep);
                remove(arm, live);
            }
        }
        Op::For(l) => narrow_loop(l, &mut stmt.outs, live),
        Op::Kernel(kernel) => narrow_kernel(kernel, &mut stmt.outs, live),
        _ => {}
    }
}

fn narrow_kernel(kernel: &mut Kernel, outs: &mut Vec<Value>, live: &ValueSet) {
    let keep: Vec<_> = outs.iter().map(|out| live.contains(out)).collect();
    retain(outs, &keep);
    retain(&mut kernel.outputs, &keep);
    retain(&mut kernel.body.results, &keep);
    remove(&mut kernel.body, &mut ValueSet::default());
}

fn narrow_loop(l: &mut For, outs: &mut Vec<Value>, live: &mut ValueSet) {
    let carried = l.inits.len();
    let mut keep: Vec<_> = outs[..carried].iter().map(|out| live.contains(out)).collect();
    let pushes: Vec<_> = l.pushes.iter().map(|kept| live.contains(&kept.stack)).collect();
    retain(&mut l.pushes, &pushes);
    // A carried value is live as well if the body reads it to compute a live one: grow the set until it is closed.
    let inside = loop {
        let mut body = l.body.clone();
        retain(&mut body.results, &keep);
        let mut inside = live.clone();
        inside.extend(l.pushes.iter().map(|kept| kept.value));
        remove(&mut body, &mut inside);
        let grown: Vec<_> = (0..carried).map(|k| keep[k] || inside.contains(&l.body.params[k + 1])).collect();
        if grown == keep {
            l.body.stmts = body.stmts;
            break inside;
        }
        keep = grown;
    };
    retain(&mut l.body.results, &keep);
    retain(&mut l.inits, &keep);
    let with_index: Vec<_> = std::iter::once(true).chain(keep.iter().copied()).collect();
    retain(&mut l.body.params, &with_index);
    let all: Vec<_> = keep.into_iter().chain(pushes).collect();
    retain(outs, &all);
    l.pops.retain(|kept| inside.contains(&kept.value));
    *live = inside;
}

pub(super) fn retain<T>(list: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    list.retain(|_| *keep.next().expect("one flag each"));
}
