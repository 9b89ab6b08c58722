//! Gradients that nobody asked for are not computed, across calls too: every matrix product leaves a result whose size is
//! no other's, and an allocator counts them.

#![allow(unsafe_code, reason = "an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ndarray::Array2;
use odyssey_runtime::prelude::*;

/// Counts the allocations of one size, in bytes.
struct Counting;

thread_local! {
    static SIZE: Cell<usize> = const { Cell::new(0) };
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count(layout: Layout) {
    SIZE.with(|size| {
        if size.get() == layout.size() {
            COUNT.with(|count| count.set(count.get() + 1));
        }
    });
}

// SAFETY: every call is handed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) };
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many arrays of a shape `run` makes.
fn made<R>((rows, columns): (usize, usize), run: impl FnOnce() -> R) -> usize {
    SIZE.set(rows * columns * size_of::<f64>());
    COUNT.set(0);
    let result = run();
    SIZE.set(0);
    drop(result);
    COUNT.get()
}

// Primes: no two products of two of them are equal.
const BATCH: usize = 17;
const INPUTS: usize = 7;
const HIDDEN: usize = 11;
const OUTPUTS: usize = 13;

#[derive(Clone, Differentiable)]
struct Linear {
    weight: Array2<f64>,
}

#[derive(Clone, Differentiable)]
struct Mlp {
    hidden: Linear,
    output: Linear,
}

#[differentiable]
fn linear(layer: &Linear, x: &Array2<f64>) -> Array2<f64> {
    x.dot(&layer.weight)
}

#[differentiable]
impl Linear {
    fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        x.dot(&self.weight)
    }
}

#[differentiable]
fn network(model: &Mlp, x: &Array2<f64>) -> Array2<f64> {
    linear(&model.output, &linear(&model.hidden, x))
}

#[differentiable(wrt(model))]
fn loss(model: &Mlp, x: &Array2<f64>) -> f64 {
    network(model, x).sum()
}

#[differentiable(wrt(x))]
fn loss_of_data(model: &Mlp, x: &Array2<f64>) -> f64 {
    network(model, x).sum()
}

#[differentiable(wrt(model))]
fn loss_by_methods(model: &Mlp, x: &Array2<f64>) -> f64 {
    model.output.forward(&model.hidden.forward(x)).sum()
}

#[differentiable(wrt(output))]
fn loss_of_output(hidden: &Linear, output: &Linear, x: &Array2<f64>) -> f64 {
    linear(output, &linear(hidden, x)).sum()
}

fn matrix(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| (0.7 * i as f64 - 0.9 * j as f64).sin())
}

fn model() -> Mlp {
    Mlp { hidden: Linear { weight: matrix(INPUTS, HIDDEN) }, output: Linear { weight: matrix(HIDDEN, OUTPUTS) } }
}

fn check_gradients_of_the_model<G>(run: impl Fn() -> G) {
    assert_eq!(made((INPUTS, HIDDEN), &run), 1, "the gradient of the first layer");
    assert_eq!(made((HIDDEN, OUTPUTS), &run), 1, "the gradient of the second layer");
    assert_eq!(made((BATCH, HIDDEN), &run), 2, "the hidden layer and its cotangent");
    assert_eq!(made((BATCH, INPUTS), &run), 0, "nobody asked for the gradient of the data");
}

#[test]
fn gradients_of_the_model_alone() {
    let (model, x) = (model(), matrix(BATCH, INPUTS));
    loss::check_grad(&model, &x).unwrap();
    check_gradients_of_the_model(|| loss::grad(&model, &x));
    loss_by_methods::check_grad(&model, &x).unwrap();
    check_gradients_of_the_model(|| loss_by_methods::grad(&model, &x));
}

#[test]
fn gradients_of_the_data_alone() {
    let (model, x) = (model(), matrix(BATCH, INPUTS));
    loss_of_data::check_grad(&model, &x).unwrap();
    let run = || loss_of_data::grad(&model, &x);
    assert_eq!(made((BATCH, INPUTS), run), 1, "the gradient of the data");
    assert_eq!(made((INPUTS, HIDDEN), run) + made((HIDDEN, OUTPUTS), run), 0, "nobody asked for those of the model");
}

#[test]
fn gradients_of_the_last_layer_alone() {
    let (model, x) = (model(), matrix(BATCH, INPUTS));
    loss_of_output::check_grad(&model.hidden, &model.output, &x).unwrap();
    let run = || loss_of_output::grad(&model.hidden, &model.output, &x);
    assert_eq!(made((HIDDEN, OUTPUTS), run), 1, "the gradient of the last layer");
    assert_eq!(made((BATCH, HIDDEN), run), 1, "the hidden layer and no cotangent of it");
    assert_eq!(made((INPUTS, HIDDEN), run) + made((BATCH, INPUTS), run), 0, "nothing behind it");
}
