//! Which types have derivatives, and what type these are of.

mod arrays;
mod containers;
mod parameters;
mod passive;

pub use parameters::{Parameters, Step, Visitor};

use crate::place::IntoTangent;
use crate::tangent::Tangent;

/// A type with a derivative.
///
/// | type | `Tangent` |
/// | --- | --- |
/// | `f32`, `f64` | the same |
/// | `Array<T, D>`, its views and references | `Array<T, D>` |
/// | `&T`, `&mut T` | `T::Tangent` |
/// | `[T; N]`; `Vec<T>`, `[T]` | `[T::Tangent; N]`; `Vec<T::Tangent>` |
/// | tuples, `Option<T>`, `Box<T>` | the same shape of tangents |
/// | `Result<T, E>` | `Option<T::Tangent>` |
/// | a struct with `#[derive(Differentiable)]` | a struct `…Tangent` with the same field names |
/// | an enum with `#[derive(Differentiable)]` | an enum `…Tangent` with the same variants |
/// | integers, `bool`, `char`, strings | `()` |
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no derivative",
    label = "`{Self}` is not `Differentiable`",
    note = "add `#[derive(Differentiable)]` to its definition, or leave it out: `wrt(…)` or `#[no_grad]` for an argument, `#[differentiable(skip)]` for a field, which is then read by `detach(…)`"
)]
pub trait Differentiable {
    /// The type of its derivatives.
    #[cfg(not(feature = "second-order"))]
    type Tangent: Tangent;

    /// The type of its derivatives: a vector space, which is its own tangent space.
    #[cfg(feature = "second-order")]
    type Tangent: Tangent + Differentiable<Tangent = Self::Tangent, Partial = Self::Partial>;

    /// A tangent under construction: the leaves that have arrived so far, by the field names of the type.
    #[doc(hidden)]
    type Partial: Default;

    /// It is a `&mut`: what is put into it can be read elsewhere.
    #[doc(hidden)]
    const IS_EXCLUSIVE_BORROW: bool = false;

    /// The tangent that is zero everywhere, of the shapes that `self` has.
    fn zero_tangent(&self) -> Self::Tangent;

    /// A tangent that comes from outside: `None` where there is something becomes zero. Panics if its shapes are not those
    /// of `self`.
    #[doc(hidden)]
    #[track_caller]
    fn checked_tangent(&self, tangent: Self::Tangent) -> Self::Tangent {
        let mut whole = self.zero_tangent();
        whole.accumulate(tangent);
        whole
    }

    /// The tangents of both have the same shape: may be added.
    #[doc(hidden)]
    fn is_shaped_like(&self, other: &Self) -> bool;

    /// Gives its memory back, to the workspace if one is lent to this thread.
    #[doc(hidden)]
    fn recycle_value(self)
    where
        Self: Sized,
    {
    }

    /// `partial`, with zeros where nothing has arrived.
    #[doc(hidden)]
    fn complete(&self, partial: Self::Partial) -> Self::Tangent;

    /// A whole tangent as one under construction.
    #[doc(hidden)]
    fn arrived(tangent: Self::Tangent) -> Self::Partial;
}

/// The result of a function that has a gradient.
#[diagnostic::on_unimplemented(
    message = "a gradient needs a function with a scalar result, this one returns `{Self}`",
    label = "no gradient of a `{Self}`",
    note = "use `vjp`, which takes the cotangent of the result, or `jacobian` for a vector"
)]
pub trait ScalarResult: Differentiable {
    /// The cotangent that a reverse pass starts with.
    fn seed() -> Self::Tangent;
}

/// What a float type brings to generic differentiated code: it is its own tangent.
pub trait DifferentiableFloat:
    Differentiable<Tangent = Self, Partial = Option<Self>>
    + ScalarResult
    + Tangent
    + Parameters
    + crate::check::Perturb<Owned = Self>
    + for<'o> crate::check::Lend<'o, Lent = Self>
    + crate::ops::Tensor<Elem = Self, Dim = ndarray::Ix0>
    + crate::jacobian::Entries<Number = Self>
{
}

/// A tangent of `x` under construction, to be finished by [`complete`].
#[inline]
pub fn partial<X: Differentiable + ?Sized>(_x: &X) -> X::Partial {
    X::Partial::default()
}

/// `partial`, with zeros where nothing has arrived.
#[inline]
pub fn complete<X: Differentiable + ?Sized>(x: &X, partial: X::Partial) -> X::Tangent {
    x.complete(partial)
}

/// The whole tangent of `x`, which is a part of something, as that part's.
#[inline]
pub fn arrived<X: Differentiable + ?Sized>(_x: &X, tangent: X::Tangent) -> X::Partial {
    X::arrived(tangent)
}

/// The zero tangent of `x`.
#[inline]
pub fn zero_tangent<X: Differentiable + ?Sized>(x: &X) -> X::Tangent {
    x.zero_tangent()
}

/// A tangent of `x` that comes from outside.
#[inline]
#[track_caller]
pub fn checked_tangent<X: Differentiable + ?Sized>(x: &X, tangent: X::Tangent) -> X::Tangent {
    x.checked_tangent(tangent)
}

/// `sum += d`, where a list that was lent as a slice may be an array.
#[inline]
#[track_caller]
pub fn add<T: Tangent, D: IntoTangent<T>>(sum: &mut T, d: D) {
    sum.accumulate(d.into_tangent());
}

/// `sum += d`.
#[inline]
#[track_caller]
pub fn add_ref<T: Tangent>(sum: &mut T, d: &T) {
    sum.accumulate_ref(d);
}

/// A leaf is there whole or not at all.
macro_rules! leaf_partial {
    () => {
        type Partial = Option<Self::Tangent>;

        #[inline]
        fn complete(&self, partial: Self::Partial) -> Self::Tangent {
            partial.unwrap_or_else(|| self.zero_tangent())
        }

        #[inline]
        fn arrived(tangent: Self::Tangent) -> Self::Partial {
            Some(tangent)
        }
    };
}
use leaf_partial;

/// Calls `$callback` for tuples of one to twelve types.
macro_rules! for_each_tuple {
    ($callback:ident) => {
        $callback!(A 0);
        $callback!(A 0, B 1);
        $callback!(A 0, B 1, C 2);
        $callback!(A 0, B 1, C 2, D 3);
        $callback!(A 0, B 1, C 2, D 3, E 4);
        $callback!(A 0, B 1, C 2, D 3, E 4, F 5);
        $callback!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
        $callback!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
        $callback!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
        $callback!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
        $callback!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
        $callback!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
    };
}
pub(crate) use for_each_tuple;

#[cfg(test)]
mod tests;
