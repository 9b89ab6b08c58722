//! Points of domains, central differences, and gradients as lists of numbers.

use std::ops::Range;

pub(crate) use ndarray::{Array1, Array2};
pub(crate) use odyssey_runtime::prelude::*;

/// What a gradient may differ by, relative to its size or 1.
const TOLERANCE: f64 = 1e-6;

/// A few points of a box, in none of its planes of symmetry.
pub(crate) fn points<const N: usize>(domains: [Range<f64>; N]) -> Vec<[f64; N]> {
    const COUNT: usize = 8;
    let coordinate = |i: usize, domain: &Range<f64>, k: usize| within(domain, k * 8 + i);
    (0..COUNT).map(|k| std::array::from_fn(|i| coordinate(i, &domains[i], k))).collect()
}

/// Entry `i` of a sequence that fills the domain evenly.
fn within(domain: &Range<f64>, i: usize) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    let fraction = (0.23 + GOLDEN * i as f64).fract();
    domain.start + (domain.end - domain.start) * (0.02 + 0.96 * fraction)
}

/// The derivative of `f` at `x` by central differences of fourth order.
fn difference(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 1e-3;
    let near = f(x + h) - f(x - h);
    let far = f(x + 2.0 * h) - f(x - 2.0 * h);
    (8.0 * near - far) / (12.0 * h)
}

/// Compares a gradient with differences in every coordinate.
#[track_caller]
pub(crate) fn check<const N: usize>(point: [f64; N], f: impl Fn([f64; N]) -> f64, gradient: &[f64]) {
    assert_eq!(gradient.len(), N);
    for (i, &d) in gradient.iter().enumerate() {
        let moved = |x: f64| {
            let mut point = point;
            point[i] = x;
            f(point)
        };
        let wanted = difference(moved, point[i]);
        let error = (d - wanted).abs() / wanted.abs().max(1.0);
        assert!(error < TOLERANCE, "derivative {i} at {point:?}: {d}, by differences {wanted}");
    }
}

#[track_caller]
pub(crate) fn assert_close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-14 * b.abs().max(1.0), "{a} and {b}");
}

#[track_caller]
pub(crate) fn assert_single(single: &[f64], double: &[f64]) {
    assert_eq!(single.len(), double.len());
    for (a, b) in single.iter().zip(double) {
        assert!((a - b).abs() < 1e-4 * b.abs().max(1.0), "{a} in single precision, {b} in double");
    }
}

/// Compares the gradients of an array, of K numbers and of a row that is broadcast with differences, for a cotangent
/// with entries of all sizes.
#[track_caller]
pub(crate) fn check_arrays<const K: usize>(
    of_x: Range<f64>,
    of_numbers: [Range<f64>; K],
    of_row: Range<f64>,
    f: impl Fn(&Array2<f64>, [f64; K], &Array1<f64>) -> Array2<f64>,
    gradient: impl Fn(&Array2<f64>, [f64; K], &Array1<f64>, Array2<f64>) -> Vec<f64>,
) {
    // More than a tile of the kernels has, and not a multiple of it.
    const ROWS: usize = 3;
    const COLUMNS: usize = 23;
    let x = Array2::from_shape_fn((ROWS, COLUMNS), |(i, j)| within(&of_x, i * COLUMNS + j));
    let numbers = std::array::from_fn(|i| within(&of_numbers[i], i + 3));
    let row = Array1::from_shape_fn(COLUMNS, |j| within(&of_row, j + 5));
    let d = Array2::from_shape_fn((ROWS, COLUMNS), |(i, j)| (1.0 + (i * COLUMNS + j) as f64).sin() * 1.5);

    let gradient = gradient(&x, numbers, &row, d.clone());
    assert_eq!(gradient.len(), ROWS * COLUMNS + K + COLUMNS);
    let (d_x, rest) = gradient.split_at(ROWS * COLUMNS);
    let (d_numbers, d_row) = rest.split_at(K);

    for ((i, j), &at) in x.indexed_iter() {
        let moved = |value: f64| {
            let mut x = x.clone();
            x[[i, j]] = value;
            f(&x, numbers, &row)[[i, j]] * d[[i, j]]
        };
        assert_entry("x", i * COLUMNS + j, d_x[i * COLUMNS + j], difference(moved, at));
    }
    check(numbers, |numbers| (f(&x, numbers, &row) * &d).sum(), d_numbers);
    for (j, &at) in row.indexed_iter() {
        let moved = |value: f64| {
            let mut row = row.clone();
            row[j] = value;
            (f(&x, numbers, &row) * &d).column(j).sum()
        };
        assert_entry("row", j, d_row[j], difference(moved, at));
    }
}

#[track_caller]
fn assert_entry(name: &str, i: usize, d: f64, wanted: f64) {
    let error = (d - wanted).abs() / wanted.abs().max(1.0);
    assert!(error < TOLERANCE, "entry {i} of {name}: {d}, by differences {wanted}");
}

/// A gradient as a list of its numbers.
pub(crate) trait List {
    fn list(&self) -> Vec<f64>;
}

impl List for f64 {
    fn list(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl List for f32 {
    fn list(&self) -> Vec<f64> {
        vec![f64::from(*self)]
    }
}

impl<D: ndarray::Dimension> List for ndarray::Array<f64, D> {
    fn list(&self) -> Vec<f64> {
        self.iter().copied().collect()
    }
}

macro_rules! tuple {
    ($($name:ident)*) => {
        impl<$($name: List),*> List for ($($name,)*) {
            fn list(&self) -> Vec<f64> {
                #[allow(non_snake_case, reason = "a value for each type")]
                let ($($name,)*) = self;
                [$($name.list()),*].concat()
            }
        }
    };
}
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
