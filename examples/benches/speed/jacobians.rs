//! Jacobians: with fewer rows than columns, all rows from one run of the function beside a run for each; with fewer columns,
//! several at a time beside a pass for each. Hessians, several columns at a time beside a pass for each.

use ndarray::{Array1, Array2, s};
use odyssey_runtime::prelude::*;

use crate::support::{Bench, assert_close, candidate, noise};

/// What is left of a state after many steps that mix all of it: sixteen numbers.
#[differentiable(wrt(x))]
fn observed(x: &Array1<f64>, mix: &Array2<f64>, steps: usize) -> Array1<f64> {
    let mut y = x.clone();
    for _ in 0..steps {
        y = mix.dot(&y).tanh();
    }
    y.slice(s![..16]).to_owned()
}

/// The same in scalars.
#[differentiable]
fn trajectory(x: &[f64], steps: usize) -> [f64; 3] {
    let (mut a, mut b) = (x[0], x[1]);
    for i in 0..steps {
        let force = (a * x[i % x.len()]).sin();
        a += 0.01 * b;
        b -= 0.01 * (force + x[2] * b).exp().ln_1p();
    }
    [a, b, a * b]
}

/// Every step of coupled pendulums.
#[differentiable]
fn swings(start: &[f64; 8], steps: usize) -> Vec<f64> {
    let mut state = *start;
    let mut trail = Vec::new();
    for _ in 0..steps {
        for i in 0..4 {
            let pull = state[(i + 1) % 4] - state[i];
            state[4 + i] += 0.01 * (0.5 * pull - state[i].sin());
        }
        for i in 0..4 {
            state[i] += 0.01 * state[4 + i];
            trail.push(state[i]);
        }
    }
    trail
}

/// Rosenbrock's function.
#[differentiable]
fn valley(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let (a, b) = (1.0 - x[i], x[i + 1] - x[i] * x[i]);
        sum += a * a + 100.0 * b * b;
    }
    sum
}

/// What is left of a state after many steps that mix all of it, squared.
#[differentiable(wrt(x))]
fn energy(x: &Array1<f64>, mix: &Array2<f64>, steps: usize) -> f64 {
    let mut y = x.clone();
    for _ in 0..steps {
        y = mix.dot(&y).tanh();
    }
    y.dot(&y)
}

/// Column by column.
fn by_columns(size: usize, mut hvp: impl FnMut(&Array1<f64>) -> Array1<f64>) -> Array2<f64> {
    let (mut unit, mut hessian) = (Array1::zeros(size), Array2::zeros((size, size)));
    for (column, mut entries) in hessian.columns_mut().into_iter().enumerate() {
        unit[column] = 1.0;
        entries.assign(&hvp(&unit));
        unit[column] = 0.0;
    }
    hessian
}

pub(crate) fn hessians(bench: &mut Bench) {
    let row = "hessian of 100 f64 of scalars";
    if bench.wants(row) {
        let x: Array1<f64> = noise(100, 1);
        let x = x.as_slice().unwrap();
        let each = || by_columns(100, |unit| Array1::from(valley::hvp(x, unit.to_vec())));
        let ours = || valley::hessian(x);
        assert_close(ours().as_slice().unwrap(), each().as_slice().unwrap());
        bench.row(row, vec![candidate("ours", ours), candidate("each alone", each)]);
    }
    let row = "hessian of 100 f64 after 10 steps of arrays";
    if bench.wants(row) {
        let (x, mix): (Array1<f64>, Array2<f64>) = (noise(100, 1), noise((100, 100), 2) / 10.0);
        let each = || by_columns(100, |unit| energy::hvp(&x, &mix, 10, unit.clone()));
        let ours = || energy::hessian(&x, &mix, 10);
        assert_close(ours().as_slice().unwrap(), each().as_slice().unwrap());
        bench.row(row, vec![candidate("ours", ours), candidate("each alone", each)]);
    }
}

pub(crate) fn rows(bench: &mut Bench) {
    for size in [32, 256] {
        let row = format!("jacobian of 16 numbers after 100 steps of {size} f64");
        if !bench.wants(&row) {
            continue;
        }
        let (x, mix): (Array1<f64>, Array2<f64>) = (noise(size, 1), noise((size, size), 2) / (size as f64).sqrt());
        let by_rows = || {
            let mut jacobian = Array2::zeros((16, size));
            for (row, mut gradient) in jacobian.rows_mut().into_iter().enumerate() {
                let mut unit = Array1::zeros(16);
                unit[row] = 1.0;
                gradient.assign(&observed::vjp(&x, &mix, 100).1(unit));
            }
            jacobian
        };
        let ours = || observed::jacobian(&x, &mix, 100);
        assert_close(ours().as_slice().unwrap(), by_rows().as_slice().unwrap());
        bench.row(&row, vec![candidate("ours", ours), candidate("a run each", by_rows)]);
    }
    let row = "jacobian of 3 numbers after 1000 steps of scalars f64";
    if bench.wants(row) {
        let x: Array1<f64> = noise(16, 3);
        let x = x.as_slice().unwrap();
        let by_rows = || {
            let mut jacobian = Array2::zeros((3, 16));
            for (row, mut gradient) in jacobian.rows_mut().into_iter().enumerate() {
                let mut unit = [0.0; 3];
                unit[row] = 1.0;
                gradient.assign(&Array1::from(trajectory::vjp(x, 1000).1(unit)));
            }
            jacobian
        };
        let ours = || trajectory::jacobian(x, 1000);
        assert_close(ours().as_slice().unwrap(), by_rows().as_slice().unwrap());
        bench.row(row, vec![candidate("ours", ours), candidate("a run each", by_rows)]);
    }
    let row = "jacobian of 4000 numbers in 8 f64 of scalars";
    if bench.wants(row) {
        let start: [f64; 8] = std::array::from_fn(|i| (i as f64).cos());
        let by_columns = || {
            let mut jacobian = Array2::zeros((4000, 8));
            for (column, mut entries) in jacobian.columns_mut().into_iter().enumerate() {
                let mut unit = [0.0; 8];
                unit[column] = 1.0;
                entries.assign(&Array1::from(swings::jvp(&start, 1000, unit).1));
            }
            jacobian
        };
        let ours = || swings::jacobian(&start, 1000);
        assert_close(ours().as_slice().unwrap(), by_columns().as_slice().unwrap());
        bench.row(row, vec![candidate("ours", ours), candidate("each alone", by_columns)]);
    }
}
