//! Owned copies of arguments whose numbers can be changed, and the way back from such a copy to the argument's type.

use std::borrow::{Borrow, BorrowMut};
use std::marker::PhantomData;

use ndarray::{Array, ArrayBase, ArrayView, ArrayViewMut, Axis, Dimension, OwnedRepr, ViewRepr};

use crate::differentiable::{Differentiable, Parameters, for_each_tuple};
use crate::real::Real;

/// An argument that a gradient check can change: it is copied once, and each call of the function is lent the copy.
///
/// `&T`, views and slices are lent from an owned array, list or clone; a struct or an enum must be `Clone`.
#[diagnostic::on_unimplemented(
    message = "a gradient check cannot make a copy of `{Self}` with changed numbers",
    label = "not a type that `check_grad` can vary",
    note = "structs and enums with `#[derive(Differentiable)]` must also be `Clone`"
)]
pub trait Perturb: Differentiable {
    /// The copy.
    type Owned: Parameters<Tangent = Self::Tangent>;
    /// The argument's type, borrowed from the copy.
    type Lent<'o>;

    /// Makes the copy.
    fn owned_copy(&self) -> Self::Owned;

    /// Lends the copy as an argument.
    fn lend(owned: &mut Self::Owned) -> Self::Lent<'_>;
}

/// By value: the copy is cloned for each call.
macro_rules! by_value {
    ($($type:ty),*) => {$(
        impl Perturb for $type {
            type Owned = Self;
            type Lent<'o> = Self;

            fn owned_copy(&self) -> Self {
                self.clone()
            }

            fn lend(owned: &mut Self) -> Self {
                owned.clone()
            }
        }
    )*};
}
by_value!(f32, f64, bool, char, String, Axis);
by_value!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

impl<T: ?Sized> Perturb for PhantomData<T> {
    type Owned = Self;
    type Lent<'o> = Self;

    fn owned_copy(&self) -> Self {
        *self
    }

    fn lend(owned: &mut Self) -> Self {
        *owned
    }
}

impl<T: Real, D: Dimension> Perturb for ArrayBase<OwnedRepr<T>, D> {
    type Owned = Self;
    type Lent<'o> = Self;

    fn owned_copy(&self) -> Self {
        self.clone()
    }

    fn lend(owned: &mut Self) -> Self {
        owned.clone()
    }
}

impl<T: Real, D: Dimension> Perturb for ArrayBase<ViewRepr<&T>, D> {
    type Owned = Array<T, D>;
    type Lent<'o> = ArrayView<'o, T, D>;

    fn owned_copy(&self) -> Array<T, D> {
        self.to_owned()
    }

    fn lend(owned: &mut Array<T, D>) -> ArrayView<'_, T, D> {
        owned.view()
    }
}

impl<T: Real, D: Dimension> Perturb for ArrayBase<ViewRepr<&mut T>, D> {
    type Owned = Array<T, D>;
    type Lent<'o> = ArrayViewMut<'o, T, D>;

    fn owned_copy(&self) -> Array<T, D> {
        self.to_owned()
    }

    fn lend(owned: &mut Array<T, D>) -> ArrayViewMut<'_, T, D> {
        owned.view_mut()
    }
}

impl<T> Perturb for &T
where
    T: Differentiable + ToOwned + ?Sized + 'static,
    T::Owned: Parameters<Tangent = T::Tangent>,
{
    type Owned = T::Owned;
    type Lent<'o> = &'o T;

    fn owned_copy(&self) -> T::Owned {
        (**self).to_owned()
    }

    fn lend(owned: &mut T::Owned) -> &T {
        (*owned).borrow()
    }
}

impl<T> Perturb for &mut T
where
    T: Differentiable + ToOwned + ?Sized + 'static,
    T::Owned: Parameters<Tangent = T::Tangent> + BorrowMut<T>,
{
    type Owned = T::Owned;
    type Lent<'o> = &'o mut T;

    fn owned_copy(&self) -> T::Owned {
        (**self).to_owned()
    }

    fn lend(owned: &mut T::Owned) -> &mut T {
        owned.borrow_mut()
    }
}

impl<T: Perturb> Perturb for Box<T> {
    type Owned = Box<T::Owned>;
    type Lent<'o> = Box<T::Lent<'o>>;

    fn owned_copy(&self) -> Self::Owned {
        Box::new((**self).owned_copy())
    }

    fn lend(owned: &mut Self::Owned) -> Self::Lent<'_> {
        Box::new(T::lend(owned))
    }
}

impl<T: Perturb> Perturb for Vec<T> {
    type Owned = Vec<T::Owned>;
    type Lent<'o> = Vec<T::Lent<'o>>;

    fn owned_copy(&self) -> Self::Owned {
        self.iter().map(T::owned_copy).collect()
    }

    fn lend(owned: &mut Self::Owned) -> Self::Lent<'_> {
        owned.iter_mut().map(T::lend).collect()
    }
}

impl<T: Perturb, const N: usize> Perturb for [T; N] {
    type Owned = [T::Owned; N];
    type Lent<'o> = [T::Lent<'o>; N];

    fn owned_copy(&self) -> Self::Owned {
        self.each_ref().map(T::owned_copy)
    }

    fn lend(owned: &mut Self::Owned) -> Self::Lent<'_> {
        owned.each_mut().map(T::lend)
    }
}

impl<T: Perturb> Perturb for Option<T> {
    type Owned = Option<T::Owned>;
    type Lent<'o> = Option<T::Lent<'o>>;

    fn owned_copy(&self) -> Self::Owned {
        self.as_ref().map(T::owned_copy)
    }

    fn lend(owned: &mut Self::Owned) -> Self::Lent<'_> {
        owned.as_mut().map(T::lend)
    }
}

/// An error holds nothing to change: it is cloned.
impl<T: Perturb, E: Clone> Perturb for Result<T, E> {
    type Owned = Result<T::Owned, E>;
    type Lent<'o> = Result<T::Lent<'o>, E>;

    fn owned_copy(&self) -> Self::Owned {
        self.as_ref().map(T::owned_copy).map_err(E::clone)
    }

    fn lend(owned: &mut Self::Owned) -> Self::Lent<'_> {
        owned.as_mut().map(T::lend).map_err(|error| error.clone())
    }
}

macro_rules! tuple {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Perturb),*> Perturb for ($($name,)*) {
            type Owned = ($($name::Owned,)*);
            type Lent<'o> = ($($name::Lent<'o>,)*);

            fn owned_copy(&self) -> Self::Owned {
                ($(self.$index.owned_copy(),)*)
            }

            fn lend(owned: &mut Self::Owned) -> Self::Lent<'_> {
                ($($name::lend(&mut owned.$index),)*)
            }
        }
    };
}
for_each_tuple!(tuple);
