//! `a b` and `c += a b` for matrices of any layout.
#![allow(unsafe_code, reason = "the matrix product takes pointers and strides")]

use gemm_common::Parallelism;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Ix2, RawArrayViewMut, Zip};

use super::blocked::{Blocked, Problem};
use crate::dual::Dual;
use crate::memory::uninitialised;
use crate::real::Real;

/// Products up to this many multiplications are done by a plain loop: setting up the blocked kernel costs more.
const TINY: usize = 64;

/// `a b`, for `a [m, k]`, `b [k, n]`; transposes are strides.
pub(super) fn product<T: Real>(a: &ArrayView2<'_, T>, b: &ArrayView2<'_, T>) -> Array2<T> {
    let (m, n) = (a.nrows(), b.ncols());
    let mut values = uninitialised(m * n);
    // SAFETY: there is room for the `m n` elements of `c`, each of which is written; then they are `values`.
    unsafe {
        multiply(Into::Product, RawArrayViewMut::from_shape_ptr((m, n), values.as_mut_ptr()), a, b);
        values.set_len(m * n);
    }
    Array2::from_shape_vec((m, n), values).expect("as many elements")
}

/// `c = a b`, for `c [m, n]`, `a [m, k]`, `b [k, n]`; transposes are strides.
pub(super) fn assign_product<T: Real>(c: &mut ArrayViewMut2<'_, T>, a: &ArrayView2<'_, T>, b: &ArrayView2<'_, T>) {
    // SAFETY: `c` is borrowed mutably.
    unsafe { multiply(Into::Product, c.raw_view_mut(), a, b) }
}

/// `c += a b`, for `c [m, n]`, `a [m, k]`, `b [k, n]`; transposes are strides.
pub(super) fn add_product<T: Real>(c: &mut ArrayViewMut2<'_, T>, a: &ArrayView2<'_, T>, b: &ArrayView2<'_, T>) {
    // SAFETY: `c` is borrowed mutably, and its elements are numbers.
    unsafe { multiply(Into::Sum, c.raw_view_mut(), a, b) }
}

/// `c -= a b`, for `c [m, n]`, `a [m, k]`, `b [k, n]`; transposes are strides.
pub(super) fn subtract_product<T: Real>(c: &mut ArrayViewMut2<'_, T>, a: &ArrayView2<'_, T>, b: &ArrayView2<'_, T>) {
    // SAFETY: likewise.
    unsafe { multiply(Into::Difference, c.raw_view_mut(), a, b) }
}

/// What becomes of what `c` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Into {
    /// It is overwritten.
    Product,
    /// It is added to.
    Sum,
    /// It is subtracted from.
    Difference,
}

impl Into {
    /// Whether what `c` holds is read.
    fn reads(self) -> bool {
        self != Self::Product
    }
}

/// # Safety
/// `c` overlaps with neither factor, and its elements may be written; if the mode reads them they are initialised. Afterwards all are.
unsafe fn multiply<T: Real>(mode: Into, c: RawArrayViewMut<T, Ix2>, a: &ArrayView2<'_, T>, b: &ArrayView2<'_, T>) {
    let ((m, k), n) = (a.dim(), b.ncols());
    assert!(b.nrows() == k && c.dim() == (m, n), "shapes of a matrix product were not checked");
    // SAFETY: as the caller says.
    unsafe {
        if m * n * k <= TINY {
            return plain(mode, c, a, b);
        }
        T::multiply(mode, c, a, b);
    }
}

/// How large matrices of these numbers are multiplied.
pub trait Multiply: Sized {
    /// `a b`, put into `c`.
    ///
    /// # Safety
    /// The shapes fit. `c` overlaps with neither factor, and its elements may be written; if the mode reads them they are
    /// initialised. Afterwards all are.
    unsafe fn multiply(mode: Into, c: RawArrayViewMut<Self, Ix2>, a: &ArrayView2<'_, Self>, b: &ArrayView2<'_, Self>);
}

macro_rules! float {
    ($($float:ident $kernel:expr;)*) => {$(
        impl Multiply for $float {
            unsafe fn multiply(mode: Into, c: RawArrayViewMut<Self, Ix2>, a: &ArrayView2<'_, Self>, b: &ArrayView2<'_, Self>) {
                let (c, a, b) = as_the_kernel_likes_it(c, a.view(), b.view());
                // SAFETY: as the caller says.
                unsafe { blocked($kernel, [1.0, -1.0], mode, c, &a, &b) }
            }
        }
    )*};
}
float! {
    f32 gemm_f32::gemm::f32::get_gemm_fn();
    f64 gemm_f64::gemm::f64::get_gemm_fn();
}

