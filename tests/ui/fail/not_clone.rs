//! A struct that cannot be copied for the gradient check.

use odyssey_runtime::prelude::*;

#[derive(Differentiable)]
struct Layer {
    weight: f64,
}

#[differentiable]
fn apply(layer: &Layer, x: f64) -> f64 {
    layer.weight * x
}

fn main() {}
