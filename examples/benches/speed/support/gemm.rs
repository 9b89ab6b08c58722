//! The matrix product that Odyssey uses, over slices.
#![allow(unsafe_code, reason = "the product takes pointers and strides")]

use gemm_common::Parallelism;
use odyssey_runtime::Real;

/// A matrix in a slice.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, T> {
    numbers: &'a [T],
    /// Rows and columns.
    shape: (usize, usize),
    strides: (usize, usize),
}

/// Row after row.
pub(crate) fn rows<T>(numbers: &[T], columns: usize) -> Matrix<'_, T> {
    let shape = (numbers.len() / columns, columns);
    let strides = (columns, 1);
    Matrix { numbers, shape, strides }
}

impl<T> Matrix<'_, T> {
    pub(crate) fn t(self) -> Self {
        let ((rows, columns), (down, right)) = (self.shape, self.strides);
        Self { shape: (columns, rows), strides: (right, down), ..self }
    }
}

/// A type that there is a product of.
pub(crate) trait Gemm: Real {
    /// `c = a b`, `c` row after row.
    fn product(c: &mut [Self], a: Matrix<'_, Self>, b: Matrix<'_, Self>);
}

macro_rules! gemm {
    ($($float:ty: $kernel:path;)*) => {$(
        impl Gemm for $float {
            fn product(c: &mut [Self], a: Matrix<'_, Self>, b: Matrix<'_, Self>) {
                let ((m, k), n) = (a.shape, b.shape.1);
                assert!(b.shape.0 == k && c.len() == m * n);
                let stride = usize::cast_signed;
                // As cᵀ = bᵀ aᵀ: the kernel wants columns that are contiguous.
                // SAFETY: shapes and strides are those of the slices.
                unsafe {
                    $kernel()(
                        n, m, k,
                        c.as_mut_ptr(), stride(n), 1, false,
                        b.numbers.as_ptr(), stride(b.strides.0), stride(b.strides.1),
                        a.numbers.as_ptr(), stride(a.strides.0), stride(a.strides.1),
                        0.0, 1.0, false, false, false, Parallelism::None,
                    );
                }
            }
        }
    )*};
}
gemm! {
    f32: gemm_f32::gemm::f32::get_gemm_fn;
    f64: gemm_f64::gemm::f64::get_gemm_fn;
}
