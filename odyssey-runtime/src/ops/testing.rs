//! What the tests of several operations share.

use ndarray::{Array, Array1, Array3, Axis, s};

/// A small array with no pattern.
pub(super) fn cube() -> Array3<f64> {
    Array::from_shape_fn((3, 4, 5), |(i, j, k)| ((i * 31 + j * 17 + k * 7) as f64).sin() * 2.0)
}

/// The same values in other memory layouts: transposed, reversed, and with holes.
pub(super) fn layouts(x: &Array3<f64>) -> Vec<Array3<f64>> {
    let mut permuted = x.clone().permuted_axes([2, 0, 1]).as_standard_layout().into_owned();
    permuted = permuted.permuted_axes([1, 2, 0]);
    let mut reversed = x.slice(s![.., ..;-1, ..]).as_standard_layout().into_owned();
    reversed.invert_axis(Axis(1));
    let mut holes = Array3::zeros((3, 4, 10));
    holes.slice_mut(s![.., .., ..;2]).assign(x);
    holes.slice_collapse(s![.., .., ..;2]);
    vec![x.clone(), permuted, reversed, holes]
}

/// Compares an operation with its definition on one row, along an axis of [`cube`] in all layouts.
pub(super) fn check_axis_function(
    axis: Axis,
    f: impl Fn(&Array3<f64>, Axis) -> Array3<f64>,
    definition: impl Fn(&Array1<f64>) -> Array1<f64>,
) {
    for x in layouts(&cube()) {
        let y = f(&x, axis);
        for (x, y) in x.lanes(axis).into_iter().zip(y.lanes(axis)) {
            let want = definition(&x.to_owned());
            assert!((&y - &want).iter().all(|e| e.abs() < 1e-14), "{y} is not {want}");
        }
    }
}
