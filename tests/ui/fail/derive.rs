//! What can be derived.

use odyssey_runtime::prelude::*;

#[derive(Differentiable)]
enum Never {}

#[derive(Differentiable)]
enum Shape {
    #[differentiable(skip)]
    Circle(f64),
    Square(f64),
}

#[derive(Differentiable)]
union Bits {
    float: f64,
    integer: u64,
}

#[derive(Differentiable)]
#[differentiable(wrt(w))]
struct WithAnOption {
    w: f64,
}

#[derive(Differentiable)]
struct WithAFieldOption {
    #[differentiable(ignore)]
    w: f64,
}

fn main() {}
