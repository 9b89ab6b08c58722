//! Options of references that branches and iterations hand on.

#![allow(unused)]

use odyssey_runtime::prelude::*;

#[differentiable]
fn by_a_branch(x: &[f64], k: f64) -> f64 {
    let o = if k > 0.0 { Some(&x[0]) } else { None };
    o.map_or(0.0, |v| v * v) * k
}

#[differentiable]
fn by_an_iteration(rows: &[Vec<f64>], k: f64) -> f64 {
    let mut before: Option<&Vec<f64>> = None;
    let mut sum = 0.0;
    for row in rows {
        if let Some(b) = before {
            sum += b[0] * row[0] * k;
        }
        before = Some(row);
    }
    sum
}

fn main() {}
