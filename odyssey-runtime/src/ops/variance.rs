//! Variances and standard deviations, over all elements and along an axis.
//!
//! With `ddof` degrees of freedom taken away: the sum of squares is divided by `n - ddof`. The derivative of a standard
//! deviation that is 0 is 0.

use ndarray::{Array, Axis, Dimension, RemoveAxis};
use num_traits::Float;

use super::reduction_rules::reduction_rules;
use super::rows::{axis_exists, change_all, change_each, reduce_each, sum_of, sum_of_pairs, zip_all, zip_each};
use super::sum_axis::Smaller;
use super::tensor::Tensor;
use super::tensor_function::tensor_method;
use crate::along::Along;
use crate::quoted::ensure;
use crate::real::Real;
use crate::want::Want;

/// `Σ (x - mean)² / (n - ddof)` over all elements. Panics if `ddof` is negative or greater than `n`.
#[track_caller]
pub fn var<X: Tensor + ?Sized>(x: &X, ddof: X::Elem) -> X::Elem {
    let x = x.tensor_view();
    has_freedom(x.len(), ddof);
    variance(x.as_standard_layout().as_slice().expect("standard layout"), ddof)
}

/// The square root of [`var()`].
#[track_caller]
pub fn std<X: Tensor + ?Sized>(x: &X, ddof: X::Elem) -> X::Elem {
    var(x, ddof).sqrt()
}

/// [`var()`] along `axis`, which is removed. Panics if there is no such axis as well.
#[track_caller]
pub fn var_axis<X: Tensor<Dim: RemoveAxis> + ?Sized>(x: &X, axis: Axis, ddof: X::Elem) -> Smaller<X> {
    let x = x.tensor_view();
    axis_exists(x.shape(), axis);
    has_freedom(x.len_of(axis), ddof);
    reduce_each(x, axis, |row| variance(row, ddof))
}

/// [`std()`] along `axis`, which is removed. Panics if there is no such axis as well.
#[track_caller]
pub fn std_axis<X: Tensor<Dim: RemoveAxis> + ?Sized>(x: &X, axis: Axis, ddof: X::Elem) -> Smaller<X> {
    var_axis(x, axis, ddof).mapv_into(X::Elem::sqrt)
}

#[track_caller]
fn has_freedom<T: Real>(n: usize, ddof: T) {
    ensure!(ddof >= T::lit(0.0) && ddof <= T::lit(n as f64), "", "{ddof} degrees of freedom cannot be taken from {n} numbers");
}

/// Of one row, in two passes: `ndarray`'s single one loses two digits of ten million numbers in single precision.
fn variance<T: Real>(x: &[T], ddof: T) -> T {
    let mean = mean(x);
    sum_of(x, &|x| (x - mean) * (x - mean)) / (T::lit(x.len() as f64) - ddof)
}

/// The rules of [`var()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct var {}

/// The rules of [`std()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct std {}

/// The rules of [`var_axis()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct var_axis {}

/// The rules of [`std_axis()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct std_axis {}

reduction_rules! {
    var and var_axis {
        with ddof,
        /// `2 dy (x - mean) / (n - ddof)`.
        d_x |x, dy| centre(x, slope_of_var(x.len(), ddof) * dy),
        /// `Σ 2 (x - mean) dx / (n - ddof)`.
        tangent |x, dx| slope_of_var(x.len(), ddof) * centred_dot(x, dx),
    }
}

reduction_rules! {
    std and std_axis {
        of y, with ddof,
        /// `dy (x - mean) / ((n - ddof) y)` for the deviation `y`.
        d_x |x, dy| centre(x, slope_of_std(x.len(), y, ddof) * dy),
        /// `Σ (x - mean) dx / ((n - ddof) y)` for the deviation `y`.
        tangent |x, dx| slope_of_std(x.len(), y, ddof) * centred_dot(x, dx),
    }
}

/// What `x - mean` is multiplied by in the derivative of the variance of `n` numbers.
fn slope_of_var<T: Real>(n: usize, ddof: T) -> T {
    T::lit(2.0) / (T::lit(n as f64) - ddof)
}

/// The same for a standard deviation `y`.
fn slope_of_std<T: Real>(n: usize, y: T, ddof: T) -> T {
    if y == T::zero() { T::zero() } else { T::one() / ((T::lit(n as f64) - ddof) * y) }
}

/// The mean, with a second pass for what rounding has lost in the first one.
fn mean<T: Real>(x: &[T]) -> T {
    let n = T::lit(x.len() as f64);
    let mean = sum_of(x, &|x| x) / n;
    mean + sum_of(x, &|x| x - mean) / n
}

