//! The logarithm of `softmax`, without forming it.

use ndarray::{Array, ArrayView, Axis, Dimension};

use super::probe::{IsFunction, Probe, Probed};
use super::row_kernels::{log_softmax_backward, log_softmax_rows};
use super::rows::{axis_exists, map_rows, same_shape, zip_rows};
use super::tensor::Tensor;
use super::tensor_function::{tensor_function, tensor_method};
use crate::along::Along;
use crate::real::Real;
use crate::want::Want;

tensor_function! {
    /// `y[i] = x[i] - ln Σⱼ exp(x[j])` along `axis`; the shape stays.
    ///
    /// Shifted by the largest element, so that nothing overflows. A row that has `+inf`, and one that has nothing but
    /// `-inf`, is NaN. Panics if there is no such axis.
    fn log_softmax(axis: Axis as P), method of LogSoftmax, hidden forms log_softmax_residual_vjp, log_softmax_residual_hvp, log_softmax_pushforward of LogSoftmaxResidual;
    where [];
    result Array<X::Elem, X::Dim>;
    forward forward;
    rule |_, y, dy| log_softmax::d_x(y, axis, &dy);
    tangent |_, y, dx| log_softmax::tangent(y, axis, dx);
}

#[track_caller]
fn forward<T: Real, D: Dimension>(x: ArrayView<'_, T, D>, axis: Axis) -> Array<T, D> {
    map_rows(x, axis, log_softmax_rows)
}

impl log_softmax {
    /// `dy - exp(y) Σ dy` along `axis`, for `y = log_softmax(x)`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<Y, G>(y: &Y, axis: Axis, dy: &G) -> Array<Y::Elem, Y::Dim>
    where
        Y: Tensor + ?Sized,
        G: Tensor<Elem = Y::Elem, Dim = Y::Dim> + ?Sized,
    {
        zip_rows(dy.tensor_view(), y.tensor_view(), axis, log_softmax_backward)
    }

    /// `dx - Σ exp(y) dx` along `axis`, for `y = log_softmax(x)`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<Y, G>(y: &Y, axis: Axis, dx: &G) -> Array<Y::Elem, Y::Dim>
    where
        Y: Tensor + ?Sized,
        G: Tensor<Elem = Y::Elem, Dim = Y::Dim> + ?Sized,
    {
        let mut tangent = dx.tensor_view().to_owned();
        let y = y.tensor_view();
        same_shape(y.shape(), tangent.shape());
        axis_exists(y.shape(), axis);
        for (mut dx, y) in tangent.lanes_mut(axis).into_iter().zip(y.lanes(axis)) {
            let mean: Y::Elem = y.iter().zip(&dx).map(|(y, dx)| num_traits::Float::exp(*y) * *dx).sum();
            dx.mapv_inplace(|dx| dx - mean);
        }
        tangent
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, arr1, array};

    use super::log_softmax;
    use crate::ops::testing::{check_axis_function, cube};

    #[test]
    fn agrees_with_the_definition_along_every_axis_and_layout() {
        for axis in 0..3 {
            check_axis_function(Axis(axis), |x, axis| log_softmax(&x, axis), |row| row - row.mapv(f64::exp).sum().ln());
        }
    }

    #[test]
    fn rule_agrees_with_differences() {
        let x = cube();
        let weights = cube().mapv(|x| (3.0 * x).cos());
        for axis in (0..3).map(Axis) {
            let (_, pullback) = log_softmax::vjp(&x, axis);
            let d_x = pullback(weights.clone());
            crate::check::argument("x", &&x, |x| (log_softmax(x, axis) * &weights).sum(), &d_x).unwrap();
        }
    }

    #[test]
    fn is_stable_and_not_a_number_where_it_has_to_be() {
        assert_eq!(log_softmax(&array![1e4f32, -1e4, 0.0], Axis(0)), array![0.0, -2e4, -1e4]);
        let inf = f64::INFINITY;
        for row in [[-inf, -inf], [0.0, f64::NAN]] {
            assert!(log_softmax(&arr1(&row), Axis(0)).iter().all(|y| y.is_nan()));
        }
        assert_eq!(log_softmax(&array![-inf, 0.0], Axis(0)), array![-inf, 0.0]);
    }
}
