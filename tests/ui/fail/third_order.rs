use odyssey_runtime::prelude::*;

#[differentiable(order = 3)]
fn of_two_types(x: f64, y: f32) -> f64 {
    x * f64::from(y)
}

#[derive(Clone, Differentiable)]
struct Spring {
    stiffness: f64,
}

#[differentiable(order = 3)]
fn of_a_struct(spring: &Spring, x: f64) -> f64 {
    spring.stiffness * x * x
}

#[differentiable(vjp = cube_vjp, order = 3)]
fn cube<T: Real>(x: T) -> T {
    x * x * x
}

fn cube_vjp<T: Real>(x: T) -> (T, impl FnOnce(T) -> T) {
    (cube(x), move |d| T::lit(3.0) * x * x * d)
}

impl Spring {
    #[differentiable(order = 3)]
    fn of_a_method(&self, x: f64) -> f64 {
        self.stiffness * x * x
    }
}

#[differentiable]
trait Potential {
    #[differentiable(order = 3)]
    fn of_a_trait(&self, x: f64) -> f64;
}

fn main() {}
