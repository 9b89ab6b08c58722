//! Matrices for tests.

use ndarray::{Array, Array2, Array3, ArrayBase, Data, Dimension};

use crate::ops::testing::numbers;

/// A matrix with an inverse, and neither symmetric nor dominated by its diagonal.
pub(in crate::ops) fn regular(n: usize) -> Array2<f64> {
    let mut a = numbers([n, n], 11);
    a.diag_mut().iter_mut().enumerate().for_each(|(i, x)| *x += if i % 3 == 0 { -2.0 } else { 1.5 });
    a
}

/// A stack of such.
pub(in crate::ops) fn stack(matrices: usize, n: usize) -> Array3<f64> {
    let mut a = numbers([matrices, n, n], 13);
    a.outer_iter_mut().for_each(|mut a| a.diag_mut().mapv_inplace(|x| x + 2.5));
    a
}

/// A stack of matrices of full rank.
pub(in crate::ops) fn full_rank(matrices: usize, rows: usize, columns: usize) -> Array3<f64> {
    let mut a = numbers([matrices, rows, columns], 13);
    a.outer_iter_mut().for_each(|mut a| a.diag_mut().iter_mut().enumerate().for_each(|(i, x)| *x += 1.5 + i as f64));
    a
}

/// A symmetric positive definite matrix.
pub(in crate::ops) fn positive(n: usize) -> Array2<f64> {
    let a = numbers([n, n], 17);
    a.dot(&a.t()) + Array2::<f64>::eye(n) * n as f64
}

/// Equal up to rounding.
#[track_caller]
pub(in crate::ops) fn close<S: Data<Elem = f64>, R: Data<Elem = f64>, D: Dimension>(a: &ArrayBase<S, D>, b: &ArrayBase<R, D>) {
    let size = b.iter().fold(1.0, |size: f64, x| size.max(x.abs()));
    let difference: Array<f64, D> = a.to_owned() - b.to_owned();
    assert!(a.shape() == b.shape() && difference.iter().all(|e| e.abs() < 1e-10 * size), "{a} is not {b}");
}
