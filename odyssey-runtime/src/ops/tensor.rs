//! What operations take: arrays of floats in any of ndarray's guises, and scalars as arrays of rank 0.

use ndarray::{Array, ArrayBase, ArrayRef, ArrayView, Data, Dimension, Ix0, aview0};

use super::probe::Probe;
use crate::dual::Dual;
use crate::elementwise::{Extent, Rank};
use crate::real::Real;

/// A scalar, an array or a view of one, or a reference to any of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an operand of a tensor operation",
    label = "not a scalar, array or view of `f32` or `f64`"
)]
pub trait Tensor {
    /// The element type.
    type Elem: Real;
    /// The rank.
    type Dim: Dimension;

    /// All of it, borrowed.
    fn tensor_view(&self) -> ArrayView<'_, Self::Elem, Self::Dim>;
}

macro_rules! float {
    ($($({$T:ident})? $float:ty),*) => {$(
        impl $(<$T: Real>)? Tensor for $float {
            type Elem = $float;
            type Dim = Ix0;

            fn tensor_view(&self) -> ArrayView<'_, $float, Ix0> {
                aview0(self)
            }
        }
    )*};
}
float!(f32, f64, {T} Dual<T>);

impl<T: Real, S: Data<Elem = T>, D: Dimension> Tensor for ArrayBase<S, D> {
    type Elem = T;
    type Dim = D;

    fn tensor_view(&self) -> ArrayView<'_, T, D> {
        self.view()
    }
}

impl<T: Real, D: Dimension> Tensor for ArrayRef<T, D> {
    type Elem = T;
    type Dim = D;

    fn tensor_view(&self) -> ArrayView<'_, T, D> {
        self.view()
    }
}

macro_rules! reference {
    ($($type:ty),*) => {$(
        impl<X: Tensor + ?Sized> Tensor for $type {
            type Elem = X::Elem;
            type Dim = X::Dim;

            fn tensor_view(&self) -> ArrayView<'_, X::Elem, X::Dim> {
                (**self).tensor_view()
            }
        }
    )*};
}
reference!(&X, &mut X);

/// What has a shape: a tensor, or the [`Extent`] that a reverse pass has kept of one.
pub trait Shaped {
    /// The rank.
    type Dim: Dimension;

    /// The shape.
    fn dim_of(&self) -> Self::Dim;
}

impl<X: Tensor + ?Sized> Shaped for X {
    type Dim = X::Dim;

    fn dim_of(&self) -> X::Dim {
        self.tensor_view().raw_dim()
    }
}

impl<T, D: Dimension + Rank> Shaped for Extent<T, D> {
    type Dim = D;

    fn dim_of(&self) -> D {
        self.dim().clone()
    }
}

/// What has elements, or had: a tensor, the [`Extent`] of one, and the probe, which stands for any.
pub trait Elements {
    /// Their type.
    type Elem: Real;
}

impl<X: Tensor + ?Sized> Elements for X {
    type Elem = X::Elem;
}

impl<T: Real, D> Elements for Extent<T, D> {
    type Elem = T;
}

impl Elements for Probe {
    type Elem = f64;
}

/// An array like `X`.
pub type Like<X> = Array<<X as Tensor>::Elem, <X as Tensor>::Dim>;
