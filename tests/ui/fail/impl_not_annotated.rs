//! An impl of an annotated trait without the attribute.

use odyssey_runtime::prelude::*;

#[differentiable]
trait Energy {
    fn energy(&self, x: f64) -> f64;
}

/// All of its methods have a body, which an impl may replace.
#[differentiable]
trait Penalty {
    fn penalty(&self, x: f64) -> f64 {
        x * x
    }
}

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
}

impl Energy for Point {
    fn energy(&self, x: f64) -> f64 {
        self.x * x
    }
}

impl Penalty for Point {
    fn penalty(&self, x: f64) -> f64 {
        self.x * x
    }
}

fn main() {}
