//! Slices along an axis by their positions: what taking them and adding to them have in common.

use ndarray::{Array, ArrayView, Axis, RemoveAxis};

use super::rows::axis_exists;
use crate::quoted::ensure;
use crate::real::Real;

/// Panics unless there is such an axis with slices at all of these positions.
#[track_caller]
pub(super) fn slices_exist(operation: &str, shape: &[usize], axis: Axis, indices: &[usize]) {
    axis_exists(shape, axis);
    let length = shape[axis.index()];
    let outside = indices.iter().find(|index| **index >= length);
    ensure!(
        outside.is_none(),
        operation,
        "index {} is out of bounds along axis {} of an array of shape {shape:?}",
        outside.unwrap_or(&0),
        axis.index()
    );
}

/// Adds the slices of `values` to those of `sum` at these positions, which exist, one after the other.
#[track_caller]
pub(super) fn add_slices<T: Real, D: RemoveAxis>(
    sum: &mut Array<T, D>,
    axis: Axis,
    indices: &[usize],
    values: &ArrayView<'_, T, D>,
) {
    let below = sum.shape()[axis.index() + 1..].iter().product();
    let length = sum.len_of(axis) * below;
    if values.is_empty() {
        return;
    }
    let Some(sums) = sum.as_slice_mut() else {
        for (index, slice) in indices.iter().zip(values.axis_iter(axis)) {
            sum.index_axis_mut(axis, *index).zip_mut_with(&slice, |sum, value| *sum += *value);
        }
        return;
    };
    let values = values.as_standard_layout();
    let values = values.as_slice().expect("standard layout");
    for (sums, values) in sums.chunks_exact_mut(length).zip(values.chunks_exact(indices.len() * below)) {
        for (index, slice) in indices.iter().zip(values.chunks_exact(below)) {
            let sums = &mut sums[index * below..][..below];
            sums.iter_mut().zip(slice).for_each(|(sum, value)| *sum += *value);
        }
    }
}