/// Three products of the parts: `a b`, and `ȧ b + a ḃ`, of which those of what does not vary are left out.
impl<T: Real> Multiply for Dual<T> {
    unsafe fn multiply(mode: Into, c: RawArrayViewMut<Self, Ix2>, a: &ArrayView2<'_, Self>, b: &ArrayView2<'_, Self>) {
        let parts = |x: &ArrayView2<'_, Self>| (x.map(|x| x.value), x.map(|x| x.tangent));
        let ((a, a_dot), (b, b_dot)) = (parts(a), parts(b));
        let varies = |dot: &Array2<T>| dot.iter().any(|dot| !dot.vanishes());
        let value = product(&a.view(), &b.view());
        let mut tangent = if varies(&a_dot) { product(&a_dot.view(), &b.view()) } else { Array2::zeros(value.dim()) };
        if varies(&b_dot) {
            add_product(&mut tangent.view_mut(), &a.view(), &b_dot.view());
        }
        Zip::from(c).and(&value).and(&tangent).for_each(|c, &value, &tangent| {
            let product = Self { value, tangent };
            // SAFETY: as the caller says.
            unsafe {
                c.write(match mode {
                    Into::Product => product,
                    Into::Sum => *c + product,
                    Into::Difference => *c - product,
                });
            }
        });
    }
}

type Product<'v, T> = (RawArrayViewMut<T, Ix2>, ArrayView2<'v, T>, ArrayView2<'v, T>);

/// The same product with columns of `c` contiguous, if rows are (`cᵀ = bᵀ aᵀ`), and with ascending strides.
fn as_the_kernel_likes_it<'v, T>(
    mut c: RawArrayViewMut<T, Ix2>,
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

/// # Safety
/// As for [`multiply`].
unsafe fn plain<T: Real>(mode: Into, mut c: RawArrayViewMut<T, Ix2>, a: &ArrayView2<'_, T>, b: &ArrayView2<'_, T>) {
    let ((m, k), n) = (a.dim(), b.ncols());
    let (c_rows, c_cols) = (c.strides()[0], c.strides()[1]);
    let c = c.as_mut_ptr();
    for i in 0..m {
        for j in 0..n {
            let mut sum = T::zero();
            for p in 0..k {
                // SAFETY: i < m, p < k, j < n, and the shapes have been compared.
                sum += unsafe { *a.uget((i, p)) * *b.uget((p, j)) };
            }
            // SAFETY: likewise, and as the caller says.
            unsafe {
                let place = c.offset(i.cast_signed() * c_rows + j.cast_signed() * c_cols);
                place.write(match mode {
                    Into::Product => sum,
                    Into::Sum => *place + sum,
                    Into::Difference => *place - sum,
                });
            }
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
/// The shapes fit, and as for [`multiply`].
unsafe fn blocked<F: Copy + Blocked>(
    kernel: Kernel<F>,
    [one, minus_one]: [F; 2],
    mode: Into,
    mut c: RawArrayViewMut<F, Ix2>,
    a: &ArrayView2<'_, F>,
    b: &ArrayView2<'_, F>,
) {
    let ((m, k), n) = (a.dim(), b.ncols());
    let [c_rows, c_cols] = [c.strides()[0], c.strides()[1]];
    let factor = if mode == Into::Difference { minus_one } else { one };
    let problem = Problem {
        size: [m, n, k],
        c: c.as_mut_ptr().cast(),
        c_strides: [c_rows, c_cols],
        adds: mode.reads(),
        a: a.as_ptr().cast(),
        a_strides: [a.strides()[0], a.strides()[1]],
        b: b.as_ptr().cast(),
        b_strides: [b.strides()[0], b.strides()[1]],
        factor,
    };
    // SAFETY: views vouch for their pointers, shapes and strides, the caller for `c`, which is read where the mode says so.
    unsafe {
        if F::multiply(&problem) {
            return;
        }
        kernel(
            m,
            n,
            k,
            c.as_mut_ptr(),
            c_cols,
            c_rows,
            mode.reads(),
            a.as_ptr(),
            a.strides()[1],
            a.strides()[0],
            b.as_ptr(),
            b.strides()[1],
            b.strides()[0],
            one,
            factor,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
