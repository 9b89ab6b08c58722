//! Walking over the scalars of a value and of its tangent in lockstep.

use ndarray::{ArrayBase, ArrayRef, Axis, DataMut, Dimension};

use super::{Differentiable, for_each_tuple};
use crate::dual::Dual;
use crate::real::Real;

/// One step on the way from a value to one of its scalars, as it is written in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// `.name`
    Field(&'static str),
    /// `.0`, `[0]`, …
    Index(usize),
}

/// What [`Parameters::visit`] calls.
pub trait Visitor {
    /// A scalar (`shape` is empty), or an array in logical order or a list of them, with its tangent.
    fn leaf<T: Real>(&mut self, values: &mut [T], tangents: &[T], shape: &[usize]);

    /// Going into a part.
    fn enter(&mut self, _step: Step) {}

    /// Coming out of it.
    fn leave(&mut self) {}
}

/// A differentiable value whose scalars can be changed in place: what is trained, or perturbed by a gradient check.
#[diagnostic::on_unimplemented(
    message = "the numbers in `{Self}` cannot be changed in place",
    label = "not a set of parameters",
    note = "parameters are made of `f32`, `f64`, owned arrays, `&mut`, `Vec`, tuples, `Option`, `Box` and structs and enums with `#[derive(Differentiable)]`"
)]
pub trait Parameters: Differentiable {
    /// Calls `visitor` for every leaf, always in the same order. Panics if `tangent` does not have the structure of `self`.
    fn visit<V: Visitor>(&mut self, tangent: &Self::Tangent, visitor: &mut V);

    /// The same for a list of them, with as many tangents. Floats in a list are one leaf.
    #[doc(hidden)]
    fn visit_all<V: Visitor>(values: &mut [Self], tangents: &[Self::Tangent], visitor: &mut V)
    where
        Self: Sized,
    {
        for (i, (value, tangent)) in values.iter_mut().zip(tangents).enumerate() {
            visitor.enter(Step::Index(i));
            value.visit(tangent, visitor);
            visitor.leave();
        }
    }
}

macro_rules! float {
    ($($({$T:ident})? $float:ty),*) => {$(
        impl $(<$T: Real>)? Parameters for $float {
            fn visit<V: Visitor>(&mut self, tangent: &$float, visitor: &mut V) {
                visitor.leaf(std::slice::from_mut(self), std::slice::from_ref(tangent), &[]);
            }

            fn visit_all<V: Visitor>(values: &mut [Self], tangents: &[Self], visitor: &mut V) {
                let shape = [values.len()];
                visitor.leaf(values, tangents, &shape);
            }
        }
    )*};
}
float!(f32, f64, {T} Dual<T>);

macro_rules! passive {
    ($($type:ty),*) => {$(
        impl Parameters for $type {
            fn visit<V: Visitor>(&mut self, (): &(), _visitor: &mut V) {}
        }
    )*};
}
passive!((), bool, char, String, Axis);
passive!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

impl<T: ?Sized> Parameters for std::marker::PhantomData<T> {
    fn visit<V: Visitor>(&mut self, (): &(), _visitor: &mut V) {}
}

impl<T: Real, D: Dimension> Parameters for ArrayRef<T, D> {
    fn visit<V: Visitor>(&mut self, tangent: &Self::Tangent, visitor: &mut V) {
        let dim = self.raw_dim();
        assert!(dim == tangent.raw_dim(), "a value of shape {:?} has a tangent of shape {:?}", self.shape(), tangent.shape());
        let tangents = tangent.as_standard_layout();
        let tangents = tangents.as_slice().expect("standard layout");
        if let Some(values) = self.as_slice_mut() {
            return visitor.leaf(values, tangents, dim.slice());
        }
        let mut values: Vec<T> = self.iter().copied().collect();
        visitor.leaf(&mut values, tangents, dim.slice());
        for (place, value) in self.iter_mut().zip(values) {
            *place = value;
        }
    }
}

impl<T: Real, S: DataMut<Elem = T>, D: Dimension> Parameters for ArrayBase<S, D> {
    fn visit<V: Visitor>(&mut self, tangent: &Self::Tangent, visitor: &mut V) {
        (**self).visit(tangent, visitor);
    }
}

impl<T: Parameters + ?Sized> Parameters for &mut T {
    fn visit<V: Visitor>(&mut self, tangent: &T::Tangent, visitor: &mut V) {
        (**self).visit(tangent, visitor);
    }
}

impl<T: Parameters + ?Sized> Parameters for Box<T> {
    fn visit<V: Visitor>(&mut self, tangent: &Box<T::Tangent>, visitor: &mut V) {
        (**self).visit(tangent, visitor);
    }
}

fn visit_list<T: Parameters, V: Visitor>(values: &mut [T], tangents: &[T::Tangent], visitor: &mut V) {
    let (n, m) = (values.len(), tangents.len());
    assert!(n == m, "a value of length {n} has a tangent of length {m}");
    T::visit_all(values, tangents, visitor);
}

impl<T: Parameters> Parameters for [T] {
    fn visit<V: Visitor>(&mut self, tangent: &Vec<T::Tangent>, visitor: &mut V) {
        visit_list(self, tangent, visitor);
    }
}

impl<T: Parameters> Parameters for Vec<T> {
    fn visit<V: Visitor>(&mut self, tangent: &Vec<T::Tangent>, visitor: &mut V) {
        visit_list(self, tangent, visitor);
    }
}

impl<T: Parameters, const N: usize> Parameters for [T; N] {
    fn visit<V: Visitor>(&mut self, tangent: &[T::Tangent; N], visitor: &mut V) {
        visit_list(self, tangent, visitor);
    }
}

fn visit_optional<T: Parameters, V: Visitor>(value: Option<&mut T>, tangent: Option<&T::Tangent>, visitor: &mut V) {
    match (value, tangent) {
        (None, _) => {}
        (Some(value), Some(tangent)) => value.visit(tangent, visitor),
        (Some(value), None) => {
            let zero = value.zero_tangent();
            value.visit(&zero, visitor);
        }
    }
}

impl<T: Parameters> Parameters for Option<T> {
    fn visit<V: Visitor>(&mut self, tangent: &Option<T::Tangent>, visitor: &mut V) {
        visit_optional(self.as_mut(), tangent.as_ref(), visitor);
    }
}

impl<T: Parameters, E> Parameters for Result<T, E> {
    fn visit<V: Visitor>(&mut self, tangent: &Option<T::Tangent>, visitor: &mut V) {
        visit_optional(self.as_mut().ok(), tangent.as_ref(), visitor);
    }
}

macro_rules! tuple {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Parameters),*> Parameters for ($($name,)*) {
            fn visit<Vis: Visitor>(&mut self, tangent: &Self::Tangent, visitor: &mut Vis) {
                $(
                    visitor.enter(Step::Field(stringify!($index)));
                    self.$index.visit(&tangent.$index, visitor);
                    visitor.leave();
                )*
            }
        }
    };
}
for_each_tuple!(tuple);
