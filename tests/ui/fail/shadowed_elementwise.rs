//! A plain function that hides an elementwise one of the prelude is never differentiated as that one.

use odyssey_runtime::prelude::*;

fn sigmoid(x: f64) -> f64 {
    2.0 * x
}

#[differentiable]
fn caller(x: f64) -> f64 {
    sigmoid(x) * x
}

fn main() {}
