//! Walking over an array in rows along one axis: the axis is moved to the end, where rows are contiguous after at most
//! one copy. The order of the rows is the logical order of the other axes.

use ndarray::{Array, ArrayBase, ArrayView, Axis, Dimension, RawData, RemoveAxis};

use crate::memory::in_standard_layout;
use crate::quoted::ensure;
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
    let mut y = in_standard_layout(&moved_to_end(x, axis).view());
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
    let mut y = crate::memory::zeros(x.raw_dim().remove_axis(axis));
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
    ensure!(axis < rank, "", "an array of shape {shape:?} has no axis {axis}");
}

#[track_caller]
pub(super) fn same_shape(y: &[usize], dy: &[usize]) {
    ensure!(y == dy, "", "a cotangent of shape {dy:?} does not fit a value of shape {y:?}");
}

/// A copy of `x` that `f` changes as one row.
pub(super) fn change_all<T: Real, D: Dimension>(x: ArrayView<'_, T, D>, f: impl FnOnce(&mut [T])) -> Array<T, D> {
    let mut y = in_standard_layout(&x.view());
    f(y.as_slice_mut().expect("standard layout"));
    y
}

/// What `f` makes of all elements of two arrays of one shape, each as one row.
#[track_caller]
pub(super) fn zip_all<T: Real, D: Dimension>(
    x: &ArrayView<'_, T, D>,
    other: &ArrayView<'_, T, D>,
    f: impl FnOnce(&[T], &[T]) -> T,
) -> T {
    same_shape(x.shape(), other.shape());
    let (x, other) = (x.as_standard_layout(), other.as_standard_layout());
    f(x.as_slice().expect("standard layout"), other.as_slice().expect("standard layout"))
}

/// One number a row along `axis`, which is removed.
#[track_caller]
pub(super) fn reduce_each<T: Real, D: RemoveAxis>(
    x: ArrayView<'_, T, D>,
    axis: Axis,
    f: impl Fn(&[T]) -> T,
) -> Array<T, D::Smaller> {
    reduce_rows(x, axis, |rows, length, y| {
        for (i, y) in y.iter_mut().enumerate() {
            *y = f(&rows[i * length..][..length]);
        }
    })
}

/// A copy of `x` in which `f` changes each row along `axis`, given the numbers that belong to the row.
#[track_caller]
pub(super) fn change_each<T: Real, D: RemoveAxis, const N: usize>(
    x: ArrayView<'_, T, D>,
    axis: Axis,
    beside: [ArrayView<'_, T, D::Smaller>; N],
    f: impl Fn(&mut [T], [T; N]),
) -> Array<T, D> {
    axis_exists(x.shape(), axis);
    let beside = one_a_row(&x.raw_dim().remove_axis(axis), beside);
    map_rows(x, axis, |rows, length| {
        for (i, row) in rows.chunks_exact_mut(length).enumerate() {
            f(row, beside.each_ref().map(|numbers| numbers[i]));
        }
    })
}

/// One number a row along `axis`, which is removed, of two arrays of one shape, given the numbers that belong to the row.
#[track_caller]
pub(super) fn zip_each<T: Real, D: RemoveAxis, const N: usize>(
    x: ArrayView<'_, T, D>,
    other: ArrayView<'_, T, D>,
    axis: Axis,
    beside: [ArrayView<'_, T, D::Smaller>; N],
    f: impl Fn(&[T], &[T], [T; N]) -> T,
) -> Array<T, D::Smaller> {
    same_shape(x.shape(), other.shape());
    axis_exists(x.shape(), axis);
    let beside = one_a_row(&x.raw_dim().remove_axis(axis), beside);
    let other = moved_to_end(other, axis);
    let other = other.as_standard_layout();
    let other = other.as_slice().expect("standard layout");
    reduce_rows(x, axis, |rows, length, y| {
        for (i, y) in y.iter_mut().enumerate() {
            let [row, other] = [rows, other].map(|rows| &rows[i * length..][..length]);
            *y = f(row, other, beside.each_ref().map(|numbers| numbers[i]));
        }
    })
}

/// The numbers in the order of the rows.
#[track_caller]
fn one_a_row<T: Real, D: Dimension, const N: usize>(rows: &D, beside: [ArrayView<'_, T, D>; N]) -> [Vec<T>; N] {
    beside.map(|numbers| {
        same_shape(rows.slice(), numbers.shape());
        numbers.iter().copied().collect()
    })
}

/// So many terms are added up one after the other.
const TERMS: usize = 64;

/// `Σ f(x)` over a row, of its halves: what rounding loses grows with the logarithm of the length.
pub(super) fn sum_of<T: Real>(row: &[T], f: &impl Fn(T) -> T) -> T {
    if row.len() <= TERMS {
        return row.iter().map(|x| f(*x)).sum();
    }
    let (a, b) = row.split_at(row.len() / 2);
    sum_of(a, f) + sum_of(b, f)
}

/// `Σ f(x, y)` over two rows of one length, likewise.
pub(super) fn sum_of_pairs<T: Real>(row: &[T], other: &[T], f: &impl Fn(T, T) -> T) -> T {
    if row.len() <= TERMS {
        return row.iter().zip(other).map(|(x, y)| f(*x, *y)).sum();
    }
    let middle = row.len() / 2;
    let ((a, b), (other_a, other_b)) = (row.split_at(middle), other.split_at(middle));
    sum_of_pairs(a, other_a, f) + sum_of_pairs(b, other_b, f)
}
