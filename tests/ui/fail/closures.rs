//! Functions as values, over differentiated values.

#![allow(unused)]

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

fn cube(x: f64) -> f64 {
    x * x * x
}

fn make() -> fn(f64) -> f64 {
    cube
}

#[differentiable]
fn arguments(x: f64, f: fn(f64) -> f64, g: impl Fn(f64) -> f64, h: &dyn Fn(f64) -> f64) -> f64 {
    f(x) + g(x) + h(x) + make()(x) + (|v: f64| v + 1.0)(x)
}

#[differentiable]
fn kept(x: f64) -> f64 {
    let pair = (|v: f64| v * x, 1.0);
    let square = |v: f64| v * x;
    square(x, x) + x
}

#[differentiable]
fn mapped(y: &Array1<f64>, x: f64) -> f64 {
    let a = y.mapv(cube);
    let b = y.mapv(|v @ _| v);
    let e = y.mapv(|v| cube(v));
    let f = y.mapv(make());
    let g = y.mapv(|v| x);
    let h = y.mapv(|| 1.0);
    let i = y.mapv(|v| if v > 0.0 { let w = v; w } else { v });
    let j = y.mapv(|v| if v.is_nan() { v } else { 0.0 });
    let k = y.mapv(|v| { let mut w = v; w += 1.0; w });
    let l = y.mapv(|v| { if v < 0.0 { return 0.0; } v * v });
    x
}

fn main() {}
