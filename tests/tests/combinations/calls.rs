//! Calls: in loops and branches, through several functions, with gradients that the caller does not want.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn tuples(x: f64, y: f64) -> (f64, f64) {
    let (a, b) = (x * y, x.sin());
    let t = (a + b, a * b);
    (t.0 * x, t.1 + y)
}

#[differentiable]
fn calls_with_tuples(x: f64, y: f64) -> f64 {
    let (p, q) = tuples(x, y);
    let r = tuples(p, q);
    r.0 * r.1 + p
}

#[differentiable]
fn wave(a: f64, b: f64) -> f64 {
    (a * b).sin() + a
}

#[differentiable]
fn calls_in_a_loop(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        if i % 2 == 0 {
            y = wave(y, x);
        } else {
            y = y + wave(x, y);
        }
    }
    y
}

#[differentiable]
fn product(w: &Array2<f64>, x: &Array2<f64>) -> Array2<f64> {
    x.dot(w)
}

#[differentiable]
fn layer(w: &Array2<f64>, x: &Array2<f64>) -> Array2<f64> {
    product(w, x).tanh()
}

#[differentiable(wrt(w))]
fn unwanted_through_two_calls(w: &Array2<f64>, x: &Array2<f64>) -> f64 {
    layer(w, x).sum()
}

#[differentiable(wrt(w))]
fn unwanted_at_first(w: &Array2<f64>, x: &Array2<f64>) -> f64 {
    let mut y = x.clone();
    for _ in 0..3 {
        y = layer(w, &y);
    }
    y.sum()
}

#[differentiable]
fn filled(q: f64, a: f64) -> f64 {
    let v = Array1::<f64>::ones(3) * a;
    v[2] * v[2] + q
}

#[differentiable(wrt(q))]
fn one_of_two_wanted(q: f64, a: f64) -> f64 {
    filled(q, a)
}

#[differentiable]
fn dense(w: &Array2<f64>, x: &Array1<f64>) -> Array1<f64> {
    w.dot(x).tanh()
}

#[differentiable]
fn deep(w: &Array2<f64>, x: &Array1<f64>, layers: usize) -> f64 {
    let mut h = dense(w, x);
    for _ in 0..layers {
        h = dense(w, &h);
    }
    h.sum()
}

#[differentiable]
fn squash(x: &Array2<f64>) -> Array2<f64> {
    x.tanh()
}

#[differentiable]
fn repeated(x: &Array2<f64>, row: &Array1<f64>) -> f64 {
    let mut y = x.clone();
    for _ in 0..3 {
        y = squash(&y) * row;
    }
    y.sum()
}

#[differentiable]
fn sines(x: &Array1<f64>) -> Array1<f64> {
    x.sin()
}

#[differentiable]
fn mean_of_a_call(x: &Array1<f64>) -> f64 {
    let v = sines(x);
    v.mean().unwrap()
}

/// Names that the generated code uses as well.
#[differentiable]
fn names(value: f64, pullback: f64, kept: f64, d_value: f64) -> f64 {
    (value * pullback + kept) * kept * d_value
}

#[test]
fn of_scalars() {
    agrees!(calls_with_tuples(0.7, 1.2), wrt 2);
    agrees!(calls_in_a_loop(0.7, 5));
    agrees!(filled(0.3, 0.4), wrt 2);
    assert_eq!(one_of_two_wanted::grad(0.3, 0.4), 1.0);
    agrees!(names(0.3, 0.8, 1.2, -0.4), wrt 4);
}

#[test]
fn of_arrays() {
    let (w, x) = (matrix(1, 2, 2), matrix(2, 2, 2));
    agrees!(unwanted_through_two_calls(&w, &x));
    agrees!(unwanted_at_first(&w, &x));
    agrees!(deep(&w, &numbers(2, 2), 3), wrt 2);
    agrees!(repeated(&x, &numbers(3, 2)), wrt 2);
    agrees!(mean_of_a_call(&numbers(4, 3)));
}
