//! Walking over an array in rows along one axis: the axis is moved to the end, where rows are contiguous after at most
//! one copy. The order of the rows is the logical order of the other axes.

use ndarray::{Array, ArrayBase, ArrayView, Axis, Dimension, RawData, RemoveAxis};

use crate::real::Real;

/// A copy of `x` in which the rows along `axis` are changed by `f`, which takes all rows, one after the other, and their
/// length.
#[track_caller]
pub(super) fn map_rows<T: Real, D: Dimension>(
    x: ArrayView<'_, T, D>,
    axis: Axis,
    f: impl FnOnce(&mut [T], usize),
) -> Array<T, D> {
    axis_exists(x.shape(), axis);
    let length = x.len_of(axis);
    let mut y = moved_to_end(x, axis).as_standard_layout().into_owned();
    if !y.is_empty() {
        f(y.as_slice_mut().expect("standard layout"), length);
    }
    for i in (axis.index()..y.ndim() - 1).rev() {
        y.swap_axes(i, i + 1);
    }
    y
}

/// As [`map_rows`], with the rows of a second array of the same shape beside.
#[track_caller]
pub(super) fn zip_rows<T: Real, D: Dimension>(
    x: ArrayView<'_, T, D>,
    other: ArrayView<'_, T, D>,
    axis: Axis,
    f: impl FnOnce(&mut [T], &[T], usize),
) -> Array<T, D> {
    same_shape(other.shape(), x.shape());
    axis_exists(x.shape(), axis);
    let other = moved_to_end(other, axis);
    let other = other.as_standard_layout();
    map_rows(x, axis, |rows, length| {
        f(rows, other.as_slice().expect("standard layout"), length);
    })
}

/// One number a row, by `f`, which takes all rows, their length and the place of the results: `axis` is removed.
#[track_caller]
pub(super) fn reduce_rows<T: Real, D: RemoveAxis>(
    x: ArrayView<'_, T, D>,
    axis: Axis,
    f: impl Fn(&[T], usize, &mut [T]),
) -> Array<T, D::Smaller> {
    axis_exists(x.shape(), axis);
    let length = x.len_of(axis);
    let mut y = Array::zeros(x.raw_dim().remove_axis(axis));
    let x = moved_to_end(x, axis);
    let x = x.as_standard_layout();
    f(x.as_slice().expect("standard layout"), length, y.as_slice_mut().expect("standard layout"));
    y
}

fn moved_to_end<S: RawData, D: Dimension>(mut x: ArrayBase<S, D>, axis: Axis) -> ArrayBase<S, D> {
    for i in axis.index()..x.ndim() - 1 {
        x.swap_axes(i, i + 1);
    }
    x
}

#[track_caller]
pub(super) fn axis_exists(shape: &[usize], axis: Axis) {
    let (axis, rank) = (axis.index(), shape.len());
    assert!(axis < rank, "an array of shape {shape:?} has no axis {axis}");
}

#[track_caller]
pub(super) fn same_shape(y: &[usize], dy: &[usize]) {
    assert!(y == dy, "a cotangent of shape {dy:?} does not fit a value of shape {y:?}");
}
