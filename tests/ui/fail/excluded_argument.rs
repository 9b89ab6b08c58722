//! An argument that the callee leaves out takes no differentiated value.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

#[differentiable(wrt(x))]
fn scaled(x: f64, factor: f64) -> f64 {
    x * factor
}

#[differentiable]
fn caller(x: f64) -> f64 {
    scaled(x, x * 2.0)
}

#[differentiable]
fn first(x: &Array1<f64>, #[no_grad] y: &Array1<f64>) -> f64 {
    (x * y).sum()
}

#[differentiable]
fn caller_of_arrays(x: &Array1<f64>) -> f64 {
    let twice = x * 2.0;
    first(x, &twice)
}

fn main() {}
