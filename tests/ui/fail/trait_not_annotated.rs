//! The trait and its impls are annotated all, or none.

use std::ops::Neg;

use odyssey_runtime::prelude::*;

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
}

#[differentiable]
impl Neg for Point {
    type Output = Point;

    fn neg(self) -> Point {
        Point { x: -self.x }
    }
}

/// All of its methods have a body, which an impl may replace.
#[differentiable]
trait Energy {
    fn energy(&self, x: f64) -> f64 {
        x * x
    }

    #[differentiable(skip)]
    fn seen(&self, x: f64) -> f64 {
        x
    }
}

#[differentiable]
impl Energy for Point {
    #[differentiable(skip)]
    fn energy(&self, x: f64) -> f64 {
        self.x * x
    }

    #[differentiable(skip)]
    fn seen(&self, x: f64) -> f64 {
        self.x * x
    }
}

fn main() {}
