//! The largest and the smallest element along an axis, and where they are.
//!
//! A row with a NaN gives NaN. Of several equal extremes each gets an equal share of the derivative.

use ndarray::{Array, ArrayView, Axis, Dimension, RemoveAxis};

use super::probe::{IsFunction, Probe, Probed};
use super::reduction_rules::reduction_rules;
use super::rows::{axis_exists, change_each, reduce_each, zip_each};
use super::sum_axis::Smaller;
use super::tensor::Tensor;
use super::tensor_function::{tensor_function, tensor_method};
use crate::along::Along;
use crate::quoted::refuse;
use crate::real::Real;
use crate::want::Want;

tensor_function! {
    /// The largest element along `axis`, which is removed.
    ///
    /// A row with a NaN gives NaN, an empty one `-inf`. Several equal maxima share the derivative equally. Panics if there
    /// is no such axis.
    fn max_axis(axis: Axis as P), method of MaxAxis, hidden forms max_axis_residual_vjp, max_axis_residual_hvp, max_axis_pushforward of MaxAxisResidual;
    where [Dim: RemoveAxis];
    result Smaller<X>;
    forward largest;
    rule |x, y, dy| max_axis::d_x(x, y, axis, &dy);
    tangent |x, y, dx| max_axis::tangent(x, y, axis, dx);
}

tensor_function! {
    /// The smallest element along `axis`, which is removed.
    ///
    /// A row with a NaN gives NaN, an empty one `inf`. Several equal minima share the derivative equally. Panics if there
    /// is no such axis.
    fn min_axis(axis: Axis as P), method of MinAxis, hidden forms min_axis_residual_vjp, min_axis_residual_hvp, min_axis_pushforward of MinAxisResidual;
    where [Dim: RemoveAxis];
    result Smaller<X>;
    forward smallest;
    rule |x, y, dy| min_axis::d_x(x, y, axis, &dy);
    tangent |x, y, dx| min_axis::tangent(x, y, axis, dx);
}

#[track_caller]
fn largest<T: Real, D: RemoveAxis>(x: ArrayView<'_, T, D>, axis: Axis) -> Array<T, D::Smaller> {
    reduce_each(x, axis, |row| extreme(row, |a, b| a > b).map_or(T::neg_infinity(), |at| row[at]))
}

#[track_caller]
fn smallest<T: Real, D: RemoveAxis>(x: ArrayView<'_, T, D>, axis: Axis) -> Array<T, D::Smaller> {
    reduce_each(x, axis, |row| extreme(row, |a, b| a < b).map_or(T::infinity(), |at| row[at]))
}

/// The place of the first element that no other one beats, or of the first NaN; none of an empty row.
fn extreme<T: Real>(row: &[T], beats: impl Fn(&T, &T) -> bool) -> Option<usize> {
    let mut best = row.first()?;
    let mut at = 0;
    for (i, x) in row.iter().enumerate() {
        if beats(x, best) || x.is_nan() && !best.is_nan() {
            (best, at) = (x, i);
        }
    }
    Some(at)
}

macro_rules! extreme_rules {
    ($($name:ident)*) => {$(
        reduction_rules! {
            $name {
                of y,
                /// `dy` in equal shares where `x` is the extreme `y` of its row, 0 elsewhere.
                d_x |x, dy| share(x, y, dy),
                /// The mean of `dx` where `x` is the extreme `y` of its row.
                tangent |x, dx| mean_of_extremes(x, y, dx),
            }
        }
    )*};
}
extreme_rules!(max_axis min_axis);

fn share<T: Real>(x: &mut [T], y: T, dy: T) {
    let share = dy / ties(x, y);
    x.iter_mut().for_each(|x| *x = if is_same(*x, y) { share } else { T::zero() });
}

fn mean_of_extremes<T: Real>(x: &[T], y: T, dx: &[T]) -> T {
    let sum: T = x.iter().zip(dx).filter(|(x, _)| is_same(**x, y)).map(|(_, dx)| *dx).sum();
    if x.is_empty() { sum } else { sum / ties(x, y) }
}

/// A NaN that a row has given its result is an extreme of it.
fn is_same<T: Real>(x: T, y: T) -> bool {
    x == y || x.is_nan() && y.is_nan()
}

fn ties<T: Real>(x: &[T], y: T) -> T {
    T::lit(x.iter().filter(|x| is_same(**x, y)).count() as f64)
}

/// Where the largest elements are.
pub trait ArgMax: Tensor {
    /// The place of the largest element, counted in logical order; of several, the first. A NaN counts as largest.
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    fn argmax(&self) -> usize {
        let x = self.tensor_view();
        let x = x.as_standard_layout();
        let at = extreme(x.as_slice().expect("standard layout"), |a, b| a > b);
        let Some(at) = at else { refuse("", format_args!("an array of shape {:?} has no largest element", x.shape())) };
        at
    }

