//! Methods of a user's type that are called like questions without a derivative.

use odyssey_runtime::prelude::*;

#[derive(Clone, Copy, Differentiable)]
struct Vector {
    x: f64,
    y: f64,
}

#[differentiable]
impl Vector {
    fn len(&self) -> f64 {
        self.x.hypot(self.y)
    }

    fn pow(&self, k: f64) -> f64 {
        self.x.powf(k)
    }
}

#[differentiable]
fn length(v: Vector) -> f64 {
    let length = v.len();
    length + v.pow(2.0)
}

fn main() {}
