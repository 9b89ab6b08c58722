//! Eigenvalues and eigenvectors of symmetric matrices.

use ndarray::{Array, Array1, Array2, ArrayView, ArrayView1, ArrayView2, Dimension};

use super::jacobi::symmetric_eigen;
use super::stacks::{Stack, matrices, rows, square, stack_of, stacked, vectors};
use crate::along::assert_no_third;
use crate::ops::gemm::product;
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

/// `(w, v)`.
type Eigen<T, D> = (Array<T, <D as Dimension>::Smaller>, Array<T, D>);

operation! {
    /// `(w, v)`: the eigenvalues `w [n]` of a symmetric matrix, ascending, and orthonormal eigenvectors as columns of `v [n, n]`, or
    /// those of each of a stack `[.., n, n]`.
    ///
    /// The argument is taken as symmetric, `(a + aᵀ) / 2`, and so is its cotangent. The largest element of each eigenvector is
    /// positive. Derivative: `da = v (diag(dw) + F ∘ (vᵀ dv)) vᵀ` with `F[i, j] = 1 / (w[j] - w[i])` beside the diagonal (Giles, *An
    /// extended collection of matrix derivative results*, 2008, 3.1), made symmetric. That of the eigenvectors is infinite where two
    /// eigenvalues are equal, unless they are not asked for. Panics if the matrices are not square.
    fn eigh(a: A if S), method of SymmetricEigen, hidden forms eigh_residual_vjp, eigh_residual_hvp, eigh_pushforward of SymmetricEigenHidden;
    where [A: Tensor<Dim: Stack>];
    result Eigen<A::Elem, A::Dim>;
    forward forward;
    rules |y, d| (eigh::d_a(a, y, d));
    tangents |y, dot| (eigh::tangent(y, dot));
}

#[track_caller]
fn forward<T: Real, D: Stack>(a: ArrayView<'_, T, D>) -> Eigen<T, D> {
    // Iterations end when the values have converged, and leave out rotations of what is zero.
    assert_no_third::<T>("eigh");
    square(a.shape(), "eigh");
    let (dim, n) = (a.raw_dim(), a.shape()[a.ndim() - 1]);
    let (w, v): (Vec<_>, Vec<_>) = matrices(a).iter().map(|a| symmetric_eigen(symmetric(a))).unzip();
    (vectors(&dim, n, &w), stacked(dim, &v))
}

fn symmetric<T: Real>(a: &ArrayView2<'_, T>) -> Array2<T> {
    (a + &a.t()).mapv_into(|sum| sum * T::lit(0.5))
}

/// `x / (w[j] - w[i])` beside the diagonal, and zero on it and where `x` is.
fn by_differences<T: Real>(mut x: Array2<T>, w: &ArrayView1<'_, T>) -> Array2<T> {
    for ((i, j), x) in x.indexed_iter_mut() {
        *x = if i == j || x.vanishes() { T::zero() } else { *x / (w[j] - w[i]) };
    }
    x
}

impl eigh {
    /// `v (diag(dw) + F ∘ (vᵀ dv)) vᵀ`, made symmetric.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<A>(a: &A, (w, v): &Eigen<A::Elem, A::Dim>, (dw, dv): &Eigen<A::Elem, A::Dim>) -> Like<A>
    where
        A: Tensor<Dim: Stack> + ?Sized,
    {
        let (w, dw) = (w.view(), dw.view());
        let ([w, dw], [v, dv]) = ([&w, &dw].map(rows), [v, dv].map(|x| matrices(x.view())));
        stack_of(a.tensor_view().raw_dim(), |number, mut d_a| {
            let v = v[number].view();
            let mut inner = by_differences(product(&v.t(), &dv[number]), &w[number]);
            inner.diag_mut().assign(&dw[number]);
            d_a.assign(&symmetric(&product(&product(&v, &inner.view()).view(), &v.t()).view()));
        })
    }

    /// With `P = vᵀ ȧ v`, `ẇ` is its diagonal and `v̇ = v (F ∘ P)`, for the symmetric part of `ȧ`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<T, D, G>((w, v): &Eigen<T, D>, a_dot: &G) -> Eigen<T, D>
    where
        T: Real,
        D: Stack,
        G: Tensor<Elem = T, Dim = D> + ?Sized,
    {
        let dim = v.raw_dim();
        let values = w.view();
        let parts = rows(&values).into_iter().zip(matrices(v.view())).zip(matrices(a_dot.tensor_view()));
        let (w_dot, v_dot): (Vec<Array1<T>>, Vec<_>) = parts
            .map(|((w, v), a_dot)| {
                let turned = product(&product(&v.t(), &symmetric(&a_dot).view()).view(), &v);
                (turned.diag().to_owned(), product(&v, &by_differences(turned, &w).view()))
            })
            .unzip();
        (vectors(&dim, dim[dim.ndim() - 1], &w_dot), stacked(dim, &v_dot))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array, s};

    use super::eigh;
    use crate::ops::linalg::testing::{close, positive, stack};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    #[test]
    fn are_eigenvectors() {
        for n in [1, 2, 5, 40] {
            let a = numbers([n, n], 3);
            let a = &a + &a.t();
            let (w, v) = eigh(&a);
            close(&a.dot(&v), &(&v * &w));
            close(&v.t().dot(&v), &Array2::eye(n));
            assert!(w.windows(2).into_iter().all(|w| w[0] <= w[1]));
            assert_eq!(eigh(&a.slice(s![..;-1, ..;-1])), eigh(&a.slice(s![..;-1, ..;-1]).to_owned()));
        }
        close(&eigh(&array![[2.0, 1.0], [1.0, 2.0]]).0, &array![1.0, 3.0]);
        assert_eq!(eigh(&array![[2.0f32, 2.0], [-2.0, 1.0]]), (array![1.0, 2.0], array![[0.0, 1.0], [1.0, 0.0]]));
        close(&eigh(&(positive(3) * 1e200)).0, &(eigh(&positive(3)).0 * 1e200));
        assert_eq!(eigh(&Array2::<f64>::zeros((0, 0))).0.len(), 0);
        assert_eq!(eigh(&Array2::<f64>::zeros((3, 3))).1, Array2::<f64>::eye(3));
        assert!(eigh(&array![[f64::NAN, 1.0], [1.0, 2.0]]).0.iter().any(|w| w.is_nan()));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let (a, d) = (stack(2, 4), (numbers([2, 4], 3), numbers([2, 4, 4], 5)));
        let (y, pullback) = eigh::vjp(&a);
        let d_a = pullback(d.clone());
        check_rule(&a, |a| eigh(a), &d, &d_a);
        let a_dot = numbers([2, 4, 4], 7);
        check_dot(&eigh::tangent(&y, &a_dot), &d, &a_dot, &d_a);
    }

    #[test]
    fn equal_eigenvalues_alone_have_a_derivative() {
        let a = Array2::<f64>::eye(3);
        let (w, pullback) = eigh::vjp(&a);
        assert_eq!(w.0, array![1.0, 1.0, 1.0]);
        assert_eq!(pullback((array![1.0, 1.0, 1.0], Array2::zeros((3, 3)))), a);
    }

    #[test]
    #[should_panic(expected = "eigh of an array of shape [2, 3], whose matrices are not square")]
    fn the_matrix_is_square() {
        eigh(&Array2::<f64>::zeros((2, 3)));
    }
}
