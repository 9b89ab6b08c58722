//! Factorisations of one matrix, in place: recursive, so that nearly all of the work is in matrix products.

use ndarray::{Array2, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis, s};

use super::errors::LinalgError;
use super::triangle::Triangle;
use crate::ops::gemm::subtract_product;
use crate::real::Real;

/// Up to this size a triangle is not halved any more.
const SMALL: usize = 16;

/// Neither zero nor not a number.
pub(super) fn is_divisor<T: Real>(x: T) -> bool {
    x != T::zero() && !x.is_nan()
}

/// What the diagonal of a triangular matrix is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Diagonal {
    /// What stands there.
    Given,
    /// Ones, whatever stands there.
    Ones,
}

/// `b` becomes `a⁻¹ b`, for a triangular `a`, of which that half alone is read.
pub(super) fn solve_triangular<T: Real>(
    mut a: ArrayView2<'_, T>,
    mut b: ArrayViewMut2<'_, T>,
    triangle: Triangle,
    diagonal: Diagonal,
) {
    if triangle == Triangle::Upper {
        // In reverse order it is a lower one.
        a.invert_axis(Axis(0));
        a.invert_axis(Axis(1));
        b.invert_axis(Axis(0));
    }
    solve_lower(a, b, diagonal);
}

fn solve_lower<T: Real>(a: ArrayView2<'_, T>, b: ArrayViewMut2<'_, T>, diagonal: Diagonal) {
    let n = a.nrows();
    if n <= SMALL {
        return solve_small(&a, b, diagonal);
    }
    let half = n / 2;
    let (mut top, mut bottom) = b.split_at(Axis(0), half);
    solve_lower(a.slice(s![..half, ..half]), top.view_mut(), diagonal);
    subtract_product(&mut bottom, &a.slice(s![half.., ..half]), &top.view());
    solve_lower(a.slice(s![half.., half..]), bottom, diagonal);
}

fn solve_small<T: Real>(a: &ArrayView2<'_, T>, mut b: ArrayViewMut2<'_, T>, diagonal: Diagonal) {
    let a = a.as_standard_layout();
    let is_by_rows = b.ncols() > 1 && b.strides()[1] == 1;
    if !is_by_rows {
        return b.columns_mut().into_iter().for_each(|column| substitute(&a.view(), column, diagonal));
    }
    for i in 0..a.nrows() {
        let (solved, mut rest) = b.view_mut().split_at(Axis(0), i);
        let mut row = rest.row_mut(0);
        for (j, solved) in solved.rows().into_iter().enumerate() {
            row.scaled_add(-a[[i, j]], &solved);
        }
        if diagonal == Diagonal::Given {
            let pivot = a[[i, i]];
            row.mapv_inplace(|x| x / pivot);
        }
    }
}

/// `b` becomes `a⁻¹ b`, for a column of at most [`SMALL`] elements and a lower triangle in standard layout.
fn substitute<T: Real>(a: &ArrayView2<'_, T>, mut b: ArrayViewMut1<'_, T>, diagonal: Diagonal) {
    let mut solved = [T::zero(); SMALL];
    for (i, row) in a.rows().into_iter().enumerate() {
        let row = row.to_slice().expect("standard layout");
        let rest = b[i] - row[..i].iter().zip(&solved[..i]).map(|(&a, &b)| a * b).sum();
        solved[i] = if diagonal == Diagonal::Given { rest / row[i] } else { rest };
        b[i] = solved[i];
    }
}

/// `P A = L U` with row exchanges.
pub(super) struct Lu<T> {
    /// `U` on and above the diagonal, `L` without its ones below.
    factors: Array2<T>,
    /// Step `i` exchanged row `i` with this one.
    exchanges: Vec<usize>,
}

impl<T: Real> Lu<T> {
    pub(super) fn of(a: &ArrayView2<'_, T>) -> Self {
        let mut factors = a.as_standard_layout().into_owned();
        let mut exchanges = Vec::with_capacity(a.nrows());
        eliminate(factors.view_mut(), &mut exchanges);
        Self { factors, exchanges }
    }

    /// The same if the matrix has an inverse.
    pub(super) fn invertible(a: &ArrayView2<'_, T>) -> Result<Self, LinalgError> {
        let lu = Self::of(a);
        match lu.factors.diag().iter().position(|pivot| !is_divisor(*pivot)) {
            Some(pivot) => Err(LinalgError::Singular { pivot }),
            None => Ok(lu),
        }
    }

    /// `b` becomes `A⁻¹ b`.
    pub(super) fn solve(&self, mut b: ArrayViewMut2<'_, T>) {
        for (i, &other) in self.exchanges.iter().enumerate() {
            exchange(&mut b, i, other);
        }
        solve_triangular(self.factors.view(), b.view_mut(), Triangle::Lower, Diagonal::Ones);
        solve_triangular(self.factors.view(), b, Triangle::Upper, Diagonal::Given);
    }

    /// `b` becomes `A⁻ᵀ b`.
    pub(super) fn solve_transposed(&self, mut b: ArrayViewMut2<'_, T>) {
        solve_triangular(self.factors.t(), b.view_mut(), Triangle::Lower, Diagonal::Given);
        solve_triangular(self.factors.t(), b.view_mut(), Triangle::Upper, Diagonal::Ones);
        for (i, &other) in self.exchanges.iter().enumerate().rev() {
            exchange(&mut b, i, other);
        }
    }

