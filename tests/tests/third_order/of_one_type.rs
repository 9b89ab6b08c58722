//! The same of functions that are written over `f64` or `f32`, and not generic over their floats.

use std::f64::consts;

use ndarray::prelude::*;
use odyssey_runtime::losses::mse_loss;
use odyssey_runtime::prelude::*;

use super::{agrees, along, cubic, message, point, ripple};

const RATE: f64 = 0.3;
const WEIGHTS: [f64; 3] = [0.4, -0.7, 1.1];
const STEPS: usize = 2;

/// In closed form: the third derivative of `x³ y²`.
#[differentiable(order = 3)]
fn product(x: f64, y: f64) -> f64 {
    x.powi(3) * y.powi(2)
}

#[differentiable(order = 3)]
fn slope(x: f64, y: f64) -> f64 {
    product::grad(x, y).0
}

#[test]
fn closed_form() {
    agrees_with_the_closed_form!(slope);
}

/// Second order is what it is without `order = 3`.
#[test]
fn second_order() {
    let (x, y) = (0.7, -1.3);
    let (d_x, d_y) = product::hvp(x, y, 1.0, 0.0);
    assert!((d_x - 6.0 * x * y * y).abs() < 1e-12 && (d_y - 6.0 * x * x * y).abs() < 1e-12);
    assert_eq!(product(x, y), product::value_and_grad(x, y).0);
}

/// A chain: the gradient of a function that takes a gradient is of third order as well.
#[differentiable]
fn of_the_slope(x: f64, y: f64) -> f64 {
    let (d_x, d_y) = slope::grad(x.sin(), y);
    d_x * d_y
}

#[test]
fn of_a_chain() {
    of_the_slope::check_grad(0.7, -1.3).unwrap();
}

#[differentiable(order = 3)]
fn softened(x: f64, k: f64) -> f64 {
    if x > RATE { (x * k).tanh() } else { x * x - k * f64::EPSILON.sqrt() }
}

/// Numbers as they are written: literals, constants, casts, functions of the type.
#[differentiable(order = 3)]
#[allow(
    non_snake_case,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "as users may"
)]
fn numbers(x: f64, k: f64) -> f64 {
    let scale: f64 = 0.5 / STEPS as f64;
    let mut sum = -f64::from(3_u8) * RATE;
    for i in 0..WEIGHTS.len() {
        sum += WEIGHTS[i] * (x * consts::PI).sin() * f64::powi(k, i as i32 + 1);
    }
    let limit = std::f64::consts::TAU.max(1.0_f64);
    let K2 = k * 2f64 - 1e0;
    let parts = [x.exp(), k * x, 1.5e-1, K2];
    for part in parts {
        sum += f64::ln(part * part + limit);
    }
    let bin = (x * 10.0) as usize;
    assert!(bin < 100 && x > 0.0, "{bin} of {x:.3}");
    sum * scale * (bin as f64) + f64::max(x, 0.1) * softened(x, k) + softened(RATE * 0.5, k)
}

#[differentiable(order = 3)]
fn of_the_numbers(x: f64, k: f64) -> f64 {
    let (d_x, d_k) = numbers::grad(x, k);
    d_x * d_k.sin() + numbers(x * 0.3, k)
}

#[test]
fn of_numbers() {
    for (x, k) in [(0.83, 1.2), (0.75, -0.4)] {
        let (d_x, d_k) = of_the_numbers::hvp(x, k, 0.4, -0.7);
        agrees(&[d_x, d_k], |step| {
            let (d_x, d_k) = of_the_numbers::grad(x + 0.4 * step, k - 0.7 * step);
            vec![d_x, d_k]
        });
    }
}

