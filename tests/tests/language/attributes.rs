//! `detach`, `aux`, hand-written rules, `wrt`: what the attribute and its companions can say.

use odyssey_runtime::prelude::*;
use odyssey_runtime::{Tangent, check};

use crate::support::{agrees, assert_close};

/// A target network: the target does not take part in the gradient.
#[differentiable(wrt(w))]
fn temporal_difference(w: &[f64], features: &[f64], next: &[f64], reward: f64) -> f64 {
    let value: f64 = w.iter().zip(features).map(|(w, f)| w * f).sum();
    let target = reward + 0.9 * w.iter().zip(next).map(|(w, f)| w * f).sum::<f64>();
    let error = value - detach(target);
    error * error
}

/// A straight-through estimator: the value is rounded, the slope is that of a line.
#[differentiable]
fn quantised(x: f64, scale: f64) -> f64 {
    let y = x * scale;
    let q = y + (y.round() - y).detach();
    q * q
}

/// The loss with what else there is to know about it.
#[differentiable(wrt(slope), aux)]
fn regression(slope: f64, data: &[(f64, f64)]) -> (f64, f64, usize) {
    let mut sum = 0.0;
    let mut worst = 0.0;
    let mut outliers = 0;
    for (x, y) in data {
        let residual = slope * x - y;
        sum += residual * residual;
        if residual.abs() > 0.3 {
            outliers += 1;
        }
        if residual.abs() > worst {
            worst = residual.abs();
        }
    }
    (sum, worst, outliers)
}

/// A fixed point, whose derivative is that of the equation and not of the iteration.
#[differentiable(vjp = fixed_point_vjp, jvp = fixed_point_jvp, order = 2)]
fn fixed_point(a: f64, b: f64) -> f64 {
    let mut x = 0.5;
    for _ in 0..200 {
        x = a * f64::cos(x) + b;
    }
    x
}

fn fixed_point_vjp(a: f64, b: f64) -> (f64, impl FnOnce(f64) -> (f64, f64)) {
    let x = fixed_point(a, b);
    (x, move |d_x| {
        let d = d_x / (1.0 + a * x.sin());
        (d * x.cos(), d)
    })
}

#[differentiable]
fn fixed_point_jvp(a: f64, b: f64, a_dot: f64, b_dot: f64) -> (f64, f64) {
    let x = fixed_point(a, b);
    (x, (a_dot * x.cos() + b_dot) / (1.0 + a * x.sin()))
}

/// A caller of a function with a rule, in a loop.
#[differentiable]
fn of_a_fixed_point(a: f64, b: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..3 {
        let x = fixed_point(a * 0.5, b + sum);
        sum += x * (i + 1) as f64 * 0.1;
    }
    sum * a
}

/// One of three arguments.
#[differentiable(wrt(b))]
fn middle(a: f64, b: f64, c: f64) -> f64 {
    a * b * b + c.sin() * b
}

/// Its caller differentiates with respect to what it was not asked for as well.
#[differentiable]
fn through_the_middle(b: f64) -> f64 {
    middle(2.0, b * b, 0.3) + middle(0.5, b.exp(), 1.3)
}

#[test]
fn detached() {
    let (w, features, next) = ([0.3, 0.9], [0.7, -0.4], [0.2, 0.5]);
    let (value, gradient) = temporal_difference::value_and_grad(&w, &features, &next, 0.6);
    assert_close(value, temporal_difference(&w, &features, &next, 0.6));
    let target = 0.6 + 0.9 * (w[0] * next[0] + w[1] * next[1]);
    let frozen = |w: &[f64]| (w[0] * features[0] + w[1] * features[1] - target).powi(2);
    check::argument("w", &&w[..], frozen, &gradient).unwrap();
    let (dx, dscale) = quantised::grad(0.7, 3.0);
    assert_close(quantised(0.7, 3.0), 4.0);
    assert_close(dx, 2.0 * 2.0 * 3.0);
    assert_close(dscale, 2.0 * 2.0 * 0.7);
}

#[test]
fn auxiliary_results() {
    let data = [(0.1, 0.3), (0.5, 0.6), (0.9, 0.2)];
    let ((sum, worst, outliers), gradient) = regression::value_and_grad(0.7, &data);
    let plain = regression(0.7, &data);
    assert_close(sum, plain.0);
    assert_close(worst, plain.1);
    assert_eq!(outliers, plain.2);
    check::argument("slope", &0.7, |slope: f64| regression(slope, &data).0, &gradient).unwrap();
}

#[test]
fn rules() {
    agrees!(fixed_point(0.6, 0.2), wrt 2);
    agrees!(of_a_fixed_point(0.6, 0.2), wrt 2);
    agrees!(middle(0.3, 0.9, 0.4), wrt 1 behind 1);
    agrees!(through_the_middle(0.9));
    assert!(middle::grad(0.3, 0.9, 0.4).norm() > 0.0);
}
