//! Tangents that a call is lent in forward mode. A caller lends what it has: a reference to the tangent, or to a part of
//! one, or [`No`] where the argument does not vary.

use std::marker::PhantomData;
use std::ops::Deref;

use ndarray::{Array, ArrayView, ArrayViewMut, CowArray, Dimension};

use crate::differentiable::Differentiable;
use crate::ops::Tensor;
use crate::quoted::ensure;
use crate::real::Real;
use crate::want::No;

/// The tangent `D` of an argument, as a caller lends it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent as a tangent of type `{D}`",
    label = "the argument along this tangent is of another type"
)]
pub trait Along<D> {
    /// The argument varies.
    const VARIES: bool = true;

    /// What holds the tangent.
    type Held: Deref<Target = D>;

    /// The tangent; `zero` makes the one of an argument that does not vary.
    fn along(self, zero: impl FnOnce() -> D) -> Self::Held;
}

/// The tangent of `x`: what is lent, or zero if it does not vary.
#[inline]
pub fn along<X: Differentiable + ?Sized, A: Along<X::Tangent>>(lent: A, x: &X) -> A::Held {
    lent.along(|| x.zero_tangent())
}

/// A tangent that was made for the call.
pub struct Made<D>(D);

impl<D> Made<D> {
    pub(crate) fn new(tangent: D) -> Made<D> {
        Made(tangent)
    }
}

impl<D> Deref for Made<D> {
    type Target = D;

    #[inline]
    fn deref(&self) -> &D {
        &self.0
    }
}

impl<D> Along<D> for No {
    const VARIES: bool = false;

    type Held = Made<D>;

    #[inline]
    fn along(self, zero: impl FnOnce() -> D) -> Made<D> {
        Made(zero())
    }
}

/// What is left of something lent whose tangent has been looked at: it is there once more, and whether it varies is known.
pub(crate) struct LentAgain<'d, D, A> {
    tangent: &'d D,
    lent: PhantomData<A>,
}

impl<'d, D, A: Along<D>> LentAgain<'d, D, A> {
    /// The tangent that `A` held.
    pub(crate) fn new(tangent: &'d D) -> Self {
        Self { tangent, lent: PhantomData }
    }
}

impl<'d, D, A: Along<D>> Along<D> for LentAgain<'d, D, A> {
    const VARIES: bool = A::VARIES;

    type Held = &'d D;

    #[inline]
    fn along(self, _zero: impl FnOnce() -> D) -> &'d D {
        self.tangent
    }
}

impl<'d, D> Along<D> for &'d D {
    type Held = &'d D;

    #[inline]
    fn along(self, _zero: impl FnOnce() -> D) -> &'d D {
        self
    }
}

impl<'d, D> Along<D> for &'d Box<D> {
    type Held = &'d D;

    #[inline]
    fn along(self, _zero: impl FnOnce() -> D) -> &'d D {
        self
    }
}

impl<'d, D> Along<D> for &'d mut D {
    type Held = &'d D;

    #[inline]
    fn along(self, _zero: impl FnOnce() -> D) -> &'d D {
        self
    }
}

/// A list that is lent as a slice.
macro_rules! slice {
    ($([$($n:tt)*] $type:ty),*) => {$(
        impl<T: Clone $($n)*> Along<Vec<T>> for $type {
            type Held = Made<Vec<T>>;

            fn along(self, _zero: impl FnOnce() -> Vec<T>) -> Made<Vec<T>> {
                Made(self.to_vec())
            }
        }
    )*};
}
slice!([] &[T], [] &mut [T], [, const N: usize] &[T; N], [, const N: usize] &mut [T; N]);

macro_rules! view {
    ($($View:ident)*) => {$(
        impl<T: Real, D: Dimension> Along<Array<T, D>> for &$View<'_, T, D> {
            type Held = Made<Array<T, D>>;

            fn along(self, _zero: impl FnOnce() -> Array<T, D>) -> Self::Held {
                Made(self.to_owned())
            }
        }
    )*};
}
view!(ArrayView ArrayViewMut CowArray);

