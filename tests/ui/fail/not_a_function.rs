//! The attribute stands on functions, methods and blocks.

use odyssey_runtime::prelude::*;

#[differentiable]
struct Parameters {
    w: f64,
}

#[differentiable]
const LIMIT: f64 = 1.0;

struct Model;

impl Model {
    #[differentiable]
    fn associated(x: f64) -> f64 {
        x * x
    }
}

fn main() {}
