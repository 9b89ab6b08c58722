//! The optimiser. Its passes run on primal and derivative alike; each is one function from IR to IR.

mod common;
mod dead;
pub(crate) mod fuse;
pub(crate) mod shapes;
mod simplify;

use std::collections::{HashMap, HashSet};

use crate::ir::{Block, Kernel, Op, Value, Values};

pub(crate) use dead::remove as remove_dead;

/// The scalar passes, on a program in two halves of which the second one sees the first: constant folding and
/// algebraic simplification, common subexpressions, dead code.
///
/// Post-condition: nothing is computed whose value is not read, and no pure value twice.
pub(crate) fn clean(values: &mut Values, forward: &mut Block, reverse: &mut Block) {
    loop {
        let before = size(forward) + size(reverse);
        simplify::simplify(values, forward, reverse);
        common::eliminate(values, forward, reverse);
        let mut live = HashSet::new();
        dead::remove(reverse, &mut live);
        dead::remove(forward, &mut live);
        if size(forward) + size(reverse) == before {
            return;
        }
    }
}

/// The same for the body of a kernel, where operands that were constants all along have come to light.
pub(crate) fn clean_kernel(values: &mut Values, kernel: &mut Kernel) {
    let Kernel { inputs, body, extents, .. } = kernel;
    simplify::simplify_kernel(values, body);
    common::eliminate(values, &mut Block::default(), body);
    dead::remove(body, &mut HashSet::new());
    // A number that no element reads any more; what has a shape stays, for the iteration space.
    let mut read = HashSet::new();
    body.reads(&mut |v| {
        read.insert(v);
    });
    let keep: Vec<_> =
        body.params.iter().zip(&*inputs).map(|(param, input)| read.contains(param) || !values[*input].kind.is_scalar()).collect();
    if !keep.contains(&true) && extents.is_empty() {
        return;
    }
    dead::retain(inputs, &keep);
    dead::retain(&mut body.params, &keep);
}

fn size(block: &Block) -> usize {
    block.stmts.iter().map(|stmt| 1 + stmt.op.blocks().into_iter().map(size).sum::<usize>() + stmt.outs.len()).sum()
}

/// How every value of a block and its nested blocks is defined, where one statement with one result defines it.
pub(crate) fn definitions<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> HashMap<Value, Op> {
    let mut definitions = HashMap::new();
    for block in blocks {
        collect(block, &mut definitions);
    }
    definitions
}

fn collect(block: &Block, definitions: &mut HashMap<Value, Op>) {
    for stmt in &block.stmts {
        stmt.op.blocks().into_iter().for_each(|inner| collect(inner, definitions));
        if let ([out], true) = (&stmt.outs[..], stmt.op.blocks().is_empty()) {
            definitions.insert(*out, stmt.op.clone());
        }
    }
}
