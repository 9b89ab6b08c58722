//! `f32`, and functions that are generic over the float or the rank.

use ndarray::prelude::*;
use odyssey_runtime::losses::mse_loss;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn single(x: f32, y: f32) -> f32 {
    let half = 0.5;
    let mut z = x * half;
    if z > 0.1 {
        z += y * y;
    }
    z.exp() * half
}

#[differentiable]
fn single_arrays(w: &Array2<f32>, x: &Array1<f32>) -> f32 {
    let y = (w.dot(x) * 2.0 + 1.0).tanh();
    y.sum() / y.len() as f32
}

#[differentiable]
fn lennard_jones<T: Real>(r: T, depth: T) -> T {
    let s = r.powi(-6);
    T::lit(4.0) * depth * (s * s - s)
}

#[differentiable]
fn residual<T: Real>(w: &Array2<T>, x: &Array1<T>, y: &Array1<T>) -> T {
    let e = w.dot(x) - y;
    (&e * &e).sum() * T::lit(0.5) + mse_loss(&e, y)
}

#[differentiable]
fn smooth<T>(x: &[T], weight: T) -> T
where
    T: Real,
{
    let mut total = T::zero();
    for i in 1..x.len() {
        let d = x[i] - x[i - 1];
        total += weight * d * d + lennard_jones(T::one() + d * d, weight);
    }
    total
}

#[differentiable]
fn any_rank<D: Dimension>(x: &Array<f64, D>, scale: f64) -> f64 {
    let y = x * scale;
    (&y * &y).sum()
}

#[differentiable]
fn fixed<const N: usize>(x: &[f64; N]) -> f64 {
    let mut total = 0.0;
    for i in 0..N {
        total += x[i].sin() * x[N - 1 - i];
    }
    total
}

type Vector = Array1<f64>;
type Number = f64;

#[differentiable]
fn aliases(x: &Vector, k: Number) -> Number {
    let y = x * k;
    y.dot(&y)
}

#[test]
fn single_precision() {
    agrees!(single(0.7, 0.4) as f32, wrt 2);
    agrees!(single_arrays(&matrix(1, 3, 2), &numbers(2, 2)) as f32, wrt 2);
}

#[test]
fn generic_floats() {
    agrees!(lennard_jones(1.2, 0.8) as f64, wrt 2);
    agrees!(lennard_jones(1.2_f32, 0.8) as f32, wrt 2);
    agrees!(residual(&matrix::<f64>(1, 3, 2), &numbers(2, 2), &numbers(3, 3)) as f64, wrt 3);
    agrees!(residual(&matrix::<f32>(1, 3, 2), &numbers(2, 2), &numbers(3, 3)) as f32, wrt 3);
    agrees!(smooth(&[0.3, 0.5, -0.1], 0.7) as f64, wrt 2);
}

#[test]
fn generic_ranks() {
    agrees!(any_rank(&numbers(1, 4), 0.6), wrt 2);
    agrees!(any_rank(&matrix(1, 2, 3), 0.6), wrt 2);
    agrees!(fixed(&[0.3, 0.5, -0.2]));
}

#[test]
fn hidden_types() {
    agrees!(aliases(&numbers(1, 4), 0.6), wrt 2);
}
