//! Orthogonal factorisation by reflections (Golub and Van Loan, *Matrix Computations*, 5.2.2).

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, s};

use super::triangle::Triangle;
use crate::real::Real;

/// `a = Q R` for a matrix with at least as many rows as columns: columns of `Q` orthonormal, `R` upper triangular with a diagonal
/// that is not negative.
pub(super) fn orthogonal<T: Real>(a: &ArrayView2<'_, T>) -> (Array2<T>, Array2<T>) {
    let (rows, columns) = a.dim();
    let mut r = a.as_standard_layout().into_owned();
    let mut reflectors = Vec::with_capacity(columns);
    for step in 0..columns {
        let reflector = Reflector::of(&r.slice(s![step.., step]));
        reflector.apply(r.slice_mut(s![step.., step..]));
        reflectors.push(reflector);
    }
    let mut q = Array2::zeros((rows, columns));
    q.diag_mut().fill(T::one());
    for (step, reflector) in reflectors.iter().enumerate().rev() {
        reflector.apply(q.slice_mut(s![step.., step..]));
    }
    let mut r = r.slice(s![..columns, ..]).to_owned();
    Triangle::Upper.keep(&mut r.view_mut());
    for i in (0..columns).filter(|&i| r[[i, i]] < T::zero()).collect::<Vec<_>>() {
        r.row_mut(i).mapv_inplace(|x| -x);
        q.column_mut(i).mapv_inplace(|x| -x);
    }
    (q, r)
}

/// `1 - tau v vᵀ`.
struct Reflector<T> {
    v: Array1<T>,
    tau: T,
}

impl<T: Real> Reflector<T> {
    /// Of the reflections that turn `x` into the first axis, the one that does not cancel; none if `x` is there.
    fn of(x: &ArrayView1<'_, T>) -> Self {
        let size = x.iter().fold(T::zero(), |size, x| size.max(x.abs()));
        if x.iter().skip(1).all(|&x| x == T::zero()) {
            return Self { v: x.to_owned(), tau: T::zero() };
        }
        let mut v = x.mapv(|x| x / size);
        let turned = -v.dot(&v).sqrt().copysign(v[0]);
        let (tau, scale) = ((turned - v[0]) / turned, v[0] - turned);
        v.mapv_inplace(|x| x / scale);
        v[0] = T::one();
        Self { v, tau }
    }

    fn apply(&self, mut a: ArrayViewMut2<'_, T>) {
        if self.tau == T::zero() {
            return;
        }
        let mut along = Array1::zeros(a.ncols());
        for (row, &v) in a.rows().into_iter().zip(&self.v) {
            along.scaled_add(self.tau * v, &row);
        }
        for (mut row, &v) in a.rows_mut().into_iter().zip(&self.v) {
            row.scaled_add(-v, &along);
        }
    }
}
