//! The same elements in another shape or another static rank: views, unless the memory layout needs a copy.

use std::marker::PhantomData;

use ndarray::{Array, ArrayView, Axis, CowArray, Dimension, Ix1, IxDyn, Order, ShapeArg, ShapeError};

use super::tensor::{Shaped, Tensor};
use crate::quoted::{ensure, refuse};
use crate::real::Real;

/// The elements of `x`, taken in logical order, in this shape, or an error if that has another number of elements.
pub fn to_shape<X: Tensor + ?Sized, E: ShapeArg>(x: &X, shape: E) -> Result<CowArray<'_, X::Elem, E::Dim>, ShapeError> {
    let (dim, order) = shape.into_shape_and_order();
    let x = x.tensor_view();
    // A view of a view lives as long as what that one borrows.
    let given = (dim, order.unwrap_or(Order::RowMajor));
    match x.clone().into_shape_with_order(given.clone()) {
        Ok(view) => Ok(view.into()),
        Err(_) => x.to_shape(given).map(|copy| copy.into_owned().into()),
    }
}

/// The same; `ndarray`'s fails for some layouts.
pub fn into_shape_with_order<X: Tensor + ?Sized, E: ShapeArg>(
    x: &X,
    shape: E,
) -> Result<CowArray<'_, X::Elem, E::Dim>, ShapeError> {
    to_shape(x, shape)
}

/// The same.
pub fn into_shape_clone<X: Tensor + ?Sized, E: ShapeArg>(x: &X, shape: E) -> Result<CowArray<'_, X::Elem, E::Dim>, ShapeError> {
    to_shape(x, shape)
}

/// The elements of `x` in logical order.
pub fn flatten<X: Tensor + ?Sized>(x: &X) -> CowArray<'_, X::Elem, Ix1> {
    to_shape(x, x.tensor_view().len()).expect("as many elements")
}

/// The elements of `x` in logical order.
pub fn into_flat<X: Tensor + ?Sized>(x: &X) -> CowArray<'_, X::Elem, Ix1> {
    flatten(x)
}

/// A view of `x` whose rank is known at run time.
pub fn into_dyn<X: Tensor + ?Sized>(x: &X) -> ArrayView<'_, X::Elem, IxDyn> {
    x.tensor_view().into_dyn()
}

/// A view of `x` of the static rank `D`, or an error if it has another one.
pub fn into_dimensionality<X: Tensor + ?Sized, D: Dimension>(
    x: &X,
    _rank: PhantomData<D>,
) -> Result<ArrayView<'_, X::Elem, D>, ShapeError> {
    x.tensor_view().into_dimensionality()
}

/// The rank `D` as an argument.
#[must_use]
pub const fn rank<D: Dimension>() -> PhantomData<D> {
    PhantomData
}

/// A view of `x` with an axis of length 1 at `axis`. Panics if `x` has fewer axes than that.
#[track_caller]
pub fn insert_axis<X: Tensor + ?Sized>(x: &X, axis: Axis) -> ArrayView<'_, X::Elem, <X::Dim as Dimension>::Larger> {
    x.tensor_view().insert_axis(axis)
}

macro_rules! companions {
    ($($name:ident)*) => {$(
        #[doc = concat!("The rule of [`", stringify!($name), "()`].")]
        #[allow(non_camel_case_types, reason = "the companion of a function has its name")]
        #[derive(Debug)]
        pub struct $name {}
    )*};
}
companions!(to_shape into_shape_with_order into_shape_clone flatten into_flat into_dyn into_dimensionality insert_axis);

macro_rules! rule_of_shapes {
    ($($name:ident)*) => {$(
        impl $name {
            /// `dy`, in the order in which the elements were taken, in the shape of `x`.
            #[doc(hidden)]
            #[track_caller]
            pub fn d_x<X: Shaped + ?Sized, T: Real, D: Dimension>(x: &X, shape: impl ShapeArg, dy: Array<T, D>) -> Array<T, X::Dim> {
                reshaped(x, shape.into_shape_and_order().1.unwrap_or(Order::RowMajor), dy)
            }
        }
    )*};
}
rule_of_shapes!(to_shape into_shape_with_order into_shape_clone);

macro_rules! unwrapped_shapes {
    ($($name:ident)*) => {$(
        impl $name {
            /// The array in that shape, which panics if that has another number of elements.
            #[doc(hidden)]
            #[track_caller]
            pub fn unwrapped<X: Tensor + ?Sized, E: ShapeArg>(x: &X, shape: E) -> CowArray<'_, X::Elem, E::Dim> {
                let (dim, order) = shape.into_shape_and_order();
                let (given, wanted) = (x.tensor_view().len(), dim.size_checked());
                ensure!(
                    wanted == Some(given),
                    stringify!($name),
                    "the elements of an array of shape {:?} do not fill the shape {:?}",
                    x.tensor_view().shape(),
                    dim.slice(),
                );
                to_shape(x, (dim, order.unwrap_or(Order::RowMajor))).expect("as many elements")
            }
        }
    )*};
}
unwrapped_shapes!(to_shape into_shape_with_order into_shape_clone);

