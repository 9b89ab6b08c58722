//! The options of a method are the same in the trait and in its impls.

use odyssey_runtime::prelude::*;

#[differentiable]
trait Energy {
    #[differentiable(wrt(x))]
    fn energy(&self, x: f64) -> f64;
}

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
}

#[differentiable]
impl Energy for Point {
    fn energy(&self, x: f64) -> f64 {
        self.x * x
    }
}

fn main() {}
