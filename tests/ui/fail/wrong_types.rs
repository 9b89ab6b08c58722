//! Types that do not go together are reported where the user wrote them.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

#[differentiable]
fn text_times_array(x: &Array1<f64>, name: String) -> f64 {
    (x * name).sum()
}

#[differentiable]
fn text_times_scalar(x: f64, name: &str) -> f64 {
    let y = x * name;
    y + 1.0
}

#[differentiable]
fn integer_times_float(x: f64, n: usize) -> f64 {
    x * n
}

#[differentiable]
fn wrong_result(x: &Array1<f64>) -> f64 {
    x * 2.0
}

#[differentiable]
fn wrong_annotation(x: &Array1<f64>) -> f64 {
    let y: f64 = x * 2.0;
    y
}

#[differentiable]
fn no_such_variable(x: f64) -> f64 {
    x * scale
}

#[differentiable]
fn no_such_field(x: (f64, f64)) -> f64 {
    x.0 * x.2
}

#[differentiable]
fn not_an_index(x: &Array1<f64>) -> f64 {
    x["first"]
}

fn main() {}
