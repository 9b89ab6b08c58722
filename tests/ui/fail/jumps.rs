//! Control flow that is not differentiated.

#![allow(unused)]

use odyssey_runtime::prelude::*;

#[differentiable]
fn jumps_in_expressions(x: f64, maybe: Option<f64>) -> Option<f64> {
    let mut y = x;
    let a = x * maybe?;
    y = maybe?;
    y += maybe?;
    for _ in 0..3 {
        let b = x + if y > 2.0 { break } else { y };
        y = if y > 2.0 { break } else { y * b };
        y += if y > 2.0 { break } else { y * b };
    }
    Some(y + a.sin().max(maybe?))
}

#[differentiable]
fn jumps_to_nowhere(x: f64) -> f64 {
    let mut y = x;
    for _ in 0..3 {
        y *= x;
        if y > 2.0 {
            break 'outer;
        }
    }
    y
}

#[differentiable]
fn questions(x: f64, maybe: Option<f64>) -> f64 {
    x * maybe?
}

#[differentiable]
fn returns_from_a_closure(x: f64) -> f64 {
    let positive = |v: f64| {
        if v < 0.0 {
            return 0.0;
        }
        v * x
    };
    positive(x)
}

#[differentiable]
fn attributes(x: f64) -> f64 {
    let mut y = x;
    #[allow(unused)]
    for _ in 0..3 {
        y *= 2.0;
    }
    #[cfg(all())]
    let z = x * 2.0;
    y
}

#[differentiable]
fn conditions(x: f64, maybe: Option<f64>) -> f64 {
    let mut y = x;
    if let Some(z) = maybe && z > 1.0 {
        y *= z;
    }
    while let Some(z) = maybe && y < 3.0 {
        y += z;
    }
    y
}

fn main() {}
