//! Norms, over all elements and along an axis; their derivatives at 0 are 0.

use ndarray::{Array, ArrayView, Axis, Dimension, RemoveAxis};

use super::probe::{IsFunction, Probe, Probed};
use super::reduction_rules::reduction_rules;
use super::rows::{change_all, change_each, reduce_each, sum_of, sum_of_pairs, zip_all, zip_each};
use super::sum_axis::Smaller;
use super::tensor::Tensor;
use super::tensor_function::{tensor_function, tensor_method};
use crate::along::Along;
use crate::real::Real;
use crate::want::Want;

tensor_function! {
    /// `Σ |x|` over all elements; the derivative where an element is 0 is 0.
    fn norm_l1(), method of NormL1, hidden forms norm_l1_residual_vjp, norm_l1_residual_hvp, norm_l1_pushforward of NormL1Residual;
    where [];
    result X::Elem;
    forward sum_of_magnitudes;
    rule |x, _, dy| norm_l1::d_x(x, &dy);
    tangent |x, _, dx| norm_l1::tangent(x, dx);
}

tensor_function! {
    /// `sqrt(Σ x²)` over all elements, without overflow; the derivative at 0 is 0.
    fn norm_l2(), method of NormL2, hidden forms norm_l2_residual_vjp, norm_l2_residual_hvp, norm_l2_pushforward of NormL2Residual;
    where [];
    result X::Elem;
    forward euclidean;
    rule |x, y, dy| norm_l2::d_x(x, y, &dy);
    tangent |x, y, dx| norm_l2::tangent(x, y, dx);
}

tensor_function! {
    /// `Σ |x|` along `axis`, which is removed; the derivative where an element is 0 is 0. Panics if there is no such axis.
    fn norm_l1_axis(axis: Axis as P), method of NormL1Axis, hidden forms norm_l1_axis_residual_vjp, norm_l1_axis_residual_hvp, norm_l1_axis_pushforward of NormL1AxisResidual;
    where [Dim: RemoveAxis];
    result Smaller<X>;
    forward magnitudes_along;
    rule |x, _, dy| norm_l1_axis::d_x(x, axis, &dy);
    tangent |x, _, dx| norm_l1_axis::tangent(x, axis, dx);
}

tensor_function! {
    /// `sqrt(Σ x²)` along `axis`, which is removed, without overflow; the derivative at 0 is 0. Panics if there is no such axis.
    fn norm_l2_axis(axis: Axis as P), method of NormL2Axis, hidden forms norm_l2_axis_residual_vjp, norm_l2_axis_residual_hvp, norm_l2_axis_pushforward of NormL2AxisResidual;
    where [Dim: RemoveAxis];
    result Smaller<X>;
    forward euclidean_along;
    rule |x, y, dy| norm_l2_axis::d_x(x, y, axis, &dy);
    tangent |x, y, dx| norm_l2_axis::tangent(x, y, axis, dx);
}

#[track_caller]
fn magnitudes_along<T: Real, D: RemoveAxis>(x: ArrayView<'_, T, D>, axis: Axis) -> Array<T, D::Smaller> {
    reduce_each(x, axis, |row| sum_of(row, &T::abs))
}

#[track_caller]
fn euclidean_along<T: Real, D: RemoveAxis>(x: ArrayView<'_, T, D>, axis: Axis) -> Array<T, D::Smaller> {
    reduce_each(x, axis, length)
}

fn sum_of_magnitudes<T: Real, D: Dimension>(x: ArrayView<'_, T, D>) -> T {
    sum_of(x.as_standard_layout().as_slice().expect("standard layout"), &T::abs)
}

fn euclidean<T: Real, D: Dimension>(x: ArrayView<'_, T, D>) -> T {
    length(x.as_standard_layout().as_slice().expect("standard layout"))
}

fn length<T: Real>(row: &[T]) -> T {
    let squares = sum_of(row, &|x| x * x);
    // Below, squares have lost digits; above, they have overflowed.
    if squares.is_finite() && squares > T::min_positive_value() / T::epsilon() {
        return squares.sqrt();
    }
    let largest = row.iter().fold(T::zero(), |most, x| if x.is_nan() { *x } else { most.max(x.abs()) });
    if largest == T::zero() || !largest.is_finite() {
        return if squares.is_nan() { squares } else { largest };
    }
    largest * sum_of(row, &|x| (x / largest) * (x / largest)).sqrt()
}

reduction_rules! {
    norm_l1 and norm_l1_axis {
        /// `dy sgn(x)`, with `dy` repeated along a row.
        d_x |x, dy| x.iter_mut().for_each(|x| *x = dy * sgn(*x)),
        /// `Σ sgn(x) dx`.
        tangent |x, dx| sum_of_pairs(x, dx, &|x, dx| sgn(x) * dx),
    }
}

reduction_rules! {
    norm_l2 and norm_l2_axis {
        of y,
        /// `dy x / y` for the norm `y`, 0 where that is 0.
        d_x |x, dy| x.iter_mut().for_each(|x| *x = dy * unit(*x, y)),
        /// `Σ x dx / y` for the norm `y`, 0 where that is 0.
        tangent |x, dx| sum_of_pairs(x, dx, &|x, dx| unit(x, y) * dx),
    }
}

fn sgn<T: Real>(x: T) -> T {
    if x == T::zero() { T::zero() } else { x.signum() }
}

fn unit<T: Real>(x: T, norm: T) -> T {
    if norm == T::zero() { norm } else { x / norm }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::{norm_l1, norm_l2};
    use crate::ops::testing::check_reduction_of_all;

    #[test]
    fn rules_agree_with_differences() {
        check_reduction_of_all(norm_l1, norm_l1::d_x, norm_l1::tangent);
        check_reduction_of_all(norm_l2, |x, dy| norm_l2::d_x(x, &norm_l2(x), dy), |x, dx| norm_l2::tangent(x, &norm_l2(x), dx));
    }

    #[test]
    fn at_zero() {
        let x = Array1::<f32>::zeros(2);
        assert_eq!((norm_l1(&x), norm_l2(&x)), (0.0, 0.0));
        assert_eq!(norm_l1::vjp(&x).1(1.0), x);
        assert_eq!(norm_l2::vjp(&x).1(1.0), x);
        assert_eq!(norm_l2::tangent(&x, &0.0, &array![1.0, 2.0]), 0.0);
        assert_eq!((norm_l1(&Array1::<f64>::zeros(0)), norm_l2(&Array1::<f64>::zeros(0))), (0.0, 0.0));
    }

    #[test]
    fn without_overflow() {
        for scale in [1e-30f32, 1e30] {
            let x = array![3.0 * scale, 4.0 * scale];
            assert!((norm_l2(&x) / (5.0 * scale) - 1.0).abs() < 1e-6);
        }
        assert_eq!(norm_l2(&array![1.0, f64::NEG_INFINITY]), f64::INFINITY);
        assert!(norm_l2(&array![1.0, f64::NAN, 0.0]).is_nan());
    }
}
