//! Axes in another order or another direction: views of the same elements.

use ndarray::{Array, ArrayView, Axis, Dimension, IntoDimension};

use super::rows::axis_exists;
use super::tensor::Tensor;
use crate::real::Real;

/// A view of `x` with its axes reversed.
pub fn reversed_axes<X: Tensor + ?Sized>(x: &X) -> ArrayView<'_, X::Elem, X::Dim> {
    x.tensor_view().reversed_axes()
}

/// A view of `x` whose axis `i` is the axis `axes[i]` of `x`. Panics unless each axis is there once.
#[track_caller]
pub fn permuted_axes<X: Tensor + ?Sized, A: IntoDimension<Dim = X::Dim>>(x: &X, axes: A) -> ArrayView<'_, X::Elem, X::Dim> {
    x.tensor_view().permuted_axes(axes)
}

/// A view of `x` with two axes exchanged. Panics if there are no such axes.
#[track_caller]
pub fn swap_axes<X: Tensor + ?Sized>(x: &X, a: usize, b: usize) -> ArrayView<'_, X::Elem, X::Dim> {
    let mut x = x.tensor_view();
    x.swap_axes(a, b);
    x
}

/// A view of `x` with the elements along `axis` in the other direction. Panics if there is no such axis.
#[track_caller]
pub fn invert_axis<X: Tensor + ?Sized>(x: &X, axis: Axis) -> ArrayView<'_, X::Elem, X::Dim> {
    let mut x = x.tensor_view();
    axis_exists(x.shape(), axis);
    x.invert_axis(axis);
    x
}

/// The rule of [`reversed_axes()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct reversed_axes {}

/// The rule of [`permuted_axes()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct permuted_axes {}

/// The rule of [`swap_axes()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct swap_axes {}

/// The rule of [`invert_axis()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct invert_axis {}

impl reversed_axes {
    /// `dy` with its axes reversed, in the same memory.
    #[doc(hidden)]
    pub fn d_x<T: Real, D: Dimension>(dy: Array<T, D>) -> Array<T, D> {
        dy.reversed_axes()
    }
}

impl permuted_axes {
    /// `dy` with its axes back in their places, in the same memory.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<T: Real, D: Dimension>(axes: impl IntoDimension<Dim = D>, dy: Array<T, D>) -> Array<T, D> {
        let axes = axes.into_dimension();
        let mut back = axes.clone();
        for (to, from) in axes.slice().iter().enumerate() {
            back[*from] = to;
        }
        dy.permuted_axes(back)
    }
}

impl swap_axes {
    /// `dy` with the axes exchanged back, in the same memory.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<T: Real, D: Dimension>(a: usize, b: usize, mut dy: Array<T, D>) -> Array<T, D> {
        dy.swap_axes(a, b);
        dy
    }
}

impl invert_axis {
    /// `dy` in the other direction, in the same memory.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<T: Real, D: Dimension>(axis: Axis, mut dy: Array<T, D>) -> Array<T, D> {
        dy.invert_axis(axis);
        dy
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, IxDyn, array};

    use super::{invert_axis, permuted_axes, reversed_axes, swap_axes};
    use crate::ops::testing::{check_linear, cube};

    #[test]
    fn rules_undo_the_views() {
        check_linear(|x| reversed_axes(x).to_owned(), |_, dy| reversed_axes::d_x(dy));
        for axes in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 2, 1]] {
            check_linear(|x| permuted_axes(x, axes).to_owned(), |_, dy| permuted_axes::d_x(axes, dy));
        }
        check_linear(|x| swap_axes(x, 0, 2).to_owned(), |_, dy| swap_axes::d_x(0, 2, dy));
        check_linear(|x| invert_axis(x, Axis(1)).to_owned(), |_, dy| invert_axis::d_x(Axis(1), dy));
    }

    #[test]
    fn ranks_that_are_known_at_run_time() {
        let x = cube().into_dyn();
        let y = permuted_axes(&x, IxDyn(&[2, 0, 1]));
        assert_eq!(y.shape(), [5, 3, 4]);
        assert_eq!(permuted_axes::d_x(IxDyn(&[2, 0, 1]), y.to_owned()), x);
    }

    #[test]
    #[should_panic(expected = "an array of shape [2] has no axis 1")]
    fn the_axis_must_exist() {
        invert_axis(&array![1.0, 2.0], Axis(1));
    }
}
