//! The orthogonal factorisation.

use ndarray::{Array, Array2, ArrayView, ArrayView2, Dimension};

use super::factor::{Diagonal, solve_triangular};
use super::householder::orthogonal;
use super::stacks::{Stack, matrices, stack_of, stacked};
use super::triangle::Triangle;
use crate::along::assert_no_third;
use crate::ops::gemm::{add_product, product, subtract_product};
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::quoted::ensure;
use crate::real::Real;

/// `(q, r)`.
type Qr<T, D> = (Array<T, D>, Array<T, D>);

operation! {
    /// `(q, r)` with `q r = a`, the columns of `q [m, n]` orthonormal and `r [n, n]` upper triangular with a diagonal that is not
    /// negative, for a matrix `[m, n]` of full column rank, `m ≥ n`, or each of a stack `[.., m, n]`.
    ///
    /// Derivative: with `M = r drᵀ - dqᵀ q`, `da = (dq + q copyltu(M)) r⁻ᵀ`, where `copyltu` mirrors the lower half at the diagonal
    /// (Seeger et al., *Auto-differentiating linear algebra*, 2017; Liao et al., *Differentiable programming tensor networks*, 2019,
    /// appendix). It is infinite or no number where the columns depend on one another. Panics if a matrix has more columns than
    /// rows.
    fn qr(a: A if S), method of OrthogonalTriangular, hidden forms qr_residual_vjp, qr_residual_hvp, qr_pushforward of OrthogonalTriangularHidden;
    where [A: Tensor<Dim: Stack>];
    result Qr<A::Elem, A::Dim>;
    forward forward;
    rules |y, d| (qr::d_a(a, y, d));
    tangents |y, dot| (qr::tangent(y, dot));
}

#[track_caller]
fn forward<T: Real, D: Dimension>(a: ArrayView<'_, T, D>) -> Qr<T, D> {
    assert_no_third::<T>("qr");
    let dim = a.raw_dim();
    let &[.., rows, columns] = dim.slice() else { unreachable!("a stack has two axes") };
    ensure!(rows >= columns, "", "qr of an array of shape {:?}, whose matrices have more columns than rows", dim.slice());
    let (q, r): (Vec<_>, Vec<_>) = matrices(a).iter().map(orthogonal).unzip();
    let mut of_r = dim.clone();
    of_r[dim.ndim() - 2] = columns;
    (stacked(dim, &q), stacked(of_r, &r))
}

/// `a r⁻ᵀ`, or `a r⁻¹`, by columns of the transposed equations.
fn divided<T: Real>(mut a: Array2<T>, r: &ArrayView2<'_, T>, triangle: Triangle) -> Array2<T> {
    let r = if triangle == Triangle::Upper { r.view() } else { r.t() };
    solve_triangular(r, a.view_mut().reversed_axes(), triangle, Diagonal::Given);
    a
}

impl qr {
    /// `(dq + q copyltu(r drᵀ - dqᵀ q)) r⁻ᵀ`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<A>(a: &A, (q, r): &Qr<A::Elem, A::Dim>, (dq, dr): &Qr<A::Elem, A::Dim>) -> Like<A>
    where
        A: Tensor<Dim: Stack> + ?Sized,
    {
        let [q, r, dq, dr] = [q, r, dq, dr].map(|x| matrices(x.view()));
        stack_of(a.tensor_view().raw_dim(), |number, mut d_a| {
            let [q, r, dq, dr] = [&q, &r, &dq, &dr].map(|x| x[number].view());
            // Below the diagonal of the factor is zero, whatever the argument.
            let mut of_r = dr.to_owned();
            Triangle::Upper.keep(&mut of_r.view_mut());
            let mut m = product(&r, &of_r.t());
            subtract_product(&mut m.view_mut(), &dq.t(), &q);
            Triangle::Lower.keep(&mut m.view_mut());
            let below = &m - &Array2::from_diag(&m.diag());
            m += &below.t();
            let mut sum = dq.to_owned();
            add_product(&mut sum.view_mut(), &q, &m.view());
            d_a.assign(&divided(sum, &r, Triangle::Upper));
        })
    }

    /// With `B = qᵀ ȧ r⁻¹` and its part `Ω` that turns the columns, `q̇ = ȧ r⁻¹ - q (B - Ω)` and `ṙ = (B - Ω) r`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<T, D, G>((q, r): &Qr<T, D>, a_dot: &G) -> Qr<T, D>
    where
        T: Real,
        D: Stack,
        G: Tensor<Elem = T, Dim = D> + ?Sized,
    {
        let (of_q, of_r) = (matrices(q.view()), matrices(r.view()));
        let factors = of_q.iter().zip(&of_r).zip(matrices(a_dot.tensor_view()));
        let (q_dot, r_dot): (Vec<_>, Vec<_>) = factors
            .map(|((q, r), a_dot)| {
                let mut q_dot = divided(a_dot.to_owned(), r, Triangle::Lower);
                let b = product(&q.t(), &q_dot.view());
                let mut below = b.clone();
                Triangle::Lower.keep(&mut below.view_mut());
                below.diag_mut().fill(T::zero());
                let stretched = b - &below + below.t();
                subtract_product(&mut q_dot.view_mut(), q, &stretched.view());
                (q_dot, product(&stretched.view(), r))
            })
            .unzip();
        (stacked(q.raw_dim(), &q_dot), stacked(r.raw_dim(), &r_dot))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array, s};

    use super::qr;
    use crate::ops::linalg::testing::{close, full_rank};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    #[test]
    fn is_the_factorisation() {
        for (m, n) in [(1, 1), (3, 3), (5, 2), (40, 33), (4, 0)] {
            let a = numbers([m, n], 3);
            let (q, r) = qr(&a);
            close(&q.dot(&r), &a);
            close(&q.t().dot(&q), &Array2::eye(n));
            assert!(r.indexed_iter().all(|((i, j), &r)| if i > j { r == 0.0 } else { i < j || r >= 0.0 }));
            let reversed = a.slice(s![..;-1, ..;-1]);
            assert_eq!(qr(&reversed), qr(&reversed.to_owned()));
        }
        assert_eq!(qr(&array![[0.0, 3.0f32], [-2.0, 1.0]]).1, array![[2.0, -1.0], [0.0, 3.0]]);
        let (q, r) = qr(&array![[1e-200], [1e200]]);
        close(&q, &array![[0.0], [1.0]]);
        close(&(r / 1e200), &array![[1.0]]);
        let stack = numbers([2, 4, 3], 5);
        assert_eq!(qr(&stack).1.slice(s![1, .., ..]), qr(&stack.slice(s![1, .., ..])).1);
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        for (m, n) in [(3, 3), (5, 3)] {
            let (a, d) = (full_rank(2, m, n), (numbers([2, m, n], 3), numbers([2, n, n], 5)));
            let (y, pullback) = qr::vjp(&a);
            let d_a = pullback(d.clone());
            check_rule(&a, |a| qr(a), &d, &d_a);
            let a_dot = numbers([2, m, n], 7);
            check_dot(&qr::tangent(&y, &a_dot), &d, &a_dot, &d_a);
        }
    }

    #[test]
    #[should_panic(expected = "qr of an array of shape [2, 3], whose matrices have more columns than rows")]
    fn matrices_are_not_wide() {
        qr(&Array2::<f64>::zeros((2, 3)));
    }
}
