//! Differences of neighbours along an axis.

use ndarray::{Array, Axis, Dimension, Slice};

use super::rows::axis_exists;
use super::tensor::Tensor;
use super::tensor_function::tensor_method;
use crate::along::Along;
use crate::real::Real;
use crate::want::Want;

/// `y[i] = x[i + 1] - x[i]` along `axis`, `n` times over: the axis gets shorter by `n`. Panics if there is no such axis, or if it
/// is not longer than `n`, which for 0 need not be.
#[track_caller]
pub fn diff<X: Tensor + ?Sized>(x: &X, n: usize, axis: Axis) -> Array<X::Elem, X::Dim> {
    let x = x.tensor_view();
    axis_exists(x.shape(), axis);
    x.diff(n, axis)
}

/// The rule of [`diff()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct diff {}

impl diff {
    /// `d_x[i] = dy[i - 1] - dy[i]` along `axis`, `n` times over, with zeros beyond the ends.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<G: Tensor + ?Sized>(n: usize, axis: Axis, dy: &G) -> Array<G::Elem, G::Dim> {
        let dy = dy.tensor_view();
        axis_exists(dy.shape(), axis);
        (0..n).fold(dy.to_owned(), |dy, _| transposed(&dy, axis))
    }
}

fn transposed<T: Real, D: Dimension>(dy: &Array<T, D>, axis: Axis) -> Array<T, D> {
    let mut shape = dy.raw_dim();
    shape[axis.index()] += 1;
    let mut d_x = Array::zeros(shape);
    d_x.slice_axis_mut(axis, Slice::from(1..)).assign(dy);
    let mut before = d_x.slice_axis_mut(axis, Slice::from(..-1));
    before -= dy;
    d_x
}

tensor_method! {
    diff_residual_vjp, diff_residual_hvp, diff_pushforward(n: usize as P, axis: Axis as Q) of DiffResidual;
    where [];
    result Array<X::Elem, X::Dim>;
    forward |x| diff(x, n, axis);
    rule |_, _, dy| diff::d_x(n, axis, &dy);
    tangent |_, _, dx| diff(dx, n, axis);
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis, array};

    use super::diff;
    use crate::ops::testing::check_linear;

    #[test]
    fn the_rule_agrees_with_differences() {
        for (axis, n) in [(0, 1), (1, 2), (2, 3), (1, 0)] {
            check_linear(|x| diff(x, n, Axis(axis)), |_, dy| diff::d_x(n, Axis(axis), &dy));
        }
        assert_eq!(diff::d_x(1, Axis(0), &array![1.0, 5.0]), array![-1.0, -4.0, 5.0]);
    }

    #[test]
    fn of_nothing() {
        let x = Array2::<f32>::zeros((0, 3));
        assert_eq!(diff(&x, 2, Axis(1)).dim(), (0, 1));
        assert_eq!(diff::d_x(2, Axis(1), &diff(&x, 2, Axis(1))), x);
    }

    #[test]
    #[should_panic(expected = "has no axis 2")]
    fn the_axis_must_exist() {
        diff(&Array2::<f64>::zeros((2, 2)), 1, Axis(2));
    }
}
