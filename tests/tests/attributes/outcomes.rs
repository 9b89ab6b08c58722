//! Results of several parts, and functions that can fail.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, assert_close, assert_same_gradient, matrix, numbers};

/// The loss, and what one wants to see.
#[differentiable(wrt(w), aux)]
fn loss(w: &Array2<f64>, x: &Array2<f64>, y: &Array2<f64>) -> (f64, Array2<f64>, usize) {
    let predicted = x.dot(w).tanh();
    let error = &predicted - y;
    let loss = (&error * &error).sum();
    (loss, predicted, x.nrows())
}

/// A report has no derivative, and needs none.
#[derive(Debug, PartialEq)]
struct Report {
    largest: f64,
    text: String,
}

#[differentiable(aux)]
fn reported(x: &Array1<f64>, k: f64) -> (f64, Report) {
    let y = x * k;
    let value = y.dot(&y);
    let report = report(detach(x), detach(value));
    (value, report)
}

fn report(x: &Array1<f64>, value: f64) -> Report {
    Report { largest: x.iter().fold(0.0, |a: f64, b| a.max(*b)), text: format!("{value:.3}") }
}

/// The derivative goes through every part, also the second.
#[differentiable(wrt(w))]
fn regularised(w: &Array2<f64>, x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let (loss, predicted, _) = loss(w, x, y);
    loss + 0.1 * (&predicted * &predicted).sum()
}

#[differentiable(wrt(w))]
fn second_part_alone(w: &Array2<f64>, x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let parts = loss(w, x, y);
    parts.1.sum()
}

struct Model;

#[derive(Clone, Copy, Differentiable)]
struct Oscillator {
    stiffness: f64,
}

impl Oscillator {
    #[differentiable(aux)]
    fn energy(&self, x: f64, v: f64) -> (f64, f64) {
        let potential = 0.5 * self.stiffness * x * x;
        (potential + 0.5 * v * v, potential)
    }
}

impl Model {
    #[differentiable(wrt(x), aux)]
    fn of_a_call(&self, x: f64) -> (f64, f64) {
        pair(x)
    }
}

#[differentiable]
fn pair(x: f64) -> (f64, f64) {
    (x.sin(), x.cos())
}

#[test]
fn further_results() {
    let (w, x, y) = (matrix(1, 3, 2), matrix(2, 4, 3), matrix(3, 4, 2));
    let (plain, predicted, rows) = loss(&w, &x, &y);
    let ((value, aux, count), gradient) = loss::value_and_grad(&w, &x, &y);
    assert_close(value, plain);
    assert_same_gradient(aux, &predicted, f64::EPSILON);
    assert_eq!(count, rows);
    loss::check_grad(&w, &x, &y).unwrap();
    assert_same_gradient(loss::grad(&w, &x, &y), &gradient, f64::EPSILON);
    let ((value, ..), pullback) = loss::vjp(&w, &x, &y);
    assert_close(value, plain);
    assert_same_gradient(pullback(1.0), &gradient, f64::EPSILON);
    agrees!(regularised(&w, &x, &y));
    agrees!(second_part_alone(&w, &x, &y));
}

#[test]
fn further_results_without_a_derivative() {
    let x = numbers(1, 4);
    let ((value, report), (d_x, d_k)) = reported::value_and_grad(&x, 0.6);
    assert_eq!((value, report), reported(&x, 0.6));
    assert_same_gradient(d_x, &(2.0 * 0.6 * 0.6 * &x), f64::EPSILON);
    assert_close(d_k, 2.0 * 0.6 * x.dot(&x));
    reported::check_grad(&x, 0.6).unwrap();
}

#[test]
fn further_results_of_methods() {
    let oscillator = Oscillator { stiffness: 1.7 };
    let ((energy, potential), (d_self, d_x, d_v)) = oscillator.energy_value_and_grad(0.3, 0.8);
    assert_eq!((energy, potential), oscillator.energy(0.3, 0.8));
    assert_close(d_self.stiffness, 0.5 * 0.09);
    assert_close(d_x, 1.7 * 0.3);
    assert_close(d_v, 0.8);
    oscillator.energy_check_grad(0.3, 0.8).unwrap();
    let ((sine, cosine), slope) = Model.of_a_call_value_and_grad(0.4);
    assert_eq!((sine, cosine), pair(0.4));
    assert_close(slope, cosine);
}
