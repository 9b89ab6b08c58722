//! What the tests of several operations share.

use ndarray::{Array, Array1, Array2, Array3, ArrayView, Axis, Dimension, IntoDimension, s};

use crate::check;
use crate::tangent::Tangent;

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

/// Checks the rules of a reduction over all elements: against differences, and against one another.
pub(super) fn check_reduction_of_all(
    f: impl Fn(&Array3<f64>) -> f64,
    d_x: impl Fn(&Array3<f64>, &f64) -> Array3<f64>,
    tangent: impl Fn(&Array3<f64>, &Array3<f64>) -> f64,
) {
    for x in layouts(&cube()) {
        let (gradient, dx) = (d_x(&x, &0.75), x.mapv(f64::sin));
        crate::check::argument("x", &&x, |x| 0.75 * f(x), &gradient).unwrap();
        assert_close(0.75 * tangent(&x, &dx), (gradient * dx).sum());
    }
}

/// Checks the rules of a reduction along each axis: against differences, and against one another.
pub(super) fn check_reduction(
    f: impl Fn(&Array3<f64>, Axis) -> Array2<f64>,
    d_x: impl Fn(&Array3<f64>, Axis, &Array2<f64>) -> Array3<f64>,
    tangent: impl Fn(&Array3<f64>, Axis, &Array3<f64>) -> Array2<f64>,
) {
    for (axis, x) in (0..3).map(Axis).flat_map(|axis| layouts(&cube()).into_iter().map(move |x| (axis, x))) {
        let weights = f(&x, axis).mapv(|y| (3.0 * y).cos());
        let (gradient, dx) = (d_x(&x, axis, &weights), x.mapv(f64::sin));
        crate::check::argument("x", &&x, |x| (f(x, axis) * &weights).sum(), &gradient).unwrap();
        assert_close((tangent(&x, axis, &dx) * weights).sum(), (gradient * dx).sum());
    }
}

fn assert_close(along: f64, against: f64) {
    assert!((along - against).abs() <= 1e-12 * (1.0 + along.abs()), "{along} forward, {against} in reverse");
}

/// Checks the rule of an operation that is linear, whose result is made an array of its own: against differences.
pub(super) fn check_linear<D: Dimension>(
    f: impl Fn(&Array3<f64>) -> Array<f64, D>,
    d_x: impl Fn(&Array3<f64>, Array<f64, D>) -> Array3<f64>,
) {
    for x in layouts(&cube()) {
        let mut phase = 0.0;
        let dy = f(&x).mapv(|_| {
            phase += 0.7;
            f64::sin(phase)
        });
        let gradient = d_x(&x, dy.clone());
        crate::check::argument("x", &&x, |x| (f(x) * &dy).sum(), &gradient).unwrap();
    }
}

/// Numbers between -1 and 1 without a pattern.
pub(super) fn numbers<S: IntoDimension>(shape: S, seed: usize) -> Array<f64, S::Dim> {
    let mut i = 0.0;
    Array::from_shape_simple_fn(shape.into_dimension(), || {
        i += 1.7;
        (i + seed as f64 * 0.61).sin()
    })
}

/// Compares a cotangent of `x` with central differences of `f` along `dy`.
#[track_caller]
pub(super) fn check_rule<D: Dimension, Y: Tangent>(
    x: &Array<f64, D>,
    f: impl Fn(&Array<f64, D>) -> Y,
    dy: &Y,
    d_x: &Array<f64, D>,
) {
    check::argument("x", &x.view(), |x: ArrayView<'_, f64, D>| f(&x.to_owned()).inner_product(dy), d_x).unwrap();
}

/// The dot test: what a tangent of `x` contributes to that of `y` against what the cotangent of `y` contributes to that of `x`.
#[track_caller]
pub(super) fn check_dot<X: Tangent, Y: Tangent>(y_dot: &Y, dy: &Y, x_dot: &X, d_x: &X) {
    let (forward, backward) = (y_dot.inner_product(dy), d_x.inner_product(x_dot));
    assert!((forward - backward).abs() <= 1e-12 * (1.0 + forward.abs()), "{forward} is not {backward}");
}
