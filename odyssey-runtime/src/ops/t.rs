//! The transpose: all axes in reverse.
#![allow(clippy::type_complexity, reason = "a residual form is a value and a pullback")]

use ndarray::{Array, ArrayView, Dimension};

use super::tensor::{Like, Tensor};
use crate::along::Along;
use crate::want::Want;

/// A view of `x` with its axes reversed.
pub fn t<X: Tensor + ?Sized>(x: &X) -> ArrayView<'_, X::Elem, X::Dim> {
    x.tensor_view().reversed_axes()
}

/// The rule of [`t()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct t {}

impl t {
    /// `dy` with its axes reversed, in the same memory.
    #[doc(hidden)]
    pub fn d_x<T, D: Dimension>(dy: Array<T, D>) -> Array<T, D> {
        dy.reversed_axes()
    }
}

/// [`t()`] in residual form.
#[doc(hidden)]
pub trait TransposeResidual<X: Tensor + ?Sized> {
    /// The pullback reverses the axes back.
    fn t_residual_vjp<S: Want>(
        &self,
        wants: (S,),
    ) -> (
        ArrayView<'_, X::Elem, X::Dim>,
        impl FnOnce(&X, &ArrayView<'_, X::Elem, X::Dim>, Array<X::Elem, X::Dim>) -> (S::Of<Array<X::Elem, X::Dim>>,)
        + Clone
        + use<Self, X, S>,
    );

    /// Linear: the tangent of the cotangent goes the same way.
    fn t_residual_hvp<G: Along<Array<X::Elem, X::Dim>>, S: Want>(
        &self,
        tangents: (G,),
        wants: (S,),
    ) -> (
        (ArrayView<'_, X::Elem, X::Dim>, Array<X::Elem, X::Dim>),
        impl FnOnce(&X, &ArrayView<'_, X::Elem, X::Dim>, (Like<X>, Like<X>)) -> (S::Of<(Like<X>, Like<X>)>,) + use<Self, X, G, S>,
    );

    /// The tangent has its axes reversed as well.
    fn t_pushforward<G: Along<Array<X::Elem, X::Dim>>>(
        &self,
        tangents: (G,),
    ) -> (ArrayView<'_, X::Elem, X::Dim>, Array<X::Elem, X::Dim>);
}

impl<X: Tensor + ?Sized> TransposeResidual<X> for X {
    fn t_residual_vjp<S: Want>(
        &self,
        _wants: (S,),
    ) -> (
        ArrayView<'_, X::Elem, X::Dim>,
        impl FnOnce(&X, &ArrayView<'_, X::Elem, X::Dim>, Array<X::Elem, X::Dim>) -> (S::Of<Array<X::Elem, X::Dim>>,)
        + Clone
        + use<X, S>,
    ) {
        (t(self), |_, _, dy| (S::when(|| t::d_x(dy)),))
    }

    fn t_residual_hvp<G: Along<Array<X::Elem, X::Dim>>, S: Want>(
        &self,
        tangents: (G,),
        _wants: (S,),
    ) -> (
        (ArrayView<'_, X::Elem, X::Dim>, Array<X::Elem, X::Dim>),
        impl FnOnce(&X, &ArrayView<'_, X::Elem, X::Dim>, (Like<X>, Like<X>)) -> (S::Of<(Like<X>, Like<X>)>,) + use<X, G, S>,
    ) {
        (self.t_pushforward(tangents), |_, _, (d, d_dot)| (S::when(|| (t::d_x(d), t::d_x(d_dot))),))
    }

    fn t_pushforward<G: Along<Array<X::Elem, X::Dim>>>(
        &self,
        (dx,): (G,),
    ) -> (ArrayView<'_, X::Elem, X::Dim>, Array<X::Elem, X::Dim>) {
        let dx = dx.along(|| Array::zeros(self.tensor_view().raw_dim()));
        (t(self), t(&*dx).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{TransposeResidual, t};
    use crate::want::Yes;

    #[test]
    fn reverses_the_axes() {
        let x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        assert_eq!(t(&x), x.t());
        assert_eq!(t::d_x(x.t().to_owned()), x);
        let (y, pullback) = x.t_residual_vjp((Yes,));
        assert_eq!(pullback(&x, &y, y.mapv(|y| 2.0 * y)), (x.mapv(|x| 2.0 * x),));
    }
}
