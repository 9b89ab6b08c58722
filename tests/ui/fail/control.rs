//! Control flow that is not differentiated.

use odyssey_runtime::prelude::*;

#[differentiable]
fn loops(x: f64, v: &[f64]) -> f64 {
    let mut y = x;
    while y > 1.0 {
        y /= 2.0;
    }
    loop {
        y += 1.0;
        if y > 3.0 {
            break;
        }
    }
    for element in v {
        y += element;
    }
    for (i, element) in v.iter().enumerate() {
        y += element * i as f64;
    }
    #[allow(unused)]
    for i in 0..3 {
        y *= 2.0;
    }
    y
}

#[differentiable]
fn jumps(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        if i == 3 {
            continue;
        }
        if y > 2.0 {
            break;
        }
        y *= x;
    }
    if y < 0.0 {
        return 0.0;
    }
    y
}

#[differentiable]
fn choices(x: f64, n: usize, maybe: Option<f64>) -> f64 {
    let a = match n {
        0 => x,
        _ => x * x,
    };
    let b = if let Some(y) = maybe { y * x } else { 0.0 };
    let c = maybe?;
    let mut d = 0.0;
    if { d += x; d > 1.0 } {
        d *= 2.0;
    }
    a + b + c + d
}

fn main() {}
