//! `for` over ranges, with what is carried from one turn to the next.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// Horner's rule.
#[differentiable]
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    let mut value = 0.0;
    for i in (0..coefficients.len()).rev() {
        value = value * x + coefficients[i];
    }
    value
}

#[differentiable]
fn exponential_series(x: f64, terms: usize) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..=terms {
        term *= x / n as f64;
        sum += term;
    }
    sum
}

#[differentiable]
fn every_other(x: &[f64], stride: usize) -> f64 {
    let mut product = 1.0;
    for i in (0..x.len()).step_by(stride) {
        product *= 1.0 + x[i];
    }
    for i in (1..x.len()).step_by(2).rev() {
        product -= product * x[i];
    }
    product
}

/// A pendulum by the symplectic Euler method.
#[differentiable(wrt(angle, length))]
fn pendulum(angle: f64, length: f64, steps: usize) -> f64 {
    let dt = 0.05;
    let mut theta = angle;
    let mut omega = 0.0;
    for _ in 0..steps {
        omega -= dt * 9.81 / length * theta.sin();
        theta += dt * omega;
    }
    theta
}

#[differentiable]
fn pairwise(x: &Array1<f64>, charge: &[f64]) -> f64 {
    let n = x.len();
    let mut energy = 0.0;
    for i in 0..n {
        for j in i + 1..n {
            let r = x[i] - x[j];
            let d = (r * r + 0.1).sqrt();
            energy += charge[i] * charge[j] / d;
        }
    }
    energy
}

/// A matrix product with its state carried through three loops.
#[differentiable]
fn frobenius_of_product(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let mut total = 0.0;
    for i in 0..a.nrows() {
        let mut scale = 1.0;
        for j in 0..b.ncols() {
            let mut entry = 0.0;
            for k in 0..a.ncols() {
                entry += a[[i, k]] * b[[k, j]];
            }
            total += scale * entry * entry;
            scale *= 0.5 + 0.1 * entry;
        }
    }
    total.sqrt()
}

/// A recurrent network: the state is a vector.
#[differentiable(wrt(w, u, h0))]
fn recurrent(w: &Array2<f64>, u: &Array2<f64>, h0: &Array1<f64>, inputs: &Array2<f64>) -> f64 {
    let mut h = h0.to_owned();
    for t in 0..inputs.nrows() {
        let mut drive = u.dot(&h);
        drive += 0.1 * inputs[[t, 0]];
        h = (w.dot(&h) + drive).tanh();
    }
    h.sum()
}

/// Power iteration: an array and two scalars are carried.
#[differentiable]
fn power_iteration(m: &Array2<f64>, start: &Array1<f64>) -> f64 {
    let mut v = start.clone();
    let mut norm = 1.0;
    let mut drift = 0.0;
    for _ in 0..6 {
        let next = m.dot(&v);
        norm = next.dot(&next).sqrt();
        v = &next / norm;
        drift += v.sum();
    }
    norm + 0.1 * drift
}

/// Gradient descent by hand, with a step that shrinks.
#[differentiable]
fn descent(target: &Array1<f64>, rate: f64) -> f64 {
    let mut x = target * 0.0;
    let mut step = rate;
    for k in 0..5 {
        let error = &x - target;
        x -= &(&error * step);
        if k % 2 == 0 {
            step *= 0.9;
        }
    }
    let left = &x - target;
    (&left * &left).sum()
}

#[differentiable]
fn branch_in_loop(x: &[f64], threshold: f64) -> f64 {
    let mut above = 0.0;
    let mut below = 1.0;
    for i in 0..x.len() {
        let excess = x[i] - threshold;
        if excess > 0.0 {
            above += excess * excess;
        } else if i > 2 {
            below *= 1.0 - excess;
        }
    }
    above * below
}

/// The inner loop's bound is the outer one's variable, and a value lives for a turn only.
#[differentiable]
fn triangle(x: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..4 {
        let base = x + i as f64;
        let mut product = 1.0;
        for j in 0..=i {
            product *= base - 0.3 * j as f64;
        }
        sum += product.ln_1p();
    }
    sum
}

#[differentiable]
fn passive_state(x: f64, n: usize) -> f64 {
    let mut count = 0;
    let mut weight = 1.0;
    let mut sum = 0.0;
    for i in 0..n {
        count += i;
        weight *= 0.5;
        sum += weight * x.powi(2) * count as f64;
    }
    sum
}

#[differentiable]
fn no_turns(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = y.sin();
    }
    y * x
}

#[test]
fn scalar_state() {
    agrees!(polynomial(&[0.5, -1.0, 2.0, 0.25], 0.7), wrt 2);
    agrees!(exponential_series(0.8, 8));
    agrees!(every_other(&[0.1, 0.2, 0.3, -0.4, 0.5], 2));
    agrees!(every_other(&[0.1, 0.2, 0.3, -0.4, 0.5], 3));
    agrees!(pendulum(0.6, 1.2, 20), wrt 2);
    agrees!(branch_in_loop(&[0.5, -0.3, 1.2, 0.1, -0.7], 0.2), wrt 2);
    agrees!(triangle(1.4));
    agrees!(passive_state(0.9, 4));
    agrees!(no_turns(0.9, 3));
    agrees!(no_turns(0.9, 0));
}

#[test]
fn nested_loops() {
    agrees!(pairwise(&numbers(1, 5), &[1.0, -1.0, 0.5, 2.0, -0.3]), wrt 2);
    agrees!(frobenius_of_product(&matrix(1, 3, 4), &matrix(2, 4, 2)), wrt 2);
}

#[test]
fn array_state() {
    let inputs = matrix(4, 5, 1);
    agrees!(recurrent(&matrix(1, 3, 3), &matrix(2, 3, 3), &numbers(3, 3), &inputs), wrt 3);
    agrees!(power_iteration(&matrix(5, 3, 3), &numbers(6, 3)), wrt 2);
    agrees!(descent(&numbers(7, 4), 0.3), wrt 2);
}

#[test]
fn the_series_is_the_exponential() {
    assert!((exponential_series::grad(0.8, 25) - 0.8_f64.exp()).abs() < 1e-14);
}
