//! The smooth maximum along an axis.

use ndarray::{Array, ArrayView, Axis, Dimension, RemoveAxis};

use super::probe::{IsFunction, Probe, Probed};
use super::row_kernels::{logsumexp_backward, logsumexp_rows};
use super::rows::{axis_exists, map_rows, reduce_rows, same_shape};
use super::tensor::Tensor;
use super::tensor_function::{tensor_function, tensor_method};
use crate::along::Along;
use crate::real::Real;
use crate::want::Want;

tensor_function! {
    /// `y = ln Σⱼ exp(x[j])` along `axis`, which is removed.
    ///
    /// Shifted by the largest element, so that nothing overflows. A row that has `+inf` gives `+inf`, an empty one and one
    /// that has nothing but `-inf` give `-inf`. Panics if there is no such axis.
    fn logsumexp(axis: Axis as P), method of LogSumExp, hidden forms logsumexp_residual_vjp, logsumexp_residual_hvp, logsumexp_pushforward of LogSumExpResidual;
    where [Dim: RemoveAxis];
    result Array<X::Elem, <X::Dim as Dimension>::Smaller>;
    forward forward;
    rule |x, y, dy| logsumexp::d_x(x, y, axis, &dy);
    tangent |x, y, dx| logsumexp::tangent(x, y, axis, dx);
}

#[track_caller]
fn forward<T: Real, D: RemoveAxis>(x: ArrayView<'_, T, D>, axis: Axis) -> Array<T, D::Smaller> {
    reduce_rows(x, axis, logsumexp_rows)
}

impl logsumexp {
    /// `exp(x - y) dy`, with `y = logsumexp(x)` and `dy` repeated along `axis`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, Y, G>(x: &X, y: &Y, axis: Axis, dy: &G) -> Array<X::Elem, X::Dim>
    where
        X: Tensor<Dim: RemoveAxis> + ?Sized,
        Y: Tensor<Elem = X::Elem, Dim = <X::Dim as Dimension>::Smaller> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = <X::Dim as Dimension>::Smaller> + ?Sized,
    {
        let x = x.tensor_view();
        axis_exists(x.shape(), axis);
        let (y, dy) = (y.tensor_view(), dy.tensor_view());
        same_shape(x.raw_dim().remove_axis(axis).slice(), dy.shape());
        same_shape(y.shape(), dy.shape());
        let (y, dy) = (y.as_standard_layout(), dy.as_standard_layout());
        let (y, dy) = (y.as_slice().expect("standard layout"), dy.as_slice().expect("standard layout"));
        map_rows(x, axis, |rows, length| {
            logsumexp_backward(rows, length, y, dy);
        })
    }

    /// `Σ exp(x - y) dx` along `axis`, for `y = logsumexp(x)`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<X, Y, G>(x: &X, y: &Y, axis: Axis, dx: &G) -> Array<X::Elem, <X::Dim as Dimension>::Smaller>
    where
        X: Tensor<Dim: RemoveAxis> + ?Sized,
        Y: Tensor<Elem = X::Elem, Dim = <X::Dim as Dimension>::Smaller> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        let ones = Array::from_elem(y.tensor_view().raw_dim(), num_traits::one());
        let mut weighted = Self::d_x(x, y, axis, &ones);
        same_shape(weighted.shape(), dx.tensor_view().shape());
        weighted *= &dx.tensor_view();
        weighted.sum_axis(axis)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, Axis, arr0, array};

    use super::logsumexp;
    use crate::ops::testing::{cube, layouts};

    #[test]
    fn agrees_with_the_definition_along_every_axis_and_layout() {
        for axis in (0..3).map(Axis) {
            for x in layouts(&cube()) {
                let want = x.map_axis(axis, |row| row.mapv(f64::exp).sum().ln());
                assert!((logsumexp(&x, axis) - want).iter().all(|e| e.abs() < 1e-14));
            }
        }
    }

    #[test]
    fn rule_agrees_with_differences() {
        for axis in (0..3).map(Axis) {
            for x in layouts(&cube()) {
                let weights = x.map_axis(axis, |row| (3.0 * row.sum()).cos());
                let (_, pullback) = logsumexp::vjp(&x, axis);
                let d_x = pullback(weights.clone());
                crate::check::argument("x", &&x, |x| (logsumexp(x, axis) * &weights).sum(), &d_x).unwrap();
            }
        }
    }

    #[test]
    fn is_stable_and_infinite_where_it_has_to_be() {
        let inf = f32::INFINITY;
        let x = array![[1e4f32, 1e4], [-1e4, -1e4], [-inf, -inf], [inf, 0.0], [-inf, 2.0]];
        let ln_2 = 2.0f32.ln();
        assert_eq!(logsumexp(&x, Axis(1)), array![1e4 + ln_2, -1e4 + ln_2, -inf, inf, 2.0]);
        assert!(logsumexp(&array![0.0, f64::NAN], Axis(0)).into_scalar().is_nan());
    }

    #[test]
    fn of_a_vector_is_of_rank_0() {
        assert_eq!(logsumexp(&array![0.0f64], Axis(0)), arr0(0.0));
        assert_eq!(logsumexp(&Array1::<f64>::zeros(0), Axis(0)), arr0(-f64::INFINITY));
        assert_eq!(logsumexp(&Array2::<f64>::zeros((0, 3)), Axis(1)).len(), 0);
    }
}
