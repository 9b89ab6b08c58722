use ndarray::Array1;
use odyssey_runtime::prelude::*;

#[derive(Clone, Differentiable)]
struct OfTwoTypes<T: Real> {
    stiffness: Array1<T>,
    damping: f64,
}

#[differentiable(order = 3)]
fn of_two_types(spring: &OfTwoTypes<f64>, x: f64) -> f64 {
    spring.stiffness.sum() * x * x
}

#[derive(Clone, Differentiable)]
struct WithMore<T: Real, M: Clone> {
    stiffness: T,
    #[differentiable(skip)]
    more: M,
}

#[differentiable(order = 3)]
fn with_more<T: Real>(spring: &WithMore<T, u8>, x: T) -> T {
    spring.stiffness * x * x
}

#[derive(Clone, Differentiable)]
struct Plain<T: Real> {
    stiffness: T,
}

#[differentiable]
fn unsaid<T: Real>(spring: &Plain<T>, x: T) -> T {
    spring.stiffness * x * x * x
}

#[differentiable]
fn slope<T: Real>(spring: &Plain<T>, x: T) -> T {
    unsaid::grad(spring, x).1
}

fn main() {
    slope::hvp(&Plain { stiffness: 0.5 }, 0.3, PlainTangent { stiffness: 1.0 }, 0.0);
    let _ = (of_two_types, with_more::<f64>);
}
