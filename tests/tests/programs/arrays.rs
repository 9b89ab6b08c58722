//! Whole-array expressions.

use ndarray::prelude::*;
use odyssey_runtime::losses::{cross_entropy_loss, mse_loss};
use odyssey_runtime::prelude::*;

use crate::support::{agrees, assert_close, matrix, numbers};

#[differentiable]
fn broadcast_row(m: &Array2<f64>, row: &Array1<f64>) -> f64 {
    let shifted = m - row;
    (&shifted * &shifted * row).sum()
}

/// The smaller operand stands on the left.
#[differentiable]
fn broadcast_left(m: &Array2<f64>, column: &Array2<f64>, scale: f64) -> f64 {
    let scaled = scale * m / (column * column + 1.0);
    let left = 1.0 - scaled;
    left.mapv(|v| v.exp() * v).sum()
}

#[differentiable]
fn matrix_matrix(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    a.dot(b).sin().sum()
}

#[differentiable]
fn matrix_vector(a: &Array2<f64>, x: &Array1<f64>) -> f64 {
    let y = a.dot(x);
    y.dot(&y) / 2.0
}

#[differentiable]
fn vector_matrix(x: &Array1<f64>, a: &Array2<f64>) -> f64 {
    x.dot(a).tanh().sum()
}

#[differentiable]
fn cosine(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    x.dot(y) / (x.dot(x).sqrt() * y.dot(y).sqrt())
}

#[differentiable]
fn transposed(a: &Array2<f64>, x: &Array1<f64>) -> f64 {
    let gram = a.t().dot(a);
    let x = gram.dot(x);
    (&x.t() + &gram.t()).exp().sum()
}

#[differentiable]
fn standardized(x: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let mean = x.mean_axis(Axis(0)).unwrap();
    let centred = x - &mean;
    let variance = (&centred * &centred).mean_axis(Axis(0)).unwrap();
    let z = &centred / &(variance + 1e-3).sqrt();
    z.dot(w).mapv(|v| v * v * v).mean().unwrap()
}

#[differentiable]
fn along_axes(x: &Array2<f64>) -> f64 {
    let rows = x.sum_axis(Axis(1));
    let columns = x.sum_axis(Axis(0));
    let mean = x.mean_axis(Axis(1)).unwrap();
    rows.dot(&(&mean * 2.0)) + columns.powi(3).sum() - x.mean().unwrap()
}

#[differentiable]
fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> f64 {
    let scores = q.dot(&k.t()) / (k.ncols() as f64).sqrt();
    let weights = scores.softmax(Axis(1));
    weights.dot(v).tanh().sum()
}

/// Long functions of long functions: passes in two stages, with one value or several from one to the other.
#[differentiable]
fn functions_of_functions(x: &Array2<f64>, row: &Array1<f64>, k: f64) -> f64 {
    let e = (x * row).exp();
    let t = (k * &e - x).tanh();
    ((&t + 2.0).ln() * e / (row * row + t.sin() + 3.0)).sum()
}

#[differentiable]
fn functions_of_functions_alone<T: Real>(x: &Array2<T>, k: T) -> T {
    let inner = x.exp() * k;
    let outer = inner.cos().sigmoid() * x + inner;
    outer.dot(&outer.t()).sum()
}

/// The cotangent of the sum is that of both terms: moved, or summed where one of them is smaller.
#[differentiable]
fn linear(x: &Array2<f64>, w: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    x.dot(w) + b
}

#[differentiable]
fn linear_layers(x: &Array2<f64>, w: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let y = linear(x, w, b);
    let z = y.dot(w) + b;
    z.logsumexp(Axis(1)).sum()
}

#[differentiable]
fn linear_in_one(x: &Array2<f64>, w: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let z = (x.dot(w) + b).dot(w) + b;
    z.softmax(Axis(1)).sum_axis(Axis(0)).dot(&b.sum_axis(Axis(0)))
}

