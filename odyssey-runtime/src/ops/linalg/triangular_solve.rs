//! Systems of equations that are solved by substitution.

use ndarray::{Array, ArrayView, ArrayView2, Dimension};

use super::errors::LinalgError;
use super::factor::{Diagonal, is_divisor, solve_triangular};
use super::fallible::fallible_operation;
use super::solve::minus_products;
use super::stacks::{RightHandSide, Stack, columns, in_columns, matrices, right_hand_side, stack_of};
use super::triangle::Triangle;
use crate::ops::gemm::subtract_product;
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

fallible_operation! {
    /// `x` with `a x = b`, for triangular matrices `a`, of which that half alone is read: of a matrix and a right-hand side
    /// `[n]` or `[n, k]`, or of a stack `[.., n, n]` and one of right-hand sides `[.., n, k]`.
    ///
    /// Derivatives: `db = a⁻ᵀ dx`, `da = -db xᵀ` within the half (Giles 2008, 2.3.1). Panics if the shapes do not fit.
    fn triangular_solve(
        a: A if S, b: B if W; triangle: [Triangle] if V
    ), method of TriangularSolve, hidden forms triangular_solve_residual_vjp, triangular_solve_residual_hvp, triangular_solve_pushforward of TriangularSolveHidden;
    or try_triangular_solve, method of TryTriangularSolve, hidden forms try_triangular_solve_residual_vjp, try_triangular_solve_residual_hvp, try_triangular_solve_pushforward of TryTriangularSolveHidden;
    where [
        A: Tensor<Dim: Stack>,
        B: Tensor<Elem = A::Elem, Dim: RightHandSide<A::Dim>>,
    ];
    result Like<B>;
    forward forward;
    rules |x, dx| (triangular_solve::d_a(a, triangle, x, dx), triangular_solve::d_b(a, triangle, dx));
    tangents |x, dot| (triangular_solve::tangent_a(a, triangle, x, dot), triangular_solve::tangent_b(a, triangle, dot));
}

#[track_caller]
fn forward<T: Real, D: Dimension, E: Dimension>(
    a: ArrayView<'_, T, D>,
    b: ArrayView<'_, T, E>,
    triangle: Triangle,
) -> Result<Array<T, E>, LinalgError> {
    right_hand_side(a.shape(), b.shape(), "triangular_solve");
    let a = matrices(a);
    let zero = a.iter().find_map(|a| a.diag().iter().position(|pivot| !is_divisor(*pivot)));
    match zero {
        Some(pivot) => Err(LinalgError::Singular { pivot }),
        None => Ok(solved(&a, b, triangle)),
    }
}

fn solved<T: Real, E: Dimension>(a: &[ArrayView2<'_, T>], b: ArrayView<'_, T, E>, triangle: Triangle) -> Array<T, E> {
    in_columns(b, |number, b| solve_triangular(a[number], b, triangle, Diagonal::Given))
}

impl triangular_solve {
    /// The half of `-a⁻ᵀ dx xᵀ`, for the solution `x`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<A, X, G>(a: &A, triangle: Triangle, x: &X, dx: &G) -> Like<A>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        X: Tensor<Elem = A::Elem> + ?Sized,
        G: Tensor<Elem = A::Elem, Dim = X::Dim> + ?Sized,
    {
        let d_b = Self::d_b(a, triangle, dx);
        let (d_b, x) = (matrices(columns(d_b.view())), matrices(columns(x.tensor_view())));
        stack_of(a.tensor_view().raw_dim(), |number, mut d_a| {
            subtract_product(&mut d_a, &d_b[number], &x[number].t());
            triangle.keep(&mut d_a);
        })
    }

    /// `a⁻ᵀ dx`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_b<A, G>(a: &A, triangle: Triangle, dx: &G) -> Like<G>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = A::Elem> + ?Sized,
    {
        let (a, dx) = (a.tensor_view(), dx.tensor_view());
        right_hand_side(a.shape(), dx.shape(), "triangular_solve");
        let a: Vec<_> = matrices(a).into_iter().map(ArrayView2::reversed_axes).collect();
        solved(&a, dx, triangle.transposed())
    }

    /// `a⁻¹ ḃ`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_b<A, G>(a: &A, triangle: Triangle, b_dot: &G) -> Like<G>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = A::Elem, Dim: RightHandSide<A::Dim>> + ?Sized,
    {
        triangular_solve(a, b_dot, triangle)
    }

    /// `-a⁻¹ ȧ x` with the half of `ȧ`, for the solution `x`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_a<A, X, G>(a: &A, triangle: Triangle, x: &X, a_dot: &G) -> Like<X>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        X: Tensor<Elem = A::Elem> + ?Sized,
        G: Tensor<Elem = A::Elem, Dim = A::Dim> + ?Sized,
    {
        let a_dot = a_dot.tensor_view();
        let given = matrices(a_dot.view());
        let half = stack_of(a_dot.raw_dim(), |number, mut half| {
            half.assign(&given[number]);
            triangle.keep(&mut half);
        });
        let change = minus_products(half.view(), x.tensor_view());
        solved(&matrices(a.tensor_view()), change.view(), triangle)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array, s};

    use super::{triangular_solve, try_triangular_solve};
    use crate::ops::linalg::testing::{close, regular, stack};
    use crate::ops::linalg::{LinalgError, Triangle};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    fn half(mut a: Array2<f64>, triangle: Triangle) -> Array2<f64> {
        triangle.keep(&mut a.view_mut());
        a
    }

    #[test]
    fn solves_with_the_half() {
        for n in [1, 2, 16, 17, 60] {
            for triangle in [Triangle::Lower, Triangle::Upper] {
                let (a, b) = (regular(n) + Array2::<f64>::eye(n) * n as f64, numbers([n, 3], 2));
                close(&half(a.clone(), triangle).dot(&triangular_solve(&a, &b, triangle)), &b);
                let column = b.slice(s![..;-1, 1]);
                let x = triangular_solve(&a.t(), &column, triangle);
                close(&half(a.t().to_owned(), triangle).dot(&x), &column);
            }
        }
        assert_eq!(triangular_solve(&array![[2.0f32, 9.0], [1.0, 4.0]], &array![2.0, 9.0], Triangle::Lower), array![1.0, 2.0]);
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        for triangle in [Triangle::Lower, Triangle::Upper] {
            let (a, b, dx) = (stack(2, 3), numbers([2, 3, 2], 1), numbers([2, 3, 2], 5));
            let (x, pullback) = triangular_solve::vjp(&a, &b, triangle);
            let (d_a, d_b) = pullback(dx.clone());
            check_rule(&a, |a| triangular_solve(a, &b, triangle), &dx, &d_a);
            check_rule(&b, |b| triangular_solve(&a, b, triangle), &dx, &d_b);
            let a_dot = numbers([2, 3, 3], 7);
            check_dot(&triangular_solve::tangent_a(&a, triangle, &x, &a_dot), &dx, &a_dot, &d_a);
        }
    }

    #[test]
    fn a_zero_on_the_diagonal_is_an_error() {
        let a = array![[1.0, 0.0], [1.0, 0.0]];
        let result = try_triangular_solve(&a, &array![1.0, 2.0], Triangle::Lower);
        assert_eq!(result, Err(LinalgError::Singular { pivot: 1 }));
    }
}
