//! Statements that are not differentiated: all of a function are reported, each at its place.

#![allow(unused)]

use odyssey_runtime::prelude::*;

struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
fn bindings(x: f64, pair: (f64, f64), point: &[f64; 2]) -> f64 {
    let late;
    late = x;
    let Some(y) = Some(x) else { return 0.0 };
    let (first, ..) = pair;
    let [a, b] = point;
    let n @ _ = x;
    #[cfg(all())]
    let z = x * 2.0;
    x * x
}

#[differentiable]
fn places(x: f64, v: &[f64]) -> f64 {
    let mut list = [0.0; 3];
    list[0] = x;
    let mut pair = (x, 1.0);
    pair.0 = 2.0;
    pair.1 += x;
    let mut y = x;
    let reference = &mut y;
    *reference = 2.0 * x;
    y
}

#[differentiable]
fn destructured(x: f64) -> f64 {
    let (mut a, mut b) = (x, 1.0);
    (a, b) = (b, a);
    let Point { x: c, y: d } = Point { x: a, y: b };
    a + b
}

#[differentiable]
fn changed_elsewhere(x: f64) -> f64 {
    let mut count = 0;
    while count < 3 {
        count += 1;
    }
    x * count as f64
}

fn main() {}
