//! Arguments that a call may change. A caller sees `state.kick(x)` and not whether `kick` takes `&mut self`; the type of
//! its pullback says so, by what it takes in the place of the argument: the cotangent of what was [`Left`] there, or the
//! argument itself once more.

use std::borrow::Borrow;
use std::marker::PhantomData;

use crate::place::IntoTangent;
use crate::tangent::Tangent;

/// The cotangent of what a call has left in an argument that is `&mut`.
pub struct Left<D>(pub D);

/// The call only looks at the argument.
pub struct Looks;

/// The call changes the argument.
pub struct Changes;

/// What is kept of an argument for the pullback of a call that looks at it, or changes it.
pub trait Keeps<T: ?Sized> {
    /// A copy, or nothing.
    type Copy: Clone;
    /// Makes it.
    fn keep(argument: &T) -> Self::Copy;
}

impl<T: ToOwned<Owned: Clone> + ?Sized> Keeps<T> for Looks {
    type Copy = T::Owned;
    #[inline]
    fn keep(argument: &T) -> T::Owned {
        argument.to_owned()
    }
}

impl<T: ?Sized> Keeps<T> for Changes {
    type Copy = ();
    #[inline]
    fn keep(_argument: &T) {}
}

/// What is kept of an argument that was lent to a call.
pub struct Kept<A: Keeps<T>, T: ?Sized> {
    copy: A::Copy,
    of: PhantomData<fn(&T) -> A>,
}

impl<A: Keeps<T>, T: ?Sized> Clone for Kept<A, T> {
    fn clone(&self) -> Kept<A, T> {
        Kept { copy: self.copy.clone(), of: PhantomData }
    }
}

/// Keeps what the pullback of a call needs of an argument.
#[inline]
pub fn keep<A: Keeps<T>, T: ?Sized>(argument: &T) -> Kept<A, T> {
    Kept { copy: A::keep(argument), of: PhantomData }
}

/// What a pullback takes in the place of an argument, where what the call has left there has the cotangent `D`.
#[diagnostic::on_unimplemented(
    message = "`{T}` may be changed by this call, as far as its text says, and cannot be copied in case it is not",
    label = "kept for the derivative",
    note = "`#[derive(Clone)]` for it, or say that the call only looks at it: `Type::method(&x, …)`, `function(&*x, …)`"
)]
pub trait Lent<'k, A: Keeps<T>, T: ?Sized, D>: Sized {
    /// What becomes of that cotangent meanwhile.
    type Rest;
    /// Both.
    fn lend(kept: &'k Kept<A, T>, left: D) -> (Self, Self::Rest);
}

impl<'k, T: ToOwned<Owned: Clone> + ?Sized, U: ?Sized, D> Lent<'k, Looks, T, D> for &'k U
where
    T::Owned: Borrow<U>,
{
    type Rest = Stays<D>;
    #[inline]
    fn lend(kept: &'k Kept<Looks, T>, left: D) -> (Self, Stays<D>) {
        (kept.copy.borrow(), Stays(left))
    }
}

impl<T: ?Sized, D: IntoTangent<E>, E> Lent<'_, Changes, T, D> for Left<E> {
    type Rest = Goes<D>;
    #[inline]
    fn lend(_kept: &Kept<Changes, T>, left: D) -> (Self, Goes<D>) {
        (Left(left.into_tangent()), Goes(PhantomData))
    }
}

/// The argument for the second time, or the cotangent of what was left in it.
#[inline]
pub fn lend<'k, A: Keeps<T>, T: ?Sized, D, S: Lent<'k, A, T, D>>(kept: &'k Kept<A, T>, left: D) -> (S, S::Rest) {
    S::lend(kept, left)
}

