//! Some of the slices along an axis, by their positions, in any order and as often as they are named.

use ndarray::{Array, Axis, Dimension, RemoveAxis};

use super::rows::{axis_exists, same_shape};
use super::slices::{add_slices, slices_exist};
use super::tensor::{Shaped, Tensor};
use super::tensor_function::tensor_method;
use crate::along::Along;
use crate::real::Real;
use crate::want::Want;

/// The slices of `x` at `indices` along `axis`. Panics if there is no such axis or no such slice.
#[track_caller]
pub fn select<X: Tensor<Dim: RemoveAxis> + ?Sized>(x: &X, axis: Axis, indices: &[usize]) -> Array<X::Elem, X::Dim> {
    let x = x.tensor_view();
    slices_exist("select", x.shape(), axis, indices);
    x.select(axis, indices)
}

/// The rule of [`select()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct select {}

impl select {
    /// The slices of `dy` added up at the positions that they were taken from, in the shape of `x`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, G>(x: &X, axis: Axis, indices: &[usize], dy: &G) -> Array<G::Elem, X::Dim>
    where
        X: Shaped<Dim: RemoveAxis> + ?Sized,
        G: Tensor<Dim = X::Dim> + ?Sized,
    {
        let mut d_x = crate::memory::zeros(x.dim_of());
        select::add_d_x(&mut d_x, x, axis, indices, dy);
        d_x
    }

    /// Adds the slices of `dy` to `d_x` in place.
    #[doc(hidden)]
    #[track_caller]
    pub fn add_d_x<T, X, G>(d_x: &mut Array<T, X::Dim>, _x: &X, axis: Axis, indices: &[usize], dy: &G)
    where
        T: Real,
        X: Shaped<Dim: RemoveAxis> + ?Sized,
        G: Tensor<Elem = T, Dim = X::Dim> + ?Sized,
    {
        let dy = dy.tensor_view();
        axis_exists(d_x.shape(), axis);
        let mut shape = d_x.raw_dim();
        shape[axis.index()] = indices.len();
        same_shape(shape.slice(), dy.shape());
        add_slices(d_x, axis, indices, &dy);
    }
}

tensor_method! {
    select_residual_vjp, select_residual_hvp, select_pushforward(axis: Axis as P, indices: &[usize] as Q) of SelectResidual;
    where [Dim: RemoveAxis];
    result Array<X::Elem, X::Dim>;
    forward |x| select(x, axis, indices);
    rule |x, _, dy| select::d_x(x, axis, indices, &dy);
    tangent |_, _, dx| select(dx, axis, indices);
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis, array};

    use super::{SelectResidual, select};
    use crate::elementwise::extent;
    use crate::ops::testing::{check_linear, cube};
    use crate::want::{No, Yes};

    #[test]
    fn the_rule_adds_up() {
        for axis in (0..3).map(Axis) {
            for indices in [&[2, 0, 2, 1][..], &[1], &[]] {
                check_linear(|x| select(x, axis, indices), |x, dy| select::d_x(&extent(x), axis, indices, &dy));
            }
        }
    }

    #[test]
    fn adds_in_place() {
        let x = array![[1.0, 2.0], [3.0, 4.0]];
        let mut d_x = Array2::ones((2, 2));
        select::add_d_x(&mut d_x, &x, Axis(0), &[1, 1], &array![[1.0, 2.0], [10.0, 20.0]]);
        assert_eq!(d_x, array![[1.0, 1.0], [12.0, 23.0]]);
        let (y, pullback) = x.select_residual_vjp(Axis(1), &[0], (Yes, No, No));
        assert_eq!(y, array![[1.0], [3.0]]);
        assert_eq!(pullback(&x, Axis(1), &[0], &y, y.clone()).0, array![[1.0, 0.0], [3.0, 0.0]]);
    }

    #[test]
    #[should_panic(expected = "has no axis 3")]
    fn the_axis_must_exist() {
        select(&cube(), Axis(3), &[0]);
    }

    #[test]
    #[should_panic(expected = "index 5 is out of bounds along axis 2 of an array of shape [3, 4, 5] in select")]
    fn slices_must_exist() {
        select(&cube(), Axis(2), &[4, 5]);
    }
}
