//! Jacobians, wide and tall, against central differences of the function itself.

use std::cell::Cell;

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::numbers;

/// Wide: more arguments than results.
#[differentiable]
fn moments(x: &Array1<f64>, shift: f64) -> Array1<f64> {
    let y = x - shift;
    array![y.sum(), (&y * &y).sum()]
}

/// Tall, with a list, an array of known length and a passive argument.
#[differentiable]
fn trajectory(start: [f64; 2], rates: &[f64], steps: usize) -> Vec<f64> {
    let [mut position, mut velocity] = start;
    let mut trail = Vec::new();
    for i in 0..steps {
        velocity -= rates[i % rates.len()] * position;
        position += 0.1 * velocity;
        trail.push(position);
    }
    trail
}

/// A rule for reverse mode alone.
#[differentiable(vjp = scaled_vjp)]
fn scaled(x: &Array1<f64>) -> Array1<f64> {
    x * x.sum()
}

fn scaled_vjp(x: &Array1<f64>) -> (Array1<f64>, impl FnOnce(Array1<f64>) -> Array1<f64>) {
    (scaled(x), move |d| &d * x.sum() + x.dot(&d))
}

#[differentiable]
fn powers<T: Real>(x: T, like: ArrayView1<T>) -> Array1<T> {
    like.exp() * x * x
}

#[derive(Clone, Differentiable)]
struct Filter {
    gain: f64,
}

impl Filter {
    #[differentiable(wrt(x))]
    fn apply(&self, x: Vec<f64>) -> [f64; 2] {
        [self.gain * x[0] * x[2], x[1].sin()]
    }
}

/// Central differences in each number.
pub(crate) fn differences<Y: AsRef<[f64]>>(x: &[f64], f: impl Fn(&[f64]) -> Y) -> Array2<f64> {
    let at = |number: usize, step: f64| {
        let mut moved = x.to_vec();
        moved[number] += step;
        f(&moved).as_ref().to_vec()
    };
    let rows = f(x).as_ref().len();
    let mut jacobian = Array2::zeros((rows, x.len()));
    for number in 0..x.len() {
        let (above, below) = (at(number, 1e-5), at(number, -1e-5));
        for row in 0..rows {
            jacobian[[row, number]] = (above[row] - below[row]) / 2e-5;
        }
    }
    jacobian
}

pub(crate) fn assert_near(jacobian: &Array2<f64>, expected: &Array2<f64>) {
    assert_eq!(jacobian.dim(), expected.dim());
    let is_near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-6 * (1e-3 + b.abs());
    assert!(jacobian.iter().zip(expected).all(is_near), "{jacobian} is not {expected}");
}

#[test]
fn wide() {
    let x = numbers(1, 5);
    let (of_x, of_shift) = moments::jacobian(&x, 0.4);
    assert_near(&of_x, &differences(x.as_slice().unwrap(), |x| moments(&arr1(x), 0.4).to_vec()));
    assert_near(&of_shift, &differences(&[0.4], |shift| moments(&x, shift[0]).to_vec()));
}

#[test]
fn tall() {
    let (start, rates) = ([0.3, 0.7], [1.1, 0.4, 0.8]);
    let (of_start, of_rates) = trajectory::jacobian(start, &rates, 9);
    assert_near(&of_start, &differences(&start, |start| trajectory([start[0], start[1]], &rates, 9)));
    assert_near(&of_rates, &differences(&rates, |rates| trajectory(start, rates, 9)));
    let (none, _) = trajectory::jacobian(start, &rates, 0);
    assert_eq!(none.dim(), (0, 2));
}

#[test]
fn rules_generics_and_methods() {
    let x = numbers(1, 3);
    assert_near(&scaled::jacobian(&x), &differences(x.as_slice().unwrap(), |x| scaled(&arr1(x)).to_vec()));
    let (of_x, of_view) = powers::jacobian(0.7, x.view());
    assert_near(&of_x, &differences(&[0.7], |v| powers(v[0], x.view()).to_vec()));
    assert_near(&of_view, &differences(x.as_slice().unwrap(), |v| powers(0.7, aview1(v)).to_vec()));
    let filter = Filter { gain: 1.5 };
    let x = vec![0.3, 0.9, -0.4];
    assert_near(&filter.apply_jacobian(x.clone()), &differences(&x, |x| filter.apply(x.to_vec())));
    assert_eq!(powers::jacobian(0.5_f32, array![0.0].view()).0, array![[1.0]]);
}

