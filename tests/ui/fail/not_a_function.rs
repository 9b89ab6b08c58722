//! The attribute stands on functions and methods.

use odyssey_runtime::prelude::*;

#[differentiable]
struct Parameters {
    w: f64,
}

#[differentiable]
const LIMIT: f64 = 1.0;

#[differentiable]
impl Parameters {
    fn scaled(&self, by: f64) -> f64 {
        self.w * by
    }
}

struct Model;

impl Model {
    #[differentiable]
    fn associated(x: f64) -> f64 {
        x * x
    }
}

#[differentiable]
trait Layer {
    fn apply(&self, x: f64) -> f64;
}

fn main() {}
