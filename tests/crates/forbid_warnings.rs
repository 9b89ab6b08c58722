//! A crate that forbids every warning.

#![forbid(warnings, missing_docs, unsafe_code, unused, nonstandard_style, future_incompatible)]

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Layer {
    weights: Array2<f64>,
    bias: Array1<f64>,
    #[differentiable(skip)]
    steps: usize,
}

#[differentiable]
fn layer(layer: &Layer, x: &Array1<f64>) -> Array1<f64> {
    (layer.weights.dot(x) + &layer.bias).tanh()
}

#[differentiable(wrt(network))]
fn run(network: &Layer, x: &Array1<f64>) -> f64 {
    let mut h = x.to_owned();
    let mut total = 0.0;
    for i in 0..network.steps {
        h = layer(network, &h);
        total += if i % 2 == 0 { h.sum() } else { h.dot(&h) };
    }
    total
}

fn main() {
    let network = Layer { weights: array![[0.3, 0.5], [0.7, 0.2]], bias: array![0.1, 0.2], steps: 3 };
    run::check_grad(&network, &array![0.4, 0.6]).unwrap();
    assert!(run::grad(&network, &array![0.4, 0.6]).weights.sum() > 0.0);
}