    /// The place of the largest element along `axis`, which is removed; of several, the first. A NaN counts as largest.
    ///
    /// # Panics
    /// If there is no such axis, or its length is 0.
    #[track_caller]
    fn argmax_axis(&self, axis: Axis) -> Array<usize, <Self::Dim as Dimension>::Smaller>
    where
        Self::Dim: RemoveAxis,
    {
        let x = self.tensor_view();
        axis_exists(x.shape(), axis);
        let places = x.lanes(axis).into_iter().map(|lane| lane.argmax()).collect();
        Array::from_shape_vec(x.raw_dim().remove_axis(axis), places).expect("one a lane")
    }
}

impl<X: Tensor + ?Sized> ArgMax for X {}

/// [`ArgMax::argmax`] as a function.
#[track_caller]
pub fn argmax<X: ArgMax + ?Sized>(x: &X) -> usize {
    x.argmax()
}

/// [`ArgMax::argmax_axis`] as a function.
#[track_caller]
pub fn argmax_axis<X: ArgMax<Dim: RemoveAxis> + ?Sized>(x: &X, axis: Axis) -> Array<usize, <X::Dim as Dimension>::Smaller> {
    x.argmax_axis(axis)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, Axis, arr0, array, s};

    use super::{ArgMax, max_axis, min_axis};
    use crate::ops::testing::check_reduction;

    #[test]
    fn rules_agree_with_differences() {
        check_reduction(
            max_axis,
            |x, axis, dy| max_axis::d_x(x, &max_axis(x, axis), axis, dy),
            |x, axis, dx| max_axis::tangent(x, &max_axis(x, axis), axis, dx),
        );
        check_reduction(
            min_axis,
            |x, axis, dy| min_axis::d_x(x, &min_axis(x, axis), axis, dy),
            |x, axis, dx| min_axis::tangent(x, &min_axis(x, axis), axis, dx),
        );
    }

    #[test]
    fn ties_share() {
        let x = array![[3.0, 1.0, 3.0], [2.0, 2.0, 2.0], [1.0, 5.0, 4.0]];
        let dy = array![1.0, 3.0, 1.0];
        let (y, pullback) = max_axis::vjp(&x, Axis(1));
        assert_eq!(y, array![3.0, 2.0, 5.0]);
        assert_eq!(pullback(dy.clone()), array![[0.5, 0.0, 0.5], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]]);
        let (y, pullback) = min_axis::vjp(&x, Axis(1));
        assert_eq!(y, array![1.0, 2.0, 1.0]);
        assert_eq!(pullback(dy), array![[0.0, 1.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]);
        assert_eq!(max_axis::tangent(&x, &array![3.0, 2.0, 5.0], Axis(1), &x), array![3.0, 2.0, 5.0]);
    }

    #[test]
    fn nothing_and_what_is_no_number() {
        let x = array![f32::NAN, 1.0, f32::INFINITY];
        let y = max_axis(&x, Axis(0));
        assert!(y.iter().all(|y| y.is_nan()));
        assert_eq!(max_axis::d_x(&x, &y, Axis(0), &arr0(1.0)), array![1.0, 0.0, 0.0]);
        let empty = Array2::<f64>::zeros((2, 0));
        assert_eq!(max_axis(&empty, Axis(1)), array![f64::NEG_INFINITY, f64::NEG_INFINITY]);
        assert_eq!(min_axis(&empty, Axis(1)), array![f64::INFINITY, f64::INFINITY]);
        assert_eq!(min_axis::d_x(&empty, &array![0.0, 0.0], Axis(1), &array![1.0, 1.0]), empty);
        assert_eq!(max_axis::tangent(&empty, &array![0.0, 0.0], Axis(1), &empty), array![0.0, 0.0]);
    }

    #[test]
    fn places() {
        let x = array![[3.0, 9.0, 3.0], [9.0, 2.0, 2.0]];
        assert_eq!((x.argmax(), x.t().argmax(), x.slice(s![.., ..;-1]).argmax()), (1, 1, 1));
        assert_eq!(x.argmax_axis(Axis(1)), array![1, 0]);
        assert_eq!(x.argmax_axis(Axis(0)), array![1, 0, 0]);
        assert_eq!(array![1.0, f64::NAN, 2.0, f64::NAN].argmax(), 1);
    }

    #[test]
    #[should_panic(expected = "an array of shape [0] has no largest element")]
    fn of_nothing() {
        Array1::<f64>::zeros(0).argmax();
    }
}
