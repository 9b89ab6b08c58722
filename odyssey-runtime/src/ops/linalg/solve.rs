//! Systems of linear equations.

use ndarray::{Array, ArrayView, Dimension};

use super::errors::LinalgError;
use super::factor::Lu;
use super::fallible::fallible_operation;
use super::stacks::{RightHandSide, Stack, columns, in_columns, matrices, right_hand_side, stack_of};
use crate::ops::gemm::subtract_product;
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

fallible_operation! {
    /// `x` with `a x = b`, for square matrices `a [.., n, n]`: of a matrix and a right-hand side `[n]` or `[n, k]`, or of a
    /// stack of matrices and one of right-hand sides `[.., n, k]`.
    ///
    /// By elimination with partial pivoting. Derivatives: `db = a⁻ᵀ dx`, `da = -db xᵀ` (Giles, *An extended collection of
    /// matrix derivative results*, 2008, 2.3.1). Panics if the shapes do not fit.
    fn solve(a: A if S, b: B if W), method of Solve, hidden forms solve_residual_vjp, solve_residual_hvp, solve_pushforward of SolveHidden;
    or try_solve, method of TrySolve, hidden forms try_solve_residual_vjp, try_solve_residual_hvp, try_solve_pushforward of TrySolveHidden;
    where [
        A: Tensor<Dim: Stack>,
        B: Tensor<Elem = A::Elem, Dim: RightHandSide<A::Dim>>,
    ];
    result Like<B>;
    forward forward;
    rules |x, dx| (solve::d_a(a, x, dx), solve::d_b(a, dx));
    tangents |x, dot| (solve::tangent_a(a, x, dot), solve::tangent_b(a, dot));
}

#[track_caller]
fn forward<T: Real, D: Dimension, E: Dimension>(
    a: ArrayView<'_, T, D>,
    b: ArrayView<'_, T, E>,
) -> Result<Array<T, E>, LinalgError> {
    right_hand_side(a.shape(), b.shape(), "solve");
    solved(a, b, Lu::solve)
}

