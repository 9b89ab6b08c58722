//! Owned copies of arguments whose numbers can be changed, and the way back from such a copy to the argument's type.

use std::borrow::{Borrow, BorrowMut};
use std::marker::PhantomData;

use ndarray::{Array, ArrayBase, ArrayView, ArrayViewMut, Axis, Dimension, OwnedRepr, ViewRepr};

use crate::differentiable::{Differentiable, Parameters, for_each_tuple};
use crate::dual::Dual;
use crate::real::Real;

/// An argument that a gradient check can change: it is copied once, and each call of the function is lent the copy.
///
/// `&T`, views and slices have an owned array, list or clone; a struct or an enum must be `Clone`.
#[diagnostic::on_unimplemented(
    message = "a gradient check cannot make a copy of `{Self}` with changed numbers",
    label = "not a type that `check_grad` can vary",
    note = "structs and enums with `#[derive(Differentiable)]` must also be `Clone`"
)]
pub trait Perturb: Differentiable {
    /// The copy.
    type Owned: Parameters<Tangent = Self::Tangent>;

    /// Makes the copy.
    fn owned_copy(&self) -> Self::Owned;
}

/// A copy can be lent as an argument for as long as `'o`.
#[diagnostic::on_unimplemented(
    message = "a gradient check cannot lend a copy of `{Self}`",
    label = "not a type that `check_grad` can vary"
)]
pub trait Lend<'o>: Perturb {
    /// The argument's type, borrowed from the copy.
    type Lent;

    /// Lends the copy.
    fn lend(owned: &'o mut Self::Owned) -> Self::Lent;
}

/// A changed copy of `_like`, as an argument of its type.
#[inline]
pub fn lend<'o, X: Lend<'o>>(_like: &X, owned: &'o mut X::Owned) -> X::Lent {
    X::lend(owned)
}

/// By value: the copy is cloned for each call.
macro_rules! by_value {
    ($($({$T:ident})? $type:ty),*) => {$(
        impl $(<$T: Real>)? Perturb for $type {
            type Owned = Self;

            fn owned_copy(&self) -> Self {
                self.clone()
            }
        }

        impl $(<$T: Real>)? Lend<'_> for $type {
            type Lent = Self;

            fn lend(owned: &mut Self) -> Self {
                owned.clone()
            }
        }
    )*};
}
by_value!(f32, f64, {T} Dual<T>, bool, char, String, Axis);
by_value!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

impl<T: ?Sized> Perturb for PhantomData<T> {
    type Owned = Self;

    fn owned_copy(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Lend<'_> for PhantomData<T> {
    type Lent = Self;

    fn lend(owned: &mut Self) -> Self {
        *owned
    }
}

impl<T: Real, D: Dimension> Perturb for ArrayBase<OwnedRepr<T>, D> {
    type Owned = Self;

    fn owned_copy(&self) -> Self {
        self.clone()
    }
}

impl<T: Real, D: Dimension> Lend<'_> for ArrayBase<OwnedRepr<T>, D> {
    type Lent = Self;

    fn lend(owned: &mut Self) -> Self {
        owned.clone()
    }
}

impl<T: Real, D: Dimension> Perturb for ArrayBase<ViewRepr<&T>, D> {
    type Owned = Array<T, D>;

    fn owned_copy(&self) -> Array<T, D> {
        self.to_owned()
    }
}

impl<'o, T: Real, D: Dimension> Lend<'o> for ArrayBase<ViewRepr<&T>, D> {
    type Lent = ArrayView<'o, T, D>;

    fn lend(owned: &'o mut Array<T, D>) -> ArrayView<'o, T, D> {
        owned.view()
    }
}

impl<T: Real, D: Dimension> Perturb for ArrayBase<ViewRepr<&mut T>, D> {
    type Owned = Array<T, D>;

    fn owned_copy(&self) -> Array<T, D> {
        self.to_owned()
    }
}

impl<'o, T: Real, D: Dimension> Lend<'o> for ArrayBase<ViewRepr<&mut T>, D> {
    type Lent = ArrayViewMut<'o, T, D>;

