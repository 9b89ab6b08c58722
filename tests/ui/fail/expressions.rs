//! Expressions that are not differentiated.

#![allow(unused)]

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

struct Point {
    x: f64,
}

#[derive(Clone, Copy)]
struct Wrapped(f64);

#[differentiable]
fn values(mut x: f64, y: &[f64]) -> f64 {
    let square = |v: f64| v * x;
    let point = Point { x };
    let wrapped = Wrapped(x);
    let some = Some(x);
    let list = [x, 2.0 * x];
    let zeros = [x; 3];
    let boxed = vec![x, x];
    let reference = &mut x;
    let raw = unsafe { x };
    let later = async { x };
    let slice = &y[1..];
    let mut z = 0.0;
    let assigned = z = x;
    x
}

#[differentiable]
fn calls(mut x: f64, f: fn(f64) -> f64, g: impl Fn(f64) -> f64) -> f64 {
    let square = |v: f64| v * v;
    let a = square(x);
    let b = f(x);
    let c = g(x);
    let d = (|v: f64| v + 1.0)(x);
    let e = std::hint::black_box(x);
    let h = core::mem::replace(&mut x, 1.0);
    a + b + c + d + e + h
}

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn derivatives(x: f64) -> f64 {
    square::grad(x) + square::value_and_grad(x).0
}

fn main() {}
