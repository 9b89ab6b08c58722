//! From a value and its tangent to the same value over dual numbers, whatever it is made of.

use ndarray::{Array, ArrayBase, ArrayRef, Data, Dimension};

use super::{Dual, dual};
use crate::differentiable::{Differentiable, for_each_tuple};
use crate::real::Real;

/// A value whose numbers may be dual ones.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known over dual numbers, which derivatives of third order are computed with",
    label = "of one type of numbers",
    note = "of structs and enums with `#[derive(Differentiable)]`, those are that are generic over their numbers and nothing else: `struct Mlp<T: Real> {{ weights: Array2<T> }}`"
)]
pub trait Dualise: Differentiable {
    /// The same over dual numbers.
    type Dual;

    /// Each number with its tangent. Panics if the tangent has another shape.
    fn dualise(&self, tangent: &Self::Tangent) -> Self::Dual;
}

/// Each number of `x` with its tangent.
#[inline]
#[track_caller]
pub fn dualise<X: Dualise + ?Sized>(x: &X, tangent: &X::Tangent) -> X::Dual {
    x.dualise(tangent)
}

macro_rules! number {
    ($($({$T:ident})? $number:ty),*) => {$(
        impl $(<$T: Real>)? Dualise for $number {
            type Dual = Dual<Self>;

            #[inline]
            fn dualise(&self, tangent: &Self) -> Dual<Self> {
                Dual { value: *self, tangent: *tangent }
            }
        }
    )*};
}
number!(f32, f64, {T} Dual<T>);

macro_rules! array {
    ($([$($generics:tt)*] $type:ty),*) => {$(
        impl<T: Real, D: Dimension, $($generics)*> Dualise for $type {
            type Dual = Array<Dual<T>, D>;

            #[track_caller]
            fn dualise(&self, tangent: &Array<T, D>) -> Array<Dual<T>, D> {
                dual(&self.view(), tangent)
            }
        }
    )*};
}
array!([S: Data<Elem = T>] ArrayBase<S, D>, [] ArrayRef<T, D>);

macro_rules! list {
    ($($type:ty),*) => {$(
        impl<X: Dualise> Dualise for $type {
            type Dual = Vec<X::Dual>;

            #[track_caller]
            fn dualise(&self, tangents: &Vec<X::Tangent>) -> Vec<X::Dual> {
                let (len, of_tangents) = (self.len(), tangents.len());
                assert!(len == of_tangents, "a tangent of length {of_tangents} for a list of length {len}");
                self.iter().zip(tangents).map(|(x, tangent)| x.dualise(tangent)).collect()
            }
        }
    )*};
}
list!([X], Vec<X>);

impl<X: Dualise, const N: usize> Dualise for [X; N] {
    type Dual = [X::Dual; N];

    #[track_caller]
    fn dualise(&self, tangents: &[X::Tangent; N]) -> [X::Dual; N] {
        std::array::from_fn(|i| self[i].dualise(&tangents[i]))
    }
}

/// `None` counts as zero.
impl<X: Dualise> Dualise for Option<X> {
    type Dual = Option<X::Dual>;

    #[track_caller]
    fn dualise(&self, tangent: &Option<X::Tangent>) -> Option<X::Dual> {
        self.as_ref().map(|x| match tangent {
            Some(tangent) => x.dualise(tangent),
            None => x.dualise(&x.zero_tangent()),
        })
    }
}

impl<X: Dualise + ?Sized> Dualise for Box<X> {
    type Dual = Box<X::Dual>;

    #[track_caller]
    fn dualise(&self, tangent: &Box<X::Tangent>) -> Box<X::Dual> {
        Box::new((**self).dualise(tangent))
    }
}

macro_rules! tuple {
    ($($X:ident $i:tt),*) => {
        impl<$($X: Dualise),*> Dualise for ($($X,)*) {
            type Dual = ($($X::Dual,)*);

            #[track_caller]
            fn dualise(&self, tangent: &Self::Tangent) -> Self::Dual {
                ($(self.$i.dualise(&tangent.$i),)*)
            }
        }
    };
}
for_each_tuple!(tuple);

impl Dualise for () {
    type Dual = ();

    fn dualise(&self, (): &()) {}
}
