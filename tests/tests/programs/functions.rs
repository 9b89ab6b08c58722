//! Functions that call functions.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

mod shapes {
    use odyssey_runtime::prelude::*;

    pub(crate) mod round {
        use odyssey_runtime::prelude::*;

        #[differentiable]
        pub(crate) fn circle(radius: f64) -> f64 {
            std::f64::consts::PI * radius * radius
        }
    }

    #[differentiable]
    pub(crate) fn cylinder(radius: f64, height: f64) -> f64 {
        self::round::circle(radius) * height
    }
}

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn norm(x: f64, y: f64) -> f64 {
    (square(x) + square(y)).sqrt()
}

#[differentiable]
fn chain(x: f64, y: f64) -> f64 {
    let n = norm(x, 2.0 * y);
    let volume = shapes::cylinder(n, y) + crate::functions::shapes::round::circle(x);
    norm(volume, square(x))
}

#[differentiable]
fn step(position: f64, velocity: f64, stiffness: f64) -> (f64, f64) {
    let velocity = velocity - 0.1 * stiffness * position;
    (position + 0.1 * velocity, velocity)
}

#[differentiable]
fn spring(position: f64, stiffness: f64, steps: usize) -> f64 {
    let mut p = position;
    let mut v = 0.0;
    for _ in 0..steps {
        let (next_p, next_v) = step(p, v, stiffness);
        p = next_p;
        v = next_v;
    }
    p * p + v * v
}

#[differentiable]
fn shrink(x: f64, by: f64) -> f64 {
    if x > by { x - by } else { x * by }
}

#[differentiable]
fn calls_in_branches(x: &[f64], by: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        if i % 2 == 0 {
            total += shrink(x[i], by);
        } else {
            let square = square(x[i]);
            total += if square > 0.1 { square * total } else { shrink(total, square) };
        }
    }
    total
}

#[differentiable]
fn dense(w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>) -> Array2<f64> {
    (x.dot(w) + b).tanh()
}

/// The same layer again and again.
#[differentiable(wrt(w, b))]
fn deep(w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>, layers: usize) -> f64 {
    let mut h = dense(w, b, x);
    for _ in 0..layers {
        h = dense(w, b, &h) + &h * 0.5;
    }
    (&h * &h).mean().unwrap()
}

#[differentiable(wrt(x))]
fn scaled_by(x: f64, factor: f64) -> f64 {
    x * factor
}

/// Passive values may go where no derivative is taken.
#[differentiable]
fn with_excluded(x: f64, n: usize) -> f64 {
    let factor = n as f64 / 2.0;
    scaled_by(square(x), factor)
}

#[differentiable]
fn twice_the_same(x: f64) -> f64 {
    let y = square(x);
    let z = square(x);
    y * z + square(square(y))
}

#[test]
fn chains() {
    agrees!(chain(0.7, 0.4), wrt 2);
    agrees!(with_excluded(0.7, 3));
    agrees!(twice_the_same(0.8));
}

#[test]
fn in_loops_and_branches() {
    agrees!(spring(0.7, 2.0, 12), wrt 2);
    agrees!(calls_in_branches(&[0.5, 0.2, 0.9, 0.7, 0.1], 0.4), wrt 2);
    agrees!(deep(&matrix(1, 3, 3), &numbers(2, 3), &matrix(3, 4, 3), 3), wrt 2);
}

#[test]
fn a_tuple_result_has_a_pullback() {
    let ((p, v), pullback) = step::vjp(0.5, 0.2, 2.0);
    assert_eq!((p, v), step(0.5, 0.2, 2.0));
    let (dp, dv, dk) = pullback((1.0, 10.0));
    assert!((dp - (1.0 - 0.02 - 2.0)).abs() < 1e-12);
    assert!((dv - (0.1 + 10.0)).abs() < 1e-12);
    assert!((dk - (-0.1 * 0.5 * 0.1 - 0.1 * 0.5 * 10.0)).abs() < 1e-12);
}
