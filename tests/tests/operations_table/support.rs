//! Operands in all layouts, and what is compared.

use ndarray::{Array, ArrayView, Axis, Dimension, Slice};
use odyssey_runtime::{Real, Tangent};

/// What an operation gives: a number or an array.
pub(crate) trait Outcome: Tangent {
    /// A cotangent for it, no two entries of which are equal.
    fn cotangent(&self) -> Self;
}

fn pattern<T: Real>(i: usize) -> T {
    T::lit((0.9 + 1.3 * i as f64).cos())
}

impl Outcome for f64 {
    fn cotangent(&self) -> f64 {
        pattern(0)
    }
}

impl Outcome for f32 {
    fn cotangent(&self) -> f32 {
        pattern(0)
    }
}

impl<T: Real, D: Dimension> Outcome for Array<T, D>
where
    Array<T, D>: Tangent,
{
    fn cotangent(&self) -> Array<T, D> {
        Array::from_shape_vec(self.raw_dim(), (0..self.len()).map(pattern).collect()).expect("a number for each entry")
    }
}

/// Numbers without a pattern, no two of which are equal, in single precision as in double precision.
pub(crate) fn operand<T: Real, D: Dimension>(shape: impl ndarray::ShapeBuilder<Dim = D>, seed: usize) -> Array<T, D> {
    let mut places = seed * 100..;
    let mut next = || T::lit((0.4 + 1.7 * places.next().expect("an open range") as f64).sin() * 1.5);
    Array::from_shape_simple_fn(shape, &mut next)
}

/// Calls `f` with views of other layouts, of the same shape.
pub(crate) fn for_each_layout<D: Dimension>(x: &Array<f64, D>, mut f: impl FnMut(ArrayView<'_, f64, D>)) {
    let column_major = x.t().as_standard_layout().into_owned();
    f(column_major.t());

    let mut inverted = x.clone();
    let invert = |x: &mut Array<f64, D>| (0..x.ndim()).for_each(|axis| x.invert_axis(Axis(axis)));
    invert(&mut inverted);
    let mut reversed = inverted.as_standard_layout().into_owned();
    invert(&mut reversed);
    f(reversed.view());

    let mut double = x.raw_dim();
    double.slice_mut().iter_mut().for_each(|length| *length *= 2);
    let mut long = Array::from_elem(double, f64::NAN);
    let every_other = |_| Slice::new(0, None, 2);
    long.slice_each_axis_mut(every_other).assign(x);
    f(long.slice_each_axis(every_other));

    if x.ndim() > 0 && x.len_of(Axis(0)) > 0 {
        let first = x.slice_axis(Axis(0), Slice::from(..1));
        f(first.broadcast(x.raw_dim()).expect("it was of that shape"));
    }
}

/// Equal up to rounding, or both no number.
#[track_caller]
pub(crate) fn assert_same<Y: Tangent>(a: &Y, b: &Y) {
    let mut difference = a.clone();
    difference.add_scaled(-1.0, b);
    let is_same = difference.norm() <= 1e-12 * (1.0 + b.norm()) || a == b;
    assert!(is_same, "{a:?} and {b:?}");
}

/// The same in single precision as in double precision.
#[track_caller]
pub(crate) fn assert_single<D: Dimension>(single: &Array<f32, D>, double: &Array<f64, D>) {
    let single = single.mapv(f64::from);
    let error = (&single - double).iter().fold(0.0, |most: f64, error| most.max(error.abs()));
    let size = double.iter().fold(1.0, |most: f64, d| most.max(d.abs()));
    assert!(error <= 1e-4 * size, "{single} in single precision, {double} in double");
}
