//! Loops over ranges and items, with a state of any kind.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// A scalar state.
macro_rules! recurrence {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn recurrence(w: f64, x: &[f64]) -> f64 {
            let mut h = 0.0;
            $($checkpoint)*
            for i in 0..x.len() {
                h = (w * h + x[i]).tanh();
            }
            h * h
        }
    };
}

/// Arrays and numbers, over items.
macro_rules! network {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn network(w: &Array2<f64>, b: &Array1<f64>, xs: &[Array1<f64>]) -> f64 {
            let mut h = Array1::zeros(b.len());
            let mut energy = 0.0;
            $($checkpoint)*
            for (t, x) in xs.iter().enumerate() {
                let z = w.dot(&h) + b + x;
                h = z.tanh() * 0.9 + &h * 0.1;
                energy += (&h * &h).sum() / (t + 1) as f64;
            }
            energy + h.sum()
        }
    };
}

/// A list that is changed in place.
macro_rules! relaxation {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn relaxation(start: &[f64], rate: f64, steps: usize) -> f64 {
            let mut u = start.to_vec();
            $($checkpoint)*
            for _ in 0..steps {
                for i in 1..u.len() - 1 {
                    u[i] += rate * (u[i - 1] - 2.0 * u[i] + u[i + 1]).sin();
                }
                u[0] = u[1] * u[2];
            }
            let mut sum = 0.0;
            for v in &u {
                sum += v * v;
            }
            sum
        }
    };
}

/// Backwards, in steps; the bounds are arguments.
macro_rules! horner {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn horner(c: &[f64], x: f64, from: usize, to: usize) -> f64 {
            let mut y = 1.0;
            $($checkpoint)*
            for k in (from..to).rev().step_by(2) {
                y = y * x + c[k] * (y - x).exp();
            }
            y
        }
    };
}

/// Iterations that could run in any order: their reverse follows at once, and there is nothing to keep.
macro_rules! likelihood {
    ($($checkpoint:tt)*) => {
        #[differentiable]
        pub(crate) fn likelihood(w: &Array1<f64>, xs: &[Array1<f64>], scale: f64) -> f64 {
            let mut sum = 0.0;
            $($checkpoint)*
            for x in xs {
                let z = w.dot(x) * scale;
                sum += (z.exp() + 1.0).ln() * z.sin();
            }
            sum
        }
    };
}

checkpointed!(recurrence, network, relaxation, horner, likelihood);

#[test]
fn the_same_gradients() {
    for n in [0, 1, 2, 7, 10] {
        let x = numbers(n, n).to_vec();
        same_bits!(recurrence(0.7, &x));
        let (w, b) = (matrix(2, 3, 3), numbers(3, 3));
        let xs: Vec<_> = (0..n).map(|t| numbers(t, 3)).collect();
        same_bits!(network(&w, &b, &xs));
        let start = numbers(6, 5).to_vec();
        same_bits!(relaxation(&start, 0.3, n));
        let c = numbers(6, 12).to_vec();
        let w = numbers(9, 3);
        same_bits!(likelihood(&w, &xs, 0.7));
        same_bits!(horner(&c, 0.4, 1, n + 1));
    }
}

#[test]
fn the_right_gradients() {
    use {
        horner::root::horner, likelihood::root::likelihood, network::root::network, recurrence::root::recurrence,
        relaxation::root::relaxation,
    };
    let x = numbers(1, 11).to_vec();
    agrees!(recurrence(0.7, &x), wrt 2);
    let (w, b, xs): (_, _, Vec<_>) = (matrix(2, 3, 3), numbers(3, 3), (0..10).map(|t| numbers(t, 3)).collect());
    let w1 = numbers(9, 3);
    agrees!(likelihood(&w1, &xs, 0.7), wrt 3);
    agrees!(network(&w, &b, &xs), wrt 3);
    let x = numbers(6, 5).to_vec();
    agrees!(relaxation(&x, 0.3, 8), wrt 2);
    let x = numbers(6, 12).to_vec();
    agrees!(horner(&x, 0.4, 1, 11), wrt 2);
}
