//! A variadic function.

use odyssey_runtime::prelude::*;

#[differentiable]
unsafe extern "C" fn variadic(x: f64, ...) -> f64 {
    x
}

fn main() {}