/// Calls of what is generic over its floats, of what is not, and of the runtime's; arrays, loops, branches.
#[differentiable(order = 3)]
fn energy(x: &Array1<f64>, k: f64) -> f64 {
    let y = (x * k).tanh() + 0.1;
    let z = y.dot(x) + y.softmax(Axis(0)).dot(x) * 2.0;
    let weights = array![1.0, RATE, -0.5];
    let loss = mse_loss(&y, &(x * &weights)) + y.mapv(f64::exp).sum() * product(z, 0.3 * k);
    if z > 0.0 { z * ripple(y.view(), z) + loss } else { ripple(x.view(), k) * loss + norm(&[z, k], 0.5) }
}

#[differentiable(order = 3)]
fn norm(x: &[f64], start: f64) -> f64 {
    let squares: f64 = x.iter().map(|x| x * x).sum();
    let largest = x.iter().fold(f64::NEG_INFINITY, |largest, x| f64::max(largest, *x));
    (squares + start).sqrt() + largest
}

#[differentiable(order = 3)]
fn force(x: &Array1<f64>, k: f64) -> f64 {
    let (value, (d_x, d_k)) = energy::value_and_grad(x, k);
    let weights = x.mapv(|x| x * x);
    value * d_k + d_x.dot(&weights).sin() + d_x.dot(&d_x)
}

#[test]
fn through_calls_loops_branches_and_arrays() {
    for sign in [1.0, -1.0] {
        let (x, u, k) = (point() * sign, along(), 0.9 * sign);
        let (d_x, d_k) = force::hvp(&x, k, u.clone(), 0.4);
        let hvp: Vec<_> = d_x.iter().copied().chain([d_k]).collect();
        agrees(&hvp, |step| {
            let (d_x, d_k) = force::grad(&(&x + &(&u * step)), k + 0.4 * step);
            d_x.iter().copied().chain([d_k]).collect()
        });
    }
}

/// Lists, an array of known length, a passive argument with floats and one without.
#[differentiable(wrt(x, start), order = 3)]
fn trail<const N: usize>(x: &[f64], start: [f64; N], rates: &Array1<f64>, steps: usize) -> f64 {
    let mut position = start;
    let mut trail: Vec<f64> = Vec::with_capacity(steps);
    let mut left = steps;
    #[checkpoint]
    while left > 0 {
        left -= 1;
        if left % 3 == 2 {
            continue;
        }
        for entry in &mut position {
            *entry += 0.1 * x[left % x.len()] * entry.exp() * rates[left % rates.len()];
        }
        trail.push(position[0] * position[N - 1]);
    }
    let mut sums = vec![0.0; 2];
    for (i, entry) in trail.iter().enumerate() {
        sums[i % 2] += entry * entry;
    }
    sums[0] * sums[1] + cubic(sums[0], start[0])
}

#[differentiable(wrt(x, start), order = 3)]
fn of_the_trail(x: &[f64], start: [f64; 2], rates: &Array1<f64>, steps: usize) -> f64 {
    let (d_x, d_start) = trail::grad(x, start, rates, steps);
    let mut sum = d_start[0] * d_start[1];
    for i in 0..d_x.len() {
        sum += d_x[i] * x[i].sin();
    }
    sum
}

#[test]
fn of_lists() {
    agrees_for_lists!(of_the_trail, array![0.9, 1.3, 0.8]);
}

/// What is called may return anything, change its arguments, fail or call itself.
#[differentiable(order = 3)]
fn layer(x: &Array1<f64>, (scale, shift): (f64, f64)) -> (Array1<f64>, f64) {
    let y = (x * scale + shift).tanh();
    let norm = y.norm_l2();
    (y, norm)
}

#[differentiable(order = 3)]
fn kick(state: &mut [f64], velocity: &mut f64, force: f64) {
    for entry in state.iter_mut() {
        *entry += 0.5 * *velocity * force;
    }
    *velocity *= 1.0 + force.sin();
}

#[differentiable(order = 3)]
fn root(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err(format!("no root of {x:.1}"));
    }
    Ok(x.sqrt() * 1.5)
}

#[differentiable(order = 3)]
fn power(x: f64, n: usize) -> Option<f64> {
    if n == 0 { Some(1.0) } else { Some(power(x, n - 1)? * x) }
}

