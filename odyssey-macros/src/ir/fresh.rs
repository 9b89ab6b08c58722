//! Copies of blocks with values of their own, for code that is emitted twice.

use super::{Block, Op, Value, ValueMap, Values};

impl Op {
    /// The same operation; what its blocks define has a new identity.
    pub(crate) fn fresh(&self, values: &mut Values) -> Op {
        let mut op = self.clone();
        op.blocks_mut().into_iter().for_each(|block| *block = block.fresh(values));
        op
    }
}

impl Block {
    /// The same block; what it defines has a new identity.
    pub(crate) fn fresh(&self, values: &mut Values) -> Block {
        let mut copies = ValueMap::default();
        self.definitions(&mut |v| {
            copies.insert(v, values.copy_of(v));
        });
        for (v, copy) in copies.iter() {
            if let Some(ty) = values.annotations.get(&v).cloned() {
                values.annotations.insert(*copy, ty);
            }
            values[*copy].shape_of = values[v].shape_of.map(|shape| copies.resolve(shape));
        }
        let mut block = self.clone();
        block.map_definitions(&mut |v| copies.resolve(v));
        block.map_reads(&mut |v| copies.resolve(v));
        block
    }

    fn map_definitions(&mut self, f: &mut impl FnMut(Value) -> Value) {
        self.params.iter_mut().for_each(|v| *v = f(*v));
        self.pops.iter_mut().for_each(|kept| kept.value = f(kept.value));
        for stmt in &mut self.stmts {
            stmt.outs.iter_mut().for_each(|v| *v = f(*v));
            stmt.op.blocks_mut().into_iter().for_each(|inner| inner.map_definitions(f));
        }
    }
}
