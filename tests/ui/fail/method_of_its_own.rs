//! A type's own method, without a derivative, hides that of a trait from method calls.

use std::ops::Neg;

use odyssey_runtime::prelude::*;

#[differentiable]
trait Module {
    fn forward(&self, x: f64) -> f64;
}

#[derive(Clone, Differentiable)]
struct Plain {
    weight: f64,
}

impl Plain {
    fn forward(&self, x: f64) -> f64 {
        self.weight * x * x
    }
}

#[differentiable]
impl Module for Plain {
    fn forward(&self, x: f64) -> f64 {
        self.weight * x
    }
}

/// With a derivative of its own, it is that one's.
#[derive(Clone, Differentiable)]
struct Annotated {
    weight: f64,
}

#[differentiable]
impl Annotated {
    fn forward(&self, x: f64) -> f64 {
        self.weight * x * x
    }
}

#[differentiable]
impl Module for Annotated {
    fn forward(&self, x: f64) -> f64 {
        self.weight * x
    }
}

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
}

impl Point {
    fn neg(self) -> Point {
        self
    }
}

#[differentiable(inherent)]
impl Neg for Point {
    type Output = Point;

    fn neg(self) -> Point {
        Point { x: -self.x }
    }
}

fn main() {}
