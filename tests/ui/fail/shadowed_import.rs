//! A plain function that hides an imported annotated one of another signature.

use odyssey_runtime::prelude::*;

mod nn {
    use odyssey_runtime::prelude::*;

    #[differentiable]
    pub fn activation(x: f64, slope: f64) -> f64 {
        x * slope
    }
}

use nn::*;

fn activation(x: f64) -> f64 {
    x.tanh()
}

#[differentiable]
fn caller(x: f64) -> f64 {
    activation(x)
}

fn main() {}
