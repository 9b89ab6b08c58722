//! Sums and means over all elements.
#![allow(clippy::type_complexity, reason = "a residual form is a value and a pullback")]

use ndarray::Array;

use super::tensor::Tensor;
use crate::along::Along;
use crate::memory::full;
use crate::real::Real;
use crate::want::Want;

/// `Σ x` over all elements.
pub fn sum<X: Tensor + ?Sized>(x: &X) -> X::Elem {
    x.tensor_view().sum()
}

/// `Σ x / n` over all `n` elements, `None` if there are none.
pub fn mean<X: Tensor + ?Sized>(x: &X) -> Option<X::Elem> {
    let x = x.tensor_view();
    (!x.is_empty()).then(|| x.sum() / X::Elem::lit(x.len() as f64))
}

/// A value with its tangent.
type Pair<T> = (T, T);

/// [`sum()`] and [`mean()`] in residual form.
#[doc(hidden)]
pub trait SumResidual<X: Tensor + ?Sized> {
    /// Every element has the cotangent of the sum.
    fn sum_residual_vjp<S: Want>(
        &self,
        wants: (S,),
    ) -> (X::Elem, impl FnOnce(&X, &X::Elem, X::Elem) -> (S::Of<Array<X::Elem, X::Dim>>,) + Clone + use<Self, X, S>);

    /// Every element has its share.
    fn mean_residual_vjp<S: Want>(
        &self,
        wants: (S,),
    ) -> (
        Option<X::Elem>,
        impl FnOnce(&X, &Option<X::Elem>, Option<X::Elem>) -> (S::Of<Array<X::Elem, X::Dim>>,) + Clone + use<Self, X, S>,
    );

    /// The same with tangents.
    fn sum_residual_hvp<G: Along<Array<X::Elem, X::Dim>>, S: Want>(
        &self,
        tangents: (G,),
        wants: (S,),
    ) -> (Pair<X::Elem>, impl FnOnce(&X, &X::Elem, Pair<X::Elem>) -> (S::Of<Pair<Array<X::Elem, X::Dim>>>,) + use<Self, X, G, S>);

    /// The same with tangents.
    fn mean_residual_hvp<G: Along<Array<X::Elem, X::Dim>>, S: Want>(
        &self,
        tangents: (G,),
        wants: (S,),
    ) -> (
        Pair<Option<X::Elem>>,
        impl FnOnce(&X, &Option<X::Elem>, Pair<Option<X::Elem>>) -> (S::Of<Pair<Array<X::Elem, X::Dim>>>,) + use<Self, X, G, S>,
    );

    /// The sum, and that of the tangent.
    fn sum_pushforward<G: Along<Array<X::Elem, X::Dim>>>(&self, tangents: (G,)) -> (X::Elem, X::Elem);

    /// The mean, and that of the tangent.
    fn mean_pushforward<G: Along<Array<X::Elem, X::Dim>>>(&self, tangents: (G,)) -> (Option<X::Elem>, Option<X::Elem>);
}

impl<X: Tensor + ?Sized> SumResidual<X> for X {
    fn sum_residual_vjp<S: Want>(
        &self,
        _wants: (S,),
    ) -> (X::Elem, impl FnOnce(&X, &X::Elem, X::Elem) -> (S::Of<Array<X::Elem, X::Dim>>,) + Clone + use<X, S>) {
        (sum(self), |x, _, d| (S::when(|| everywhere(x, d)),))
    }

    fn mean_residual_vjp<S: Want>(
        &self,
        _wants: (S,),
    ) -> (
        Option<X::Elem>,
        impl FnOnce(&X, &Option<X::Elem>, Option<X::Elem>) -> (S::Of<Array<X::Elem, X::Dim>>,) + Clone + use<X, S>,
    ) {
        (mean(self), |x, _, d| (S::when(|| share(x, d)),))
    }

    fn sum_residual_hvp<G: Along<Array<X::Elem, X::Dim>>, S: Want>(
        &self,
        tangents: (G,),
        _wants: (S,),
    ) -> (Pair<X::Elem>, impl FnOnce(&X, &X::Elem, Pair<X::Elem>) -> (S::Of<Pair<Array<X::Elem, X::Dim>>>,) + use<X, G, S>) {
        (self.sum_pushforward(tangents), |x, _, (d, d_dot)| (S::when(|| (everywhere(x, d), everywhere(x, d_dot))),))
    }

    fn mean_residual_hvp<G: Along<Array<X::Elem, X::Dim>>, S: Want>(
        &self,
        tangents: (G,),
        _wants: (S,),
    ) -> (
        Pair<Option<X::Elem>>,
        impl FnOnce(&X, &Option<X::Elem>, Pair<Option<X::Elem>>) -> (S::Of<Pair<Array<X::Elem, X::Dim>>>,) + use<X, G, S>,
    ) {
        (self.mean_pushforward(tangents), |x, _, (d, d_dot)| (S::when(|| (share(x, d), share(x, d_dot))),))
    }

    fn sum_pushforward<G: Along<Array<X::Elem, X::Dim>>>(&self, (dx,): (G,)) -> (X::Elem, X::Elem) {
        (sum(self), sum(&*dx.along(|| everywhere(self, num_traits::zero()))))
    }

    fn mean_pushforward<G: Along<Array<X::Elem, X::Dim>>>(&self, (dx,): (G,)) -> (Option<X::Elem>, Option<X::Elem>) {
        (mean(self), mean(&*dx.along(|| everywhere(self, num_traits::zero()))))
    }
}

fn share<X: Tensor + ?Sized>(x: &X, d: Option<X::Elem>) -> Array<X::Elem, X::Dim> {
    let n = X::Elem::lit(x.tensor_view().len() as f64);
    everywhere(x, d.map_or(num_traits::zero(), |d| d / n))
}

fn everywhere<X: Tensor + ?Sized>(x: &X, d: X::Elem) -> Array<X::Elem, X::Dim> {
    full(x.tensor_view().raw_dim(), d)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::{SumResidual, mean, sum};
    use crate::want::{No, Yes};

    #[test]
    fn values_and_cotangents() {
        let x = array![[1.0, 2.0], [3.0, 6.0]];
        assert_eq!((sum(&x.t()), mean(&x)), (12.0, Some(3.0)));
        let (value, pullback) = x.sum_residual_vjp((Yes,));
        assert_eq!(pullback(&x, &value, 2.0), (array![[2.0, 2.0], [2.0, 2.0]],));
        let (value, pullback) = x.mean_residual_vjp((Yes,));
        assert_eq!(pullback(&x, &value, Some(2.0)), (array![[0.5, 0.5], [0.5, 0.5]],));
        let (value, pullback) = x.sum_residual_vjp((No,));
        assert_eq!(pullback(&x, &value, 2.0), ((),));
    }

    #[test]
    fn of_nothing() {
        let x = Array1::<f32>::zeros(0);
        assert_eq!((sum(&x), mean(&x)), (0.0, None));
        let (value, pullback) = x.mean_residual_vjp((Yes,));
        assert_eq!(pullback(&x, &value, None), (x.clone(),));
    }
}
