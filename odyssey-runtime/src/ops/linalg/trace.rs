//! The sum of a diagonal.

use ndarray::{Array, ArrayView};

use super::stacks::{Stack, matrices, square, stack_of};
use crate::ops::operation::operation;
use crate::ops::{Elements, Shaped, Tensor};
use crate::real::Real;

operation! {
    /// `Σᵢ a[i, i]` of a square matrix, or of each of a stack `[.., n, n]`. Panics if the matrices are not square.
    fn trace(a: A if S), method of Trace, hidden forms trace_residual_vjp, trace_residual_hvp, trace_pushforward of TraceHidden;
    where [A: Tensor<Dim: Stack>];
    result <A::Dim as Stack>::Numbers<A::Elem>;
    forward forward;
    rules |_, dy| (trace::d_a(a, dy));
    tangents |_, dot| (trace(dot));
}

#[track_caller]
fn forward<T: Real, D: Stack>(a: ArrayView<'_, T, D>) -> D::Numbers<T> {
    square(a.shape(), "trace");
    let traces = matrices(a.view()).iter().map(|a| a.diag().sum()).collect();
    D::numbers(a.shape(), traces)
}

impl trace {
    /// `dy` on the diagonal.
    #[doc(hidden)]
    pub fn d_a<A, T, D>(a: &A, dy: &D::Numbers<T>) -> Array<T, D>
    where
        A: Shaped<Dim = D> + Elements<Elem = T> + ?Sized,
        T: Real,
        D: Stack,
    {
        stack_of(a.dim_of(), |number, mut d_a| d_a.diag_mut().fill(D::number(dy, number)))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::trace;
    use crate::ops::linalg::testing::stack;
    use crate::ops::testing::check_rule;

    #[test]
    fn is_the_sum_of_the_diagonal() {
        assert_eq!(trace(&array![[1.0f32, 2.0], [3.0, 4.0]]), 5.0);
        assert_eq!(trace(&Array2::<f64>::zeros((0, 0))), 0.0);
    }

    #[test]
    fn the_rule_agrees_with_differences() {
        let a = stack(2, 3);
        let dy = array![0.5, -2.0];
        check_rule(&a, |a| trace(a), &dy, &trace::vjp(&a).1(dy.clone()));
    }

    #[test]
    #[should_panic(expected = "trace of an array of shape [2, 3]")]
    fn the_matrix_is_square() {
        trace(&Array2::<f64>::zeros((2, 3)));
    }
}
