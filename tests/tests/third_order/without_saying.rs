//! Functions of numbers and lists that do not say `order = 3`: it is seen that they can be computed over any floats.

use std::f64::consts;

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use super::{agrees, along, cubic, message, point};

const RATE: f64 = 0.3;
const WEIGHTS: [f64; 3] = [0.4, -0.7, 1.1];

#[differentiable]
fn wave(x: f64, k: f64) -> f64 {
    x.powi(4) + RATE * (k * x).sin()
}

#[differentiable]
fn slope(x: f64, k: f64) -> f64 {
    wave::grad(x, k).0
}

#[differentiable]
fn curvature(x: f64, k: f64) -> f64 {
    slope::grad(x, k).0
}

/// In closed form: `24 x - RATE k³ cos(k x)`.
#[test]
fn a_chain_of_gradients() {
    let (x, k) = (0.7_f64, 1.3);
    let third = 24.0 * x - RATE * k * k * k * (k * x).cos();
    assert!((slope::hvp(x, k, 1.0, 0.0).0 - third).abs() < 1e-12);
    assert!((curvature::grad(x, k).0 - third).abs() < 1e-12);
    curvature::check_grad(x, k).unwrap();
}

/// Loops, lists, branches, positions, constants and casts.
#[differentiable(wrt(x, start))]
#[allow(clippy::cast_precision_loss, reason = "small numbers")]
fn walk(x: &[f64], start: [f64; 2], rates: &[f64], steps: usize) -> f64 {
    let [mut position, mut velocity] = start;
    let mut trail = Vec::new();
    let mut left = steps;
    while left > 0 {
        left -= 1;
        if left % 3 == 2 {
            continue;
        }
        velocity -= x[left % x.len()] * position.exp() * rates[left % rates.len()];
        position += 0.1 * velocity + WEIGHTS[left % 3] / (left as f64 + consts::PI);
        trail.push(position * velocity);
    }
    let mut sum = 0.0;
    for entry in trail {
        sum += if entry > RATE { entry * entry } else { entry * entry * entry };
    }
    sum
}

#[differentiable(wrt(x, start))]
fn of_the_walk(x: &[f64], start: [f64; 2], rates: &[f64], steps: usize) -> f64 {
    let (d_x, d_start) = walk::grad(x, start, rates, steps);
    let mut sum = d_start[0] * d_start[1];
    for i in 0..d_x.len() {
        sum += d_x[i] * x[i].sin();
    }
    sum
}

#[test]
fn of_lists() {
    agrees_for_lists!(of_the_walk, [0.9, 1.3, 0.8]);
}

/// Of arrays it has to be said; not in who takes the gradient.
#[differentiable(order = 3)]
fn energy(x: &Array1<f64>, k: f64) -> f64 {
    let table = array![0.3, -0.2, 0.8];
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += table[i] * (x[i] * k).cos();
    }
    let y = (x * k).tanh();
    sum + y.dot(x) + y.softmax(Axis(0)).dot(x) * 2.0 + x.mapv(|x| x * x * x).mean().unwrap()
}

#[differentiable]
fn force(x: &Array1<f64>, k: f64) -> f64 {
    let (value, (d_x, d_k)) = energy::value_and_grad(x, k);
    value * d_k + d_x.dot(&d_x)
}

#[test]
fn of_arrays() {
    let (x, u, k) = (point(), along(), 0.9);
    let (d_x, d_k) = force::hvp(&x, k, u.clone(), 0.4);
    let hvp: Vec<_> = d_x.iter().copied().chain([d_k]).collect();
    agrees(&hvp, |step| {
        let (d_x, d_k) = force::grad(&(&x + &(&u * step)), k + 0.4 * step);
        d_x.iter().copied().chain([d_k]).collect()
    });
}

/// Generic over its floats, it may call what it likes.
#[differentiable]
fn scaled<T: Real>(x: T, y: T) -> T {
    cubic(x * y, y) * T::lit(0.5)
}

mod elsewhere {
    use odyssey_runtime::prelude::*;

    #[differentiable]
    pub(super) fn of_the_scaled(x: f64, y: f64) -> f64 {
        let (d_x, d_y) = super::scaled::grad(x, y);
        d_x * d_y
    }
}

#[test]
fn generic_functions() {
    let d = elsewhere::of_the_scaled::hvp(0.7, 0.4, 0.3, -0.9);
    agrees(&[d.0, d.1], |step| {
        let d = elsewhere::of_the_scaled::grad(0.7 + 0.3 * step, 0.4 - 0.9 * step);
        vec![d.0, d.1]
    });
}

/// Constants and other functions inside of a body are in nobody's way.
#[differentiable]
fn with_items(x: f64) -> f64 {
    const SCALE: f64 = 0.5;
    fn unused() -> f64 {
        1.0
    }
    wave::grad(x, SCALE).0 * unused()
}

#[test]
fn items_of_the_body() {
    let d = with_items::hvp(0.7, 1.0);
    assert!((d - slope::hvp(0.7, 0.5, 1.0, 0.0).0).abs() < 1e-12);
}

/// Arguments that are called like what the compiler makes.
#[differentiable]
fn named(value: f64, d_value: f64, seed: f64) -> f64 {
    value.powi(4) * d_value.sin() + seed * seed * value * d_value
}

#[differentiable]
fn of_the_named(value: f64, value_along: f64, pullback: f64) -> f64 {
    let (d_value, d_other, d_seed) = named::grad(value, value_along, pullback);
    d_value * value + d_other * d_seed
}

#[test]
fn names() {
    let (d_value, d_other, d_seed) = of_the_named::hvp(0.7, 0.4, 0.3, 0.2, -0.9, 0.5);
    agrees(&[d_value, d_other, d_seed], |step| {
        let (d_value, d_other, d_seed) = of_the_named::grad(0.7 + 0.2 * step, 0.4 - 0.9 * step, 0.3 + 0.5 * step);
        vec![d_value, d_other, d_seed]
    });
}

/// What only `f64` has.
fn table(k: f64) -> f64 {
    k.mul_add(2.0, 0.1)
}

#[differentiable(wrt(x))]
fn tabled(x: f64, k: f64) -> f64 {
    x.powi(3) * table(k)
}

#[differentiable(wrt(x))]
fn of_the_tabled(x: f64, k: f64) -> f64 {
    tabled::grad(x, k)
}

#[differentiable(wrt(x))]
fn calls_it(x: f64, k: f64) -> f64 {
    of_the_tabled(x, k)
}

/// Of second order as any; of third order, who calls it is told. Who asks for it directly is told by rustc.
#[test]
fn of_other_code_it_has_to_be_said() {
    assert!((of_the_tabled::grad(0.5, 0.2) - 6.0 * 0.5 * 0.5).abs() < 1e-12);
    let message = message(|| _ = calls_it::hvp(0.5, 0.2, 1.0));
    assert_eq!(message, "`tabled` cannot be differentiated three times: say `order = 3` for it");
}

/// What ndarray knows of `f64`, and of no type parameter.
#[differentiable]
fn with_arrays_on_the_right(x: f64) -> f64 {
    let halves = 0.5 / Array1::<f64>::ones(2);
    let signs = 2.0_f64 - (array![1.0, 4.0]);
    x * x * x * halves[0] * signs[1]
}

#[test]
fn passive_arrays_on_the_right() {
    assert!((with_arrays_on_the_right::hvp(0.7, 1.0) + 6.0 * 0.7).abs() < 1e-12);
}
