use odyssey_runtime::prelude::*;

#[differentiable]
fn cube<T: Real>(x: T) -> T {
    x * x * x
}

#[differentiable(order = 3)]
fn slope(x: f64) -> f64 {
    cube::grad(x)
}

fn main() {}
