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
fn failures_that_stay(x: f64) -> Result<f64, String> {
    let a = outcome(x).map_err(|e| e + "!");
    a
}

#[differentiable]
fn outcome(x: f64) -> Result<f64, String> {
    Ok(x)
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
    #[cfg(all())]
    let z = x * 2.0;
    #[cfg(all())]
    if y > 2.0 {
        y *= 2.0;
    }
    match y > 1.0 {
        #[cfg(all())]
        true => y * z,
        _ => y,
    }
}

fn main() {}
