//! One array repeated along axes that it does not have, or has with length 1.
#![allow(unsafe_code, reason = "a view of a view lives as long as what that one borrows, which its type does not say")]

use ndarray::{Array, ArrayView, Dimension, IntoDimension};

use super::tensor::Tensor;
use crate::elementwise::{Operand, Rank, fit};
use crate::quoted::refuse;
use crate::real::Real;

/// A view of `x` in this shape, `None` if it does not broadcast to it.
pub fn broadcast<X: Tensor + ?Sized, E: IntoDimension>(x: &X, shape: E) -> Option<ArrayView<'_, X::Elem, E::Dim>> {
    let x = x.tensor_view();
    let view = x.broadcast(shape)?;
    // SAFETY: its elements are those of `x`, which is borrowed for as long as the result lives.
    Some(unsafe { view.raw_view().deref_into_view() })
}

/// The rule of [`broadcast()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct broadcast {}

impl broadcast {
    /// The view, which panics where there is none.
    #[doc(hidden)]
    #[track_caller]
    pub fn unwrapped<X: Tensor + ?Sized, E: IntoDimension>(x: &X, shape: E) -> ArrayView<'_, X::Elem, E::Dim> {
        let dim = shape.into_dimension();
        match broadcast(x, dim.clone()) {
            Some(view) => view,
            None => refuse(
                "broadcast",
                format_args!("an array of shape {:?} does not broadcast to {:?}", x.tensor_view().shape(), dim.slice()),
            ),
        }
    }

    /// `dy`, summed to the shape of `x`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X: Operand<Float = T> + ?Sized, T: Real, D: Dimension>(x: &X, dy: Array<T, D>) -> <X::Dim as Rank>::Of<T> {
        fit(dy, x)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, IxDyn, array};

    use super::broadcast;
    use crate::elementwise::extent;
    use crate::ops::testing::{check_linear, cube};

    #[test]
    fn the_rule_sums() {
        check_linear(|x| broadcast(x, (2, 3, 4, 5)).unwrap().to_owned(), |x, dy| broadcast::d_x(x, dy));
        check_linear(|x| broadcast(x, IxDyn(&[2, 2, 3, 4, 5])).unwrap().to_owned(), |x, dy| broadcast::d_x(&extent(x), dy));
    }

    #[test]
    fn lengths_of_1_are_repeated() {
        let x = array![[1.0f32], [2.0]];
        assert_eq!(broadcast(&x, (2, 3)).unwrap(), array![[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]);
        assert_eq!(broadcast::d_x(&x, array![[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]]), array![[6.0], [1.0]]);
        assert_eq!(broadcast(&5.0, 2).unwrap(), array![5.0, 5.0]);
    }

    #[test]
    fn what_does_not_fit_is_none() {
        assert!(broadcast(&cube(), (3, 4)).is_none());
        assert!(broadcast(&Array1::<f64>::zeros(2), 3).is_none());
    }

    #[test]
    fn nothing_may_be_repeated() {
        let x = Array1::<f64>::zeros(2);
        let y = broadcast(&x, (0, 2)).unwrap();
        assert_eq!(y.dim(), (0, 2));
        assert_eq!(broadcast::d_x(&x, Array2::zeros((0, 2))), x);
    }
}
