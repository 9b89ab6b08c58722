//! Gradient checks against central differences.

mod coordinates;
mod mismatch;
mod perturb;

pub use mismatch::GradientMismatch;
pub use perturb::{Lend, Perturb, lend};

use coordinates::{Coordinates, Move, path_to};

use crate::differentiable::Parameters;
use crate::real::Real;

/// Compares `gradient`, which is claimed to be that of `f` with respect to its argument `name` at `x`, with central
/// differences in every number of `x`.
///
/// A difference is taken with a step of about the cube root of the precision of `T`, relative to the number. The two
/// agree up to the rounding errors of `f` and a relative error of `1e-6` (`f64`) or `2e-2` (`f32`); a difference that changes with
/// its step as those of smooth functions do may be off by that change.
///
/// # Errors
/// The first number of `x` whose derivative does not agree, or is not a number.
pub fn argument<X: for<'o> Lend<'o>, T: Real>(
    name: &str,
    x: &X,
    mut f: impl for<'o> FnMut(<X as Lend<'o>>::Lent) -> T,
    gradient: &X::Tangent,
) -> Result<(), GradientMismatch> {
    copied_argument(name, x, |copy| f(X::lend(copy)), gradient)
}

/// The same for a function of a changed copy, which it lends itself: an argument that borrows can be lent no longer than
/// it lives.
#[doc(hidden)]
pub fn copied_argument<X: Perturb, T: Real>(
    name: &str,
    x: &X,
    mut f: impl FnMut(&mut X::Owned) -> T,
    gradient: &X::Tangent,
) -> Result<(), GradientMismatch> {
    let mut copy = x.owned_copy();
    let mut coordinates = Coordinates::default();
    copy.visit(gradient, &mut coordinates);
    for index in 0..coordinates.len() {
        // A copy for each call: a function may change what it is lent.
        let at = |value: f64| {
            let mut copy = x.owned_copy();
            copy.visit(gradient, &mut Move::new(index, value));
            f(&mut copy).to_double()
        };
        if let Err(disagreement) = coordinates.compare(index, T::epsilon().to_double(), at) {
            let path = path_to(name, index, &mut copy, gradient);
            return Err(GradientMismatch::new(path, disagreement));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
