//! Many layers: shapes that are broadcast from those of all layers before, sums of many cotangents, and passes that would
//! have more operands than the runtime takes.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn gated(w: &Array2<f64>, b: &Array1<f64>, k: f64, x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let mut h = x.dot(w);
    let mut penalty = 0.0;
    let a0 = (h.dot(w) + b).tanh();
    let g0 = 1.0 / (1.0 + (-&a0).exp());
    h = &g0 * &a0 * k + (1.0 - &g0) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a1 = (h.dot(w) + b).tanh();
    let g1 = 1.0 / (1.0 + (-&a1).exp());
    h = &g1 * &a1 * k + (1.0 - &g1) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a2 = (h.dot(w) + b).tanh();
    let g2 = 1.0 / (1.0 + (-&a2).exp());
    h = &g2 * &a2 * k + (1.0 - &g2) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a3 = (h.dot(w) + b).tanh();
    let g3 = 1.0 / (1.0 + (-&a3).exp());
    h = &g3 * &a3 * k + (1.0 - &g3) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a4 = (h.dot(w) + b).tanh();
    let g4 = 1.0 / (1.0 + (-&a4).exp());
    h = &g4 * &a4 * k + (1.0 - &g4) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a5 = (h.dot(w) + b).tanh();
    let g5 = 1.0 / (1.0 + (-&a5).exp());
    h = &g5 * &a5 * k + (1.0 - &g5) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a6 = (h.dot(w) + b).tanh();
    let g6 = 1.0 / (1.0 + (-&a6).exp());
    h = &g6 * &a6 * k + (1.0 - &g6) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a7 = (h.dot(w) + b).tanh();
    let g7 = 1.0 / (1.0 + (-&a7).exp());
    h = &g7 * &a7 * k + (1.0 - &g7) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a8 = (h.dot(w) + b).tanh();
    let g8 = 1.0 / (1.0 + (-&a8).exp());
    h = &g8 * &a8 * k + (1.0 - &g8) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a9 = (h.dot(w) + b).tanh();
    let g9 = 1.0 / (1.0 + (-&a9).exp());
    h = &g9 * &a9 * k + (1.0 - &g9) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a10 = (h.dot(w) + b).tanh();
    let g10 = 1.0 / (1.0 + (-&a10).exp());
    h = &g10 * &a10 * k + (1.0 - &g10) * &h;
    penalty += (&h * &h).sum() * 0.01;
    let a11 = (h.dot(w) + b).tanh();
    let g11 = 1.0 / (1.0 + (-&a11).exp());
    h = &g11 * &a11 * k + (1.0 - &g11) * &h;
    penalty += (&h * &h).sum() * 0.01;
    penalty + (&h - y).mapv(|e| e * e).sum()
}

/// No layer in between is read by a matrix product.
#[differentiable]
fn recomputed(x: &Array2<f64>, s: &Array1<f64>, t: &Array1<f64>) -> f64 {
    let u = x * s + t;
    let v = &u * &u - x * t;
    let w = (&v + &u) * s - &v * x;
    let y = &w * &w * t + &v;
    let z = (&y - &w) * &u + &y * s;
    (&z * &z + &y * &w - z.sin()).sum() + (&v * &z).sum()
}

/// A cotangent that is divided before it is summed to a smaller shape, for two readers.
#[differentiable]
fn divided(x: &Array2<f64>, s: &Array1<f64>, w: &Array1<f64>, v: &Array1<f64>) -> f64 {
    let a = w * w + v;
    let u = &a / s;
    let r = (x + &u) * (x - &u);
    r.sum() + (x * &u).exp().sum() + (&u * &u / v).sum()
}

#[test]
fn deep() {
    agrees!(gated(&matrix(1, 3, 3), &numbers(2, 3), 0.8, &matrix(3, 2, 3), &matrix(4, 2, 3)), wrt 5);
    agrees!(recomputed(&matrix(1, 3, 4), &numbers(2, 4), &numbers(3, 4)), wrt 3);
    let positive = |seed| numbers::<f64>(seed, 4).mapv(|v| v * v + 0.5);
    agrees!(divided(&matrix(1, 3, 4), &positive(2), &numbers(3, 4), &positive(4)), wrt 4);
}
