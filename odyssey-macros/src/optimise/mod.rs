//! The optimiser. Its passes run on primal and derivative alike; each is one function from IR to IR.

mod common;
mod dead;
pub(crate) mod fuse;
mod let_go;
pub(crate) mod shapes;
mod simplify;

use crate::ir::{Block, Kernel, Op, Value, ValueMap, ValueSet, Values};

pub(crate) use dead::remove as remove_dead;
pub(crate) use let_go::let_go;

/// The scalar passes, on a program in two halves of which the second one sees the first: constant folding and
/// algebraic simplification, common subexpressions, dead code.
///
/// Post-condition: nothing is computed whose value is not read, and no pure value twice.
pub(crate) fn clean(values: &mut Values, forward: &mut Block, reverse: &mut Block) {
    loop {
        let before = size(forward) + size(reverse);
        simplify::simplify(values, forward, reverse);
        common::eliminate(values, forward, reverse);
        let mut live = ValueSet::default();
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
    dead::remove(body, &mut ValueSet::default());
    // A number that no element reads any more; what has a shape stays, for the iteration space.
    let mut read = ValueSet::default();
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

/// How values are defined.
#[derive(Default)]
pub(crate) struct Definitions<'b> {
    own: ValueMap<&'b Op>,
    /// Those of another program that this one reads.
    foreign: Option<&'b Definitions<'b>>,
}

impl<'b> Definitions<'b> {
    /// Those of all values of some blocks and their nested blocks that one statement with one result defines.
    pub(crate) fn of(blocks: impl IntoIterator<Item = &'b Block>) -> Definitions<'b> {
        let mut definitions = Definitions::default();
        blocks.into_iter().for_each(|block| definitions.collect(block));
        definitions
    }

    /// The same with what another program defines.
    pub(crate) fn with(self, foreign: &'b Definitions<'b>) -> Definitions<'b> {
        Definitions { foreign: Some(foreign), ..self }
    }

    pub(crate) fn insert(&mut self, value: Value, op: &'b Op) {
        self.own.insert(value, op);
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of the standard collections")]
    pub(crate) fn get(&self, value: &Value) -> Option<&'b Op> {
        self.own.get(value).copied().or_else(|| self.foreign?.get(value))
    }

    /// The values that are defined here, and not in the other program.
    pub(crate) fn own(&self) -> impl Iterator<Item = (Value, &'b Op)> + '_ {
        self.own.iter().map(|(value, op)| (value, *op))
    }

    fn collect(&mut self, block: &'b Block) {
        for stmt in &block.stmts {
            let blocks = stmt.op.blocks();
            if let ([out], true) = (&stmt.outs[..], blocks.is_empty()) {
                self.insert(*out, &stmt.op);
            }
            blocks.into_iter().for_each(|inner| self.collect(inner));
        }
    }
}

impl std::ops::Index<&Value> for Definitions<'_> {
    type Output = Op;
    fn index(&self, value: &Value) -> &Op {
        self.get(value).expect("a defined value")
    }
}
