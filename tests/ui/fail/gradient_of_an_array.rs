//! A gradient is that of a scalar.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

type Vector = Array1<f64>;

#[differentiable]
fn doubled(x: &Array1<f64>) -> Array1<f64> {
    x * 2.0
}

#[differentiable]
fn by_alias(x: &Vector) -> Vector {
    x * 2.0
}

fn main() {
    let x = Array1::zeros(3);
    doubled::grad(&x);
    by_alias::grad(&x);
    by_alias::value_and_grad(&x);
    by_alias::check_grad(&x).unwrap();
}