#[differentiable]
fn softmax_regression(w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>, one_hot: &Array2<f64>) -> f64 {
    let logits = x.dot(w) + b;
    -(logits.log_softmax(Axis(1)) * one_hot).sum() / x.nrows() as f64
}

#[differentiable]
fn with_free_functions(x: &Array2<f64>) -> f64 {
    let a = softmax(x, Axis(0));
    let b = log_softmax(&a, Axis(1));
    let c = logsumexp(&(a * b), Axis(1));
    c.dot(&c)
}

#[differentiable]
fn partition(energies: &Array2<f64>, beta: f64) -> f64 {
    (energies * -beta).logsumexp(Axis(1)).sum() / beta
}

#[differentiable(wrt(w, c))]
fn classifier(w: &Array2<f64>, c: f64, x: &Array2<f64>, labels: &[usize]) -> f64 {
    let logits = x.dot(w).mapv(|v| v.max(0.1 * v));
    let penalty = (w * w).sum();
    cross_entropy_loss(&logits, labels) + c * penalty
}

#[differentiable(wrt(w, b))]
fn regression(w: &Array1<f64>, b: f64, x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    mse_loss(&(x.dot(w) + b), y) + 0.01 * w.mapv(f64::abs).sum()
}

#[differentiable]
fn elements(m: &Array2<f64>, x: &Array1<f64>) -> f64 {
    let trace = m[[0, 0]] + m[[1, 1]];
    let det = m[[0, 0]] * m[[1, 1]] - m[[0, 1]] * m[(1, 0)];
    let last = x[x.len() - 1];
    (trace * trace - 4.0 * det).abs().sqrt() + last * x[0]
}

#[differentiable]
fn copies(m: &Array2<f64>) -> f64 {
    let a = m.clone();
    let b = m.to_owned() * 2.0;
    let c = m.view();
    let d = &a + &c;
    (d * &b + a).sum()
}

#[differentiable]
fn chained(x: &Array1<f64>, a: f64, b: f64) -> f64 {
    let x2 = x * x;
    (a * x + b * (-&x2).exp()).tanh().sum() / (1.0 + &x2).sum()
}

#[differentiable]
fn to_a_matrix(x: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    let h = x.dot(w).tanh();
    &h * 2.0 + x
}

/// Rows and columns are made of vectors; a mean has its axis back.
#[differentiable]
fn more_axes(x: &Array1<f64>, y: &Array1<f64>, m: &Array2<f64>) -> f64 {
    let column = x.clone().insert_axis(Axis(1));
    let row = y.view().insert_axis(Axis(0));
    let centred = m - &m.sum_axis(Axis(1)).insert_axis(Axis(1));
    (&column * &row).sin().sum() + centred.exp().sum()
}

#[test]
fn axes_of_length_one() {
    agrees!(more_axes(&numbers(1, 4), &numbers(2, 3), &matrix(3, 3, 2)), wrt 3);
}

#[test]
fn broadcasting() {
    agrees!(broadcast_row(&matrix(1, 3, 4), &numbers(2, 4)), wrt 2);
    agrees!(broadcast_row(&matrix(1, 3, 4), &numbers(2, 1)), wrt 2);
    agrees!(broadcast_left(&matrix(1, 3, 4), &matrix(2, 3, 1), 0.7), wrt 3);
    agrees!(broadcast_left(&matrix(1, 1, 4), &matrix(2, 3, 1), 0.7), wrt 3);
    agrees!(chained(&numbers(3, 9), 0.8, -0.4), wrt 3);
}

#[test]
fn products() {
    agrees!(matrix_matrix(&matrix(1, 3, 4), &matrix(2, 4, 2)), wrt 2);
    agrees!(matrix_vector(&matrix(1, 3, 4), &numbers(2, 4)), wrt 2);
    agrees!(vector_matrix(&numbers(1, 3), &matrix(2, 3, 4)), wrt 2);
    agrees!(cosine(&numbers(1, 5), &numbers(2, 5)), wrt 2);
    agrees!(transposed(&matrix(1, 3, 4), &numbers(2, 4)), wrt 2);
}

