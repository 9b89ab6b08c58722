//! Contraction of the last axis of one operand with the first axis of the other.
#![allow(clippy::type_complexity, reason = "a residual form is a value and a pullback")]

use ndarray::{Array, ArrayRef, ArrayView, ArrayView2};

use super::gemm::{add_product, product};
use super::ranks::{AS_COLUMN, AS_ROW, Contract, Matrix, OtherDim};
use super::tensor::Tensor;
use crate::along::Along;
use crate::quoted::{ensure, refuse};
use crate::real::Real;
use crate::tangent::Tangent;
use crate::want::Want;

/// `a.dot(b)`: the inner product of vectors, the product of matrices, and of a matrix with a vector on either side.
///
/// | `a` | `b` | result | |
/// | --- | --- | --- | --- |
/// | `[k]` | `[k]` | scalar | `Σₖ a[k] b[k]` |
/// | `[m, k]` | `[k]` | `[m]` | `Σₖ a[m, k] b[k]` |
/// | `[k]` | `[k, n]` | `[n]` | `Σₖ a[k] b[k, n]` |
/// | `[m, k]` | `[k, n]` | `[m, n]` | `Σₖ a[m, k] b[k, n]` |
///
/// Panics if the lengths of the contracted axes differ.
#[track_caller]
pub fn dot<A, B>(a: &A, b: &B) -> <A::Dim as Contract<B::Dim>>::Contracted<A::Elem>
where
    A: Tensor<Dim: Contract<B::Dim>> + ?Sized,
    B: Tensor<Elem = A::Elem> + ?Sized,
{
    let (a, b) = (a.tensor_view(), b.tensor_view());
    if a.shape().last() != b.shape().first() {
        does_not_contract(a.shape(), b.shape());
    }
    A::Dim::contract(&a, &b)
}

#[cold]
#[track_caller]
fn does_not_contract(a: &[usize], b: &[usize]) -> ! {
    refuse("dot", format_args!("shapes {a:?} and {b:?} do not contract"))
}

/// The derivative rules of [`dot()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
pub struct dot {}

impl dot {
    /// `∂ dot(a, b) / ∂a` applied to `dy`: `dy bᵀ`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_lhs<B, Y>(b: &B, dy: &Y) -> Array<B::Elem, CotangentDim<B, Y>>
    where
        B: Tensor<Dim: OtherDim<Y::Dim>> + ?Sized,
        Y: Tensor<Elem = B::Elem, Dim: Matrix> + ?Sized,
    {
        let (dy, b_t) = factors_of_lhs(b.tensor_view(), dy.tensor_view());
        Matrix::from_matrix(product(&dy, &b_t))
    }

    /// `∂ dot(a, b) / ∂b` applied to `dy`: `aᵀ dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_rhs<A, Y>(a: &A, dy: &Y) -> Array<A::Elem, CotangentDim<A, Y>>
    where
        A: Tensor<Dim: OtherDim<Y::Dim>> + ?Sized,
        Y: Tensor<Elem = A::Elem, Dim: Matrix> + ?Sized,
    {
        let (a_t, dy) = factors_of_rhs(a.tensor_view(), dy.tensor_view());
        Matrix::from_matrix(product(&a_t, &dy))
    }

    /// Adds `dy bᵀ` to `d_a` in place.
    #[doc(hidden)]
    #[track_caller]
    pub fn add_d_lhs<T, D, B, Y>(d_a: &mut ArrayRef<T, D>, b: &B, dy: &Y)
    where
        T: Real,
        D: Matrix,
        B: Tensor<Elem = T, Dim: OtherDim<Y::Dim, Dim = D>> + ?Sized,
        Y: Tensor<Elem = T, Dim: Matrix> + ?Sized,
    {
        let (dy, b_t) = factors_of_lhs(b.tensor_view(), dy.tensor_view());
        add_product(&mut D::matrix(d_a.view_mut(), AS_ROW), &dy, &b_t);
    }

    /// Adds `aᵀ dy` to `d_b` in place.
    #[doc(hidden)]
    #[track_caller]
    pub fn add_d_rhs<T, D, A, Y>(d_b: &mut ArrayRef<T, D>, a: &A, dy: &Y)
    where
        T: Real,
        D: Matrix,
        A: Tensor<Elem = T, Dim: OtherDim<Y::Dim, Dim = D>> + ?Sized,
        Y: Tensor<Elem = T, Dim: Matrix> + ?Sized,
    {
        let (a_t, dy) = factors_of_rhs(a.tensor_view(), dy.tensor_view());
        add_product(&mut D::matrix(d_b.view_mut(), AS_COLUMN), &a_t, &dy);
    }
}

