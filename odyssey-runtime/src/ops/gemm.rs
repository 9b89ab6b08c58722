//! `c = a b` and `c += a b` for matrices of any layout.
#![allow(unsafe_code, reason = "the matrix product takes pointers and strides")]

use std::any::TypeId;

use gemm_common::Parallelism;
use ndarray::{ArrayView2, ArrayViewMut2, Axis};

use crate::real::Real;

/// Products up to this many multiplications are done by a plain loop: setting up the blocked kernel costs more.
const TINY: usize = 64;

/// Whether the product replaces what `c` holds or is added to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Into {
    Fresh,
    Sum,
}

/// `c = a b` or `c += a b`, for `c [m, n]`, `a [m, k]`, `b [k, n]`; transposes are strides.
pub(super) fn gemm<T: Real>(mode: Into, c: &mut ArrayViewMut2<'_, T>, a: &ArrayView2<'_, T>, b: &ArrayView2<'_, T>) {
    let ((m, k), n) = (a.dim(), b.ncols());
    assert!(b.nrows() == k && c.dim() == (m, n), "shapes of a matrix product were not checked");
    if m * n * k <= TINY {
        return plain(mode, c, a, b);
    }
    let (c, a, b) = as_the_kernel_likes_it(c.view_mut(), a.view(), b.view());
    if TypeId::of::<T>() == TypeId::of::<f64>() {
        // SAFETY: T is f64.
        unsafe { blocked(gemm_f64::gemm::f64::get_gemm_fn(), 1.0, mode, c, &a, &b) }
    } else if TypeId::of::<T>() == TypeId::of::<f32>() {
        // SAFETY: T is f32.
        unsafe { blocked(gemm_f32::gemm::f32::get_gemm_fn(), 1.0, mode, c, &a, &b) }
    } else {
        unreachable!("real numbers are f32 or f64")
    }
}

type Product<'v, T> = (ArrayViewMut2<'v, T>, ArrayView2<'v, T>, ArrayView2<'v, T>);

/// The same product with columns of `c` contiguous, if rows are (`cᵀ = bᵀ aᵀ`), and with ascending strides.
fn as_the_kernel_likes_it<'v, T>(
    mut c: ArrayViewMut2<'v, T>,
    mut a: ArrayView2<'v, T>,
    mut b: ArrayView2<'v, T>,
) -> Product<'v, T> {
    if c.strides()[1].abs() < c.strides()[0].abs() {
        (c, a, b) = (c.reversed_axes(), b.reversed_axes(), a.reversed_axes());
    }
    if c.strides()[0] < 0 {
        c.invert_axis(Axis(0));
        a.invert_axis(Axis(0));
    }
    if c.strides()[1] < 0 {
        c.invert_axis(Axis(1));
        b.invert_axis(Axis(1));
    }
    if a.strides()[1] < 0 {
        a.invert_axis(Axis(1));
        b.invert_axis(Axis(0));
    }
    (c, a, b)
}

fn plain<T: Real>(mode: Into, c: &mut ArrayViewMut2<'_, T>, a: &ArrayView2<'_, T>, b: &ArrayView2<'_, T>) {
    let ((m, k), n) = (a.dim(), b.ncols());
    for i in 0..m {
        for j in 0..n {
            let mut sum = T::zero();
            for p in 0..k {
                // SAFETY: i < m, p < k, j < n, and `gemm` has compared the shapes.
                sum += unsafe { *a.uget((i, p)) * *b.uget((p, j)) };
            }
            // SAFETY: likewise.
            let place = unsafe { c.uget_mut((i, j)) };
            *place = if mode == Into::Sum { *place + sum } else { sum };
        }
    }
}

/// The kernel of the `gemm` crates for one element type: sizes, `c` with column and row stride, whether to read it, `a`,
/// `b`, the factors of `c` and of the product, three conjugations.
type Kernel<F> = unsafe fn(
    usize,
    usize,
    usize,
    *mut F,
    isize,
    isize,
    bool,
    *const F,
    isize,
    isize,
    *const F,
    isize,
    isize,
    F,
    F,
    bool,
    bool,
    bool,
    Parallelism,
);

/// # Safety
/// `T` is `F`, and the shapes fit.
unsafe fn blocked<T: Real, F: Copy>(
    kernel: Kernel<F>,
    one: F,
    mode: Into,
    mut c: ArrayViewMut2<'_, T>,
    a: &ArrayView2<'_, T>,
    b: &ArrayView2<'_, T>,
) {
    let ((m, k), n) = (a.dim(), b.ncols());
    let [c_rows, c_cols] = [c.strides()[0], c.strides()[1]];
    // SAFETY: views vouch for their pointers, shapes and strides; `c` is borrowed mutably and overlaps with neither.
    unsafe {
        kernel(
            m,
            n,
            k,
            c.as_mut_ptr().cast(),
            c_cols,
            c_rows,
            mode == Into::Sum,
            a.as_ptr().cast(),
            a.strides()[1],
            a.strides()[0],
            b.as_ptr().cast(),
            b.strides()[1],
            b.strides()[0],
            one,
            one,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
