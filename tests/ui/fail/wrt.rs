//! Which arguments can be differentiated.

use odyssey_runtime::prelude::*;

#[differentiable(wrt(weights, z, n, name))]
fn several_mistakes(x: f64, n: usize, name: &str) -> f64 {
    x * n as f64 + name.len() as f64
}

#[differentiable(wrt())]
fn none(x: f64) -> f64 {
    x
}

#[differentiable(wrt(x))]
fn contradiction(x: f64, #[no_grad] y: f64) -> f64 {
    x * y
}

#[differentiable(wrt(a))]
fn part_of_a_pattern((a, b): (f64, f64)) -> f64 {
    a * b
}

#[differentiable]
fn all_left_out(#[no_grad] x: f64) -> f64 {
    x
}

fn main() {}
