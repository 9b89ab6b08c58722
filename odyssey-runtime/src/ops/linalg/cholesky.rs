//! The Cholesky factor.

use ndarray::{Array, Array2, ArrayView, ArrayView2, Dimension};

use super::errors::LinalgError;
use super::factor::{Diagonal, factor_cholesky, solve_triangular};
use super::fallible::fallible_operation;
use super::stacks::{Stack, matrices, square, stack_of};
use super::triangle::Triangle;
use crate::ops::gemm::product;
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

fallible_operation! {
    /// The lower triangular `l` with `l lᵀ = (a + aᵀ) / 2`, for a positive definite matrix or each of a stack `[.., n, n]`.
    ///
    /// The argument is taken as symmetric, and so is its cotangent: `da` is the symmetric part of `l⁻ᵀ Φ(lᵀ dl) l⁻¹`, where `Φ`
    /// takes the lower half and halves the diagonal (Murray, *Differentiation of the Cholesky decomposition*, 2016, eq. 10).
    /// Panics if the matrices are not square.
    fn cholesky(a: A if S), method of Cholesky, hidden forms cholesky_residual_vjp, cholesky_residual_hvp, cholesky_pushforward of CholeskyHidden;
    or try_cholesky, method of TryCholesky, hidden forms try_cholesky_residual_vjp, try_cholesky_residual_hvp, try_cholesky_pushforward of TryCholeskyHidden;
    where [A: Tensor<Dim: Stack>];
    result Like<A>;
    forward forward;
    rules |l, dl| (cholesky::d_a(l, dl));
    tangents |l, dot| (cholesky::tangent(l, dot));
}

#[track_caller]
fn forward<T: Real, D: Dimension>(a: ArrayView<'_, T, D>) -> Result<Array<T, D>, LinalgError> {
    square(a.shape(), "cholesky");
    let dim = a.raw_dim();
    let a = matrices(a);
    let mut result = Ok(());
    let factors = stack_of(dim, |number, mut l| {
        l.assign(&symmetric(&a[number]));
        result = result.and(factor_cholesky(l.view_mut(), 0));
        Triangle::Lower.keep(&mut l);
    });
    result.map(|()| factors)
}

fn symmetric<T: Real>(a: &ArrayView2<'_, T>) -> Array2<T> {
    (a + &a.t()).mapv_into(|sum| sum * T::lit(0.5))
}

/// The lower half, with half of the diagonal.
fn half<T: Real>(mut a: Array2<T>) -> Array2<T> {
    Triangle::Lower.keep(&mut a.view_mut());
    a.diag_mut().mapv_inplace(|x| x * T::lit(0.5));
    a
}

impl cholesky {
    /// The symmetric part of `l⁻ᵀ Φ(lᵀ dl) l⁻¹`, for the factor `l`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<L, G>(l: &L, dl: &G) -> Like<L>
    where
        L: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = L::Elem, Dim = L::Dim> + ?Sized,
    {
        let (factors, dl) = (matrices(l.tensor_view()), matrices(dl.tensor_view()));
        stack_of(l.tensor_view().raw_dim(), |number, mut d_a| {
            let l = factors[number];
            // What stands above the diagonal of the factor is zero, whatever the argument.
            let mut below = dl[number].to_owned();
            Triangle::Lower.keep(&mut below.view_mut());
            let mut middle = half(product(&l.t(), &below.view()));
            solve_triangular(l.t(), middle.view_mut(), Triangle::Upper, Diagonal::Given);
            solve_triangular(l.t(), middle.view_mut().reversed_axes(), Triangle::Upper, Diagonal::Given);
            d_a.assign(&symmetric(&middle.view()));
        })
    }

    /// `l Φ(l⁻¹ ȧ l⁻ᵀ)` with the symmetric part of `ȧ`, for the factor `l`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<L, G>(l: &L, a_dot: &G) -> Like<L>
    where
        L: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = L::Elem, Dim = L::Dim> + ?Sized,
    {
        let (factors, a_dot) = (matrices(l.tensor_view()), matrices(a_dot.tensor_view()));
        stack_of(l.tensor_view().raw_dim(), |number, mut l_dot| {
            let l = factors[number];
            let mut middle = symmetric(&a_dot[number]);
            solve_triangular(l, middle.view_mut(), Triangle::Lower, Diagonal::Given);
            solve_triangular(l, middle.view_mut().reversed_axes(), Triangle::Lower, Diagonal::Given);
            l_dot.assign(&product(&l, &half(middle).view()));
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3, array, s};

    use super::{cholesky, try_cholesky};
    use crate::ops::linalg::LinalgError;
    use crate::ops::linalg::testing::{close, positive};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    fn stack() -> Array3<f64> {
        let mut a = numbers([2, 4, 4], 3) * 0.1;
        a.slice_mut(s![0, .., ..]).scaled_add(1.0, &positive(4));
        a.slice_mut(s![1, .., ..]).scaled_add(3.0, &positive(4));
        a
    }

    #[test]
    fn is_the_factor() {
        for n in [1, 2, 16, 17, 50, 100] {
            let a = positive(n);
            let l = cholesky(&a);
            close(&l.dot(&l.t()), &a);
            assert!(l.indexed_iter().all(|((i, j), l)| i >= j || *l == 0.0));
            assert_eq!(cholesky(&a.slice(s![..;-1, ..;-1]).to_owned()), cholesky(&a.slice(s![..;-1, ..;-1])));
        }
        assert_eq!(cholesky(&array![[4.0f32, 4.0], [0.0, 5.0]]), array![[2.0, 0.0], [1.0, 2.0]]);
        assert_eq!(cholesky(&Array2::<f64>::zeros((0, 0))).dim(), (0, 0));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let a = stack();
        let (l, pullback) = cholesky::vjp(&a);
        let dl = numbers([2, 4, 4], 5);
        let d_a = pullback(dl.clone());
        check_rule(&a, |a| cholesky(a), &dl, &d_a);
        close(&d_a.slice(s![1, .., ..]), &d_a.slice(s![1, .., ..]).t());
        let a_dot = numbers([2, 4, 4], 7);
        check_dot(&cholesky::tangent(&l, &a_dot), &dl, &a_dot, &d_a);
    }

    #[test]
    fn what_is_not_positive_definite_is_an_error() {
        let mut a = positive(40);
        a[[30, 30]] = -1.0;
        assert_eq!(try_cholesky(&a), Err(LinalgError::NotPositiveDefinite { minor: 31 }));
        assert_eq!(try_cholesky(&array![[f32::NAN]]), Err(LinalgError::NotPositiveDefinite { minor: 1 }));
        assert!(try_cholesky(&positive(4)).is_ok());
    }
}
