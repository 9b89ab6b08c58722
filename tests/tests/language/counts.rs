//! Integers that come out of the structs that are differentiated, and loops that count in steps.

use ndarray::{Array1, Array2, Axis};
use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[derive(Clone, Debug, Differentiable)]
struct Attention {
    query: Array2<f64>,
    key: Array2<f64>,
    #[differentiable(skip)]
    heads: usize,
    #[differentiable(skip)]
    axis: usize,
}

#[differentiable]
impl Attention {
    fn scores(&self, x: &Array2<f64>) -> f64 {
        let (tokens, width) = x.dim();
        let depth = width / self.heads;
        let split = |weight: &Array2<f64>| {
            x.dot(weight).into_shape_with_order((tokens, self.heads, depth)).unwrap().permuted_axes([1, 0, 2])
        };
        let (query, key) = (split(&self.query), split(&self.key));
        let products = (&query * &key).sum_axis(Axis(self.axis)) / (depth as f64).sqrt();
        let last = x.shape()[1] * self.heads - 1;
        products.tanh().sum() + x[[0, last % width]]
    }
}

#[differentiable]
fn scores(attention: &Attention, x: &Array2<f64>) -> f64 {
    attention.scores(x)
}

#[derive(Clone, Debug, Differentiable)]
struct Grid {
    values: Vec<f64>,
    #[differentiable(skip)]
    width: usize,
}

#[differentiable]
fn neighbours(grid: &Grid, rows: usize) -> f64 {
    let mut sum = 0.0;
    let mut start = 0;
    while start < rows * grid.width {
        for column in 1..grid.width {
            sum += grid.values[start + column] * grid.values[start + column - 1];
        }
        start += grid.width;
    }
    for row in 1..rows {
        sum += (grid.values[row * grid.width] - grid.values[(row - 1) * grid.width]).sin();
    }
    sum
}

#[differentiable]
fn in_steps(x: f64, from: i64, to: i64) -> f64 {
    let mut y = x;
    for i in (from..=to).rev().step_by(2) {
        y = y.sin() + x * i as f64;
    }
    for i in (0..=to as usize).step_by(3) {
        y *= 1.0 + 0.01 * (i as f64) * x;
    }
    for i in (from..to).step_by(2) {
        y += (y * i as f64).cos();
    }
    y
}

#[test]
fn counts() {
    let weight = |start: f64| Array2::from_shape_fn((4, 4), |(i, j)| (start + (4 * i + j) as f64).sin());
    let attention = Attention { query: weight(0.1), key: weight(0.2), heads: 2, axis: 2 };
    let x = Array2::from_shape_fn((3, 4), |(i, j)| (0.3 + (4 * i + j) as f64).cos());
    agrees!(scores(&attention, &x), wrt 2);
    let grid = Grid { values: Array1::linspace(0.1, 0.9, 12).to_vec(), width: 4 };
    agrees!(neighbours(&grid, 3), wrt 1);
    agrees!(in_steps(0.7, -3, 6), wrt 1);
}
