//! An axis of length 1 more.

use ndarray::{Array, Axis, Dimension};

use super::axis_function::residual_method;
use super::tensor::{Shaped, Tensor};
use crate::real::Real;
use crate::want::Want;

/// An array like `X` with an axis more.
pub type Larger<X> = Array<<X as Tensor>::Elem, <<X as Tensor>::Dim as Dimension>::Larger>;

/// `x` with an axis of length 1 at `axis`. Panics if `x` has fewer axes than that.
#[track_caller]
pub fn insert_axis<X: Tensor + ?Sized>(x: &X, axis: Axis) -> Larger<X> {
    x.tensor_view().insert_axis(axis).to_owned()
}

/// The rule of [`insert_axis()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct insert_axis {}

impl insert_axis {
    /// `dy` in the shape of `x`: an axis of length 1 changes no position.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X: Shaped + ?Sized, T: Real, D: Dimension>(x: &X, dy: Array<T, D>) -> Array<T, X::Dim> {
        let dim = x.dim_of();
        assert!(dim.size() == dy.len(), "a cotangent of shape {:?} for {:?} with an axis of length 1", dy.shape(), dim.slice());
        let dy = dy.into_iter().collect();
        Array::from_shape_vec(dim, dy).expect("as many elements")
    }
}

residual_method! {
    insert_axis_residual_vjp of InsertAxisResidual;
    where [];
    result Larger<X>;
    forward |x, axis| insert_axis(x, axis);
    rule |x, _, _, dy| insert_axis::d_x(x, dy);
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Axis, array};

    use super::{InsertAxisResidual, insert_axis};
    use crate::ops::testing::{cube, layouts};
    use crate::want::{No, Yes};

    #[test]
    fn rules_agree_with_differences() {
        for axis in (0..4).map(Axis) {
            for x in layouts(&cube()) {
                let weights = insert_axis(&x, axis).mapv(f64::cos);
                let d_x = insert_axis::d_x(&x, weights.clone());
                crate::check::argument("x", &&x, |x| (insert_axis(x, axis) * &weights).sum(), &d_x).unwrap();
            }
        }
    }

    #[test]
    fn makes_columns_and_rows() {
        let x = array![1.0, 2.0];
        assert_eq!(insert_axis(&x, Axis(1)), array![[1.0], [2.0]]);
        let (y, pullback) = x.insert_axis_residual_vjp(Axis(0), (Yes, No));
        assert_eq!(y, array![[1.0, 2.0]]);
        assert_eq!(pullback(&x, Axis(0), &y, array![[3.0, 4.0]]), (array![3.0, 4.0], ()));
        assert_eq!(insert_axis(&Array1::<f64>::zeros(0), Axis(0)).dim(), (1, 0));
    }

    #[test]
    #[should_panic(expected = "a cotangent of shape [1, 3]")]
    fn shapes_are_checked() {
        insert_axis::d_x(&array![1.0, 2.0], array![[3.0, 4.0, 5.0]]);
    }
}
