use odyssey_runtime::prelude::*;

#[differentiable]
fn cube<T: Real>(x: T) -> T {
    x * x * x
}

#[differentiable(order = 3)]
fn slope(x: f64) -> f64 {
    cube::grad(x)
}

#[differentiable]
fn of_second_order(x: f64) -> f64 {
    square::grad(x)
}

#[differentiable(order = 3)]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn of_that(x: f64) -> f64 {
    of_second_order::grad(x)
}

fn main() {
    of_second_order::hvp(1.0, 1.0);
    of_that::grad(1.0);
}
