//! Linear algebra.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// A matrix with an inverse.
fn regular(n: usize) -> Array2<f64> {
    matrix::<f64>(3, n, n) + Array2::<f64>::eye(n) * 2.5
}

fn positive(n: usize) -> Array2<f64> {
    let a = matrix::<f64>(5, n, n);
    a.dot(&a.t()) + Array2::<f64>::eye(n)
}

/// Numbers that are not equal on the diagonal.
fn from_diagonal(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| if i == j { 1.5 + i as f64 } else { 0.0 })
}

fn stack(n: usize, rows: usize, columns: usize) -> Array3<f64> {
    numbers::<f64>(7, n * rows * columns).into_shape_with_order((n, rows, columns)).unwrap()
}

#[differentiable]
fn least_squares(x: &Array2<f64>, y: &Array1<f64>, ridge: f64) -> f64 {
    let gram = x.t().dot(x) + &(Array2::<f64>::eye(x.ncols()) * ridge);
    let w = gram.solve(&x.t().dot(y));
    let e = x.dot(&w) - y;
    e.dot(&e) + 0.1 * w.dot(&w)
}

/// The log likelihood of a Gaussian process.
#[differentiable]
fn likelihood(k: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let l = k.cholesky();
    let z = l.triangular_solve(y, Triangle::Lower);
    -0.5 * z.dot(&z) - l.diag().ln().sum() - 0.5 * k.logdet()
}

#[differentiable]
fn determinants(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let inverse = a.inv();
    a.det() * inverse.trace() + inverse.dot(b).trace() + inverse.t().det()
}

#[differentiable]
fn of_one_row(u: &Array1<f64>, v: &Array1<f64>) -> f64 {
    let y = u.outer(&v.exp());
    (&y * &y).sum() + outer(v, u).trace()
}

#[differentiable]
fn batched(q: &Array3<f64>, k: &Array3<f64>, w: &Array2<f64>) -> f64 {
    let scores = q.matmul(k).tanh();
    scores.matmul(w).det().mapv(|d| d * d).sum() + (w.matmul(q)).sum()
}

/// The free functions and their errors.
#[differentiable]
fn solved(a: &Array2<f64>, b: &Array1<f64>) -> Result<f64, LinalgError> {
    let x = try_solve(a, b)?;
    let y = a.try_solve(&x)?;
    let l = try_cholesky(&(a.dot(&a.t())))?;
    Ok(x.dot(&y) + solve(&l, b).sum() + l.try_logdet()?)
}

#[differentiable]
fn through_a_call(a: &Array2<f64>, b: &Array1<f64>) -> f64 {
    match solved(a, b) {
        Ok(value) => value * value,
        Err(_) => b.sum(),
    }
}

#[differentiable]
fn generic<T: Real>(a: &Array2<T>, b: &Array1<T>) -> T {
    let x = a.solve(b);
    x.dot(b) + a.logdet() * T::lit(0.5)
}

#[differentiable]
fn of_views(a: ArrayView2<f64>, b: &Array2<f64>) -> f64 {
    let half = a.slice(s![..3, ..;-1]);
    let x = half.solve(&b.t());
    x.inv().mapv(|v| v * v).sum() + b.row(1).outer(&a.row(0)).sum()
}

/// Least squares, a power of a matrix, and the distance to a matrix of rank 2.
#[differentiable]
fn factored(x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let (q, r) = x.qr();
    let w = r.triangular_solve(&q.t().dot(y), Triangle::Upper);
    let (values, vectors) = eigh(&x.t().dot(x));
    let root = (&vectors * &values.sqrt()).dot(&vectors.t());
    let (u, s, vt) = svd(x);
    let near = (&u * &s).slice(s![.., ..2]).dot(&vt.slice(s![..2, ..]));
    w.dot(&w) + (&root * &root * &root).sum() + (x - &near).norm_l2() + root.svd().1.sum()
}

#[differentiable]
fn spectrum<T: Real>(a: &Array3<T>) -> T {
    let (w, _) = a.eigh();
    let s = a.svd().1;
    (w.exp() + &s).product()
}

#[test]
fn linear_algebra() {
    agrees!(least_squares(&matrix(1, 6, 3), &numbers(2, 6), 0.3), wrt 3);
    agrees!(likelihood(&positive(4), &numbers(2, 4)), wrt 2);
    agrees!(determinants(&regular(3), &matrix(2, 3, 3)), wrt 2);
    agrees!(of_one_row(&numbers(1, 3), &numbers(2, 3)), wrt 2);
    agrees!(batched(&stack(2, 3, 3), &stack(2, 3, 4), &matrix(1, 4, 3)), wrt 3);
    agrees!(through_a_call(&positive(3), &numbers(2, 3)), wrt 2);
    agrees!(through_a_call(&Array2::zeros((3, 3)), &numbers(2, 3)), wrt 2);
    agrees!(factored(&(matrix::<f64>(1, 5, 3) + &from_diagonal(5, 3)), &numbers(2, 5)), wrt 2);
    agrees!(spectrum(&(stack(2, 3, 3) + &from_diagonal(3, 3))));
    agrees!(generic(&positive(3).mapv(|x| x as f32), &numbers(2, 3)) as f32, wrt 2);
    agrees!(generic(&positive(3), &numbers(2, 3)), wrt 2);
    agrees!(of_views(regular(4).slice(s![.., 1..]), &regular(3)), wrt 2);
}

#[test]
fn errors_are_handed_on() {
    assert_eq!(solved::value_and_grad(&Array2::zeros((2, 2)), &numbers(2, 2)), Err(LinalgError::Singular { pivot: 0 }));
    assert!(solved::check_grad(&positive(3), &numbers(2, 3)).unwrap().is_ok());
}
