//! A method that is not annotated.

use odyssey_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Model {
    scale: f64,
}

impl Model {
    fn forward(&self, x: f64) -> f64 {
        self.scale * x
    }
}

#[differentiable]
fn caller(model: &Model, x: f64) -> f64 {
    model.forward(x)
}

fn main() {}
