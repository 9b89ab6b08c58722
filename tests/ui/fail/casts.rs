//! A cast of a part whose type the macro does not see: a count, or a float, whose derivative would be lost.

use odyssey_runtime::prelude::*;

#[derive(Clone, Differentiable)]
struct Sample {
    weight: f32,
    #[differentiable(skip)]
    count: usize,
}

#[differentiable]
fn of_a_field(sample: &Sample, x: f64) -> f64 {
    x * sample.weight as f64 * sample.count as f64
}

#[differentiable]
fn to_an_integer(x: f64) -> f64 {
    x * x.floor() as usize as f64
}

fn main() {}
