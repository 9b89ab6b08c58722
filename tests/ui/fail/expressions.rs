//! Expressions that are not differentiated.

#![allow(unused)]

use odyssey_runtime::prelude::*;

macro_rules! twice {
    ($x:expr) => {
        $x + $x
    };
}

#[differentiable]
fn values(x: f64) -> f64 {
    let raw = unsafe { x };
    let later = async { x };
    let doubled = twice!(x);
    let inside = x + twice!(x * 2.0);
    let range = x..2.0 * x;
    let many = [x; 3000];
    x
}

#[differentiable]
fn calls(x: f64) -> f64 {
    let e = std::hint::black_box(x);
    let s = f64::sin(x, x);
    e + s
}

fn main() {}