#[test]
fn reductions() {
    agrees!(standardized(&matrix(1, 6, 3), &numbers(2, 3)), wrt 2);
    agrees!(along_axes(&matrix(1, 3, 3)));
    agrees!(attention(&matrix(1, 3, 4), &matrix(2, 5, 4), &matrix(3, 5, 2)), wrt 3);
    for rows in [(1, 5), (5, 1), (5, 5), (1, 1)] {
        agrees!(linear_layers(&matrix(1, rows.0, 3), &matrix(2, 3, 3), &matrix(3, rows.1, 3)), wrt 3);
        agrees!(linear_in_one(&matrix(1, rows.0, 3), &matrix(2, 3, 3), &matrix(3, rows.1, 3)), wrt 3);
    }
    agrees!(functions_of_functions(&matrix(1, 3, 4), &numbers(2, 4), 0.7), wrt 3);
    agrees!(functions_of_functions(&matrix(1, 2, 40), &numbers(2, 1), 0.7), wrt 3);
    agrees!(functions_of_functions(&matrix(1, 1, 1), &numbers(2, 6), 0.7), wrt 3);
    agrees!(functions_of_functions_alone(&matrix(1, 3, 4), 0.7) as f64, wrt 2);
    agrees!(functions_of_functions_alone(&matrix(1, 3, 4), 0.7) as f32, wrt 2);
    agrees!(with_free_functions(&matrix(1, 3, 4)));
    agrees!(partition(&matrix(1, 3, 4), 1.7), wrt 2);
}

#[test]
fn models() {
    let one_hot = array![[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]];
    agrees!(softmax_regression(&matrix(1, 4, 2), &numbers(2, 2), &matrix(3, 3, 4), &one_hot), wrt 4);
    agrees!(classifier(&matrix(1, 4, 3), 0.1, &matrix(2, 5, 4), &[0, 2, 1, 1, 0]), wrt 2);
    agrees!(regression(&numbers(1, 4), 0.3, &matrix(2, 5, 4), &numbers(3, 5)), wrt 2);
}

#[test]
fn parts_and_copies() {
    agrees!(elements(&matrix(1, 2, 2), &numbers(2, 3)), wrt 2);
    agrees!(copies(&matrix(1, 2, 3)));
}

#[test]
fn an_array_result_has_a_pullback() {
    let (x, w, cotangent): (Array2<f64>, Array2<f64>, Array2<f64>) = (matrix(1, 3, 4), matrix(2, 4, 4), matrix(3, 3, 4));
    let (value, pullback) = to_a_matrix::vjp(&x, &w);
    assert!((&value - &to_a_matrix(&x, &w)).mapv(f64::abs).sum() < 1e-12);
    let (dx, dw) = pullback(cotangent.clone());
    let inner = |x: &Array2<f64>, w: &Array2<f64>| (to_a_matrix(x, w) * &cotangent).sum();
    let h = 1e-5;
    for i in [[0, 0], [2, 3]] {
        let (mut up, mut down) = (x.clone(), x.clone());
        up[i] += h;
        down[i] -= h;
        assert!((dx[i] - (inner(&up, &w) - inner(&down, &w)) / (2.0 * h)).abs() < 1e-8);
        let (mut up, mut down) = (w.clone(), w.clone());
        up[i] += h;
        down[i] -= h;
        assert!((dw[i] - (inner(&x, &up) - inner(&x, &down)) / (2.0 * h)).abs() < 1e-8);
    }
}

#[test]
fn empty_arrays() {
    let (value, (dm, drow)) = broadcast_row::value_and_grad(&Array2::zeros((0, 4)), &numbers(2, 4));
    assert_close(value, 0.0);
    assert_eq!(dm.dim(), (0, 4));
    assert_eq!(drow, Array1::<f64>::zeros(4));
}