fn centre<T: Real>(x: &mut [T], factor: T) {
    let mean = mean(x);
    x.iter_mut().for_each(|x| *x = (*x - mean) * factor);
}

fn centred_dot<T: Real>(x: &[T], dx: &[T]) -> T {
    let mean = mean(x);
    sum_of_pairs(x, dx, &|x, dx| (x - mean) * dx)
}

tensor_method! {
    var_residual_vjp, var_residual_hvp, var_pushforward(ddof: X::Elem as P) of VarResidual;
    where [];
    result X::Elem;
    forward |x| var(x, ddof);
    rule |x, _, dy| var::d_x(x, ddof, &dy);
    tangent |x, _, dx| var::tangent(x, ddof, dx);
}

tensor_method! {
    std_residual_vjp, std_residual_hvp, std_pushforward(ddof: X::Elem as P) of StdResidual;
    where [];
    result X::Elem;
    forward |x| std(x, ddof);
    rule |x, y, dy| std::d_x(x, y, ddof, &dy);
    tangent |x, y, dx| std::tangent(x, y, ddof, dx);
}

tensor_method! {
    var_axis_residual_vjp, var_axis_residual_hvp, var_axis_pushforward(axis: Axis as P, ddof: X::Elem as Q) of VarAxisResidual;
    where [Dim: RemoveAxis];
    result Smaller<X>;
    forward |x| var_axis(x, axis, ddof);
    rule |x, _, dy| var_axis::d_x(x, axis, ddof, &dy);
    tangent |x, _, dx| var_axis::tangent(x, axis, ddof, dx);
}

tensor_method! {
    std_axis_residual_vjp, std_axis_residual_hvp, std_axis_pushforward(axis: Axis as P, ddof: X::Elem as Q) of StdAxisResidual;
    where [Dim: RemoveAxis];
    result Smaller<X>;
    forward |x| std_axis(x, axis, ddof);
    rule |x, y, dy| std_axis::d_x(x, y, axis, ddof, &dy);
    tangent |x, y, dx| std_axis::tangent(x, y, axis, ddof, dx);
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis, array};

    use super::{std, std_axis, var, var_axis};
    use crate::ops::testing::{check_reduction, check_reduction_of_all};

    #[test]
    fn rules_agree_with_differences() {
        for ddof in [0.0, 1.0] {
            check_reduction_of_all(|x| var(x, ddof), |x, dy| var::d_x(x, ddof, dy), |x, dx| var::tangent(x, ddof, dx));
            check_reduction_of_all(
                |x| std(x, ddof),
                |x, dy| std::d_x(x, &std(x, ddof), ddof, dy),
                |x, dx| std::tangent(x, &std(x, ddof), ddof, dx),
            );
            check_reduction(
                |x, axis| var_axis(x, axis, ddof),
                |x, axis, dy| var_axis::d_x(x, axis, ddof, dy),
                |x, axis, dx| var_axis::tangent(x, axis, ddof, dx),
            );
            check_reduction(
                |x, axis| std_axis(x, axis, ddof),
                |x, axis, dy| std_axis::d_x(x, &std_axis(x, axis, ddof), axis, ddof, dy),
                |x, axis, dx| std_axis::tangent(x, &std_axis(x, axis, ddof), axis, ddof, dx),
            );
        }
    }

    #[test]
    fn where_all_are_equal() {
        let x = array![[2.5f32, 2.5, 2.5]];
        assert_eq!(std::d_x(&x, &std(&x, 1.0), 1.0, &1.0), array![[0.0, 0.0, 0.0]]);
        assert_eq!(std_axis::d_x(&x, &std_axis(&x, Axis(1), 0.0), Axis(1), 0.0, &array![1.0]), array![[0.0, 0.0, 0.0]]);
        assert_eq!(std::tangent(&x, &0.0, 0.0, &array![[1.0, 2.0, 3.0]]), 0.0);
    }

    #[test]
    fn a_large_mean_does_no_harm() {
        let x = array![1e8 + 1.0, 1e8, 1e8 - 1.0];
        assert_eq!(var::d_x(&x, 1.0, &1.0), array![1.0, 0.0, -1.0]);
    }

    #[test]
    fn of_nothing() {
        let x = Array2::<f64>::zeros((2, 0));
        assert_eq!(var_axis::d_x(&x, Axis(1), 0.0, &array![1.0, 1.0]), x);
        assert_eq!(std::d_x(&x, &f64::NAN, 0.0, &1.0), x);
    }
}
