//! Traits whose methods have derivatives: for every type that implements them, and for callers that know no more.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::siblings_agree;
use crate::support::{agrees, matrix, numbers};

#[differentiable]
trait Module {
    fn forward(&self, x: &Array2<f64>) -> Array2<f64>;

    /// With a body, which an `impl` may replace.
    #[differentiable(wrt(self))]
    fn penalty(&self, strength: f64, x: &Array2<f64>) -> f64 {
        let y = self.forward(x);
        strength * (&y * &y).sum()
    }

    /// Has no derivative.
    fn name(&self) -> String {
        "module".to_owned()
    }
}

#[derive(Clone, Differentiable)]
struct Linear {
    weight: Array2<f64>,
}

#[differentiable]
impl Module for Linear {
    fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        x.dot(&self.weight)
    }
}

#[derive(Clone, Differentiable)]
struct Scale {
    factor: f64,
}

#[differentiable]
impl Module for Scale {
    fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        (x * self.factor).tanh()
    }

    #[differentiable(wrt(self))]
    fn penalty(&self, strength: f64, _x: &Array2<f64>) -> f64 {
        strength * self.factor * self.factor
    }

    fn name(&self) -> String {
        "scale".to_owned()
    }
}

/// A module made of modules.
#[derive(Clone, Differentiable)]
struct Chain<A, B> {
    first: A,
    second: B,
}

#[differentiable]
impl<A: Module + Differentiable, B: Module + Differentiable> Module for Chain<A, B> {
    fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        let middle = self.first.forward(x);
        self.second.forward(&middle)
    }
}

/// Knows nothing but the trait.
#[differentiable(wrt(model))]
fn loss<M: Module>(model: &M, x: &Array2<f64>) -> f64 {
    let y = model.forward(x);
    (&y * &y).sum() + model.penalty(0.5, x)
}

#[differentiable(wrt(a, b))]
fn of_both<A, B>(a: &A, b: &B, x: &Array2<f64>) -> f64
where
    A: Module,
    B: Module,
{
    let mut state = x.to_owned();
    for _ in 0..2 {
        state = b.forward(&a.forward(&state));
    }
    state.sum() + loss(b, x)
}

/// Generic, with a constant and an associated function.
#[differentiable]
trait Kernel<T: Real> {
    const ORDER: i32;

    fn value(&self, distance: T) -> T;

    fn unit(scale: T) -> T;

    fn at(&self, x: &Array1<T>, y: &Array1<T>) -> T {
        let d = x - y;
        self.value(d.dot(&d)) * self.value(T::lit(0.5))
    }
}

#[derive(Clone, Copy, Differentiable)]
struct Gaussian<T: Real> {
    width: T,
}

#[differentiable]
impl<T: Real> Kernel<T> for Gaussian<T> {
    const ORDER: i32 = 2;

    fn value(&self, distance: T) -> T {
        (-distance / (self.width * self.width)).exp()
    }

    fn unit(scale: T) -> T {
        scale.powi(<Self as Kernel<T>>::ORDER)
    }
}

#[differentiable]
fn by_qualified_path<K: Kernel<f64>>(kernel: &K, x: f64) -> f64 {
    <K as Kernel<f64>>::value(kernel, x) + K::unit(x) + Kernel::value(kernel, 2.0 * x)
}

/// A trait with a lifetime, for a type with one.
#[differentiable]
trait Potential<'a> {
    fn energy(&self, x: &'a [f64]) -> f64;
}

#[derive(Clone, Copy, Differentiable)]
struct Well<'a> {
    depth: f64,
    #[differentiable(skip)]
    _name: &'a str,
}

#[differentiable]
impl<'a> Potential<'a> for Well<'a> {
    fn energy(&self, x: &'a [f64]) -> f64 {
        let mut total = 0.0;
        for i in 0..x.len() {
            total += self.depth * x[i] * x[i];
        }
        total
    }
}

/// The gradient that goes through a copy of the data, but not through the data.
#[differentiable(wrt(x))]
fn detached<M: Module>(model: &M, x: &Array2<f64>) -> f64 {
    let y = model.forward(x);
    y.sum() + loss(model, detach(x))
}

/// Objects need nothing of it.
fn of_an_object(module: &dyn Module, x: &Array2<f64>) -> Array2<f64> {
    module.forward(x)
}

#[test]
fn of_types() {
    let (linear, scale, x) = (Linear { weight: matrix(1, 3, 3) }, Scale { factor: 0.7 }, matrix(2, 2, 3));
    siblings_agree!(linear.penalty(0.3, &x): penalty_value_and_grad, penalty_grad, penalty_vjp, penalty_check_grad);
    siblings_agree!(scale.penalty(0.3, &x): penalty_value_and_grad, penalty_grad, penalty_vjp, penalty_check_grad);
    let chain = Chain { first: linear.clone(), second: scale.clone() };
    siblings_agree!(chain.penalty(0.3, &x): penalty_value_and_grad, penalty_grad, penalty_vjp, penalty_check_grad);
    assert_eq!((linear.name(), scale.name()), ("module".to_owned(), "scale".to_owned()));
    assert_eq!(of_an_object(&scale, &x), scale.forward(&x));
}

#[test]
fn of_parameters() {
    let (linear, scale, x) = (Linear { weight: matrix(1, 3, 3) }, Scale { factor: 0.7 }, matrix(2, 2, 3));
    agrees!(loss(&linear, &x));
    agrees!(loss(&Chain { first: scale.clone(), second: linear.clone() }, &x));
    agrees!(of_both(&linear, &scale, &x), wrt 2);
    let gradient = detached::grad(&scale, &x);
    let y = scale.forward(&x);
    crate::support::assert_same_gradient(gradient, &(0.7 * (1.0 - &y * &y)), f64::EPSILON);
}

#[test]
fn generic_traits() {
    let (kernel, x, y) = (Gaussian { width: 0.9 }, numbers(1, 3), numbers(2, 3));
    siblings_agree!(kernel.value(0.4): value_value_and_grad, value_grad, value_vjp, value_check_grad);
    siblings_agree!(kernel.at(&x, &y): at_value_and_grad, at_grad, at_vjp, at_check_grad);
    agrees!(by_qualified_path(&kernel, 0.6), wrt 2);
    let x = [0.3, 0.5];
    let well = Well { depth: 0.7, _name: "a" };
    let (value, (d_well, d_x)) = well.energy_value_and_grad(&x);
    crate::support::assert_close(value, well.energy(&x));
    crate::support::assert_close(d_well.depth, 0.34);
    crate::support::assert_close(d_x[1], 0.7);
}
