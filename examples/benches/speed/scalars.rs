//! Loops over scalars. The derivative by hand is what a person writes without further tricks.

use std::hint::black_box;

use odyssey_runtime::prelude::*;

use crate::support::{Bench, assert_close, candidate, noise};

#[differentiable]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        let (p, q) = (x[i - 1], x[i]);
        let (flat, steep) = (1.0 - p, q - p * p);
        sum += flat * flat + 100.0 * steep * steep;
    }
    sum
}

fn rosenbrock_by_hand(x: &[f64]) -> (f64, Vec<f64>) {
    let mut sum = 0.0;
    let mut d_x = vec![0.0; x.len()];
    for i in 1..x.len() {
        let (p, q) = (x[i - 1], x[i]);
        let (flat, steep) = (1.0 - p, q - p * p);
        sum += flat * flat + 100.0 * steep * steep;
        let d_steep = 200.0 * steep;
        d_x[i] += d_steep;
        d_x[i - 1] -= 2.0 * flat + 2.0 * p * d_steep;
    }
    (sum, d_x)
}

#[allow(clippy::needless_range_loop, reason = "a loop over a range is what is measured")]
#[differentiable]
fn rnn(w: f64, u: f64, x: &[f64]) -> f64 {
    let mut h = 0.0;
    for i in 0..x.len() {
        h = (w * h + u * x[i]).tanh();
    }
    h * h
}

fn rnn_by_hand(w: f64, u: f64, x: &[f64]) -> (f64, (f64, f64, Vec<f64>)) {
    let mut h = 0.0;
    let mut before = Vec::with_capacity(x.len());
    for &x in x {
        before.push(h);
        h = (w * h + u * x).tanh();
    }
    let value = h * h;
    let mut d_h = 2.0 * h;
    let (mut d_w, mut d_u, mut d_x) = (0.0, 0.0, vec![0.0; x.len()]);
    for i in (0..x.len()).rev() {
        let d_z = d_h * (1.0 - h * h);
        h = before[i];
        d_w += d_z * h;
        d_u += d_z * x[i];
        d_x[i] = d_z * u;
        d_h = d_z * w;
    }
    (value, (d_w, d_u, d_x))
}

pub(crate) fn rows(bench: &mut Bench) {
    let x = noise::<f64, _>(100, 1).to_vec();
    if bench.wants("scalars rosenbrock 100 f64") {
        let ((value, d_x), (hand, d_hand)) = (rosenbrock::value_and_grad(&x), rosenbrock_by_hand(&x));
        assert_close(&[value, rosenbrock(&x)], &[hand, hand]);
        assert_close(&d_x, &d_hand);
        bench.row(
            "scalars rosenbrock 100 f64",
            vec![
                candidate("ours", || rosenbrock::value_and_grad(black_box(&x))),
                candidate("hand", || rosenbrock_by_hand(black_box(&x))),
            ],
        );
    }
    if bench.wants("scalars rnn 100 f64") {
        let (w, u) = (0.9, 0.5);
        let ((value, ours), (hand, by_hand)) = (rnn::value_and_grad(w, u, &x), rnn_by_hand(w, u, &x));
        assert_close(&[value, rnn(w, u, &x), ours.0, ours.1], &[hand, hand, by_hand.0, by_hand.1]);
        assert_close(&ours.2, &by_hand.2);
        bench.row(
            "scalars rnn 100 f64",
            vec![
                candidate("ours", || rnn::value_and_grad(w, u, black_box(&x))),
                candidate("hand", || rnn_by_hand(w, u, black_box(&x))),
            ],
        );
    }
}
