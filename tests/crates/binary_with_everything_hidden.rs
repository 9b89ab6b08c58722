//! `crate::odyssey_runtime`, `crate::core`, `crate::std` and the macros of std are the user's.

#![allow(unused_macros, dead_code)]

mod odyssey_runtime {}
mod core {}
mod std {}
mod alloc {}

macro_rules! vec {
    () => {};
}
macro_rules! panic {
    () => {};
}
macro_rules! assert {
    () => {};
}

use ::odyssey_runtime::prelude::*;

#[derive(Differentiable, Clone)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
fn distance(point: &Point, times: usize) -> f64 {
    let mut sum = 0.0;
    for _ in 0..times {
        sum += (point.x * point.x + point.y * point.y).sqrt();
    }
    sum
}

fn main() {
    let gradient = distance::grad(&Point { x: 3.0, y: 4.0 }, 1);
    ::std::assert!((gradient.x - 0.6).abs() < 1e-12 && (gradient.y - 0.8).abs() < 1e-12);
    distance::check_grad(&Point { x: 3.0, y: 4.0 }, 2).unwrap();
}
