//! Patterns that do not say where the parts of a differentiated value are.

#![allow(unused)]

use odyssey_runtime::prelude::*;

#[derive(Clone, Differentiable)]
enum Shape {
    Circle(f64),
    Square(f64),
    Pair(f64, f64),
}

#[differentiable]
fn bindings(x: f64, pair: (f64, f64), point: &[f64; 2]) -> f64 {
    let n @ _ = x;
    let (.., last) = made(x);
    x * x
}

#[differentiable]
fn made(x: f64) -> (f64, f64) {
    (x, x)
}

#[differentiable]
fn alternatives(shape: &Shape) -> f64 {
    match shape {
        Shape::Circle(r) | Shape::Square(r) => r * r,
        Shape::Pair(a, b) => a * b,
    }
}

#[differentiable]
fn slices(values: &[f64]) -> f64 {
    match values {
        [first, rest @ ..] if *first > 0.0 => first * rest[0],
        [1.0, ..] => 1.0,
        [..] => 0.0,
    }
}

#[differentiable]
fn whole(shape: &Shape, maybe: Option<f64>) -> f64 {
    let a = match shape {
        circle @ Shape::Circle(_) => 1.0,
        Shape::Square(r) | Shape::Pair(r, _) => *r,
    };
    let b = if let Some(y @ 1.0..2.0) = maybe { y } else { 0.0 };
    a * b
}

#[differentiable]
fn changed(shape: &Shape, k: f64) -> f64 {
    let mut shape = shape.clone();
    match &mut shape {
        Shape::Circle(r) if k > 1.0 => *r *= k,
        Shape::Pair(a, ..) => *a *= k,
        _ => {}
    }
    let (a, ..) = &mut (k, k);
    let mut pair = (k, k);
    let (first, ..) = &mut pair;
    *first *= k;
    k
}

fn main() {}
