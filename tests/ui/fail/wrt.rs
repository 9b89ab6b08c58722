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

#[rustfmt::skip]
#[differentiable]
fn too_many(a: f64, b: f64, c: f64, d: f64, e: f64, f: f64, n: usize, g: f64, h: f64, i: f64, j: f64, k: f64, l: f64, m: f64, z: f64) -> f64 {
    a + b + c + d + e + f + g + h + i + j + k + l + m + z + n as f64
}

fn main() {}
