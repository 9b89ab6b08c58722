//! The struct of an argument needs `#[derive(Differentiable)]`.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

struct Layer {
    weight: Array2<f64>,
}

#[differentiable]
fn apply(layer: &Layer, x: &Array2<f64>) -> f64 {
    x.dot(&layer.weight).sum()
}

fn main() {}
