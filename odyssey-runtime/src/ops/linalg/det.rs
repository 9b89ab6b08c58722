//! Determinants.

use ndarray::{Array2, ArrayView, ArrayView2, Axis, concatenate, s};

use super::factor::Lu;
use super::stacks::{Stack, matrices, square, stack_of};
use crate::ops::gemm::product;
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

operation! {
    /// The determinant of a square matrix, or those of a stack `[.., n, n]`; 1 of the matrix without rows.
    ///
    /// By elimination with partial pivoting. Derivative: `da = dy det(a) a⁻ᵀ` (Giles 2008, 2.2.4), which is the matrix of
    /// cofactors, and for a singular matrix computed as that. Panics if the matrices are not square.
    fn det(a: A if S), method of Determinant, hidden forms det_residual_vjp, det_residual_hvp, det_pushforward of DeterminantHidden;
    where [A: Tensor<Dim: Stack>];
    result <A::Dim as Stack>::Numbers<A::Elem>;
    forward forward;
    rules |_, dy| (det::d_a(a, dy));
    tangents |_, dot| (det::tangent(a, dot));
}

#[track_caller]
fn forward<T: Real, D: Stack>(a: ArrayView<'_, T, D>) -> D::Numbers<T> {
    square(a.shape(), "det");
    let determinants = matrices(a.view()).iter().map(|a| Lu::of(a).determinant()).collect();
    D::numbers(a.shape(), determinants)
}

impl det {
    /// `dy` times the cofactors.
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
            let dy = <A::Dim as Stack>::number(dy, number);
            d_a.assign(&cofactors(&a[number]).mapv_into(|cofactor| cofactor * dy));
        })
    }

    /// `Σ ȧ` times the cofactors.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<A, G>(a: &A, a_dot: &G) -> <A::Dim as Stack>::Numbers<A::Elem>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = A::Elem, Dim = A::Dim> + ?Sized,
    {
        let (a, a_dot) = (a.tensor_view(), a_dot.tensor_view());
        let pairs = matrices(a.view()).into_iter().zip(matrices(a_dot));
        let tangents = pairs.map(|(a, a_dot)| (cofactors(&a) * a_dot).sum()).collect();
        <A::Dim as Stack>::numbers(a.shape(), tangents)
    }
}

/// `det(a) a⁻ᵀ`.
fn cofactors<T: Real>(a: &ArrayView2<'_, T>) -> Array2<T> {
    let Ok(factors) = Lu::invertible(a) else { return minors(a) };
    // The tangent of an inverse goes with the inverse squared: of a matrix that is nearly singular, nothing would be left of it.
    if T::FLOATS > 1 && factors.smallest_pivot() < T::lit(1e-4) {
        return minors(a);
    }
    let mut cofactors = Array2::from_diag_elem(a.nrows(), factors.determinant());
    factors.solve_transposed(cofactors.view_mut());
    cofactors
}

/// The same by its definition, for the matrices that have no inverse.
fn minors<T: Real>(a: &ArrayView2<'_, T>) -> Array2<T> {
    Array2::from_shape_fn(a.dim(), |(i, j)| {
        let without = |axis: Axis, a: ArrayView2<'_, T>, i: usize| {
            let (before, after) = a.split_at(axis, i);
            concatenate![axis, before, after.slice_axis(axis, (1..).into())]
        };
        let rows = without(Axis(0), a.slice(s![.., ..]), i);
        let minor = determinant(&without(Axis(1), rows.view(), j).view());
        if (i + j) % 2 == 0 { minor } else { -minor }
    })
}

/// By elimination, or without divisions for dual numbers: where no pivot can be divided by, their tangents would be lost.
fn determinant<T: Real>(a: &ArrayView2<'_, T>) -> T {
    if T::FLOATS == 1 { Lu::of(a).determinant() } else { without_divisions(a) }
}

/// Bird, *A simple division-free algorithm for computing determinants*, 2011.
fn without_divisions<T: Real>(a: &ArrayView2<'_, T>) -> T {
    let minus_a = a.mapv(|x| -x);
    let mut x = a.to_owned();
    for _ in 1..a.nrows() {
        let mut below = T::zero();
        for i in (0..x.nrows()).rev() {
            x.slice_mut(s![i, ..i]).fill(T::zero());
            below -= std::mem::replace(&mut x[[i, i]], below);
        }
        x = product(&x.view(), &minus_a.view());
    }
    x.get((0, 0)).copied().unwrap_or_else(T::one)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array, s};

    use super::{Determinant, det};
    use crate::ops::linalg::testing::{regular, stack};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    #[test]
    fn agrees_with_the_definition() {
        assert_eq!(det(&array![[3.0]]), 3.0);
        assert_eq!(array![[0.0f32, 2.0], [3.0, 4.0]].det(), -6.0);
        assert_eq!(det(&Array2::<f64>::zeros((0, 0))), 1.0);
        let a = regular(3);
        let of_rows = |i: usize, j: usize| a[[1, i]] * a[[2, j]] - a[[1, j]] * a[[2, i]];
        let definition = a[[0, 0]] * of_rows(1, 2) - a[[0, 1]] * of_rows(0, 2) + a[[0, 2]] * of_rows(0, 1);
        assert!((det(&a) - definition).abs() < 1e-13);
        assert!((det(&a.slice(s![..;-1, ..])) + definition).abs() < 1e-13);
        let (a, b) = (regular(30), regular(30).reversed_axes() * 0.5);
        assert!((det(&a.dot(&b)) / (det(&a) * det(&b)) - 1.0).abs() < 1e-11);
        let a = stack(3, 4);
        assert_eq!(det(&a)[2], det(&a.slice(s![2, .., ..])));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let a = stack(2, 4);
        let (_, pullback) = det::vjp(&a);
        let dy = array![0.5, -2.0];
        let d_a = pullback(dy.clone());
        check_rule(&a, |a| det(a), &dy, &d_a);
        let a_dot = numbers([2, 4, 4], 7);
        check_dot(&det::tangent(&a, &a_dot), &dy, &a_dot, &d_a);
    }

    #[test]
    fn a_singular_matrix_has_a_gradient() {
        for a in [array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [5.0, 7.0, 9.0]], Array2::eye(3) - 1.0 / 3.0, Array2::zeros((3, 3))] {
            let d_a = det::d_a(&a, &1.0);
            crate::check::argument("a", &&a, |a| det(a), &d_a).unwrap();
        }
    }
}