impl into_dimensionality {
    /// The view of that rank, which panics if the array has another one.
    #[doc(hidden)]
    #[track_caller]
    pub fn unwrapped<X: Tensor + ?Sized, D: Dimension>(x: &X, rank: PhantomData<D>) -> ArrayView<'_, X::Elem, D> {
        match into_dimensionality(x, rank) {
            Ok(view) => view,
            Err(_) => refuse(
                "into_dimensionality",
                format_args!("an array of shape {:?} is not of rank {}", x.tensor_view().shape(), D::NDIM.unwrap_or_default()),
            ),
        }
    }
}

macro_rules! rule_of_ranks {
    ($($name:ident)*) => {$(
        impl $name {
            /// `dy` in the shape of `x`.
            #[doc(hidden)]
            #[track_caller]
            pub fn d_x<X: Shaped + ?Sized, T: Real, D: Dimension>(x: &X, dy: Array<T, D>) -> Array<T, X::Dim> {
                reshaped(x, Order::RowMajor, dy)
            }
        }
    )*};
}
rule_of_ranks!(flatten into_flat into_dyn into_dimensionality insert_axis);

#[track_caller]
fn reshaped<X: Shaped + ?Sized, T: Real, D: Dimension>(x: &X, order: Order, dy: Array<T, D>) -> Array<T, X::Dim> {
    let dim = x.dim_of();
    ensure!(dim.size() == dy.len(), "", "a cotangent of shape {:?} for the elements of shape {:?}", dy.shape(), dim.slice());
    dy.into_shape_clone((dim, order)).expect("as many elements")
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Axis, Ix3, Order, array, s};

    use super::{flatten, insert_axis, into_dimensionality, into_dyn, into_shape_with_order, rank, to_shape};
    use crate::elementwise::extent;
    use crate::ops::testing::{check_linear, cube, layouts};

    #[test]
    fn rules_undo_the_views() {
        check_linear(|x| to_shape(x, (10, 6)).unwrap().to_owned(), |x, dy| to_shape::d_x(x, (10, 6), dy));
        for order in [Order::RowMajor, Order::ColumnMajor] {
            let shape = ((6, 10), order);
            check_linear(|x| to_shape(x, shape).unwrap().to_owned(), |x, dy| to_shape::d_x(&extent(x), shape, dy));
        }
        check_linear(|x| flatten(x).to_owned(), |x, dy| flatten::d_x(x, dy));
        check_linear(|x| into_dyn(x).to_owned(), |x, dy| into_dyn::d_x(x, dy));
        for axis in (0..4).map(Axis) {
            check_linear(|x| insert_axis(x, axis).to_owned(), |x, dy| insert_axis::d_x(x, dy));
        }
    }

    #[test]
    fn elements_stay_in_logical_order() {
        for x in layouts(&cube()) {
            let y = into_shape_with_order(&x, (4, 15)).unwrap();
            assert!(x.iter().eq(y.iter()));
            assert_eq!(into_dimensionality(&into_dyn(&x), rank::<Ix3>()).unwrap(), x);
        }
        let x = array![[1.0f32, 2.0], [3.0, 4.0]];
        assert_eq!(flatten(&x.t()), array![1.0, 3.0, 2.0, 4.0]);
        assert_eq!(flatten(&x.slice(s![..;-1, ..])), array![3.0, 4.0, 1.0, 2.0]);
        assert_eq!(to_shape(&x, (4, Order::ColumnMajor)).unwrap(), array![1.0, 3.0, 2.0, 4.0]);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let x = Array1::<f64>::zeros(6);
        assert!(to_shape(&x, (2, 2)).is_err());
        assert!(into_dimensionality(&x, rank::<Ix3>()).is_err());
        assert_eq!(to_shape(&Array1::<f64>::zeros(0), (3, 0)).unwrap().dim(), (3, 0));
        assert_eq!(to_shape(&7.0, 1).unwrap(), array![7.0]);
    }

    #[test]
    #[should_panic(expected = "a cotangent of shape [1, 3] for the elements of shape [2]")]
    fn shapes_are_checked() {
        insert_axis::d_x(&array![1.0, 2.0], array![[3.0, 4.0, 5.0]]);
    }
}
