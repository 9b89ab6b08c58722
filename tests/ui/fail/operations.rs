//! Operations used in ways that have no derivative.

#![allow(unused)]

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

/// Methods of the user's with the names of operations.
trait Own {
    fn atan2(&self) -> f64;
    fn sin(&self, phase: f64) -> f64;
    fn powi(&self, exponent: f64) -> f64;
    fn sorted(&self) -> f64;
}

impl Own for Array1<f64> {
    fn atan2(&self) -> f64 {
        self[0].atan2(self[1])
    }

    fn sin(&self, phase: f64) -> f64 {
        (self[0] + phase).sin()
    }

    fn powi(&self, exponent: f64) -> f64 {
        self[0].powf(exponent)
    }

    fn sorted(&self) -> f64 {
        self[0]
    }
}

#[differentiable]
fn arguments(x: f64, y: &Array1<f64>) -> f64 {
    let a = y.atan2();
    let b = y.sin(1.0);
    let c = y.sum_axis(Axis(x as usize));
    let d = y.softmax(Axis(y.len() - 1));
    let f = y.powi(x);
    let g = f64::from(x as f32);
    a + b
}

#[differentiable]
fn options(y: &Array2<f64>) -> f64 {
    let mean = y.mean();
    let rows = y.mean_axis(Axis(0));
    mean.unwrap_or(0.0) + rows.map(|r| r.sum()).unwrap_or(0.0)
}

#[differentiable]
fn methods(y: &Array1<f64>, x: f64) -> f64 {
    let sorted = y.sorted();
    let first = y.first();
    let list = y.to_vec();
    let next = x.next_up();
    x
}

fn main() {}