type CotangentDim<X, Y> = <<X as Tensor>::Dim as OtherDim<<Y as Tensor>::Dim>>::Dim;

/// The matrices `dy [m, n]` and `bᵀ [n, k]`, for `b [k, n]`.
#[track_caller]
fn factors_of_lhs<'v, T: Real, B: OtherDim<Y>, Y: Matrix>(
    b: ArrayView<'v, T, B>,
    dy: ArrayView<'v, T, Y>,
) -> (ArrayView2<'v, T>, ArrayView2<'v, T>) {
    // With a vector b the result has the rows of a alone, with a matrix b and a vector a its columns alone.
    let dy = Y::matrix(dy, if b.ndim() == 1 { AS_COLUMN } else { AS_ROW });
    let b = B::matrix(b, AS_COLUMN);
    fits(b.ncols() == dy.ncols(), b.shape(), dy.shape());
    (dy, b.reversed_axes())
}

/// The matrices `aᵀ [k, m]` and `dy [m, n]`, for `a [m, k]`.
#[track_caller]
fn factors_of_rhs<'v, T: Real, A: OtherDim<Y>, Y: Matrix>(
    a: ArrayView<'v, T, A>,
    dy: ArrayView<'v, T, Y>,
) -> (ArrayView2<'v, T>, ArrayView2<'v, T>) {
    let dy = Y::matrix(dy, if a.ndim() == 1 { AS_ROW } else { AS_COLUMN });
    let a = A::matrix(a, AS_ROW);
    fits(a.nrows() == dy.nrows(), a.shape(), dy.shape());
    (a.reversed_axes(), dy)
}

#[track_caller]
fn fits(fits: bool, operand: &[usize], dy: &[usize]) {
    ensure!(fits, "", "a cotangent of shape {dy:?} does not fit the operand {operand:?} of dot");
}

/// The cotangent of an operand of `dot`, by the type of the other operand and that of the cotangent of the result.
type CotangentOf<X> = Array<<X as Tensor>::Elem, <X as Tensor>::Dim>;

/// A value with its tangent.
type Pair<T> = (T, T);

/// [`dot()`] in residual form.
#[doc(hidden)]
pub trait DotResidual<A: Tensor<Dim: Contract<B::Dim>> + ?Sized, B: Tensor<Elem = A::Elem> + ?Sized> {
    /// The value, and a pullback that takes both operands again.
    #[track_caller]
    fn dot_residual_vjp<S: Want, W: Want>(
        &self,
        b: &B,
        wants: (S, W),
    ) -> (
        DotOf<A, B>,
        impl FnOnce(&A, &B, &DotOf<A, B>, DotOf<A, B>) -> (S::Of<CotangentOf<A>>, W::Of<CotangentOf<B>>)
        + Clone
        + use<Self, A, B, S, W>,
    );

    /// The value with its tangent, and the pullback with its tangent.
    #[track_caller]
    fn dot_residual_hvp<G: Along<CotangentOf<A>>, H: Along<CotangentOf<B>>, S: Want, W: Want>(
        &self,
        b: &B,
        tangents: (G, H),
        wants: (S, W),
    ) -> (
        (DotOf<A, B>, DotOf<A, B>),
        impl FnOnce(&A, &B, &DotOf<A, B>, (DotOf<A, B>, DotOf<A, B>)) -> (S::Of<Pair<CotangentOf<A>>>, W::Of<Pair<CotangentOf<B>>>)
        + use<Self, A, B, G, H, S, W>,
    );

    /// The value, and `dot(ȧ, b) + dot(a, ḃ)`.
    #[track_caller]
    fn dot_pushforward<G: Along<CotangentOf<A>>, H: Along<CotangentOf<B>>>(
        &self,
        b: &B,
        tangents: (G, H),
    ) -> (DotOf<A, B>, DotOf<A, B>);
}

type DotOf<A, B> = <<A as Tensor>::Dim as Contract<<B as Tensor>::Dim>>::Contracted<<A as Tensor>::Elem>;