    /// Whether the determinant is negative if the product of the pivots is not.
    fn is_odd(&self) -> bool {
        self.exchanges.iter().enumerate().filter(|&(i, &other)| i != other).count() % 2 == 1
    }

    pub(super) fn determinant(&self) -> T {
        let product = self.factors.diag().iter().fold(T::one(), |product, &pivot| product * pivot);
        if self.is_odd() { -product } else { product }
    }

    /// The smallest pivot, as a part of the largest.
    pub(super) fn smallest_pivot(&self) -> T {
        let pivots = self.factors.diag().mapv(T::abs);
        let largest = pivots.iter().fold(T::zero(), |largest, &pivot| largest.max(pivot));
        pivots.iter().fold(T::one(), |smallest, &pivot| smallest.min(pivot / largest))
    }

    /// `ln |det A|`, and whether the determinant is negative.
    pub(super) fn log_determinant(&self) -> (T, bool) {
        let negative = self.factors.diag().iter().filter(|pivot| **pivot < T::zero()).count() % 2 == 1;
        (self.factors.diag().iter().map(|pivot| pivot.abs().ln()).sum(), negative != self.is_odd())
    }
}

fn exchange<T>(b: &mut ArrayViewMut2<'_, T>, i: usize, j: usize) {
    if i != j {
        let (mut one, mut other) = b.multi_slice_mut((s![i, ..], s![j, ..]));
        one.iter_mut().zip(&mut other).for_each(|(one, other)| std::mem::swap(one, other));
    }
}

/// Elimination of a matrix with at least as many rows as columns; rows are exchanged in these columns alone.
fn eliminate<T: Real>(a: ArrayViewMut2<'_, T>, exchanges: &mut Vec<usize>) {
    let n = a.ncols();
    if n <= SMALL / 2 {
        return eliminate_few(a, exchanges);
    }
    let half = n / 2;
    let (mut left, mut right) = a.split_at(Axis(1), half);
    let first = exchanges.len();
    eliminate(left.view_mut(), exchanges);
    for (i, &other) in exchanges[first..].iter().enumerate() {
        exchange(&mut right, i, other);
    }
    let (mut top, mut bottom) = right.split_at(Axis(0), half);
    solve_triangular(left.slice(s![..half, ..]), top.view_mut(), Triangle::Lower, Diagonal::Ones);
    subtract_product(&mut bottom, &left.slice(s![half.., ..]), &top.view());
    eliminate(bottom, exchanges);
    let mut below = left.slice_mut(s![half.., ..]);
    for (i, other) in exchanges[first + half..].iter_mut().enumerate() {
        exchange(&mut below, i, *other);
        *other += half;
    }
}

fn eliminate_few<T: Real>(mut a: ArrayViewMut2<'_, T>, exchanges: &mut Vec<usize>) {
    for step in 0..a.ncols() {
        let size = |i: usize| a[[i, step]].abs();
        let largest = (step..a.nrows()).fold(step, |largest, i| if size(i) > size(largest) { i } else { largest });
        exchanges.push(largest);
        exchange(&mut a, step, largest);
        let pivot = a[[step, step]];
        if pivot == T::zero() {
            continue;
        }
        let (pivots, mut rows) = a.view_mut().split_at(Axis(0), step + 1);
        let pivots = pivots.slice(s![step, step + 1..]);
        for mut row in rows.rows_mut() {
            let factor = row[step] / pivot;
            row[step] = factor;
            row.slice_mut(s![step + 1..]).scaled_add(-factor, &pivots);
        }
    }
}

/// The lower half of `a` becomes that of the `L` in `A = L Lᵀ`; it alone is read.
pub(super) fn factor_cholesky<T: Real>(a: ArrayViewMut2<'_, T>, first: usize) -> Result<(), LinalgError> {
    let n = a.nrows();
    if n <= SMALL {
        return factor_small(a, first);
    }
    let half = n / 2;
    let (mut top, mut bottom) = a.split_at(Axis(0), half);
    let mut corner = top.slice_mut(s![.., ..half]);
    factor_cholesky(corner.view_mut(), first)?;
    let (mut below, mut rest) = bottom.view_mut().split_at(Axis(1), half);
    solve_triangular(corner.view(), below.view_mut().reversed_axes(), Triangle::Lower, Diagonal::Given);
    subtract_product(&mut rest, &below.view(), &below.t());
    factor_cholesky(rest, first + half)
}

fn factor_small<T: Real>(mut a: ArrayViewMut2<'_, T>, first: usize) -> Result<(), LinalgError> {
    for j in 0..a.nrows() {
        for i in j..a.nrows() {
            let sum: T = (0..j).map(|k| a[[i, k]] * a[[j, k]]).sum();
            a[[i, j]] -= sum;
        }
        let pivot = a[[j, j]];
        if !is_divisor(pivot) || pivot < T::zero() {
            return Err(LinalgError::NotPositiveDefinite { minor: first + j + 1 });
        }
        let root = pivot.sqrt();
        a.slice_mut(s![j.., j]).mapv_inplace(|x| x / root);
    }
    Ok(())
}
