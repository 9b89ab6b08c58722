//! Parameters in structs; receivers whose type the macro does not know.

use ndarray::{Array1, Array2};
use odyssey_runtime::prelude::*;

/// A layer.
#[derive(Differentiable, Clone, Debug)]
pub struct Linear {
    /// Its weights.
    pub weights: Array2<f64>,
    bias: Array1<f64>,
    #[differentiable(skip)]
    name: &'static str,
}

impl Linear {
    /// All weights the same.
    #[must_use]
    pub fn new(name: &'static str, rows: usize, columns: usize) -> Self {
        Self { weights: Array2::from_elem((rows, columns), 0.1), bias: Array1::zeros(columns), name }
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// Two layers.
#[derive(Differentiable, Clone, Debug)]
pub struct Network {
    first: Linear,
    second: Linear,
    slopes: Slopes,
}

/// Private parameters of a public struct.
#[derive(Differentiable, Clone, Copy, Debug)]
struct Slopes(f64, f64);

impl Network {
    /// A small one.
    #[must_use]
    pub fn new() -> Self {
        Self { first: Linear::new("first", 3, 2), second: Linear::new("second", 2, 3), slopes: Slopes(0.5, 0.7) }
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

/// The receivers of `dot` are fields.
#[differentiable]
#[must_use]
pub fn forward(layer: &Linear, input: &Array1<f64>) -> Array1<f64> {
    layer.weights.t().dot(input) + &layer.bias
}

/// A method on a field, whose type only rustc knows.
#[differentiable]
#[must_use]
pub fn penalty(layer: &Linear, direction: &Array2<f64>) -> f64 {
    let product = layer.weights.dot(direction);
    (&product * &product).sum() + layer.bias.dot(&layer.bias)
}

/// Calls, nested fields, a loop.
#[differentiable(wrt(network))]
#[must_use]
pub fn train(network: &Network, input: &Array1<f64>, steps: usize) -> f64 {
    let mut state = input * network.slopes.0;
    for _ in 0..steps {
        let hidden = forward(&network.first, &state).tanh();
        state = forward(&network.second, &hidden) * network.slopes.1;
    }
    state.dot(&state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives() {
        let network = Network::default();
        assert_eq!(network.first.name(), "first");
        train::check_grad(&network, &Array1::ones(3), 2).unwrap();
        penalty::check_grad(&network.first, &Array2::ones((2, 2))).unwrap();
        let gradient = train::grad(&network, &Array1::ones(3), 2);
        assert!(gradient.slopes.0 > 0.0 && gradient.first.weights.sum() > 0.0);
    }
}
