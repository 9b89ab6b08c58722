//! Symbolic shapes: which operands' shapes, broadcast together, make the shape of a value.
//!
//! Two values with the same set have the same shape, whatever the shapes are at run time; scalars have the empty set.

use std::cell::RefCell;
use std::rc::Rc;

use super::Definitions;
use crate::ir::{Op, Value, ValueMap, Values};

/// A set of values whose shapes are broadcast together, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Shape(Rc<[Value]>);

impl Shape {
    /// No shape at all: a single float's.
    pub(crate) fn scalar() -> Shape {
        Shape(Rc::new([]))
    }

    fn own(value: Value) -> Shape {
        Shape(Rc::new([value]))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        self.0.iter().copied()
    }

    pub(crate) fn contains(&self, value: Value) -> bool {
        self.0.binary_search(&value).is_ok()
    }

    pub(crate) fn is_subset(&self, other: &Shape) -> bool {
        let mut others = other.0.iter();
        Rc::ptr_eq(&self.0, &other.0) || self.0.iter().all(|value| others.by_ref().any(|other| other == value))
    }

    /// The two broadcast together.
    pub(crate) fn join(&self, other: &Shape) -> Shape {
        if other.is_subset(self) {
            return self.clone();
        }
        if self.is_subset(other) {
            return other.clone();
        }
        let mut all = [&*self.0, &*other.0].concat();
        all.sort_unstable();
        all.dedup();
        Shape(all.into())
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Shape) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.len() == other.0.len() && self.0 == other.0
    }
}

/// What has been worked out, for as long as nothing changes.
#[derive(Default)]
pub(crate) struct Memo {
    shapes: RefCell<ValueMap<Shape>>,
    for_sums: RefCell<ValueMap<bool>>,
}

pub(crate) struct Shapes<'a> {
    pub(crate) values: &'a Values,
    pub(crate) definitions: &'a Definitions<'a>,
    pub(crate) memo: &'a Memo,
}

impl Shapes<'_> {
    /// The shape of a value.
    pub(crate) fn of(&self, value: Value) -> Shape {
        if let Some(known) = self.memo.shapes.borrow().get(&value) {
            return known.clone();
        }
        let shape = self.work_out(value);
        self.memo.shapes.borrow_mut().insert(value, shape.clone());
        shape
    }

    /// Some `fit` that this elementwise value is made from still has to sum: one further up can do it in the same pass.
    pub(crate) fn stands_for_a_sum(&self, value: Value) -> bool {
        if let Some(known) = self.memo.for_sums.borrow().get(&value) {
            return *known;
        }
        let stands = match self.definitions.get(&value) {
            Some(Op::Fit { value, over, like }) => self.of(*over) != self.of(*like) || self.stands_for_a_sum(*value),
            Some(Op::Elementwise(_, operands, _)) => operands.iter().any(|v| self.stands_for_a_sum(*v)),
            Some(Op::Accumulate(a, b)) => self.stands_for_a_sum(*a) || self.stands_for_a_sum(*b),
            _ => false,
        };
        self.memo.for_sums.borrow_mut().insert(value, stands);
        stands
    }

    fn work_out(&self, value: Value) -> Shape {
        let info = &self.values[value];
        if info.kind.peel().is_scalar() {
            return Shape::scalar();
        }
        if let Some(primal) = info.shape_of {
            return self.of(primal);
        }
        match self.definitions.get(&value) {
            // Broadcast to wherever it stands.
            Some(Op::Literal(_)) => Shape::scalar(),
            Some(Op::Elementwise(_, operands, _)) => {
                operands.iter().fold(Shape::scalar(), |shape, operand| shape.join(&self.of(*operand)))
            }
            Some(Op::Apply(op, operands, _)) if op.shape == crate::table::operations::Shape::Same => self.of(operands[0]),
            Some(Op::Apply(op, operands, _)) if op.shape == crate::table::operations::Shape::OfSecond => self.of(operands[1]),
            Some(Op::Reference(x) | Op::Dereference(x) | Op::Boxed(x) | Op::Copy(_, x) | Op::Accumulate(x, _)) => self.of(*x),
            Some(Op::Fit { like, .. } | Op::Zero(like)) => self.of(*like),
            _ => Shape::own(value),
        }
    }
}
