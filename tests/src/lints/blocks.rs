//! Whole blocks, traits, rules, and functions that can fail.

use std::ops::Neg;

use ndarray::Array1;
use odyssey_runtime::prelude::*;

/// Of every layer.
#[differentiable]
pub trait Layer {
    /// An array.
    #[must_use]
    fn forward(&self, input: &Array1<f64>) -> Array1<f64>;

    /// A number, which few replace.
    #[differentiable(wrt(self))]
    #[must_use]
    fn energy(&self, input: &Array1<f64>) -> f64 {
        let output = self.forward(input);
        output.dot(&output)
    }

    /// Not among them.
    #[differentiable(skip)]
    #[must_use]
    fn largest(&self, input: &Array1<f64>) -> f64 {
        input.iter().fold(0.0, |largest: f64, entry| largest.max(*entry))
    }
}

/// A layer.
#[derive(Differentiable, Clone, Debug)]
pub struct Scale {
    factors: Array1<f64>,
}

#[differentiable]
impl Layer for Scale {
    fn forward(&self, input: &Array1<f64>) -> Array1<f64> {
        input * &self.factors
    }
}

/// All methods.
#[differentiable]
impl Scale {
    /// Without a derivative.
    #[must_use]
    pub fn len(&self) -> usize {
        self.factors.len()
    }

    /// Nor this one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.factors.is_empty()
    }

    /// Through the trait.
    #[must_use]
    pub fn twice(&self, input: &Array1<f64>) -> f64 {
        let output = self.forward(input);
        self.forward(&output).sum()
    }

    fn private(&self, by: f64) -> f64 {
        self.factors.sum() * by
    }
}

/// A number in disguise.
#[derive(Differentiable, Clone, Copy, Debug, PartialEq)]
pub struct Wrapped {
    value: f64,
}

#[differentiable(inherent)]
impl Neg for Wrapped {
    type Output = Self;

    fn neg(self) -> Self::Output {
        Self { value: -self.value }
    }
}

/// Knows the trait alone.
#[differentiable(wrt(layer))]
#[must_use]
pub fn loss<L: Layer>(layer: &L, input: &Array1<f64>) -> f64 {
    layer.energy(input) + layer.forward(input).sum()
}

/// With a rule.
#[differentiable(vjp = cube_rule)]
#[must_use]
pub fn cube(point: f64) -> f64 {
    point * point * point
}

fn cube_rule(point: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (cube(point), move |cotangent| 3.0 * point * point * cotangent)
}

/// With a rule in halves, which is private.
#[differentiable(vjp = (direction_forward, direction_backward))]
fn direction(point: &Array1<f64>) -> Array1<f64> {
    direction_forward(point).0
}

fn direction_forward(point: &Array1<f64>) -> (Array1<f64>, f64) {
    let norm = point.dot(point).sqrt();
    (point / norm, norm)
}

fn direction_backward(point: &Array1<f64>, unit: &Array1<f64>, norm: f64, cotangent: Array1<f64>) -> Array1<f64> {
    let along = unit.dot(&cotangent);
    (cotangent - point * (along / norm)) / norm
}

/// Can fail.
///
/// # Errors
///
/// Where there is no root.
#[differentiable(vjp = root_rule)]
pub fn root(point: f64) -> Result<f64, String> {
    if point > 0.0 { Ok(point.sqrt()) } else { Err(format!("no root of {point}")) }
}

fn root_rule(point: f64) -> Result<(f64, impl FnOnce(f64) -> f64), String> {
    let value = root(point)?;
    Ok((value, move |cotangent| 0.5 * cotangent / value))
}

/// Says more than the number.
#[differentiable(aux)]
#[must_use]
pub fn noted(point: f64, factor: f64) -> (f64, f64) {
    let product = point * factor;
    (product * product, product)
}

/// Calls itself.
#[differentiable]
#[must_use]
pub fn power(point: f64, exponent: u32) -> f64 {
    if exponent == 0 { 1.0 } else { point * power(point, exponent - 1) }
}

/// What is left in its argument.
#[differentiable]
pub fn decay(values: &mut [f64], rate: f64) {
    for value in values.iter_mut() {
        *value *= rate;
    }
}

/// The gradients of what is private.
#[must_use]
pub(super) fn all(point: f64) -> f64 {
    let (gradient, by) = Scale { factors: Array1::ones(2) }.private_grad(point);
    gradient.factors.sum() + by + direction::vjp(&Array1::from_elem(2, point)).1(Array1::ones(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn derivatives() {
        let (scale, input) = (Scale { factors: array![0.3, 0.5] }, array![0.7, -0.2]);
        scale.energy_check_grad(&input).unwrap();
        scale.twice_check_grad(&input).unwrap();
        loss::check_grad(&scale, &input).unwrap();
        let (_, pullback) = Wrapped { value: 0.3 }.neg_vjp();
        assert!((pullback(WrappedTangent { value: 1.0 }).value + 1.0).abs() < 1e-12);
        cube::check_grad(0.7).unwrap();
        root::check_grad(0.7).unwrap().unwrap();
        noted::check_grad(0.7, 0.3).unwrap();
        power::check_grad(0.7, 3).unwrap();
        let mut values = [0.3, 0.5];
        let ((), pullback) = decay::vjp(&mut values, 0.5);
        assert_eq!(pullback(vec![1.0, 0.0]).0, vec![0.5, 0.0]);
        assert!((all(0.5) - (1.0 + 2.0)).abs() < 1e-12, "a direction does not change along itself");
        assert!((scale.largest(&input) - 0.7).abs() < 1e-12);
    }
}