thread_local! {
    /// How often the expensive part of a function has run.
    static RUNS: Cell<usize> = const { Cell::new(0) };
}

fn runs_of<Y>(f: impl FnOnce() -> Y) -> (usize, Y) {
    RUNS.set(0);
    let y = f();
    (RUNS.get(), y)
}

fn expensive(steps: usize) -> usize {
    RUNS.set(RUNS.get() + 1);
    steps
}

#[differentiable]
fn relaxed(x: &Array1<f64>, steps: usize) -> Array1<f64> {
    let steps = expensive(steps);
    let mut y = x.clone();
    for _ in 0..steps {
        y = (&y + x).tanh();
        y[0] *= y[1];
    }
    y
}

/// Through a call, a branch and a list.
#[differentiable]
fn summary(x: &Array1<f64>) -> Vec<f64> {
    let y = relaxed(x, 3);
    let mut parts = vec![y.sum()];
    if y[2] > -10.0 {
        parts.push(y.dot(&y) * x[0]);
    }
    parts
}

#[differentiable]
fn folded(x: &[f64], depth: usize) -> f64 {
    let depth = expensive(depth);
    if depth == 0 { x[0] } else { folded(x, depth - 1).sin() * x[1] }
}

/// Through a function that calls itself, whose pullback is in a box: the function runs for each row.
#[differentiable]
fn folds(x: &[f64]) -> [f64; 2] {
    [folded(x, 2), x[2] * folded(x, 1)]
}

/// Not `Clone`.
#[derive(Debug)]
struct Unique(f64);

/// A rule in halves, of which the first keeps what it may.
#[differentiable(vjp = (powers_forward, powers_backward))]
fn two_powers(x: &Array1<f64>) -> [f64; 2] {
    RUNS.set(RUNS.get() + 1);
    [x.sum().powi(2), x.sum().powi(3)]
}

fn powers_forward(x: &Array1<f64>) -> ([f64; 2], f64) {
    (two_powers(x), x.sum())
}

fn powers_backward(x: &Array1<f64>, _y: &[f64; 2], sum: f64, d: [f64; 2]) -> Array1<f64> {
    Array1::from_elem(x.len(), 2.0 * sum * d[0] + 3.0 * sum * sum * d[1])
}

#[differentiable(vjp = (unique_forward, unique_backward))]
fn two_unique_powers(x: &Array1<f64>) -> [f64; 2] {
    two_powers(x)
}

fn unique_forward(x: &Array1<f64>) -> ([f64; 2], Unique) {
    (two_powers(x), Unique(x.sum()))
}

fn unique_backward(x: &Array1<f64>, y: &[f64; 2], sum: Unique, d: [f64; 2]) -> Array1<f64> {
    powers_backward(x, y, sum.0, d)
}

/// What the sweep reads of a passive variable is not `Clone`.
#[differentiable]
fn weighed(x: &[f64]) -> [f64; 2] {
    let weights = Unique(expensive(3) as f64);
    let [a, b] = [x[0] * x[1], x[1] * x[2]];
    [a.sin() * weights.0, b.cos() * a * weights.0]
}

#[test]
fn all_rows_share_one_run() {
    let x = numbers(1, 4);
    let rows = |x: &[f64]| summary(&arr1(x));
    let (runs, jacobian) = runs_of(|| summary::jacobian(&x));
    assert_near(&jacobian, &differences(x.as_slice().unwrap(), rows));
    assert_eq!(runs, 2, "the value, and all rows");
    let (runs, jacobian) = runs_of(|| two_powers::jacobian(&x));
    assert_near(&jacobian, &differences(x.as_slice().unwrap(), |x| two_powers(&arr1(x))));
    assert_eq!(runs, 2);
}

#[test]
fn what_cannot_be_cloned_is_made_again() {
    let x = numbers(1, 3);
    let x = x.as_slice().unwrap();
    assert_near(&folds::jacobian(x), &differences(x, folds));
    let (runs, jacobian) = runs_of(|| two_unique_powers::jacobian(&arr1(x)));
    assert_near(&jacobian, &differences(x, |x| two_unique_powers(&arr1(x))));
    assert_eq!(runs, 3, "the value, and two rows");
    let (runs, jacobian) = runs_of(|| weighed::jacobian(x));
    assert_near(&jacobian, &differences(x, weighed));
    assert_eq!(runs, 3);
}
