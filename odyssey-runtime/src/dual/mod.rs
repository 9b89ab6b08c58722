//! Dual numbers: a number and its tangent, which every function of numbers takes along.
//!
//! The rules of operations are generic over numbers. Over dual ones they compute their own tangents: this is how a derivative
//! of a derivative goes through an operation that is not elementwise.

mod arithmetic;
mod dualise;
mod float;
mod functions;
mod lift;
mod parts;
mod real;

pub use dualise::{Dualise, dualise};
pub(crate) use lift::{DualArray, dual_along, zero_array};
pub use lift::{Lift, constant, dual, lifted};
pub use parts::{Parts, parts, tangent_part};
pub(crate) use parts::{join, with_tangent};

/// `value + ε tangent` with `ε² = 0`. Comparisons and what is not smooth go by the value.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Dual<T> {
    /// The number.
    pub value: T,
    /// Its tangent.
    pub tangent: T,
}

impl<T: num_traits::Zero> Dual<T> {
    /// A number that does not vary.
    #[inline]
    pub(crate) fn constant(value: T) -> Self {
        Self { value, tangent: T::zero() }
    }
}
