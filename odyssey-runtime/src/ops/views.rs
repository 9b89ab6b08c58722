//! The views of `ndarray` that have a position, with panics that say which expression it was.

use ndarray::{ArrayRef, ArrayView, ArrayViewMut, Axis, Dimension, Ix1, Ix2, RemoveAxis, Slice, SliceArg, SliceInfoElem};

use super::rows::axis_exists;
use crate::quoted::ensure;

/// Row `i`.
#[track_caller]
pub fn row<T>(x: &ArrayRef<T, Ix2>, i: usize) -> ArrayView<'_, T, Ix1> {
    row_exists(x.shape(), i);
    x.row(i)
}

/// Row `i`, to be changed.
#[track_caller]
pub fn row_mut<T>(x: &mut ArrayRef<T, Ix2>, i: usize) -> ArrayViewMut<'_, T, Ix1> {
    row_exists(x.shape(), i);
    x.row_mut(i)
}

#[track_caller]
fn row_exists(shape: &[usize], i: usize) {
    ensure!(i < shape[0], "", "there is no row {i} in an array of shape {shape:?}");
}

/// Column `i`.
#[track_caller]
pub fn column<T>(x: &ArrayRef<T, Ix2>, i: usize) -> ArrayView<'_, T, Ix1> {
    column_exists(x.shape(), i);
    x.column(i)
}

/// Column `i`, to be changed.
#[track_caller]
pub fn column_mut<T>(x: &mut ArrayRef<T, Ix2>, i: usize) -> ArrayViewMut<'_, T, Ix1> {
    column_exists(x.shape(), i);
    x.column_mut(i)
}

#[track_caller]
fn column_exists(shape: &[usize], i: usize) {
    ensure!(i < shape[1], "", "there is no column {i} in an array of shape {shape:?}");
}

/// What is at `i` of an axis, which is removed.
#[track_caller]
pub fn index_axis<T, D: RemoveAxis>(x: &ArrayRef<T, D>, axis: Axis, i: usize) -> ArrayView<'_, T, D::Smaller> {
    lies_on(x.shape(), axis, i);
    x.index_axis(axis, i)
}

/// What is at `i` of an axis, which is removed, to be changed.
#[track_caller]
pub fn index_axis_mut<T, D: RemoveAxis>(x: &mut ArrayRef<T, D>, axis: Axis, i: usize) -> ArrayViewMut<'_, T, D::Smaller> {
    lies_on(x.shape(), axis, i);
    x.index_axis_mut(axis, i)
}

#[track_caller]
fn lies_on(shape: &[usize], axis: Axis, i: usize) {
    axis_exists(shape, axis);
    let axis = axis.index();
    ensure!(i < shape[axis], "", "there is no {i} along axis {axis} in an array of shape {shape:?}");
}

/// A part along every axis.
#[track_caller]
pub fn slice<T, D: Dimension, I: SliceArg<D>>(x: &ArrayRef<T, D>, info: I) -> ArrayView<'_, T, I::OutDim> {
    slice_exists(x.shape(), info.as_ref());
    x.slice(info)
}

/// A part along every axis, to be changed.
#[track_caller]
pub fn slice_mut<T, D: Dimension, I: SliceArg<D>>(x: &mut ArrayRef<T, D>, info: I) -> ArrayViewMut<'_, T, I::OutDim> {
    slice_exists(x.shape(), info.as_ref());
    x.slice_mut(info)
}

#[track_caller]
fn slice_exists(shape: &[usize], elements: &[SliceInfoElem]) {
    let lengths = elements.iter().filter(|element| !element.is_new_axis()).zip(shape);
    let fits = lengths.clone().all(|(element, length)| lies_within(element, *length));
    ensure!(fits, "", "an array of shape {shape:?} has no slice {}", Written(elements));
}

/// A part along one axis.
#[track_caller]
pub fn slice_axis<T, D: Dimension>(x: &ArrayRef<T, D>, axis: Axis, part: Slice) -> ArrayView<'_, T, D> {
    slice_lies_on(x.shape(), axis, part);
    x.slice_axis(axis, part)
}

/// A part along one axis, to be changed.
#[track_caller]
pub fn slice_axis_mut<T, D: Dimension>(x: &mut ArrayRef<T, D>, axis: Axis, part: Slice) -> ArrayViewMut<'_, T, D> {
    slice_lies_on(x.shape(), axis, part);
    x.slice_axis_mut(axis, part)
}

#[track_caller]
fn slice_lies_on(shape: &[usize], axis: Axis, part: Slice) {
    axis_exists(shape, axis);
    let axis = axis.index();
    let element = SliceInfoElem::from(part);
    let fits = lies_within(&element, shape[axis]);
    ensure!(fits, "", "an array of shape {shape:?} has no slice {} along axis {axis}", Written(&[element]));
}

/// Whether a slice has its bounds within an axis of that length; where it ends before it begins it is empty.
fn lies_within(element: &SliceInfoElem, length: usize) -> bool {
    let at = |position: isize| position + if position < 0 { length.cast_signed() } else { 0 };
    let length = length.cast_signed();
    match *element {
        SliceInfoElem::Slice { start, end, step } => {
            let (start, end) = (at(start), end.map_or(length, at));
            step != 0 && (0..=length).contains(&start) && end.max(start) <= length
        }
        SliceInfoElem::Index(i) => (0..length).contains(&at(i)),
        SliceInfoElem::NewAxis => true,
    }
}

/// A slice as one writes it.
struct Written<'s>(&'s [SliceInfoElem]);

impl std::fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let elements: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        write!(f, "[{}]", elements.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis, Slice, s};

    use super::{slice, slice_axis};

    /// What ndarray allows is allowed, and nothing else.
    #[test]
    fn bounds_are_those_of_ndarray() {
        let x = Array2::from_shape_fn((3, 2), |(i, j)| i * 2 + j);
        for (start, step) in (-4..5).flat_map(|start| [-2, -1, 1, 2].map(|step| (start, step))) {
            for end in (-5..5).map(Some).chain([None]) {
                let part = Slice { start, end, step };
                let [ours, theirs] = [
                    std::panic::catch_unwind(|| slice_axis(&x, Axis(0), part).to_owned()),
                    std::panic::catch_unwind(|| x.slice_axis(Axis(0), part).to_owned()),
                ];
                assert_eq!(ours.ok(), theirs.ok(), "{part:?}");
            }
        }
        assert_eq!(slice(&x, s![-1, ..]), x.row(2));
    }
}
