//! Traits of the user's for numbers and arrays, and types that a trait leaves open.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::siblings_agree;
use crate::support::{agrees, matrix, numbers};

#[differentiable]
trait Squash {
    fn squash(&self, by: f64) -> Self;

    fn weight(&self) -> f64;
}

#[differentiable]
impl Squash for f64 {
    fn squash(&self, by: f64) -> f64 {
        (self * by).tanh()
    }

    fn weight(&self) -> f64 {
        self * self
    }
}

#[differentiable]
impl Squash for Array1<f64> {
    fn squash(&self, by: f64) -> Array1<f64> {
        (self * by).tanh()
    }

    fn weight(&self) -> f64 {
        self.dot(self)
    }
}

#[differentiable]
fn of_numbers(x: f64, by: f64) -> f64 {
    let y = Squash::squash(&x, by);
    Squash::weight(&y) + f64::exp(y)
}

#[differentiable]
fn of_arrays(x: &Array1<f64>, by: f64) -> f64 {
    let y = Squash::squash(x, by);
    <Array1<f64> as Squash>::weight(&y) + y.sum()
}

/// Whatever can be squashed.
#[differentiable]
fn of_any<S: Squash + Clone>(x: &S, by: f64, times: usize) -> f64 {
    let mut state = x.clone();
    for _ in 0..times {
        state = state.squash(by);
    }
    state.weight()
}

/// The number is the implementation's.
#[differentiable]
trait Potential {
    type Number: Real;

    fn energy(&self, at: Self::Number) -> Self::Number;
}

#[derive(Clone, Copy, Differentiable)]
struct Harmonic<T: Real> {
    stiffness: T,
}

#[differentiable]
impl<T: Real> Potential for Harmonic<T> {
    type Number = T;

    fn energy(&self, at: T) -> T {
        self.stiffness * at * at / T::lit(2.0)
    }
}

#[differentiable]
fn between<P: Potential>(potential: &P, a: P::Number, b: P::Number) -> P::Number {
    potential.energy(a) - potential.energy(b)
}

#[derive(Clone, Differentiable)]
struct Layer {
    weight: Array2<f64>,
}

impl Layer {
    #[differentiable]
    fn forward(&self, x: &ArrayView2<f64>) -> Array2<f64> {
        x.dot(&self.weight)
    }

    /// Not differentiated, though it holds numbers.
    #[differentiable]
    fn scaled(#[no_grad] &self, by: f64) -> f64 {
        self.weight.sum() * by * by
    }
}

#[differentiable]
fn of_views(layer: &Layer, x: &Array2<f64>) -> f64 {
    let y = layer.forward(&x.t());
    let z = layer.forward(&y.view());
    z.sum() + detach(layer).scaled(x[[0, 0]])
}

#[test]
fn numbers_and_arrays() {
    agrees!(of_numbers(0.7, 1.3), wrt 2);
    agrees!(of_arrays(&numbers(1, 3), 1.3), wrt 2);
    agrees!(of_any(&0.6, 1.3, 3), wrt 2);
    agrees!(of_any(&numbers::<f64>(1, 3), 1.3, 3), wrt 2);
}

#[test]
fn associated_types() {
    let harmonic = Harmonic { stiffness: 1.4 };
    siblings_agree!(harmonic.energy(0.3): energy_value_and_grad, energy_grad, energy_vjp, energy_check_grad);
    let (value, (d_potential, d_a, d_b)) = between::value_and_grad(&harmonic, 0.7, 0.2);
    crate::support::assert_close(value, between(&harmonic, 0.7, 0.2));
    crate::support::assert_close(d_potential.stiffness, (0.49 - 0.04) / 2.0);
    crate::support::assert_close(d_a, 1.4 * 0.7);
    crate::support::assert_close(d_b, -1.4 * 0.2);
}

#[test]
fn views_and_what_is_left_out() {
    let layer = Layer { weight: matrix(1, 2, 2) };
    let x = matrix(2, 2, 2);
    let (value, (_, d_x)) = of_views::value_and_grad(&layer, &x);
    crate::support::assert_close(value, of_views(&layer, &x));
    let step = 1e-6;
    for (index, slope) in d_x.indexed_iter() {
        let at = |change: f64| {
            let mut x = x.clone();
            x[index] += change;
            of_views(&layer, &x)
        };
        assert!((slope - (at(step) - at(-step)) / (2.0 * step)).abs() < 1e-7);
    }
    crate::support::assert_close(layer.scaled_grad(0.3), 0.6 * layer.weight.sum());
}
