//! Whoever asks for the gradient of a function that takes a gradient is told which one is of third order.

use odyssey_runtime::prelude::*;

struct Spring {
    stiffness: f64,
}

#[differentiable(wrt(x))]
fn energy(spring: &Spring, x: f64) -> f64 {
    spring.stiffness * x * x
}

#[differentiable(wrt(x))]
fn force(spring: &Spring, x: f64) -> f64 {
    energy::grad(spring, x)
}

#[differentiable(wrt(x))]
fn of_that(spring: &Spring, x: f64) -> f64 {
    force::grad(spring, x)
}

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn slope(x: f64) -> f64 {
    square::grad(x)
}

#[differentiable]
fn curvature(x: f64) -> f64 {
    slope::grad(x)
}

fn forth(x: f64) -> f64 {
    curvature::hvp(x, 1.0)
}

#[differentiable(wrt(x), order = 3)]
fn says_so(spring: &Spring, x: f64) -> f64 {
    energy::grad(spring, x)
}

#[derive(Clone, Differentiable)]
struct Model {
    rate: f64,
}

#[differentiable]
impl Model {
    fn slope(&self, x: f64) -> f64 {
        square::grad(x * self.rate)
    }
}

#[differentiable]
fn slope_of_what_is_inside(x: f64) -> f64 {
    mod inside {
        use odyssey_runtime::prelude::*;

        #[differentiable]
        pub fn square(x: f64) -> f64 {
            x * x
        }
    }
    inside::square::grad(x)
}

fn main() {
    let model = Model { rate: 2.0 };
    model.slope_hvp(1.0, ModelTangent { rate: 1.0 }, 1.0);
    slope_of_what_is_inside::hvp(1.0, 1.0);
    force::hvp(&Spring { stiffness: 2.0 }, 1.0, 1.0);
    forth(1.0);
}
