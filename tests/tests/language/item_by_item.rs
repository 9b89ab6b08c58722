//! Iterators in small programs.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix};

/// The first item.
#[differentiable]
fn first_squared(x: &[f64]) -> f64 {
    let first = x.iter().next().unwrap();
    first * first
}
/// Neighbours.
#[differentiable]
fn path_length(x: &[f64]) -> f64 {
    x.iter().zip(x.iter().skip(1)).map(|(a, b)| (b - a).powi(2)).sum::<f64>().sqrt()
}
/// A fold over a pair.
#[differentiable]
fn weighted_mean(x: &[f64], w: &[f64]) -> f64 {
    let (num, den) = x.iter().zip(w).fold((0.0, 0.0), |(n, d), (x, w)| (n + x * w, d + w));
    num / den
}
/// Lists of lists.
#[differentiable]
fn norms(rows: &[Vec<f64>]) -> f64 {
    rows.iter().map(|r| r.iter().map(|v| v * v).sum::<f64>().sqrt()).fold(0.0, |a, b| a + b)
}
/// Extremes.
#[differentiable]
fn spread(x: &[f64]) -> f64 {
    let best = x.iter().copied().max_by(|a, b| a.total_cmp(b)).unwrap();
    let m = x.iter().copied().fold(f64::INFINITY, f64::min);
    best - m
}
/// Pairs of an index and a number.
#[differentiable]
fn positions(x: &[f64]) -> f64 {
    let v: Vec<(usize, f64)> = x.iter().enumerate().map(|(i, v)| (i, v * 2.0)).collect();
    v.iter().map(|(i, v)| *i as f64 * v).sum()
}
/// Ranges forward and back.
#[differentiable]
fn powers(x: &[f64], n: usize) -> f64 {
    (0..n).map(|i| x[i % x.len()] * (i as f64)).sum::<f64>() + (1..=n).rev().map(|i| x[0].powi(i as i32)).sum::<f64>()
}
/// Chunks.
#[differentiable]
fn by_twos(x: &[f64]) -> f64 {
    x.chunks(2).map(|c| c.iter().product::<f64>()).sum::<f64>() + x.chunks_exact(2).map(|c| c[0] - c[1]).sum::<f64>()
}
/// Passive names beside numbers.
#[differentiable]
fn named(names: &[String], x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (name, v) in names.iter().zip(x) {
        if name.is_empty() {
            continue;
        }
        s += v * name.len() as f64;
    }
    s
}
/// Sums of rows.
#[differentiable]
fn row_sums(m: &Array2<f64>) -> f64 {
    m.rows().into_iter().map(|r| r.sum()).map(|s| s * s).sum()
}
/// Elements by their positions.
#[differentiable]
fn by_position(m: &Array2<f64>) -> f64 {
    let mut s = 0.0;
    for (i, row) in m.outer_iter().enumerate() {
        for (j, v) in row.iter().enumerate() {
            s += v * (i * 3 + j) as f64;
        }
    }
    for (i, r) in m.axis_iter(Axis(1)).enumerate() {
        s += r[0] * i as f64;
    }
    s
}
/// Items that are changed, every other one.
#[differentiable]
fn in_steps(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    for v in y.iter_mut().skip(1).step_by(2) {
        *v *= 2.0;
    }
    for (a, b) in y.iter_mut().zip(x.iter().rev()) {
        *a += b * b;
    }
    y.iter_mut().for_each(|v| *v = v.sin());
    y.reverse();
    y[0] * y[1]
}
/// Lists that grow and shrink.
#[differentiable]
fn lengthened(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    y.truncate(2);
    y.insert(0, x[0] * 2.0);
    y.extend(x.iter().map(|v| v * v));
    y.extend_from_slice(x);
    let z = y.remove(1);
    y.iter().sum::<f64>() * z
}

#[test]
fn items() {
    let x = [0.3, 0.7, -0.4, 0.6];
    agrees!(first_squared(&x));
    agrees!(path_length(&x));
    agrees!(weighted_mean(&x, &x), wrt 2);
    agrees!(norms(&[vec![0.3, 0.4], vec![0.6]]));
    agrees!(spread(&x));
    agrees!(positions(&x));
    agrees!(powers(&x, 6));
    agrees!(by_twos(&x));
    agrees!(named(&["a".into(), String::new(), "bcd".into()], &x));
    agrees!(row_sums(&matrix(1, 3, 2)));
    agrees!(by_position(&matrix(1, 3, 3)));
    agrees!(in_steps(&x));
    agrees!(lengthened(&x));
}
