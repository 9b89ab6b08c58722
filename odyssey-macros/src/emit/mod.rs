//! From IR to Rust: the companions of a function.

mod assemble;
mod block;
mod call;
mod companion;
mod composite;
mod control;
mod fragment;
mod guarded;
mod kernel;
mod layout;
mod literal;
mod names;
mod place;
mod quoted;
mod release;
mod rules;
mod scalar;
mod stages;
mod types;
mod verbatim;
mod wants;
mod writer;

use proc_macro2::TokenStream;

pub(crate) use names::{at, locate};
pub(crate) use types::replaced;
pub(crate) use writer::Failure;

use crate::lower::Primal;
use crate::parse::Source;
use crate::pushforward::{Pushforward, Second};
use crate::reverse::Derivative;

/// What the passes made of a function.
pub(crate) struct Program {
    pub(crate) primal: Primal,
    /// For callers whose cotangent comes later: the sweep is a closure that owns what it reads.
    pub(crate) residual: Derivative,
    /// With a scalar result, for the gradient itself: the cotangent is 1, one body for both passes.
    pub(crate) fused: Option<Derivative>,
    /// The function with its tangent, unless the user wrote that.
    pub(crate) pushforward: Option<Pushforward>,
    /// The tangents of its result along several directions, for a Jacobian.
    pub(crate) columns: Option<Pushforward>,
    /// The derivative for callers and its derivative: forward over reverse. Where somebody may ask for it.
    pub(crate) second: Option<Second>,
    /// The derivative of third order is computed by that of second order over dual numbers.
    pub(crate) is_of_third_order: bool,
    /// The tangents of the gradient along several directions, for a Hessian.
    pub(crate) curvatures: Option<Pushforward>,
    /// Second order of the same function over other floats, in the place of its own: for third order.
    pub(crate) over_floats: Option<OverFloats>,
}

/// A function over other floats than those that the user wrote.
pub(crate) struct OverFloats {
    pub(crate) source: Source,
    pub(crate) program: Box<Program>,
}

/// The companions of a function; of one with a rule of the user's, without looking into it.
pub(crate) fn emit(source: &Source, program: Option<&Program>) -> TokenStream {
    companion::companions(source, program)
}
