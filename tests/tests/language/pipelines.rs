//! Iterator pipelines over differentiated values.

use odyssey_runtime::prelude::*;

use crate::support::{agrees, numbers};

/// `map` and `sum`.
#[differentiable]
fn softplus_sum(x: &[f64], k: f64) -> f64 {
    x.iter().map(|v| (1.0 + (k * v).exp()).ln()).sum()
}

/// `zip`, `map`, `sum`: a weighted mean and its spread.
#[differentiable]
fn weighted_spread(x: &[f64], w: &[f64]) -> f64 {
    let total: f64 = w.iter().sum();
    let mean = x.iter().zip(w.iter()).map(|(x, w)| x * w).sum::<f64>() / total;
    let variance: f64 = x.iter().zip(w).map(|(x, w)| w * (x - mean).powi(2)).sum();
    (variance / total).sqrt()
}

/// `enumerate`, `rev`, `take`, `skip`.
#[differentiable]
fn picked(x: &[f64]) -> f64 {
    let head: f64 = x.iter().take(3).map(|v| v * v).sum();
    let tail: f64 = x.iter().skip(2).enumerate().map(|(i, v)| (i + 1) as f64 * v).sum();
    let back = x.iter().rev().take(2).fold(1.0, |acc, v| acc * v);
    head * tail + back
}

/// `windows`.
#[differentiable]
fn total_variation(x: &[f64]) -> f64 {
    let first: f64 = x.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum();
    let second: f64 = x.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs()).sum();
    first.sqrt() + second
}

/// `chunks`.
#[differentiable]
fn block_norms(x: &[f64], size: usize) -> f64 {
    x.chunks(size).map(|chunk| chunk.iter().map(|v| v * v).sum::<f64>().sqrt()).sum()
}

/// `fold` with a tuple: the running mean and variance.
#[differentiable]
fn welford(x: &[f64]) -> f64 {
    let (_, mean, m2) = x.iter().fold((0, 0.0, 0.0), |(n, mean, m2), &v| {
        let n = n + 1;
        let delta = v - mean;
        let mean = mean + delta / n as f64;
        (n, mean, m2 + delta * (v - mean))
    });
    m2 / x.len() as f64 + mean * mean
}

/// `product`, and a `filter` by a differentiated comparison.
#[differentiable]
fn filtered(x: &[f64], limit: f64) -> f64 {
    let product: f64 = x.iter().filter(|v| **v > limit).map(|v| v - limit).product();
    let count = x.iter().filter(|v| v.abs() > limit).count();
    product + limit * count as f64
}

/// `min_by`, `max_by`.
#[differentiable]
fn range_of(x: &[f64], k: f64) -> f64 {
    let max = x.iter().max_by(|a, b| a.total_cmp(b)).unwrap();
    let min = x.iter().min_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
    let largest = x.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    k * (max - min) + largest * largest
}

/// `collect` into a `Vec` that is used twice.
#[differentiable]
fn collected(x: &[f64], k: f64) -> f64 {
    let y: Vec<f64> = x.iter().map(|v| (k * v).sin()).collect();
    let z: Vec<f64> = y.iter().zip(x).map(|(a, b)| a * b).collect();
    y.iter().sum::<f64>() * z.iter().map(|v| v * v).sum::<f64>()
}

/// A range as the source.
#[differentiable]
fn dirichlet_kernel(x: f64, n: usize) -> f64 {
    let odd: f64 = (1..=n).map(|k| (k as f64 * x).cos()).sum();
    let even = (0..n).rev().step_by(2).map(|k| x.powi(k as i32)).sum::<f64>();
    1.0 + 2.0 * odd + even
}

#[derive(Clone, Differentiable)]
struct Body {
    mass: f64,
    at: [f64; 2],
}

/// Fields of structs.
#[differentiable]
fn centre_of_mass(bodies: &[Body]) -> f64 {
    let mass: f64 = bodies.iter().map(|b| b.mass).sum();
    let x = bodies.iter().map(|b| b.mass * b.at[0]).sum::<f64>() / mass;
    let y = bodies.iter().map(|b| b.mass * b.at[1]).sum::<f64>() / mass;
    bodies.iter().map(|b| b.mass * ((b.at[0] - x).powi(2) + (b.at[1] - y).powi(2))).sum()
}

/// `flat_map`-free double sum: a pipeline in a pipeline.
#[differentiable]
fn kernel_density(samples: &[f64], points: &[f64], bandwidth: f64) -> f64 {
    points
        .iter()
        .map(|p| {
            let density: f64 = samples.iter().map(|s| (-0.5 * ((p - s) / bandwidth).powi(2)).exp()).sum();
            (density / (samples.len() as f64 * bandwidth)).ln()
        })
        .sum()
}

/// `for_each` with what it captures, `scan`-like state by hand.
#[differentiable]
fn running(x: &[f64]) -> f64 {
    let mut level = 0.0;
    let mut peak = 1.0;
    x.iter().for_each(|v| {
        level = 0.8 * level + v;
        peak += level * level;
    });
    peak.ln() + level
}

#[test]
fn sums() {
    let (x, y) = (numbers(1, 7).to_vec(), numbers(2, 7).mapv(|v: f64| v.abs() + 0.2).to_vec());
    agrees!(softplus_sum(&x, 1.3), wrt 2);
    agrees!(weighted_spread(&x, &y), wrt 2);
    agrees!(picked(&x));
    agrees!(total_variation(&x));
    agrees!(block_norms(&x, 3));
    agrees!(dirichlet_kernel(0.7, 5));
}

#[test]
fn folds() {
    let x = numbers(1, 7).to_vec();
    agrees!(welford(&x));
    agrees!(filtered(&x, 0.2), wrt 2);
    agrees!(range_of(&x, 0.7), wrt 2);
    agrees!(collected(&x, 1.4), wrt 2);
    agrees!(running(&x));
    agrees!(kernel_density(&x, &[0.1, 0.5], 0.4), wrt 3);
    let bodies = [Body { mass: 1.0, at: [0.3, 0.9] }, Body { mass: 2.5, at: [-0.4, 0.2] }, Body { mass: 0.7, at: [0.8, -0.6] }];
    agrees!(centre_of_mass(&bodies));
}
