//! The scalar type of differentiated code.
#![allow(clippy::inline_always, reason = "what is not inlined into a kernel is not compiled for its instruction set")]

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{AddAssign, DivAssign, MulAssign, RemAssign, SubAssign};

use ndarray::{LinalgScalar, ScalarOperand};
use num_traits::{Float, FloatConst, FromPrimitive};

use crate::elementwise::{Operand, Place, Scalar};
use crate::math::Math;

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
{
    /// The literal `value` in this type, rounded to nearest.
    fn lit(value: f64) -> Self;

    /// The value in double precision, exactly.
    fn to_double(self) -> f64;

    /// The remainder of the division that rounds so that it is not negative, as `f64::rem_euclid`.
    #[must_use]
    fn rem_euclid(self, divisor: Self) -> Self {
        crate::math::rem_euclid(self, divisor)
    }
}

impl Real for f32 {
    #[inline(always)]
    fn lit(value: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a literal is rounded to the type it is used in")]
        let value = value as Self;
        value
    }

    #[inline(always)]
    fn to_double(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    #[inline(always)]
    fn lit(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn to_double(self) -> f64 {
        self
    }
}
