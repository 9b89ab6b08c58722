//! Logarithms of determinants.

use ndarray::ArrayView;

use super::errors::LinalgError;
use super::factor::Lu;
use super::fallible::fallible_operation;
use super::stacks::{Stack, matrices, square, stack_of};
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

fallible_operation! {
    /// `ln det(a)` of a square matrix with a positive determinant, or of each of a stack `[.., n, n]`.
    ///
    /// By elimination with partial pivoting, as a sum of logarithms: the determinant itself may be too large or too small for
    /// a float. Derivative: `da = dy a⁻ᵀ` (Giles 2008, 2.2.4). Panics if the matrices are not square.
    fn logdet(a: A if S), method of LogDeterminant, hidden forms logdet_residual_vjp, logdet_residual_hvp, logdet_pushforward of LogDeterminantHidden;
    or try_logdet, method of TryLogDeterminant, hidden forms try_logdet_residual_vjp, try_logdet_residual_hvp, try_logdet_pushforward of TryLogDeterminantHidden;
    where [A: Tensor<Dim: Stack>];
    result <A::Dim as Stack>::Numbers<A::Elem>;
    forward forward;
    rules |_, dy| (logdet::d_a(a, dy));
    tangents |_, dot| (logdet::tangent(a, dot));
}

#[track_caller]
fn forward<T: Real, D: Stack>(a: ArrayView<'_, T, D>) -> Result<D::Numbers<T>, LinalgError> {
    square(a.shape(), "logdet");
    let logarithms = matrices(a.view()).into_iter().map(|a| {
        let (logarithm, is_negative) = Lu::invertible(&a)?.log_determinant();
        if is_negative { Err(LinalgError::NegativeDeterminant) } else { Ok(logarithm) }
    });
    Ok(D::numbers(a.shape(), logarithms.collect::<Result<_, _>>()?))
}

impl logdet {
    /// `dy a⁻ᵀ`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<A>(a: &A, dy: &<A::Dim as Stack>::Numbers<A::Elem>) -> Like<A>
    where
        A: Tensor<Dim: Stack> + ?Sized,
    {
        let a = a.tensor_view();
        let dim = a.raw_dim();
        let a = matrices(a);
        stack_of(dim, |number, mut d_a| {
            d_a.diag_mut().fill(<A::Dim as Stack>::number(dy, number));
            factors(&a[number]).solve_transposed(d_a);
        })
    }

    /// `tr(a⁻¹ ȧ)`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<A, G>(a: &A, a_dot: &G) -> <A::Dim as Stack>::Numbers<A::Elem>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = A::Elem, Dim = A::Dim> + ?Sized,
    {
        let (a, a_dot) = (a.tensor_view(), a_dot.tensor_view());
        let pairs = matrices(a.view()).into_iter().zip(matrices(a_dot));
        let tangents = pairs.map(|(a, a_dot)| {
            let mut quotient = a_dot.to_owned();
            factors(&a).solve(quotient.view_mut());
            quotient.diag().sum()
        });
        <A::Dim as Stack>::numbers(a.shape(), tangents.collect())
    }
}

fn factors<T: Real>(a: &ndarray::ArrayView2<'_, T>) -> Lu<T> {
    Lu::invertible(a).expect("the forward pass has found a determinant")
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array, s};

    use super::{logdet, try_logdet};
    use crate::ops::linalg::LinalgError;
    use crate::ops::linalg::testing::{positive, stack};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    #[test]
    fn is_the_logarithm() {
        assert!((logdet(&array![[0.0, -2.0], [3.0, 4.0]]) - 6f64.ln()).abs() < 1e-15);
        assert!((logdet(&(Array2::<f64>::eye(300) * 1e-3)) - 300.0 * 1e-3f64.ln()).abs() < 1e-10);
        assert_eq!(try_logdet(&array![[0.0, 2.0], [3.0, 4.0]]), Err(LinalgError::NegativeDeterminant));
        assert_eq!(try_logdet(&array![[1.0, 1.0], [1.0, 1.0]]), Err(LinalgError::Singular { pivot: 1 }));
        assert_eq!(logdet(&Array2::<f32>::zeros((0, 0))), 0.0);
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let mut a = stack(2, 3);
        a.slice_mut(s![0, .., ..]).assign(&positive(3));
        a.slice_mut(s![1, .., ..]).assign(&(positive(3) * 2.0 + numbers([3, 3], 4)));
        let (_, pullback) = logdet::vjp(&a);
        let dy = array![0.5, -2.0];
        let d_a = pullback(dy.clone());
        check_rule(&a, |a| logdet(a), &dy, &d_a);
        let a_dot = numbers([2, 3, 3], 7);
        check_dot(&logdet::tangent(&a, &a_dot), &dy, &a_dot, &d_a);
    }
}