    fn lend(owned: &'o mut Array<T, D>) -> ArrayViewMut<'o, T, D> {
        owned.view_mut()
    }
}

impl<T> Perturb for &T
where
    T: Differentiable + ToOwned + ?Sized,
    T::Owned: Parameters<Tangent = T::Tangent>,
{
    type Owned = T::Owned;

    fn owned_copy(&self) -> T::Owned {
        (**self).to_owned()
    }
}

impl<'o, T> Lend<'o> for &T
where
    T: Differentiable + ToOwned + ?Sized + 'o,
    T::Owned: Parameters<Tangent = T::Tangent>,
{
    type Lent = &'o T;

    fn lend(owned: &'o mut T::Owned) -> &'o T {
        (*owned).borrow()
    }
}

impl<T> Perturb for &mut T
where
    T: Differentiable + ToOwned + ?Sized,
    T::Owned: Parameters<Tangent = T::Tangent>,
{
    type Owned = T::Owned;

    fn owned_copy(&self) -> T::Owned {
        (**self).to_owned()
    }
}

impl<'o, T> Lend<'o> for &mut T
where
    T: Differentiable + ToOwned + ?Sized + 'o,
    T::Owned: Parameters<Tangent = T::Tangent> + BorrowMut<T>,
{
    type Lent = &'o mut T;

    fn lend(owned: &'o mut T::Owned) -> &'o mut T {
        owned.borrow_mut()
    }
}

impl<T: Perturb> Perturb for Box<T> {
    type Owned = Box<T::Owned>;

    fn owned_copy(&self) -> Self::Owned {
        Box::new((**self).owned_copy())
    }
}

impl<'o, T: Lend<'o, Owned: 'o>> Lend<'o> for Box<T> {
    type Lent = Box<T::Lent>;

    fn lend(owned: &'o mut Self::Owned) -> Self::Lent {
        Box::new(T::lend(owned))
    }
}

impl<T: Perturb> Perturb for Vec<T> {
    type Owned = Vec<T::Owned>;

    fn owned_copy(&self) -> Self::Owned {
        self.iter().map(T::owned_copy).collect()
    }
}

impl<'o, T: Lend<'o, Owned: 'o>> Lend<'o> for Vec<T> {
    type Lent = Vec<T::Lent>;

    fn lend(owned: &'o mut Self::Owned) -> Self::Lent {
        owned.iter_mut().map(T::lend).collect()
    }
}

impl<T: Perturb, const N: usize> Perturb for [T; N] {
    type Owned = [T::Owned; N];

    fn owned_copy(&self) -> Self::Owned {
        self.each_ref().map(T::owned_copy)
    }
}

impl<'o, T: Lend<'o, Owned: 'o>, const N: usize> Lend<'o> for [T; N] {
    type Lent = [T::Lent; N];

    fn lend(owned: &'o mut Self::Owned) -> Self::Lent {
        owned.each_mut().map(T::lend)
    }
}

impl<T: Perturb> Perturb for Option<T> {
    type Owned = Option<T::Owned>;

    fn owned_copy(&self) -> Self::Owned {
        self.as_ref().map(T::owned_copy)
    }
}

impl<'o, T: Lend<'o, Owned: 'o>> Lend<'o> for Option<T> {
    type Lent = Option<T::Lent>;

    fn lend(owned: &'o mut Self::Owned) -> Self::Lent {
        owned.as_mut().map(T::lend)
    }
}

/// An error holds nothing to change: it is cloned.
impl<T: Perturb, E: Clone> Perturb for Result<T, E> {
    type Owned = Result<T::Owned, E>;

    fn owned_copy(&self) -> Self::Owned {
        self.as_ref().map(T::owned_copy).map_err(E::clone)
    }
}

impl<'o, T: Lend<'o, Owned: 'o>, E: Clone + 'o> Lend<'o> for Result<T, E> {
    type Lent = Result<T::Lent, E>;

    fn lend(owned: &'o mut Self::Owned) -> Self::Lent {
        owned.as_mut().map(T::lend).map_err(|error| error.clone())
    }
}

macro_rules! tuple {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Perturb),*> Perturb for ($($name,)*) {
            type Owned = ($($name::Owned,)*);

            fn owned_copy(&self) -> Self::Owned {
                ($(self.$index.owned_copy(),)*)
            }
        }

        impl<'o, $($name: Lend<'o, Owned: 'o>),*> Lend<'o> for ($($name,)*) {
            type Lent = ($($name::Lent,)*);

            fn lend(owned: &'o mut Self::Owned) -> Self::Lent {
                ($($name::lend(&mut owned.$index),)*)
            }
        }
    };
}
for_each_tuple!(tuple);
