//! The inverse.

use ndarray::{Array, ArrayView, Dimension};

use super::errors::LinalgError;
use super::factor::Lu;
use super::fallible::fallible_operation;
use super::stacks::{Stack, matrices, square, stack_of};
use crate::ops::gemm::{product, subtract_product};
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

fallible_operation! {
    /// The inverse `y` of a square matrix, or of each of a stack `[.., n, n]`.
    ///
    /// By elimination with partial pivoting; to solve equations, [`solve()`](super::solve::solve()) is faster and more exact.
    /// Derivative: `da = -yᵀ dy yᵀ` (Giles 2008, 2.2.3). Panics if the matrices are not square.
    fn inv(a: A if S), method of Inverse, hidden forms inv_residual_vjp, inv_residual_hvp, inv_pushforward of InverseHidden;
    or try_inv, method of TryInverse, hidden forms try_inv_residual_vjp, try_inv_residual_hvp, try_inv_pushforward of TryInverseHidden;
    where [A: Tensor<Dim: Stack>];
    result Like<A>;
    forward forward;
    rules |y, dy| (inv::d_a(y, dy));
    tangents |y, dot| (inv::tangent(y, dot));
}

#[track_caller]
fn forward<T: Real, D: Dimension>(a: ArrayView<'_, T, D>) -> Result<Array<T, D>, LinalgError> {
    square(a.shape(), "inv");
    let dim = a.raw_dim();
    let factors = matrices(a).iter().map(Lu::invertible).collect::<Result<Vec<_>, _>>()?;
    Ok(stack_of(dim, |number, mut inverse| {
        inverse.diag_mut().fill(T::one());
        factors[number].solve(inverse);
    }))
}

impl inv {
    /// `-yᵀ dy yᵀ`, for the inverse `y`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<Y, G>(y: &Y, dy: &G) -> Like<Y>
    where
        Y: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = Y::Elem, Dim = Y::Dim> + ?Sized,
    {
        minus_sandwiches(y, dy, Side::Transposed)
    }

    /// `-y ȧ y`, for the inverse `y`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<Y, G>(y: &Y, a_dot: &G) -> Like<Y>
    where
        Y: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = Y::Elem, Dim = Y::Dim> + ?Sized,
    {
        minus_sandwiches(y, a_dot, Side::Given)
    }
}

/// Which of a matrix and its transpose.
enum Side {
    Given,
    Transposed,
}

/// `-y g y` for each matrix, or the same with `yᵀ`.
fn minus_sandwiches<Y, G>(y: &Y, g: &G, side: Side) -> Like<Y>
where
    Y: Tensor<Dim: Stack> + ?Sized,
    G: Tensor<Elem = Y::Elem, Dim = Y::Dim> + ?Sized,
{
    let (outer, inner) = (matrices(y.tensor_view()), matrices(g.tensor_view()));
    stack_of(y.tensor_view().raw_dim(), |number, mut result| {
        let y = match side {
            Side::Given => outer[number],
            Side::Transposed => outer[number].reversed_axes(),
        };
        subtract_product(&mut result, &product(&y, &inner[number]).view(), &y);
    })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3, array, s};

    use super::{TryInverse, inv, try_inv};
    use crate::ops::linalg::LinalgError;
    use crate::ops::linalg::testing::{close, regular, stack};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    #[test]
    fn is_the_inverse() {
        for n in [1, 2, 5, 16, 17, 40, 100] {
            let a = regular(n);
            close(&a.dot(&inv(&a)), &Array2::eye(n));
            close(&a.t().dot(&inv(&a.t())), &Array2::eye(n));
            close(&inv(&a.slice(s![..;-1, ..])).dot(&a.slice(s![..;-1, ..])), &Array2::eye(n));
        }
        let single = inv(&array![[2.0f32, 0.0], [0.0, 4.0]]);
        assert_eq!(single, array![[0.5, 0.0], [0.0, 0.25]]);
        assert_eq!(inv(&Array2::<f64>::zeros((0, 0))).dim(), (0, 0));
        assert_eq!(inv(&Array3::<f64>::zeros((0, 2, 2))).dim(), (0, 2, 2));
        let a = stack(3, 4);
        assert_eq!(inv(&a).slice(s![1, .., ..]), inv(&a.slice(s![1, .., ..])));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let a = stack(2, 3);
        let (y, pullback) = inv::vjp(&a);
        let dy = numbers([2, 3, 3], 5);
        let d_a = pullback(dy.clone());
        check_rule(&a, |a| inv(a), &dy, &d_a);
        let a_dot = numbers([2, 3, 3], 7);
        check_dot(&inv::tangent(&y, &a_dot), &dy, &a_dot, &d_a);
    }

    #[test]
    fn a_singular_matrix_is_an_error() {
        let a = array![[1.0, 2.0], [2.0, 4.0]];
        assert_eq!(try_inv(&a), Err(LinalgError::Singular { pivot: 1 }));
        assert!(array![[f64::NAN]].try_inv().is_err());
        assert!(a.slice(s![..1, ..1]).try_inv().is_ok());
    }

    #[test]
    #[should_panic(expected = "the matrix is singular: pivot 0 is zero or not a number in inv")]
    fn a_singular_matrix_panics() {
        inv(&array![[0.0]]);
    }

    #[test]
    #[should_panic(expected = "inv of an array of shape [2, 3], whose matrices are not square")]
    fn the_matrix_is_square() {
        inv(&Array2::<f64>::zeros((2, 3)));
    }
}
