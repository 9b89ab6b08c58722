//! Which tangents are read and written number by number, and nothing else: along several directions, these are lists in which each
//! number is an array of those in each direction.

use crate::ir::{Block, Copying, Listing, Op, Projection, Stmt, Value, ValueSet, Values, Write};

/// Those of a program with its tangents, which consists of these blocks.
pub(super) fn find(values: &Values, blocks: &[&Block]) -> ValueSet {
    let mut lists = Lists { values, above: (0..values.len()).collect(), is_whole: vec![false; values.len()] };
    blocks.iter().for_each(|block| lists.block(block));
    values.all().filter(|v| values[*v].kind.holds_numbers() && !lists.is_whole[lists.class(*v)]).collect()
}

/// Classes of values that are the same list at different times, and whether more than numbers of it are looked at.
struct Lists<'a> {
    values: &'a Values,
    above: Vec<usize>,
    is_whole: Vec<bool>,
}

impl Lists<'_> {
    fn class(&self, value: Value) -> usize {
        let mut class = value.0 as usize;
        while self.above[class] != class {
            class = self.above[class];
        }
        class
    }

    fn join(&mut self, a: Value, b: Value) {
        let (a, b) = (self.class(a), self.class(b));
        self.above[a] = b;
        self.is_whole[b] |= self.is_whole[a];
    }

    fn whole(&mut self, value: Value) {
        let class = self.class(value);
        self.is_whole[class] = true;
    }

    fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        stmt.op.blocks().into_iter().for_each(|inner| self.block(inner));
        let is_number = |v: &Value| self.values[*v].kind.is_scalar();
        match &stmt.op {
            Op::Copy(Copying::Clone | Copying::ToOwned, x) | Op::Reference(x) | Op::Dereference(x) => self.join(stmt.outs[0], *x),
            Op::Index(..) if is_number(&stmt.outs[0]) => {}
            Op::Store { base, path, value, how: Write::Set } | Op::Update { base, path, value, .. }
                if matches!(path[..], [Projection::Index(_)]) && is_number(value) =>
            {
                self.join(stmt.outs[0], *base);
            }
            Op::AccumulatePart { tangent, path, value, .. } if matches!(path[..], [Projection::Index(_)]) && is_number(value) => {
                self.join(stmt.outs[0], *tangent);
            }
            Op::TakePart { tangent, path, was: None }
                if matches!(path[..], [Projection::Index(_)]) && is_number(&stmt.outs[0]) =>
            {
                self.join(stmt.outs[1], *tangent);
            }
            Op::Push { base, path, value } if path.is_empty() && is_number(value) => self.join(stmt.outs[0], *base),
            Op::Swap { base, path, .. } if path.is_empty() => self.join(stmt.outs[0], *base),
            Op::List(Listing::Array | Listing::Vec | Listing::Ndarray, elements) if elements.iter().all(is_number) => {}
            Op::Zero(_) => {}
            Op::If(..) | Op::Match(..) | Op::Scope(_) => {
                for block in stmt.op.blocks().into_iter().filter(|block| !block.diverges) {
                    stmt.outs.iter().zip(&block.results).for_each(|(out, result)| self.join(*out, *result));
                }
            }
            Op::For(l) => {
                for (k, init) in l.inits.iter().enumerate() {
                    let param = l.body.params[k + 1];
                    let tested = l.condition.iter().map(|condition| condition.params[k]);
                    for other in [*init, l.body.results[k], stmt.outs[k]].into_iter().chain(tested) {
                        self.join(other, param);
                    }
                }
            }
            op => {
                op.operands(&mut |v| self.whole(v));
                stmt.outs.iter().for_each(|out| self.whole(*out));
            }
        }
    }
}
