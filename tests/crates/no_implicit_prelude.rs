//! A crate without Rust's prelude.

#![no_implicit_prelude]

use ::odyssey_runtime::{Differentiable, differentiable};

#[derive(Differentiable, ::std::clone::Clone)]
struct Pair {
    a: f64,
    b: f64,
}

#[differentiable]
fn product(pair: &Pair, times: usize) -> f64 {
    let mut total = 0.0;
    for i in 0..times {
        if pair.a > 0.0 {
            total += pair.a * pair.b * i as f64;
        }
    }
    total
}

#[differentiable]
fn caller(x: f64, w: &::ndarray::Array2<f64>) -> f64 {
    let y = w * x;
    let pair = y.dot(&y.t());
    pair.mapv(|v| v * v).sum()
}

fn main() {
    let gradient = product::grad(&Pair { a: 2.0, b: 3.0 }, 3);
    ::std::assert_eq!((gradient.a, gradient.b), (9.0, 6.0));
    let w = ::ndarray::Array2::from_elem((2, 2), 0.5);
    ::std::assert!(caller::check_grad(0.7, &w).is_ok());
    ::std::assert!(product::check_grad(&Pair { a: 2.0, b: 3.0 }, 3).is_ok());
}
