//! Functions that call themselves, and each other.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::siblings_agree;
use crate::support::{agrees, numbers};

#[differentiable]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 {
        1.0
    } else if n % 2 == 0 {
        let half = power(x, n / 2);
        half * half
    } else {
        x * power(x, n - 1)
    }
}

/// Generic, over slices of an array.
#[differentiable]
fn tree_sum<T: Real>(x: &Array1<T>, scale: T, from: usize, to: usize) -> T {
    if to - from == 1 {
        x[from] * scale * x[from]
    } else {
        let middle = (from + to) / 2;
        tree_sum(x, scale * T::lit(1.5), from, middle) * tree_sum(x, scale, middle, to)
    }
}

/// The position of a joint from that of its parent.
#[derive(Clone, Differentiable)]
struct Chain {
    angles: Array1<f64>,
}

impl Chain {
    #[differentiable]
    fn height(&self, parents: &[usize], joint: usize, length: f64) -> f64 {
        if joint == 0 { 0.0 * length } else { self.height(parents, parents[joint], length) + length * self.angles[joint].sin() }
    }

    /// An associated function, through `Self`.
    #[differentiable]
    fn geometric(chain: &Self, ratio: f64, n: usize) -> f64 {
        if n == 0 { chain.angles[0] } else { ratio * Self::geometric(chain, ratio, n - 1) + 1.0 }
    }
}

/// Each calls the other: one of them says so.
#[differentiable(recursive)]
fn even(x: f64, n: usize) -> f64 {
    if n == 0 { x } else { odd(x * 0.5, n - 1) * x }
}

#[differentiable]
fn odd(x: f64, n: usize) -> f64 {
    if n == 0 { x * x } else { even(x + 1.0, n - 1).sin() }
}

#[test]
fn of_functions() {
    agrees!(power(1.3, 5));
    agrees!(tree_sum(&numbers(1, 5), 0.7, 0, 5) as f64, wrt 2);
    agrees!(even(0.8, 5));
    agrees!(odd(0.8, 5));
}

#[test]
fn of_methods() {
    let chain = Chain { angles: numbers(1, 4) };
    siblings_agree!(chain.height(&[0, 0, 1, 2], 3, 0.6): height_value_and_grad, height_grad, height_vjp, height_check_grad);
    siblings_agree!(Chain; geometric(&chain, 0.6, 4):
        geometric_value_and_grad, geometric_grad, geometric_vjp, geometric_check_grad);
}