impl<A, B> DotResidual<A, B> for A
where
    A: Tensor<Dim: Contract<B::Dim>> + ?Sized,
    B: Tensor<Elem = A::Elem> + ?Sized,
{
    #[track_caller]
    fn dot_residual_vjp<S: Want, W: Want>(
        &self,
        b: &B,
        _wants: (S, W),
    ) -> (
        DotOf<A, B>,
        impl FnOnce(&A, &B, &DotOf<A, B>, DotOf<A, B>) -> (S::Of<CotangentOf<A>>, W::Of<CotangentOf<B>>) + Clone + use<A, B, S, W>,
    ) {
        (dot(self, b), |a, b, _, dy| {
            let (a, b) = (a.tensor_view(), b.tensor_view());
            (S::when(|| A::Dim::lhs_cotangent(&b, &dy)), W::when(|| A::Dim::rhs_cotangent(&a, &dy)))
        })
    }

    #[track_caller]
    fn dot_residual_hvp<G: Along<CotangentOf<A>>, H: Along<CotangentOf<B>>, S: Want, W: Want>(
        &self,
        b: &B,
        (da, db): (G, H),
        _wants: (S, W),
    ) -> (
        (DotOf<A, B>, DotOf<A, B>),
        impl FnOnce(&A, &B, &DotOf<A, B>, (DotOf<A, B>, DotOf<A, B>)) -> (S::Of<Pair<CotangentOf<A>>>, W::Of<Pair<CotangentOf<B>>>)
        + use<A, B, G, H, S, W>,
    ) {
        let da = da.along(|| Array::zeros(self.tensor_view().raw_dim())).clone();
        let db = db.along(|| Array::zeros(b.tensor_view().raw_dim())).clone();
        let mut tangent = dot(self, &db);
        tangent.accumulate(dot(&da, b));
        ((dot(self, b), tangent), move |a, b, _, (dy, dy_dot)| {
            let (a, b) = (a.tensor_view(), b.tensor_view());
            let of_a = S::when(|| {
                let mut along = A::Dim::lhs_cotangent(&b, &dy_dot);
                along.accumulate(A::Dim::lhs_cotangent(&db.view(), &dy));
                (A::Dim::lhs_cotangent(&b, &dy), along)
            });
            let of_b = W::when(|| {
                let mut along = A::Dim::rhs_cotangent(&a, &dy_dot);
                along.accumulate(A::Dim::rhs_cotangent(&da.view(), &dy));
                (A::Dim::rhs_cotangent(&a, &dy), along)
            });
            (of_a, of_b)
        })
    }

    #[track_caller]
    fn dot_pushforward<G: Along<CotangentOf<A>>, H: Along<CotangentOf<B>>>(
        &self,
        b: &B,
        (da, db): (G, H),
    ) -> (DotOf<A, B>, DotOf<A, B>) {
        let da = da.along(|| Array::zeros(self.tensor_view().raw_dim()));
        if !H::VARIES {
            return (dot(self, b), dot(&*da, b));
        }
        let db = db.along(|| unreachable!("it varies"));
        let mut tangent = dot(self, &*db);
        if G::VARIES {
            tangent.accumulate(dot(&*da, b));
        }
        (dot(self, b), tangent)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, Array1, Array2, ArrayView2, Axis, array, s};

    use super::{DotResidual, dot};
    use crate::check;
    use crate::want::{No, Yes};

    fn matrix(rows: usize, columns: usize) -> Array2<f64> {
        Array::from_shape_fn((rows, columns), |(i, j)| ((i * 7 + j * 3) as f64).sin())
    }

    fn vector(length: usize) -> Array1<f64> {
        matrix(1, length).remove_axis(Axis(0))
    }

    fn naive(a: &ArrayView2<'_, f64>, b: &ArrayView2<'_, f64>) -> Array2<f64> {
        Array::from_shape_fn((a.nrows(), b.ncols()), |(i, j)| (0..a.ncols()).map(|k| a[[i, k]] * b[[k, j]]).sum())
    }

    #[test]
    fn agrees_with_the_definition_in_every_layout() {
        for (m, k, n) in [
            (1, 1, 1),
            (2, 3, 4),
            (5, 17, 9),
            (40, 33, 21),
            (1, 64, 16),
            (64, 1, 16),
            (3, 64, 1),
            (0, 3, 2),
            (3, 0, 2),
            (3, 2, 0),
        ] {
            let (a, b) = (matrix(m, k), matrix(k, n));
            let (a_t, b_t) = (a.t().as_standard_layout().into_owned(), b.t().as_standard_layout().into_owned());
            let wide = matrix(2 * m, 3 * k);
            let strided = wide.slice(s![..;2, ..;-3]);
            for a in [a.view(), a_t.t(), strided] {
                for b in [b.view(), b_t.t()] {
                    let (got, want) = (dot(&a, &b), naive(&a, &b));
                    assert_eq!(got.dim(), want.dim());
                    assert!((&got - &want).iter().all(|e| e.abs() < 1e-12), "{m} {k} {n}");
                    let single = dot(&a.mapv(|x| x as f32), &b.mapv(|x| x as f32));
                    assert!((&single.mapv(f64::from) - &want).iter().all(|e| e.abs() < 1e-5));
                }
            }
        }
    }

    #[test]
    fn takes_vectors_references_and_array_refs() {
        let (a, b, v) = (matrix(3, 4), matrix(4, 2), vector(4));
        assert_eq!(dot(&a, &v), a.dot(&v));
        assert!((dot(&v, &b) - v.dot(&b)).iter().all(|e| e.abs() < 1e-15));
        assert_eq!(dot(&v, &v), v.dot(&v));
        assert_eq!(dot(&&a, &&&b), dot(&*a, &*b));
        assert_eq!(dot(&a.view(), &b.to_shared()), dot(&a, &b));
        assert_eq!(dot(&v.slice(s![..;-1]), &v), (0..4).map(|i| v[i] * v[3 - i]).sum());
    }

    /// The gradients of `Σ dot(a, b) * dy`.
    macro_rules! check_rules {
        ($a:expr, $b:expr, $total:expr) => {{
            let (a, b) = ($a, $b);
            let dy = dot(&a, &b);
            let total = $total;
            // d/da Σ dot(a, b)² = 2 d_lhs(dot(a, b))
            let (d_a, d_b) = (dot::d_lhs(&b, &dy), dot::d_rhs(&a, &dy));
            check::argument("a", &&a, |a| total(&dot(a, &b)) * 0.5, &d_a).unwrap();
            check::argument("b", &&b, |b| total(&dot(&a, b)) * 0.5, &d_b).unwrap();
            let (mut twice_a, mut twice_b) = (d_a.clone(), d_b.clone());
            dot::add_d_lhs(&mut twice_a, &b, &dy);
            dot::add_d_rhs(&mut twice_b, &a, &dy);
            assert!((twice_a - d_a * 2.0).iter().all(|e| e.abs() < 1e-13));
            assert!((twice_b - d_b * 2.0).iter().all(|e| e.abs() < 1e-13));
        }};
    }

    #[test]
    fn rules_agree_with_differences() {
        let squares1 = |y: &Array1<f64>| y.iter().map(|y| y * y).sum::<f64>();
        let squares2 = |y: &Array2<f64>| y.iter().map(|y| y * y).sum::<f64>();
        check_rules!(vector(5), vector(5), |y: &f64| y * y);
        check_rules!(matrix(3, 5), vector(5), squares1);
        check_rules!(vector(5), matrix(5, 2), squares1);
        check_rules!(matrix(3, 5), matrix(5, 2), squares2);
        check_rules!(matrix(5, 3).reversed_axes(), matrix(5, 7), squares2);
        check_rules!(vector(1), matrix(1, 1), squares1);
        // Large enough for the blocked kernel.
        check_rules!(matrix(13, 11), vector(11), squares1);
        check_rules!(vector(11), matrix(11, 13), squares1);
        check_rules!(matrix(9, 11), matrix(7, 11).reversed_axes(), squares2);
    }

    #[test]
    #[should_panic(expected = "shapes [64, 784] and [780, 256] do not contract in dot")]
    fn says_which_shapes_do_not_contract() {
        dot(&Array2::<f32>::zeros((64, 784)), &Array2::<f32>::zeros((780, 256)));
    }

    #[test]
    #[should_panic(expected = "a cotangent of shape [3, 2] does not fit the operand [4, 5] of dot")]
    fn says_which_cotangent_does_not_fit() {
        dot::d_lhs(&matrix(4, 5), &matrix(3, 2));
    }

    #[test]
    fn residual_form_serves_all_ranks() {
        let (a, b, v) = (matrix(3, 4), matrix(4, 2), vector(4));
        let (y, pullback) = a.dot_residual_vjp(&b, (Yes, Yes));
        assert_eq!(pullback(&a, &b, &y, y.clone()), (dot::d_lhs(&b, &y), dot::d_rhs(&a, &y)));
        let (y, pullback) = v.dot_residual_vjp(&v, (No, Yes));
        assert_eq!(pullback(&v, &v, &y, 2.0), ((), &v * 2.0));
        let (y, pullback) = a.view().dot_residual_vjp(&&v, (Yes, No));
        assert_eq!(pullback(&a.view(), &&v, &y, y.clone()), (dot::d_lhs(&v, &y), ()));
    }

    #[test]
    fn an_empty_contraction_is_zero() {
        assert_eq!(dot(&Array2::<f64>::zeros((2, 0)), &Array2::<f64>::zeros((0, 2))), array![[0.0, 0.0], [0.0, 0.0]]);
        let mut sum = array![[1.0, 2.0]];
        dot::add_d_lhs(&mut sum, &Array2::<f64>::zeros((2, 0)), &Array2::<f64>::zeros((1, 0)));
        assert_eq!(sum, array![[1.0, 2.0]]);
    }
}
