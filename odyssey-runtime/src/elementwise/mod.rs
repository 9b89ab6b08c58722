//! Fused elementwise passes: one closure over all operands of an expression, one walk over memory.
//!
//! A pass has *operands* (scalars, arrays, views, shapes), whose shapes broadcast to the *iteration space*, and
//! *outputs*, each of which gets one value a point. Only the loop over points (`kernel.rs`) is compiled for each closure;
//! the walk (`walk.rs`) knows element sizes and strides alone.
//!
//! A closure written at the call should be `#[inline(always)]`: rustc inlines small ones anyway, but one that stays a call
//! inside the loop is neither vectorised nor compiled for the processor's instruction set.

#![allow(clippy::inline_always, reason = "what is not inlined into a kernel is not compiled for its instruction set")]
#![allow(clippy::redundant_closure, reason = "what a reference to a closure is called through need not be inlined")]

pub(crate) mod functions;
mod join;
mod kernel;
pub(crate) mod level;
mod list;
mod macros;
mod nest;
mod operand;
mod output;
mod pass;
mod position;
mod space;
mod stages;
mod tile;
mod tiles;
mod tuples;
mod walk;

#[cfg(test)]
mod tests;

pub use join::{Join, Rank, Scalar};
pub use operand::{Bound, Extent, Operand, Place, Sc, extent, sc};
pub use output::{Full, Into, Like, One, Output, Sum, into, like};
pub use pass::{fit, map, map_like, map_sum, map_to, map_to_modes};
pub use stages::{Between, map_to_composed, map_to_stages};
pub use tuples::{Elements, Joined, Operands, Outputs};

pub(crate) use level::for_each_level;
