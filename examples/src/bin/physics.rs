//! A network that solves a differential equation: `physics`.
//!
//! `u(t)` is a small network that is to satisfy `u' = u (1 - u)`, `u(0) = 0.1`. The loss has the derivative of the network with respect
//! to its input in it (`network::value_and_grad` inside of a differentiated function), and is differentiated with respect to the
//! weights.

use std::process::ExitCode;
use std::time::Instant;

use ndarray::Array1;
use odyssey_runtime::optim::{Optimizer, Sgd};
use odyssey_runtime::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

const WIDTH: usize = 12;
const STEPS: usize = 20_000;
const END: f64 = 4.0;
const START: f64 = 0.1;

#[derive(Clone, Differentiable)]
struct Network {
    rates: Array1<f64>,
    shifts: Array1<f64>,
    weights: Array1<f64>,
    offset: f64,
}

#[differentiable]
fn network(net: &Network, t: f64) -> f64 {
    ((&net.rates * t + &net.shifts).tanh() * &net.weights).sum() + net.offset
}

/// How far the network is from a solution: the mean square of what is left of the equation at some times, and of the start.
#[differentiable(wrt(net))]
fn loss(net: &Network, times: &[f64]) -> f64 {
    let mut sum = 0.0;
    for t in times {
        let (u, (_, slope)) = network::value_and_grad(net, *t);
        sum += (slope - u * (1.0 - u)).powi(2);
    }
    let start = network(net, 0.0) - START;
    sum / times.len() as f64 + start * start
}

fn main() -> ExitCode {
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    let mut random = |scale: f64| Array1::from_shape_simple_fn(WIDTH, || rng.random_range(-scale..scale));
    let mut net = Network { rates: random(1.0), shifts: random(2.0), weights: random(0.3), offset: 0.5 };
    let times: Vec<f64> = (0..=32).map(|i| END * f64::from(i) / 32.0).collect();
    let mut optimizer = Sgd::new(0.02).momentum(0.95);
    let began = Instant::now();
    for step in 0..=STEPS {
        let (value, gradient) = loss::value_and_grad(&net, &times);
        if step % (STEPS / 10) == 0 {
            println!("step {step:>6}: loss {value:.3e}");
        }
        optimizer.step(&mut net, &gradient);
    }
    let exact = |t: f64| 1.0 / (1.0 + (1.0 / START - 1.0) * (-t).exp());
    let error = times.iter().map(|t| (network(&net, *t) - exact(*t)).abs()).fold(0.0, f64::max);
    println!("largest error against the solution: {error:.1e}, in {:.1?}", began.elapsed());
    if error < 1e-2 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