#[differentiable(order = 3)]
fn of_many(x: &Array1<f64>, k: f64) -> f64 {
    let (y, norm) = layer(x, (k, 0.3));
    let mut state = vec![x[0], y[1]];
    let mut velocity = k * norm;
    for i in 0..3 {
        kick(&mut state, &mut velocity, x[i]);
    }
    let root = root(norm + state[0] * state[0]).unwrap_or(0.0);
    let power = if let Some(power) = power(k + velocity, 3) { power * 0.5 } else { 0.0 };
    root * power + state[1] * velocity
}

#[differentiable(order = 3)]
fn of_the_many(x: &Array1<f64>, k: f64) -> f64 {
    let (d_x, d_k) = of_many::grad(x, k);
    d_x.dot(&d_x) * d_k
}

#[test]
fn through_functions_of_all_kinds() {
    let (x, u, k) = (point(), along(), 0.9);
    let (d_x, d_k) = of_the_many::hvp(&x, k, u.clone(), 0.4);
    let hvp: Vec<_> = d_x.iter().copied().chain([d_k]).collect();
    agrees(&hvp, |step| {
        let (d_x, d_k) = of_the_many::grad(&(&x + &(&u * step)), k + 0.4 * step);
        d_x.iter().copied().chain([d_k]).collect()
    });
    assert!(root::check_grad(0.3).unwrap().is_ok());
    assert!(root::hvp(-1.0, 1.0).is_err());
}

/// By value, a view and what is made element by element.
#[differentiable(order = 3)]
fn bilinear(x: Array1<f64>, y: ArrayView2<f64>) -> f64 {
    let z = y.dot(&x);
    let mut w = Array1::<f64>::zeros(z.len());
    azip!((w in &mut w, &z in &z) *w = z * 0.7);
    let grid = Array2::from_shape_fn((2, 3), |(i, j)| y[[i, j]] * x[j] + 0.5);
    (&z * &w * &z).sum() * x.sum() + grid.slice(s![.., 1..]).sum() * z[0]
}

#[differentiable(order = 3)]
fn of_the_form(x: &Array1<f64>) -> f64 {
    let y = array![[0.5, -0.2, 0.1], [0.3, 0.9, -0.4]];
    let (d_x, _) = bilinear::grad(x.clone(), y.view());
    d_x.dot(&d_x)
}

#[test]
fn by_value_and_of_views() {
    let (x, u) = (point(), along());
    let hvp = of_the_form::hvp(&x, u.clone());
    agrees(hvp.as_slice().unwrap(), |step| of_the_form::grad(&(&x + &(&u * step))).to_vec());
}

/// In single precision: the third derivative of `k x³ / 3`.
#[differentiable(order = 3)]
fn single(x: &Array1<f32>, k: f32) -> f32 {
    (x * x * x).sum() * k / f32::from(3_i8) * 1.0f32 + 0.1 * std::f32::consts::PI * (x.len() as f32)
}

#[differentiable(order = 3)]
fn of_the_single(x: &Array1<f32>, k: f32) -> f32 {
    single::grad(x, k).0.sum()
}

#[test]
fn in_single_precision() {
    let (x, u): (Array1<f32>, Array1<f32>) = (array![0.5, -0.25], array![1.0, 2.0]);
    let (d_x, d_k) = of_the_single::hvp(&x, 1.5, u.clone(), 0.0);
    assert_eq!(d_x, &u * 3.0);
    assert_eq!(d_k, (&x * &u * 2.0).sum());
}

#[differentiable(order = 3)]
fn anchored(x: f64) -> f64 {
    x * detach(x) * x
}

#[differentiable(order = 3)]
fn of_the_anchored(x: f64) -> f64 {
    anchored::grad(x)
}

#[test]
fn what_is_no_arithmetic_is_refused() {
    let message = message(|| _ = of_the_anchored::hvp(0.5, 1.0));
    assert_eq!(message, "`anchored`, which says `detach`, cannot be differentiated three times");
}
