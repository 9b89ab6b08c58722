//! ndarray arrays changed in place: elements, slices, rows, whole arrays.

use ndarray::prelude::*;
use ndarray::{Zip, azip};
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// Elements by two indices.
#[differentiable]
fn symmetric_part(a: &Array2<f64>) -> f64 {
    let n = a.nrows();
    let mut s = Array2::<f64>::zeros((n, n));
    for i in 0..n {
        for j in 0..n {
            s[[i, j]] += 0.5 * a[[i, j]];
            s[[j, i]] += 0.5 * a[[i, j]];
        }
    }
    (&s * &s).sum() + s[[0, 1]] * a[[1, 0]]
}

/// Columns are assigned one after the other.
#[differentiable(wrt(start, a))]
fn krylov(start: &Array1<f64>, a: &Array2<f64>, steps: usize) -> f64 {
    let mut basis = Array2::zeros((start.len(), steps));
    let mut v = start.to_owned();
    for j in 0..steps {
        basis.slice_mut(s![.., j]).assign(&v);
        v = a.dot(&v);
    }
    basis.t().dot(&basis).sum()
}

/// Rows are changed where they stand.
#[differentiable]
fn row_scaling(m: &Array2<f64>, scale: &Array1<f64>) -> f64 {
    let mut out = m.clone();
    for i in 0..out.nrows() {
        let mut row = out.row_mut(i);
        row *= scale[i];
        row += 0.5;
    }
    out.column_mut(0).fill(0.0);
    (&out * m).sum()
}

/// Whole arrays with assigning operators, broadcast.
#[differentiable]
fn assigning_operators(a: &Array2<f64>, b: &Array1<f64>, k: f64) -> f64 {
    let mut x = a.clone();
    x += b;
    let kept = &x * 2.0;
    x *= a;
    x -= &kept;
    x /= k;
    x += k;
    (&x * &x).sum()
}

/// `zip_mut_with`, `mapv_inplace`, `scaled_add`.
#[differentiable]
fn in_place_methods(x: &Array1<f64>, y: &Array1<f64>, k: f64) -> f64 {
    let mut z = x.clone();
    z.zip_mut_with(y, |a, &b| *a = *a * b + 0.1);
    z.mapv_inplace(|v| v.tanh());
    z.scaled_add(k, x);
    z.mapv_inplace(f64::exp);
    z.dot(y)
}

/// `Zip` and `azip!` over several arrays.
#[differentiable]
fn zipped(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let mut z = Array1::zeros(x.len());
    Zip::from(&mut z).and(x).and(y).for_each(|z, &x, &y| *z = x * y.sin());
    azip!((z in &mut z, &x in x) *z += x * x);
    z.sum() * z[0]
}

/// A block of a matrix, and an element behind it.
#[differentiable]
fn blocks(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let mut m = Array2::zeros((4, 4));
    m.slice_mut(s![..2, ..2]).assign(a);
    m.slice_mut(s![2.., 2..]).assign(b);
    m.slice_mut(s![..2, 2..]).assign(&a.dot(b));
    m[[3, 0]] = a[[0, 0]] * b[[1, 1]];
    let twice = m.dot(&m);
    twice.sum()
}

/// Rows one at a time, without indices.
#[differentiable]
fn rows_by_iterator(m: &Array2<f64>, bias: &Array1<f64>) -> f64 {
    let mut out = m.clone();
    for mut row in out.rows_mut() {
        row += bias;
        let norm = row.dot(&row).sqrt();
        row /= norm;
    }
    for mut column in out.axis_iter_mut(Axis(1)) {
        column.mapv_inplace(|v| v * v);
    }
    out.row(0).sum() + out.column(1).product()
}

/// A three-dimensional stencil in place.
#[differentiable(wrt(u))]
fn smoothing(u: &Array3<f64>, sweeps: usize) -> f64 {
    let mut u = u.clone();
    let (nx, ny, nz) = u.dim();
    for _ in 0..sweeps {
        for i in 1..nx - 1 {
            for j in 0..ny {
                for k in 0..nz {
                    u[[i, j, k]] = (u[[i - 1, j, k]] + u[[i + 1, j, k]]) / 3.0 + u[[i, j, k]] * u[[i, j, k]] / 4.0;
                }
            }
        }
    }
    u.sum()
}

/// Over any floats: that an element of `Array1::<T>` is a number, nothing says.
#[differentiable]
fn sums_of_rows<T: Real>(a: &Array2<T>) -> T {
    let squares = a * a;
    let mut sums = Array1::<T>::zeros(a.nrows());
    let mut columns = Array1::<T>::zeros(a.ncols());
    for i in 0..a.nrows() {
        sums[i] = squares.row(i).sum();
    }
    for (sum, column) in columns.iter_mut().zip(squares.columns()) {
        *sum = column.sum();
    }
    sums.mapv(|sum| sum.sin()).sum() + columns.dot(&columns)
}

/// What equals its operand is an array of its own nevertheless.
#[differentiable]
fn equal_copies(x: &Array1<f64>) -> f64 {
    let mut a = x * 1.0;
    a[0] *= 2.0;
    let mut b = x / 1.0;
    b[0] = 3.0 * x[1];
    let mut c = -(-x);
    c[0] = 2.0;
    let mut d = 1.0 * &x.slice(s![..2]);
    d[1] = a[0] * b[0];
    (&a * &b).sum() + c.dot(&x.view()) + d.dot(&d)
}
#[differentiable]
fn unchanged(x: &Array1<f64>) -> Array1<f64> {
    x * 1.0
}
#[differentiable]
fn of_equal_copies(x: &Array1<f64>) -> f64 {
    equal_copies(&unchanged(x)) + (x * 1.0).sum() + (&x.view() * 1.0).dot(&(x / 1.0))
}

#[test]
fn elements_and_slices() {
    agrees!(sums_of_rows(&matrix::<f64>(1, 3, 2)));
    agrees!(symmetric_part(&matrix(1, 3, 3)));
    agrees!(krylov(&numbers(1, 3), &matrix(2, 3, 3), 4), wrt 2);
    agrees!(row_scaling(&matrix(3, 2, 3), &numbers(1, 2)), wrt 2);
    agrees!(blocks(&matrix(4, 2, 2), &matrix(5, 2, 2)), wrt 2);
    agrees!(smoothing(&matrix(7, 4, 6).into_shape_with_order((4, 2, 3)).unwrap(), 2));
}

#[test]
fn whole_arrays() {
    agrees!(assigning_operators(&matrix(1, 2, 3), &numbers(2, 3), 1.7), wrt 3);
    agrees!(in_place_methods(&numbers(1, 4), &numbers(2, 4), 0.3), wrt 3);
    agrees!(zipped(&numbers(1, 4), &numbers(2, 4)), wrt 2);
    agrees!(rows_by_iterator(&matrix(1, 3, 2), &numbers(3, 2)), wrt 2);
}

#[test]
fn copies() {
    agrees!(of_equal_copies(&numbers(1, 3)));
}
