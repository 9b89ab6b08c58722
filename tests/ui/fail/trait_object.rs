//! A trait object hides which function is called.

use odyssey_runtime::prelude::*;

trait Layer {
    fn apply(&self, x: f64) -> f64;
}

#[differentiable]
fn caller(x: f64, #[no_grad] layer: &dyn Layer) -> f64 {
    layer.apply(x)
}

fn main() {}
