//! Eigenvalues and singular values by rotations of pairs of rows, which are slower than to go by way of a tridiagonal matrix
//! and more exact for what is small (Golub and Van Loan, *Matrix Computations*, 8.5 and 8.6.3).

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, Zip, s};

use super::householder::orthogonal;
use crate::real::Real;

/// Convergence is quadratic: a few sweeps are enough, and no matrix of numbers needs as many.
const SWEEPS: usize = 40;

/// The eigenvalues of a symmetric matrix, ascending, and orthonormal eigenvectors as columns, of each of which the largest
/// element is positive.
pub(super) fn symmetric_eigen<T: Real>(mut a: Array2<T>) -> (Array1<T>, Array2<T>) {
    let n = a.nrows();
    let mut vectors = Array2::eye(n);
    for _ in 0..SWEEPS {
        if is_diagonal(&a) {
            break;
        }
        for (p, q) in pairs(n) {
            let rotation = Rotation::that_annihilates(a[[p, p]], a[[p, q]], a[[q, q]]);
            rotation.apply(a.view_mut(), p, q);
            rotation.apply(a.view_mut().reversed_axes(), p, q);
            rotation.apply(vectors.view_mut(), p, q);
        }
    }
    let values = a.diag();
    let order = order(n, |i, j| values[i] < values[j]);
    vectors = vectors.select(Axis(0), &order);
    for mut vector in vectors.rows_mut() {
        let largest = vector.iter().fold(T::zero(), |largest, &x| if x.abs() > largest.abs() { x } else { largest });
        vector.mapv_inplace(|x| x * largest.signum());
    }
    (values.select(Axis(0), &order), vectors.reversed_axes().as_standard_layout().into_owned())
}

/// `a = U diag(s) Vᵀ` with `s` descending: `U [m, k]`, `s [k]`, `Vᵀ [k, n]`, where `k` is the smaller of `m` and `n`. The largest
/// element of each row of `Vᵀ` is positive.
pub(super) fn singular<T: Real>(a: &ArrayView2<'_, T>) -> (Array2<T>, Array1<T>, Array2<T>) {
    let (mut u, s, mut vt) = if a.nrows() < a.ncols() {
        let (v, s, ut) = of_tall(&a.t());
        (ut.reversed_axes(), s, v.reversed_axes())
    } else {
        of_tall(a)
    };
    for (mut u, mut v) in u.columns_mut().into_iter().zip(vt.rows_mut()) {
        let largest = v.iter().fold(T::zero(), |largest, &x| if x.abs() > largest.abs() { x } else { largest });
        let sign = largest.signum();
        u.mapv_inplace(|x| x * sign);
        v.mapv_inplace(|x| x * sign);
    }
    (u.as_standard_layout().into_owned(), s, vt.as_standard_layout().into_owned())
}

/// Of a matrix with at least as many rows as columns: the rows of `Rᵀ` are turned until they are orthogonal.
fn of_tall<T: Real>(a: &ArrayView2<'_, T>) -> (Array2<T>, Array1<T>, Array2<T>) {
    let n = a.ncols();
    let size = a.iter().fold(T::zero(), |size, x| size.max(x.abs()));
    let unit = if size > T::zero() && size.is_finite() { size } else { T::one() };
    let (q, r) = orthogonal(&a.mapv(|x| x / unit).view());
    let mut rows = r.reversed_axes().as_standard_layout().into_owned();
    let mut vt = Array2::eye(n);
    let mut is_done = false;
    for _ in 0..SWEEPS {
        if std::mem::replace(&mut is_done, true) {
            break;
        }
        for (p, q) in pairs(n) {
            let (x, y) = (rows.row(p), rows.row(q));
            let (of_x, of_both, of_y) = (x.dot(&x), x.dot(&y), y.dot(&y));
            if of_both.abs() > T::epsilon() * (of_x * of_y).sqrt() {
                is_done = false;
                let rotation = Rotation::that_annihilates(of_x, of_both, of_y);
                rotation.apply(rows.view_mut(), p, q);
                rotation.apply(vt.view_mut(), p, q);
            }
        }
    }
    let s: Array1<T> = rows.rows().into_iter().map(|row| row.dot(&row).sqrt()).collect();
    let order = order(n, |i, j| s[i] > s[j]);
    let (s, vt) = (s.select(Axis(0), &order), vt.select(Axis(0), &order));
    let ut = normalised(rows.select(Axis(0), &order), &s);
    (q.dot(&ut.t()), s.mapv_into(|s| s * unit), vt)
}

/// Orthogonal rows of these lengths, as rows of length 1; where a length is zero, by a unit vector that is orthogonal to the
/// others.
fn normalised<T: Real>(mut rows: Array2<T>, lengths: &Array1<T>) -> Array2<T> {
    let n = rows.nrows();
    let negligible = T::epsilon() * T::lit(n as f64) * lengths.iter().fold(T::zero(), |most, &x| most.max(x));
    for i in 0..n {
        if lengths[i] > negligible || lengths[i].is_nan() {
            rows.row_mut(i).mapv_inplace(|x| x / lengths[i]);
            continue;
        }
        // One of n unit vectors is at least this far from the i rows before.
        let far = T::lit(0.5 / n as f64);
        for axis in 0..n {
            let mut row = Array1::zeros(n);
            row[axis] = T::one();
            // Once more, since what is left may be small.
            for _ in 0..2 {
                for before in rows.slice(s![..i, ..]).rows() {
                    let along = row.dot(&before);
                    row.scaled_add(-along, &before);
                }
            }
            let length = row.dot(&row).sqrt();
            if length > far {
                rows.row_mut(i).assign(&(row / length));
                break;
            }
        }
    }
    rows
}

fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |p| (p + 1..n).map(move |q| (p, q)))
}

/// The numbers below `n` in this order.
fn order(n: usize, is_before: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut order: Vec<_> = (0..n).collect();
    order.sort_by(|&i, &j| is_before(j, i).cmp(&is_before(i, j)));
    order
}

/// What is not on the diagonal is not more than rounding.
fn is_diagonal<T: Real>(a: &Array2<T>) -> bool {
    let beside: T = a.indexed_iter().filter(|((i, j), _)| i != j).map(|(_, &x)| x.abs()).sum();
    let all: T = a.iter().map(|x| x.abs()).sum();
    beside <= T::epsilon() * all * T::lit(0.01)
}

/// `[x, y]` becomes `[c x - s y, s x + c y]`.
struct Rotation<T> {
    c: T,
    s: T,
}

impl<T: Real> Rotation<T> {
    /// From both sides it makes `[[p, b], [b, q]]` diagonal.
    fn that_annihilates(p: T, b: T, q: T) -> Self {
        if b == T::zero() {
            return Self { c: T::one(), s: T::zero() };
        }
        let cotangent = (q - p) / (b + b);
        let t = cotangent.signum() / (cotangent.abs() + cotangent.hypot(T::one()));
        let c = t.hypot(T::one()).recip();
        Self { c, s: t * c }
    }

    /// Turns rows `p` and `q`.
    fn apply(&self, mut a: ArrayViewMut2<'_, T>, p: usize, q: usize) {
        let Self { c, s } = *self;
        if s == T::zero() {
            return;
        }
        let (x, y) = a.multi_slice_mut((s![p, ..], s![q, ..]));
        Zip::from(x).and(y).for_each(|x, y| (*x, *y) = (c * *x - s * *y, s * *x + c * *y));
    }
}
