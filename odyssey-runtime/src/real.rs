//! The scalar type of differentiated code.
#![allow(clippy::inline_always, reason = "what is not inlined into a kernel is not compiled for its instruction set")]

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{AddAssign, DivAssign, MulAssign, RemAssign, SubAssign};

use ndarray::{LinalgScalar, ScalarOperand};
use num_traits::{Float, FloatConst, FromPrimitive};

use crate::elementwise::{Operand, Place, Scalar};
use crate::math::Math;
use crate::ops::Multiply;

/// A real number that Odyssey differentiates with respect to: `f32` or `f64`.
///
/// Generic differentiated functions take it as their bound:
///
/// ```text
/// #[differentiable]
/// fn energy<T: Real>(x: &Array1<T>, k: T) -> T { (x * x).sum() * k * T::lit(0.5) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a real number that Odyssey can differentiate",
    label = "not `f32` or `f64`",
    note = "convert it before (`x.mapv(f64::from)`), or keep it out of the differentiated expression"
)]
pub trait Real:
    Float
    + FloatConst
    + FromPrimitive
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + RemAssign
    + Sum
    + for<'a> Sum<&'a Self>
    + LinalgScalar
    + ScalarOperand
    + Debug
    + Display
    + Send
    + Sync
    + 'static
    + Math
    + crate::differentiable::DifferentiableFloat
    + Operand<Elem = Self, Dim = Scalar, Cotangent = Self, Float = Self>
    + Place
    + Multiply
    + crate::dual::Lift<Lifted = crate::dual::Dual<Self>>
    + crate::dual::Dualise<Dual = crate::dual::Dual<Self>>
{
    /// The type that sums are accumulated in: of double precision.
    #[doc(hidden)]
    type Wide: Real<Wide = Self::Wide>;

    /// How many floats it is: more than one if it is a dual number.
    #[doc(hidden)]
    const FLOATS: usize;

    /// The literal `value` in this type, rounded to nearest.
    fn lit(value: f64) -> Self;

    /// The value in double precision, exactly. Of a dual number this leaves the tangent out: it is for decisions, not for
    /// what a derivative goes through.
    fn to_double(self) -> f64;

    /// The remainder of the division that rounds so that it is not negative, as `f64::rem_euclid`.
    #[must_use]
    fn rem_euclid(self, divisor: Self) -> Self {
        crate::math::rem_euclid(self, divisor)
    }

    /// In double precision, exactly.
    #[doc(hidden)]
    fn widen(self) -> Self::Wide;

    /// From double precision, rounded to nearest.
    #[doc(hidden)]
    fn narrow(wide: Self::Wide) -> Self;

    /// Whether all of its floats are zero: a tangent that contributes nothing, whatever it is multiplied with.
    #[doc(hidden)]
    fn vanishes(self) -> bool;

    /// `self * term`, and 0 where `self` is, even of an infinite term.
    #[doc(hidden)]
    #[must_use]
    fn product_or_zero(self, term: Self) -> Self;

    /// `map` of each of its floats.
    #[doc(hidden)]
    #[must_use]
    fn map_floats<F: FnMut(f64) -> f64 + ?Sized>(self, map: &mut F) -> Self;

    /// The inner product of its floats with those of another.
    #[doc(hidden)]
    fn inner_product_of_floats(self, other: Self) -> f64;
}

macro_rules! float {
    ($($float:ident)*) => {$(
        impl Real for $float {
            type Wide = f64;

            const FLOATS: usize = 1;

            #[inline(always)]
            fn lit(value: f64) -> Self {
                #[allow(clippy::cast_possible_truncation, reason = "a literal is rounded to the type it is used in")]
                let value = value as Self;
                value
            }

            #[inline(always)]
            fn to_double(self) -> f64 {
                self.into()
            }

            #[inline(always)]
            fn widen(self) -> f64 {
                self.into()
            }

            #[inline(always)]
            fn narrow(wide: f64) -> Self {
                Self::lit(wide)
            }

            #[inline(always)]
            fn vanishes(self) -> bool {
                self == 0.0
            }

            #[inline(always)]
            fn product_or_zero(self, term: Self) -> Self {
                if self == 0.0 { self } else { self * term }
            }

            #[inline(always)]
            fn map_floats<F: FnMut(f64) -> f64 + ?Sized>(self, map: &mut F) -> Self {
                Self::lit(map(self.into()))
            }

            #[inline(always)]
            fn inner_product_of_floats(self, other: Self) -> f64 {
                f64::from(self) * f64::from(other)
            }
        }
    )*};
}
float!(f32 f64);
