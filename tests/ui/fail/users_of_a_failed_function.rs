//! One mistake is one error: those who use the function are not told of it again.

use odyssey_runtime::prelude::*;

#[differentiable]
fn broken(x: f64) -> f64 {
    std::hint::black_box(x)
}

#[differentiable]
fn caller(x: f64) -> f64 {
    broken(x) * 2.0
}

fn main() {
    println!("{}", broken(1.0));
    println!("{}", broken::grad(1.0));
    let (value, slope) = broken::value_and_grad(1.0);
    println!("{value} {slope} {}", caller::grad(1.0));
}
