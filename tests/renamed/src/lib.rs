//! `odyssey-runtime` is called `my_ad` here, and nothing is called `odyssey_runtime`.

use my_ad::prelude::*;
use ndarray::{Array1, Array2};

/// Parameters.
#[derive(Differentiable, Clone)]
#[differentiable(crate = my_ad)]
pub struct Linear {
    /// A matrix.
    pub weights: Array2<f64>,
    /// Added to its product with the input.
    pub bias: Array1<f64>,
}

/// The value of a layer.
#[differentiable(crate = my_ad)]
pub fn apply(layer: &Linear, x: &Array1<f64>) -> Array1<f64> {
    (layer.weights.dot(x) + &layer.bias).tanh()
}

/// A loop, a branch and a call.
#[differentiable(crate = ::my_ad, wrt(layer), name = loss_ad)]
pub fn loss(layer: &Linear, x: &Array1<f64>, steps: usize) -> f64 {
    let mut h = x.to_owned();
    let mut total = 0.0;
    for i in 0..steps {
        h = apply(layer, &h);
        if h[0] > 0.0 {
            total += h.sum() * i as f64;
        } else {
            total -= h.dot(&h);
        }
    }
    total
}

/// A trait.
#[differentiable(crate = my_ad)]
pub trait Module {
    /// An array.
    fn forward(&self, x: &Array1<f64>) -> Array1<f64>;

    /// A number.
    fn energy(&self, x: &Array1<f64>) -> f64 {
        let y = self.forward(x);
        y.dot(&y)
    }
}

#[differentiable(crate = my_ad)]
impl Module for Linear {
    fn forward(&self, x: &Array1<f64>) -> Array1<f64> {
        apply(self, x)
    }
}

#[differentiable(crate = my_ad)]
impl Linear {
    /// Calls a method.
    #[differentiable(wrt(self))]
    pub fn total(&self, x: &Array1<f64>) -> f64 {
        self.forward(x).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_derivative_is_right() {
        let layer = Linear { weights: array![[0.3, -0.5], [0.2, 0.7]], bias: array![0.1, -0.2] };
        layer.energy_check_grad(&array![0.4, 0.9]).unwrap();
        layer.total_check_grad(&array![0.4, 0.9]).unwrap();
        loss_ad::check_grad(&layer, &array![0.4, 0.9], 3).unwrap();
        let (value, gradient) = loss_ad::value_and_grad(&layer, &array![0.4, 0.9], 3);
        assert!((value - loss(&layer, &array![0.4, 0.9], 3)).abs() < 1e-12);
        assert!(gradient.weights.iter().any(|d| *d != 0.0));
    }
}
