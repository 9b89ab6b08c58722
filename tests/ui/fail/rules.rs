//! Rules that do not fit their function.

use odyssey_runtime::prelude::*;

#[differentiable(vjp = takes_one)]
fn of_two(x: f64, y: f64) -> f64 {
    x * y
}

fn takes_one(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x, move |d| d)
}

#[differentiable(vjp = returns_one)]
fn with_two_gradients(x: f64, y: f64) -> f64 {
    x * y
}

fn returns_one(x: f64, y: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x * y, move |d| d * y)
}

#[differentiable(vjp = of_integers)]
fn of_floats(x: f64) -> f64 {
    x
}

fn of_integers(x: f64) -> (i32, impl FnOnce(i32) -> i32) {
    (x as i32, move |d| d)
}

#[differentiable(vjp = without_a_pullback)]
fn with_a_pullback(x: f64) -> f64 {
    x
}

fn without_a_pullback(x: f64) -> f64 {
    x
}

#[differentiable(vjp = missing)]
fn without_a_rule(x: f64) -> f64 {
    x
}

#[differentiable(vjp = (forward, backward))]
fn halves(x: &[f64]) -> f64 {
    x[0]
}

fn forward(x: &[f64]) -> (f64, &[f64]) {
    (x[0], x)
}

fn backward(_x: &[f64], _y: &f64, kept: &[f64], d: f64) -> Vec<f64> {
    vec![d * kept[0]]
}

#[differentiable(vjp = (other_forward, other_backward))]
fn other_halves(x: f64) -> f64 {
    x
}

fn other_forward(x: f64) -> (f64, usize) {
    (x, 1)
}

fn other_backward(_x: f64, _y: &f64, _kept: f64, d: f64) -> f64 {
    d
}

#[differentiable(vjp = infallible)]
fn fallible(x: f64) -> Option<f64> {
    Some(x)
}

fn infallible(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (x, move |d| d)
}

#[differentiable(vjp = whole)]
fn changing(x: &mut f64) -> f64 {
    *x
}

fn whole(x: &mut f64) -> (f64, impl FnOnce(f64) -> f64) {
    (*x, move |d| d)
}

fn main() {}
