//! A plain function that hides a differentiable one is never differentiated as that one.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

fn softmax(x: &Array2<f64>, _axis: Axis) -> Array2<f64> {
    x * 3.0
}

#[differentiable]
fn caller(x: &Array2<f64>) -> f64 {
    softmax(x, Axis(0)).sum()
}

fn main() {}
