//! The views of `ndarray` that have a position, with panics that say which expression it was.

use ndarray::{ArrayRef, ArrayView, Axis, Dimension, Ix1, Ix2, RemoveAxis, Slice, SliceArg, SliceInfoElem};

use super::rows::axis_exists;
use crate::quoted::ensure;

/// Row `i`.
#[track_caller]
pub fn row<T>(x: &ArrayRef<T, Ix2>, i: usize) -> ArrayView<'_, T, Ix1> {
    ensure!(i < x.nrows(), "", "there is no row {i} in an array of shape {:?}", x.shape());
    x.row(i)
}

/// Column `i`.
#[track_caller]
pub fn column<T>(x: &ArrayRef<T, Ix2>, i: usize) -> ArrayView<'_, T, Ix1> {
    ensure!(i < x.ncols(), "", "there is no column {i} in an array of shape {:?}", x.shape());
    x.column(i)
}

/// What is at `i` of an axis, which is removed.
#[track_caller]
pub fn index_axis<T, D: RemoveAxis>(x: &ArrayRef<T, D>, axis: Axis, i: usize) -> ArrayView<'_, T, D::Smaller> {
    axis_exists(x.shape(), axis);
    ensure!(i < x.len_of(axis), "", "there is no {i} along axis {} in an array of shape {:?}", axis.index(), x.shape());
    x.index_axis(axis, i)
}

/// A part along every axis.
#[track_caller]
pub fn slice<T, D: Dimension, I: SliceArg<D>>(x: &ArrayRef<T, D>, info: I) -> ArrayView<'_, T, I::OutDim> {
    let elements = info.as_ref();
    let lengths = elements.iter().filter(|element| !element.is_new_axis()).zip(x.shape());
    let fits = lengths.clone().all(|(element, length)| lies_within(element, *length));
    ensure!(fits, "", "an array of shape {:?} has no slice {}", x.shape(), Written(elements));
    x.slice(info)
}

/// A part along one axis.
#[track_caller]
pub fn slice_axis<T, D: Dimension>(x: &ArrayRef<T, D>, axis: Axis, part: Slice) -> ArrayView<'_, T, D> {
    axis_exists(x.shape(), axis);
    let element = SliceInfoElem::from(part);
    let fits = lies_within(&element, x.len_of(axis));
    ensure!(fits, "", "an array of shape {:?} has no slice {} along axis {}", x.shape(), Written(&[element]), axis.index());
    x.slice_axis(axis, part)
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
