#![allow(
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args,
    clippy::unnecessary_mut_passed,
    reason = "that references are accepted is what is tested"
)]

use ndarray::{Array1, Array2, ArrayRef, ArrayView1, array};

use super::{GradientMismatch, argument};
use crate::real::Real;

/// `Σ i x[i]²`, whose gradient is `2 i x[i]`.
fn weighted<'a, T: Real>(x: impl IntoIterator<Item = &'a T>) -> T {
    x.into_iter().enumerate().map(|(i, &x)| T::lit(i as f64 + 1.0) * x * x).sum()
}

fn gradient<T: Real>(x: &[T]) -> Vec<T> {
    x.iter().enumerate().map(|(i, &x)| T::lit(2.0 * (i as f64 + 1.0)) * x).collect()
}

const X: [f64; 4] = [1.5, -2e-3, 3e4, 0.0];

#[test]
fn accepts_right_gradients_of_every_argument_type() {
    let (x, d) = (X, gradient(&X));
    let (vec, array) = (x.to_vec(), Array1::from_vec(x.to_vec()));
    let (matrix, d_matrix) =
        (Array2::from_shape_vec((2, 2), x.to_vec()).unwrap(), Array2::from_shape_vec((2, 2), d.clone()).unwrap());
    let d_array = Array1::from_vec(d.clone());
    argument("x", &2.0, |x: f64| x.sin(), &2.0f64.cos()).unwrap();
    argument("x", &&2.0, |x: &f64| x.sin(), &2.0f64.cos()).unwrap();
    argument("x", &x, |x: [f64; 4]| weighted(&x), &[d[0], d[1], d[2], d[3]]).unwrap();
    argument("x", &&x, |x| weighted(x), &[d[0], d[1], d[2], d[3]]).unwrap();
    argument("x", &&x[..], |x: &[f64]| weighted(x), &d).unwrap();
    argument("x", &vec, |x: Vec<f64>| weighted(&x), &d).unwrap();
    argument("x", &&vec, |x| weighted(x), &d).unwrap();
    argument("x", &array, |x| weighted(&x), &d_array).unwrap();
    argument("x", &&array, |x| weighted(x), &d_array).unwrap();
    argument("x", &array.view(), |x: ArrayView1<'_, f64>| weighted(&x), &d_array).unwrap();
    let array_ref: &ArrayRef<f64, _> = &array;
    argument("x", &array_ref, |x| weighted(x.iter()), &d_array).unwrap();
    argument("m", &&matrix, |x| weighted(x), &d_matrix).unwrap();
    let transposed = matrix.t();
    argument("m", &transposed, |x| weighted(x.t().iter()), &d_matrix.reversed_axes()).unwrap();
    argument(
        "x",
        &(2.0, vec, 7usize),
        |(a, x, n)| a * weighted(&x) + n as f64,
        &(weighted(&x), d.iter().map(|d| 2.0 * d).collect(), ()),
    )
    .unwrap();
    argument("x", &Some(2.0), |x| x.map_or(0.0, f64::sin), &Some(2.0f64.cos())).unwrap();
}

#[test]
fn changes_mutable_arguments() {
    let mut x = array![1.0, 2.0];
    let double = |x: &mut Array1<f64>| {
        *x *= 2.0;
        weighted(&*x)
    };
    argument("x", &&mut x, double, &array![8.0, 32.0]).unwrap();
    assert_eq!(x, array![1.0, 2.0]);
}

#[test]
fn lends_to_a_function_with_lifetimes() {
    fn picked<'a, T: Real>(x: &'a Array1<T>, y: &'a [T]) -> T {
        x[0] * y[1]
    }
    fn check<'a, T: Real>(x: &'a Array1<T>, y: &'a [T]) -> Result<(), GradientMismatch> {
        argument("x", &x, |x| picked(x, y), &array![y[1], T::zero()])?;
        argument("y", &y, |y| picked(x, y), &vec![T::zero(), T::lit(3.0)])
    }
    check(&array![3.0, 1.0], &[4.0, 5.0]).unwrap();
    check(&array![2.0, 1.0], &[4.0, 5.0]).unwrap_err();
    check(&array![3.0f32, 1.0], &[4.0, 5.0]).unwrap();
}

#[test]
fn accepts_single_precision() {
    let x = [1.5f32, -0.25, 300.0];
    argument("x", &&x[..], |x| weighted(x), &gradient(&x)).unwrap();
    argument("x", &0.7f32, |x: f32| x.exp() * x.sin(), &(0.7f32.exp() * (0.7f32.sin() + 0.7f32.cos()))).unwrap();
}

#[test]
fn steps_are_relative() {
    for x in [1e-8, 1e-3, 1.0, 1e8] {
        argument("x", &x, f64::ln, &(1.0 / x)).unwrap();
        argument("x", &x, f64::ln, &(1.001 / x)).unwrap_err();
    }
}