/// The right-hand sides after `solve` with the factors of each matrix.
fn solved<T: Real, D: Dimension, E: Dimension>(
    a: ArrayView<'_, T, D>,
    b: ArrayView<'_, T, E>,
    solve: impl Fn(&Lu<T>, ndarray::ArrayViewMut2<'_, T>),
) -> Result<Array<T, E>, LinalgError> {
    let factors = matrices(a).iter().map(Lu::invertible).collect::<Result<Vec<_>, _>>()?;
    Ok(in_columns(b, |number, b| solve(&factors[number], b)))
}

impl solve {
    /// `-a⁻ᵀ dx xᵀ`, for the solution `x`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<A, X, G>(a: &A, x: &X, dx: &G) -> Like<A>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        X: Tensor<Elem = A::Elem> + ?Sized,
        G: Tensor<Elem = A::Elem, Dim = X::Dim> + ?Sized,
    {
        let d_b = Self::d_b(a, dx);
        let (d_b, x) = (matrices(columns(d_b.view())), matrices(columns(x.tensor_view())));
        stack_of(a.tensor_view().raw_dim(), |number, mut d_a| subtract_product(&mut d_a, &d_b[number], &x[number].t()))
    }

    /// `a⁻ᵀ dx`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_b<A, G>(a: &A, dx: &G) -> Like<G>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = A::Elem> + ?Sized,
    {
        let (a, dx) = (a.tensor_view(), dx.tensor_view());
        right_hand_side(a.shape(), dx.shape(), "solve");
        solved(a, dx, Lu::solve_transposed).expect("the forward pass has solved it")
    }

    /// `a⁻¹ ḃ`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_b<A, G>(a: &A, b_dot: &G) -> Like<G>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = A::Elem, Dim: RightHandSide<A::Dim>> + ?Sized,
    {
        solve(a, b_dot)
    }

    /// `-a⁻¹ ȧ x`, for the solution `x`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_a<A, X, G>(a: &A, x: &X, a_dot: &G) -> Like<X>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        X: Tensor<Elem = A::Elem> + ?Sized,
        G: Tensor<Elem = A::Elem, Dim = A::Dim> + ?Sized,
    {
        let x = x.tensor_view();
        let change = minus_products(a_dot.tensor_view(), x);
        solved(a.tensor_view(), change.view(), Lu::solve).expect("the forward pass has solved it")
    }
}

/// `-a x`.
pub(super) fn minus_products<T: Real, D: Dimension, E: Dimension>(a: ArrayView<'_, T, D>, x: ArrayView<'_, T, E>) -> Array<T, E> {
    let (a, columns) = (matrices(a), matrices(columns(x.view())));
    in_columns(Array::zeros(x.raw_dim()).view(), |number, mut change| {
        subtract_product(&mut change, &a[number], &columns[number]);
    })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array, s};

    use super::{Solve, SolveHidden, TrySolveHidden, solve, try_solve};
    use crate::ops::linalg::LinalgError;
    use crate::ops::linalg::testing::{close, regular, stack};
    use crate::ops::testing::{check_dot, check_rule, numbers};
    use crate::want::{No, Yes};

    #[test]
    fn solves_in_every_layout() {
        for n in [1, 2, 8, 9, 16, 33, 100] {
            let (a, b) = (regular(n), numbers([n, 3], 2));
            close(&a.dot(&solve(&a, &b)), &b);
            close(&a.t().dot(&a.t().solve(&b.slice(s![..;-1, ..]))), &b.slice(s![..;-1, ..]));
            let column = b.column(1);
            close(&a.dot(&solve(&a, &column)), &column);
        }
        assert_eq!(solve(&array![[0.0f32, 2.0], [4.0, 0.0]], &array![2.0, 8.0]), array![2.0, 1.0]);
        assert_eq!(solve(&Array2::<f64>::zeros((0, 0)), &Array1::zeros(0)).dim(), 0);
        assert_eq!(solve(&Array2::<f64>::eye(3), &Array2::zeros((3, 0))).dim(), (3, 0));
        let (a, b) = (stack(3, 4), numbers([3, 4, 2], 2));
        assert_eq!(solve(&a, &b).slice(s![1, .., ..]), solve(&a.slice(s![1, .., ..]), &b.slice(s![1, .., ..])));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let (a, b, dx) = (stack(2, 3), numbers([2, 3, 2], 1), numbers([2, 3, 2], 5));
        let (x, pullback) = solve::vjp(&a, &b);
        let (d_a, d_b) = pullback(dx.clone());
        check_rule(&a, |a| solve(a, &b), &dx, &d_a);
        check_rule(&b, |b| solve(&a, b), &dx, &d_b);
        let a_dot = numbers([2, 3, 3], 7);
        check_dot(&solve::tangent_a(&a, &x, &a_dot), &dx, &a_dot, &d_a);
        let (a, b, dx) = (regular(3), numbers([3], 1), numbers([3], 5));
        let (d_a, d_b) = solve::vjp(&a, &b).1(dx.clone());
        check_rule(&a, |a| solve(a, &b), &dx, &d_a);
        check_rule(&b, |b| solve(&a, b), &dx, &d_b);
    }

    #[test]
    fn hidden_forms() {
        let (a, b) = (regular(3), numbers([3], 1));
        let (x, pullback) = a.solve_residual_vjp(&b, (No, Yes));
        assert_eq!(pullback(&a, &b, &x, x.clone()), ((), solve::d_b(&a, &x)));
        let (x, pullback) = a.try_solve_residual_vjp(&b, (Yes, No));
        assert_eq!(pullback(&a, &b, &x, x.clone().ok()), (solve::d_a(&a, x.as_ref().unwrap(), x.as_ref().unwrap()), ()));
        let singular = Array2::zeros((3, 3));
        let (x, pullback) = singular.try_solve_residual_vjp(&b, (Yes, Yes));
        assert_eq!(x, Err(LinalgError::Singular { pivot: 0 }));
        assert_eq!(pullback(&singular, &b, &x, None), (singular.clone(), b * 0.0));
        assert_eq!(try_solve(&a, &array![1.0, 0.0, 0.0]), Ok(solve(&a, &array![1.0, 0.0, 0.0])));
    }

    #[test]
    #[should_panic(expected = "solve of a right-hand side of shape [2] with a matrix of shape [3, 3]")]
    fn shapes_are_checked() {
        solve(&regular(3), &array![1.0, 2.0]);
    }
}
