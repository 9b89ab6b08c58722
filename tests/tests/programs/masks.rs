//! Masks, and choices by them: what is not chosen contributes nothing, not even where its derivative is infinite.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix};

#[differentiable]
fn between_arrays(mask: &Array2<bool>, x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    select_where(mask, x, &(y * y).sqrt()).mapv(|v| v * v).sum()
}

#[differentiable]
fn guarded_logarithm(x: &Array2<f64>, otherwise: f64) -> f64 {
    let positive = x.mapv(|v| v > 0.0);
    let z = select_where(&positive, &x.ln(), &otherwise);
    let w = select_where(&positive.t(), &0.0, &x.t());
    (&z * &z).sum() + w.norm_l2()
}

#[differentiable]
fn guarded_root(mask: &Array1<bool>, x: &Array1<f64>) -> f64 {
    select_where(mask, &x.sqrt(), &(1.0 / x)).sum()
}

#[differentiable]
fn of_views(x: &Array2<f64>) -> f64 {
    let row = x.row(0);
    let mask = row.mapv(|v| v < 0.3);
    select_where(&mask, &row, &x.row(1)).norm_l2()
}

#[differentiable]
fn single(x: &Array1<f32>, mask: &Array1<bool>) -> f32 {
    let shifted = x + 1.0;
    select_where(mask, &shifted, &(x * 3.0)).product()
}

/// Steps have no derivative, but what they are multiplied by has.
#[differentiable]
fn steps(x: &Array2<f64>) -> f64 {
    let slope = x.mapv(|v| if v > 0.0 { 1.0 } else { 0.1 });
    (&slope * x * x).sum()
}

#[differentiable]
fn through_calls(x: &Array2<f64>) -> f64 {
    let mask = x.mapv(|v| v.abs() > 0.4);
    guarded_logarithm(x, 0.5) * between_arrays(&mask, x, x) + of_views(x)
}

#[test]
fn gradients() {
    let (x, y) = (matrix(1, 3, 4), matrix(2, 3, 4));
    agrees!(between_arrays(&x.mapv(|v| v > -0.1), &x, &y), wrt 2, once);
    agrees!(guarded_logarithm(&x, 0.7), wrt 2);
    agrees!(of_views(&x));
    agrees!(single(&array![0.5, -0.25, 0.75], &array![true, false, true]) as f32);
    agrees!(steps(&x));
    agrees!(through_calls(&x));
}

/// The slope of what is not chosen is infinite at 0.
#[test]
fn nothing_leaks() {
    let (mask, x) = (array![false, true, false], array![4.0, 4.0, 2.0]);
    assert_eq!(guarded_root::grad(&mask, &x), array![-0.0625, 0.25, -0.25]);
    let (mask, x) = (array![true, false], array![1.0, f64::INFINITY]);
    assert_eq!(guarded_root::grad(&mask, &x), array![0.5, 0.0]);
    let x = array![[0.0, 1.0], [2.0, -1.0]];
    let (_, (d_x, _)) = guarded_logarithm::value_and_grad(&x, 0.5);
    assert!(d_x.iter().all(|d| d.is_finite()));
    let zero = Array2::zeros((1, 2));
    let (_, (d_x, d_y)) = between_arrays::value_and_grad(&array![[true, true]], &zero, &zero);
    assert_eq!((d_x, d_y), (zero.clone(), zero));
}

#[test]
#[should_panic(expected = "an array of shape [2] cannot be chosen from by a mask of shape [3]")]
fn shapes_are_checked() {
    select_where(&array![true, false, true], &array![1.0, 2.0], &0.0);
}