#[test]
fn rejects_wrong_gradients_and_says_where() {
    let x = array![[1.0, 2.0], [3.0, 4.0]];
    let wrong = array![[2.0, 4.0], [6.0, 8.1]];
    let f = |(x, n): (Array2<f64>, usize)| n as f64 * x.iter().map(|x| x * x).sum::<f64>();
    let mismatch = argument("pair", &(x, 1usize), f, &(wrong, ())).unwrap_err();
    assert_eq!(mismatch.path(), "pair.0[1, 1]");
    assert_eq!(mismatch.computed(), 8.1);
    assert!((mismatch.difference() - 8.0).abs() < mismatch.tolerance());
    assert!(
        mismatch.to_string().starts_with("the gradient with respect to `pair.0[1, 1]` is 8.1e0, but central differences give ")
    );
    for factor in [0.0, -1.0, 0.5, 1.00001, 2.0] {
        argument("x", &2.0, |x: f64| x.exp(), &(factor * 2.0f64.exp())).unwrap_err();
    }
    argument("x", &2.0f32, |x: f32| x.exp(), &(1.1 * 2.0f32.exp())).unwrap_err();
    let at = argument("x", &vec![vec![1.0], vec![2.0, 3.0]], |x| x[1][1], &vec![vec![0.0], vec![0.0, 0.9]]);
    assert_eq!(at.unwrap_err().path(), "x[1][1]");
}

#[test]
fn rejects_what_is_not_a_number() {
    argument("x", &2.0, |x: f64| x.exp(), &f64::NAN).unwrap_err();
    argument("x", &2.0, |x: f64| x * f64::NAN, &0.0).unwrap_err();
    argument("x", &2.0, |x: f64| x.exp(), &f64::INFINITY).unwrap_err();
    argument("x", &-2.0, |x: f64| x.sqrt(), &f64::NAN).unwrap_err();
}

/// Two derivatives cancel, but for rounding: the third says of what size they are.
#[test]
fn what_cancels_is_rounded() {
    let f = |x: [f64; 2]| (0.1 * x[0]).sin() - (0.1 * x[0]).sin() + x[1];
    super::argument("x", &[0.3, 1.0], f, &[-2.8e-17, 1.0]).unwrap();
    super::argument("x", &[0.3, 1.0], f, &[1e-6, 1.0]).unwrap_err();
}

/// The difference of `x³` at zero is its own error and nothing else.
#[test]
fn differences_have_an_error() {
    for x in [0.0f64, 1e-12, -1e-9] {
        argument("x", &x, |x: f64| x.powi(3), &(3.0 * x * x)).unwrap();
        argument("x", &x, |x: f64| 2.0 * x.powi(5) - x.powi(3) + 1e-3, &(10.0 * x.powi(4) - 3.0 * x * x)).unwrap();
        argument("x", &x, |x: f64| x * x.abs(), &(2.0 * x.abs())).unwrap();
        argument("x", &x, |x: f64| x.powi(3), &(3.0 * x * x + 1e-9)).unwrap_err();
        argument("x", &x, |x: f64| x.powi(3) + x, &(1.0 + 1e-5)).unwrap_err();
        argument("x", &x, |x: f64| x.powi(3) + x, &0.0).unwrap_err();
    }
    argument("x", &0.0f32, |x: f32| x.powi(3), &0.0).unwrap();
    argument("x", &0.0f32, |x: f32| x.powi(3), &1e-2).unwrap_err();
}

/// Over a bend, the steps say nothing of their error.
#[test]
fn bends_are_no_error() {
    for x in [1e-7f64, 3e-7, 1e-6, 3e-6, 1e-5, 3e-5] {
        argument("x", &x, |x: f64| x.abs(), &1.0).unwrap();
        argument("x", &x, |x: f64| 1.0 / (x * x), &(-2.0 / x.powi(3))).unwrap();
        for wrong in [-1.0, 0.0, 0.5, 0.99, 1.01, 2.0] {
            argument("x", &x, |x: f64| x.abs(), &wrong).unwrap_err();
            argument("x", &x, |x: f64| x.max(0.0), &wrong).unwrap_err();
            argument("x", &x, |x: f64| 1.0 / (x * x), &(-2.0 * wrong / x.powi(3))).unwrap_err();
            argument("x", &x, f64::ln, &(wrong / x)).unwrap_err();
        }
    }
    for wrong in [0.0, 1.0] {
        argument("x", &0.0, |x: f64| x.max(0.0), &wrong).unwrap_err();
        argument("x", &0.0, |x: f64| x.max(0.0) + x.powi(3), &wrong).unwrap_err();
    }
}
