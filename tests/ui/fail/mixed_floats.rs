//! `f32` and `f64` do not mix.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

#[differentiable]
fn scalars(x: f64, y: f32) -> f64 {
    x * y
}

#[differentiable]
fn arrays(x: &Array1<f64>, y: &Array1<f32>) -> f64 {
    (x + y).sum()
}

#[differentiable]
fn products(x: &Array2<f64>, y: &Array2<f32>) -> f64 {
    x.dot(y).sum()
}

fn main() {}
