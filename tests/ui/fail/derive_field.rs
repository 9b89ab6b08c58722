//! A field's type needs a derivative too.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

struct Activation {
    slope: f64,
}

#[derive(Differentiable)]
struct Layer {
    weight: Array2<f64>,
    activation: Activation,
}

#[derive(Differentiable)]
struct Network {
    layers: Vec<Layer>,
    cache: std::collections::HashMap<String, f64>,
}

fn main() {}
