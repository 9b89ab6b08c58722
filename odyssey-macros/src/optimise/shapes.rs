//! Symbolic shapes: which operands' shapes, broadcast together, make the shape of a value.
//!
//! Two values with the same set have the same shape, whatever the shapes are at run time; scalars have the empty set.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use crate::ir::{Op, Value, Values};

/// A set of values whose shapes are broadcast together.
pub(crate) type Shape = BTreeSet<Value>;

/// Shapes that have been worked out, for as long as nothing changes.
pub(crate) type Memo = RefCell<HashMap<Value, Shape>>;

pub(crate) struct Shapes<'a> {
    pub(crate) values: &'a Values,
    pub(crate) definitions: &'a HashMap<Value, Op>,
    pub(crate) memo: &'a Memo,
}

impl Shapes<'_> {
    /// The shape of a value.
    pub(crate) fn of(&self, value: Value) -> Shape {
        if let Some(known) = self.memo.borrow().get(&value) {
            return known.clone();
        }
        let shape = self.work_out(value);
        self.memo.borrow_mut().insert(value, shape.clone());
        shape
    }

    fn work_out(&self, value: Value) -> Shape {
        let info = &self.values[value];
        if info.kind.peel().is_scalar() {
            return Shape::new();
        }
        if let Some(primal) = info.shape_of {
            return self.of(primal);
        }
        match self.definitions.get(&value) {
            Some(Op::Elementwise(_, operands, _)) => operands.iter().flat_map(|v| self.of(*v)).collect(),
            Some(Op::Apply(op, operands, _)) if op.shape == crate::table::operations::Shape::Same => self.of(operands[0]),
            Some(Op::Reference(x) | Op::Dereference(x) | Op::Copy(_, x) | Op::Accumulate(x, _)) => self.of(*x),
            Some(Op::Fit { like, .. } | Op::Zero(like)) => self.of(*like),
            _ => Shape::from([value]),
        }
    }
}