/// The tangent `D` of an argument that is `&mut`, changed in place.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent as a tangent of type `{D}` to be changed",
    label = "the argument along this tangent is of another type"
)]
pub trait AlongMut<D: ?Sized> {
    /// The tangent.
    fn along_mut(&mut self) -> &mut D;
}

impl<D: ?Sized> AlongMut<D> for &mut D {
    #[inline]
    fn along_mut(&mut self) -> &mut D {
        self
    }
}

impl<T> AlongMut<[T]> for &mut Vec<T> {
    #[inline]
    fn along_mut(&mut self) -> &mut [T] {
        self
    }
}

impl<T, const N: usize> AlongMut<[T]> for &mut [T; N] {
    #[inline]
    fn along_mut(&mut self) -> &mut [T] {
        *self
    }
}

impl<D> AlongMut<D> for &mut Box<D> {
    #[inline]
    fn along_mut(&mut self) -> &mut D {
        self
    }
}

/// The panic of a derivative that goes through a function without one of that kind.
#[cold]
#[track_caller]
pub fn unsupported<T>(reason: &str) -> T {
    panic!("{reason}");
}

/// Third order is second order over dual numbers, which would give a wrong tangent to what is no arithmetic.
#[inline]
#[track_caller]
pub fn assert_no_third<T: Real>(what: &str) {
    assert!(T::FLOATS == 1, "{what} cannot be differentiated three times");
}

/// A function's value and tangent for every element, in logical order.
pub fn map_pushed<X, G, R: Real>(
    x: &X,
    dx: &G,
    mut f: impl FnMut(X::Elem, X::Elem) -> (R, R),
) -> (Array<R, X::Dim>, Array<R, X::Dim>)
where
    X: Tensor + ?Sized,
    G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
{
    let (x, dx) = (x.tensor_view(), dx.tensor_view());
    ensure!(x.shape() == dx.shape(), "", "a tangent of shape {:?} for an array of shape {:?}", dx.shape(), x.shape());
    let (values, tangents) = x.iter().zip(&dx).map(|(x, dx)| f(*x, *dx)).unzip();
    let shaped = |values| Array::from_shape_vec(x.raw_dim(), values).expect("a value for each element");
    (shaped(values), shaped(tangents))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::{Along, AlongMut, map_pushed};
    use crate::want::No;

    fn sum(given: impl Along<Vec<f64>>) -> f64 {
        given.along(|| vec![0.0; 2]).iter().sum()
    }

    fn double(mut given: impl AlongMut<[f64]>) {
        given.along_mut().iter_mut().for_each(|d| *d *= 2.0);
    }

    #[test]
    fn a_list_is_lent_in_any_guise_or_not_at_all() {
        let list = vec![1.0, 2.0, 4.0];
        assert_eq!([sum(&list), sum(&list[1..]), sum(&[1.0]), sum(No)], [7.0, 6.0, 1.0, 0.0]);
        let (mut list, mut array) = (list, [1.0]);
        double(&mut list);
        double(&mut list[1..]);
        double(&mut array);
        assert_eq!((list, array), (vec![2.0, 8.0, 16.0], [2.0]));
    }

    #[test]
    fn a_view_of_a_tangent_is_one() {
        let rows = array![[1.0, 2.0], [3.0, 4.0]];
        let row = rows.row(1);
        let along = |given: &dyn Fn() -> f64| given();
        assert_eq!(along(&|| Along::<Array1<f64>>::along(&row, || unreachable!()).sum()), 7.0);
    }

    #[test]
    fn element_by_element() {
        let (y, dy) = map_pushed(&array![2.0, 3.0], &array![1.0, 10.0], |x: f64, dx| (x * x, 2.0 * x * dx));
        assert_eq!((y, dy), (array![4.0, 9.0], array![4.0, 60.0]));
    }
}