/// The same where a cotangent goes with its tangent.
#[diagnostic::on_unimplemented(
    message = "`{T}` may be changed by this call, as far as its text says, and cannot be copied in case it is not",
    label = "kept for the derivative",
    note = "`#[derive(Clone)]` for it, or say that the call only looks at it: `Type::method(&x, …)`, `function(&*x, …)`"
)]
pub trait LentAlong<'k, A: Keeps<T>, T: ?Sized, D>: Sized {
    /// What becomes of a cotangent meanwhile.
    type Rest;
    /// Both.
    fn lend_along(kept: &'k Kept<A, T>, left: (D, D)) -> (Self, (Self::Rest, Self::Rest));
}

impl<'k, T: ToOwned<Owned: Clone> + ?Sized, U: ?Sized, D> LentAlong<'k, Looks, T, D> for &'k U
where
    T::Owned: Borrow<U>,
{
    type Rest = Stays<D>;
    #[inline]
    fn lend_along(kept: &'k Kept<Looks, T>, (left, along): (D, D)) -> (Self, (Stays<D>, Stays<D>)) {
        (kept.copy.borrow(), (Stays(left), Stays(along)))
    }
}

impl<T: ?Sized, D: IntoTangent<E>, E> LentAlong<'_, Changes, T, D> for Left<(E, E)> {
    type Rest = Goes<D>;
    #[inline]
    fn lend_along(_kept: &Kept<Changes, T>, (left, along): (D, D)) -> (Self, (Goes<D>, Goes<D>)) {
        (Left((left.into_tangent(), along.into_tangent())), (Goes(PhantomData), Goes(PhantomData)))
    }
}

/// The argument for the second time, or the cotangent of what was left in it, with its tangent.
#[inline]
pub fn lend_along<'k, A: Keeps<T>, T: ?Sized, D, S: LentAlong<'k, A, T, D>>(
    kept: &'k Kept<A, T>,
    left: (D, D),
) -> (S, (S::Rest, S::Rest)) {
    S::lend_along(kept, left)
}

/// A cotangent that the call has not taken: the argument was the same before.
pub struct Stays<D>(D);

/// A cotangent that the call has taken.
pub struct Goes<D>(PhantomData<D>);

/// What becomes of the cotangent of an argument in the course of a call.
pub trait Rest<G> {
    /// The cotangent.
    type Cotangent;
    /// That of the argument before the call, which returned `gradient`.
    fn before(self, gradient: G) -> Self::Cotangent;
}

impl<G: IntoTangent<D>, D: Tangent> Rest<G> for Stays<D> {
    type Cotangent = D;
    #[inline]
    #[track_caller]
    fn before(mut self, gradient: G) -> D {
        self.0.accumulate(gradient.into_tangent());
        self.0
    }
}

impl<G: IntoTangent<D>, D> Rest<G> for Goes<D> {
    type Cotangent = D;
    #[inline]
    #[track_caller]
    fn before(self, gradient: G) -> D {
        gradient.into_tangent()
    }
}

/// The cotangent of an argument before the call.
#[inline]
#[track_caller]
pub fn before<G, R: Rest<G>>(rest: R, gradient: G) -> R::Cotangent {
    rest.before(gradient)
}

#[cfg(test)]
mod tests {
    use super::{Left, before, keep, lend};

    #[test]
    fn the_pullback_decides() {
        let state = vec![1.0, 2.0];
        let looks = |x: &[f64], d: f64| x.iter().map(|v| d * v).collect::<Vec<_>>();
        let kept = keep(&state);
        let (slot, rest) = lend(&kept, vec![10.0, 20.0]);
        assert_eq!(before(rest, looks(slot, 2.0)), [12.0, 24.0]);

        let changes = |Left(d): Left<Vec<f64>>, by: f64| d.into_iter().map(|v| by * v).collect::<Vec<_>>();
        let kept = keep(&state[..]);
        let (slot, rest) = lend(&kept, vec![10.0, 20.0]);
        assert_eq!(before(rest, changes(slot, 2.0)), [20.0, 40.0]);
    }
}
