//! How much memory is in use at a time, beside what a tape would have: every intermediate array of the forward pass, and the
//! cotangent of each.

use ndarray::Array1;
use odyssey_runtime::prelude::*;

use crate::counting;
use crate::programs::{labels, lstm_by_cells, lstm_model, mlp, mlp_model, numbers, sequence};

/// The bytes in use at the peak of a call, once a first one has set up what the process has once.
fn peak<R>(mut f: impl FnMut() -> R) -> usize {
    f();
    counting::peak(f).0
}

#[differentiable(wrt(x))]
fn chain(x: &Array1<f64>, a: f64, b: f64) -> f64 {
    let y = (a * x + b * (-x * x).exp()).tanh() / (1.0 + x * x);
    (&y * &y).sum()
}

/// One pass over memory: there is the gradient and nothing else.
#[test]
fn of_elementwise_functions() {
    let array = 100_000 * size_of::<f64>();
    let x = numbers(100_000, 1);
    let bytes = peak(|| chain::value_and_grad(&x, 0.3, 0.7));
    // Negative, square, exponential, its multiple, that of x, sum, tanh, square, plus one, quotient, square.
    let tape = 2 * 11 * array;
    assert!(bytes < tape / 20, "{bytes} bytes, where a tape has {tape}");
}

#[test]
fn of_a_perceptron() {
    let (batch, hidden, classes) = (2000, 12, 3);
    let (model, x, labels) = (mlp_model(), numbers((batch, 8), 1), labels(batch));
    let bytes = peak(|| mlp::value_and_grad(&model, &x, &labels));
    // Product, sum with the bias and tanh; product and sum; the softmax.
    let tape = 2 * (3 * hidden + 3 * classes) * batch * size_of::<f64>();
    assert!(10 * bytes < 7 * tape, "{bytes} bytes, where a tape has {tape}");
}

#[test]
fn of_a_recurrent_network() {
    let (steps, n) = (100, 6);
    let (net, xs, labels) = (lstm_model(n), sequence(steps), labels(16));
    let bytes = peak(|| lstm_by_cells::value_and_grad(&net, &xs, &labels));
    // Two products and two sums of all gates, the gates, two products and a sum for the cell, its tanh, and the output.
    let tape = 2 * steps * (4 * 4 + 4 + 3 + 2) * 16 * n * size_of::<f64>();
    assert!(10 * bytes < 7 * tape, "{bytes} bytes, where a tape has {tape}");
}
