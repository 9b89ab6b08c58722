//! A companion must not hide a type or a crate that everybody uses.

use odyssey_runtime::prelude::*;

#[differentiable]
fn std(x: f64) -> f64 {
    x.sqrt()
}

mod inner {
    use odyssey_runtime::prelude::*;

    #[differentiable]
    pub fn f64(x: f32) -> f32 {
        x
    }
}

fn main() {}
