//! The ranks that `dot` takes, and what becomes of them.

use ndarray::{Array, Array1, Array2, ArrayBase, ArrayView, Axis, Dimension, Ix0, Ix1, Ix2, RawData};

use super::dot::dot;
use super::gemm::product;
use crate::real::Real;
use crate::tangent::Tangent;

/// Ranks that contract, and what the result is.
#[diagnostic::on_unimplemented(
    message = "`dot` takes vectors and matrices, not arrays of rank `{Self}` and `{B}`",
    label = "not of one or two dimensions"
)]
pub trait Contract<B: Dimension>: Dimension {
    /// A scalar or an array.
    type Contracted<T: Real>: Tangent;

    /// The contraction, with lengths that have been compared.
    fn contract<T: Real>(a: &ArrayView<'_, T, Self>, b: &ArrayView<'_, T, B>) -> Self::Contracted<T>;

    /// The rule for `a`.
    fn lhs_cotangent<T: Real>(b: &ArrayView<'_, T, B>, dy: &Self::Contracted<T>) -> Array<T, Self>;

    /// The rule for `b`.
    fn rhs_cotangent<T: Real>(a: &ArrayView<'_, T, Self>, dy: &Self::Contracted<T>) -> Array<T, B>;
}

macro_rules! contract {
    ($A:ty, $B:ty => $Out:ty, |$a:ident, $b:ident| $product:expr) => {
        impl Contract<$B> for $A {
            type Contracted<T: Real> = $Out;

            fn contract<T: Real>($a: &ArrayView<'_, T, $A>, $b: &ArrayView<'_, T, $B>) -> $Out {
                $product
            }

            #[track_caller]
            fn lhs_cotangent<T: Real>(b: &ArrayView<'_, T, $B>, dy: &$Out) -> Array<T, $A> {
                dot::d_lhs(b, dy)
            }

            #[track_caller]
            fn rhs_cotangent<T: Real>(a: &ArrayView<'_, T, $A>, dy: &$Out) -> Array<T, $B> {
                dot::d_rhs(a, dy)
            }
        }
    };
}
contract!(Ix1, Ix1 => T, |a, b| a.dot(b));
contract!(Ix1, Ix2 => Array1<T>, |a, b| as_matrices(a, b));
contract!(Ix2, Ix1 => Array1<T>, |a, b| as_matrices(a, b));
contract!(Ix2, Ix2 => Array2<T>, |a, b| as_matrices(a, b));

fn as_matrices<T: Real, A: Matrix, B: Matrix, C: Matrix>(a: &ArrayView<'_, T, A>, b: &ArrayView<'_, T, B>) -> Array<T, C> {
    C::from_matrix(product(&A::matrix(a.view(), AS_ROW), &B::matrix(b.view(), AS_COLUMN)))
}

/// The rank of one operand, by those of the other and of the result: ranks add up to twice the number of axes less two.
#[diagnostic::on_unimplemented(message = "a `dot` with an operand of rank `{Self}` has no result of rank `{Y}`")]
pub trait OtherDim<Y: Dimension>: Matrix {
    /// The rank.
    type Dim: Matrix;
}

macro_rules! other_dim {
    ($($X:ty, $Y:ty => $Dim:ty;)*) => {$(
        impl OtherDim<$Y> for $X {
            type Dim = $Dim;
        }
    )*};
}
other_dim! {
    Ix1, Ix0 => Ix1;
    Ix2, Ix1 => Ix1;
    Ix1, Ix1 => Ix2;
    Ix2, Ix2 => Ix2;
}

/// Ranks that are seen as matrices: a vector is one row (the new axis is 0) or one column (the new axis is 1).
pub trait Matrix: Dimension {
    /// The matrix, with a new axis at `at` if this is a vector.
    fn matrix<S: RawData>(x: ArrayBase<S, Self>, at: Axis) -> ArrayBase<S, Ix2>;

    /// The way back.
    fn from_matrix<T: Clone>(x: Array2<T>) -> Array<T, Self>;
}

impl Matrix for Ix0 {
    fn matrix<S: RawData>(x: ArrayBase<S, Ix0>, at: Axis) -> ArrayBase<S, Ix2> {
        x.insert_axis(Axis(0)).insert_axis(at)
    }

    fn from_matrix<T: Clone>(x: Array2<T>) -> Array<T, Ix0> {
        x.into_shape_with_order(()).expect("a matrix of one element")
    }
}

impl Matrix for Ix1 {
    fn matrix<S: RawData>(x: ArrayBase<S, Ix1>, at: Axis) -> ArrayBase<S, Ix2> {
        x.insert_axis(at)
    }

    fn from_matrix<T: Clone>(x: Array2<T>) -> Array1<T> {
        let length = x.len();
        x.into_shape_with_order(length).expect("a matrix of one row or one column")
    }
}

impl Matrix for Ix2 {
    fn matrix<S: RawData>(x: ArrayBase<S, Ix2>, _at: Axis) -> ArrayBase<S, Ix2> {
        x
    }

    fn from_matrix<T: Clone>(x: Array2<T>) -> Array2<T> {
        x
    }
}

/// A vector as a matrix of one row.
pub(super) const AS_ROW: Axis = Axis(0);
/// A vector as a matrix of one column.
pub(super) const AS_COLUMN: Axis = Axis(1);
