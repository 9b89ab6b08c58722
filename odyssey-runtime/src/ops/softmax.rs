//! Exponentials along an axis, normalised to the sum 1.

use ndarray::{Array, ArrayView, Axis, Dimension};

use super::probe::{IsFunction, Probe, Probed};
use super::row_kernels::{softmax_backward, softmax_rows};
use super::rows::{map_rows, zip_rows};
use super::tensor::Tensor;
use super::tensor_function::{tensor_function, tensor_method};
use crate::along::Along;
use crate::real::Real;
use crate::want::Want;

tensor_function! {
    /// `y[i] = exp(x[i]) / Σⱼ exp(x[j])` along `axis`; the shape stays.
    ///
    /// Shifted by the largest element, so that nothing overflows. A row that has `+inf`, and one that has nothing but
    /// `-inf`, is NaN. Panics if there is no such axis.
    fn softmax(axis: Axis as P), method of Softmax, hidden forms softmax_residual_vjp, softmax_residual_hvp, softmax_pushforward of SoftmaxResidual;
    where [];
    result Array<X::Elem, X::Dim>;
    forward forward;
    rule |_, y, dy| softmax::d_x(y, axis, &dy);
    tangent |_, y, dx| softmax::d_x(y, axis, dx);
}

#[track_caller]
fn forward<T: Real, D: Dimension>(x: ArrayView<'_, T, D>, axis: Axis) -> Array<T, D> {
    map_rows(x, axis, softmax_rows)
}

impl softmax {
    /// `y (dy - Σ dy y)` along `axis`, for `y = softmax(x)`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<Y, G>(y: &Y, axis: Axis, dy: &G) -> Array<Y::Elem, Y::Dim>
    where
        Y: Tensor + ?Sized,
        G: Tensor<Elem = Y::Elem, Dim = Y::Dim> + ?Sized,
    {
        zip_rows(dy.tensor_view(), y.tensor_view(), axis, softmax_backward)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Axis, arr1, array, s};

    use super::softmax;
    use crate::ops::testing::{check_axis_function, cube};

    #[test]
    fn agrees_with_the_definition_along_every_axis_and_layout() {
        for axis in 0..3 {
            check_axis_function(Axis(axis), |x, axis| softmax(&x, axis), |row| row.mapv(f64::exp) / row.mapv(f64::exp).sum());
        }
    }

    #[test]
    fn rule_agrees_with_differences() {
        let x = cube();
        let weights = cube().mapv(|x| (3.0 * x).cos());
        for axis in (0..3).map(Axis) {
            let (_, pullback) = softmax::vjp(&x, axis);
            let d_x = pullback(weights.clone());
            crate::check::argument("x", &&x, |x| (softmax(x, axis) * &weights).sum(), &d_x).unwrap();
        }
    }

    #[test]
    fn is_stable_and_not_a_number_where_it_has_to_be() {
        let x = array![[1e4f32, -1e4, 0.0], [-1e4, -1e4, -1e4]];
        let third = 1.0 / 3.0;
        assert_eq!(softmax(&x, Axis(1)), array![[1.0, 0.0, 0.0], [third, third, third]]);
        let inf = f64::INFINITY;
        for row in [[-inf, -inf], [0.0, inf], [0.0, f64::NAN]] {
            assert!(softmax(&arr1(&row), Axis(0)).iter().all(|y| y.is_nan()));
        }
        assert_eq!(softmax(&array![-inf, 0.0], Axis(0)), array![0.0, 1.0]);
    }

    #[test]
    fn long_rows_go_through_the_vector_loops() {
        let x = Array1::from_shape_fn(1003, |i| (i as f64).sin() * 5.0);
        let exp = x.mapv(f64::exp);
        let want = &exp / exp.sum();
        assert!((softmax(&x, Axis(0)) / &want).iter().all(|q| (q - 1.0).abs() < 1e-13));
        assert!(
            (softmax(&x.slice(s![..;-1]), Axis(0)).slice(s![..;-1]).to_owned() / &want).iter().all(|q| (q - 1.0).abs() < 1e-13)
        );
    }

    #[test]
    fn an_empty_axis_is_fine() {
        assert_eq!(softmax(&ndarray::Array2::<f64>::zeros((2, 0)), Axis(1)).dim(), (2, 0));
        assert_eq!(softmax(&ndarray::Array2::<f64>::zeros((0, 2)), Axis(1)).dim(), (0, 2));
    }

    #[test]
    #[should_panic(expected = "an array of shape [3] has no axis 1")]
    fn the_axis_must_exist() {
        softmax(&array![1.0, 2.0, 3.0], Axis(1));
    }
}
