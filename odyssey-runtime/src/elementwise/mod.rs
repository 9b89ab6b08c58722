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
mod level;
mod list;
mod modes;
mod nest;
mod operand;
mod output;
mod space;
mod tile;
mod tiles;
mod tuples;
mod walk;

#[cfg(test)]
mod tests;

pub use join::{Join, Rank, Scalar};
pub use modes::{map_like, map_like_modes, map_sum, map_sum_modes};
pub use operand::{Bound, Extent, Operand, Place, Sc, extent, operand, sc};
pub use output::{Full, Into, Like, Output, Sum, into, like};
pub use tuples::{Joined, Operands, Outputs};

use kernel::Slots;
use level::Level;
use output::Opened;
use space::Space;
use walk::{Kernel, Pointers, walk};

/// The value of `f` at each point of the iteration space of the operands: a scalar if all of them are, else an array.
///
/// Panics if the shapes of the operands do not broadcast.
#[inline]
#[track_caller]
pub fn map<O: Joined, R: Copy>(operands: O, f: impl Fn(O::Elems) -> R) -> <O::Dim as Rank>::Of<R> {
    map_modes(
        operands,
        #[inline(always)]
        |elems| f(elems),
        #[inline(always)]
        |elems| f(elems),
    )
}

/// [`map`] of a function that is given twice: with [`math::plain`](crate::math::plain) functions in it, and with
/// [`math::fused`](crate::math::fused) ones, for instruction sets that have fused multiply-adds.
#[inline]
#[track_caller]
pub fn map_modes<O: Joined, R: Copy>(
    operands: O,
    plain: impl Fn(O::Elems) -> R,
    fused: impl Fn(O::Elems) -> R,
) -> <O::Dim as Rank>::Of<R> {
    if O::SCALAR {
        return O::Dim::scalar(plain(operands.single()));
    }
    pass::<O, _, (R,)>(
        Level::detect(),
        operands,
        (Full,),
        #[inline(always)]
        |elems| (plain(elems),),
        #[inline(always)]
        |elems| (fused(elems),),
    )
    .0
}

/// Several outputs of one pass: `f` returns a tuple of one value for each of them.
///
/// An output is [`Full`], [`Sum`], [`like`]`(&x)` or [`into`]`(&mut d)`. The iteration space is that of the operands and of
/// the shapes of the `like` and `into` outputs.
///
/// Panics if these shapes do not broadcast, or if [`Full`] is asked for and the operands alone have fewer axes than the
/// iteration space.
#[inline]
#[track_caller]
pub fn map_to<O: Operands, S: Outputs<O, R>, R>(operands: O, outputs: S, f: impl Fn(O::Elems) -> R) -> S::Results {
    map_to_modes(
        operands,
        outputs,
        #[inline(always)]
        |elems| f(elems),
        #[inline(always)]
        |elems| f(elems),
    )
}

/// [`map_to`] of a function that is given twice, as to [`map_modes`].
#[inline]
#[track_caller]
pub fn map_to_modes<O: Operands, S: Outputs<O, R>, R>(
    operands: O,
    outputs: S,
    plain: impl Fn(O::Elems) -> R,
    fused: impl Fn(O::Elems) -> R,
) -> S::Results {
    if O::SCALAR {
        let values = plain(operands.single());
        return if S::SCALAR { outputs.single(values) } else { spread::<O, S, R>(outputs, values) };
    }
    pass(Level::detect(), operands, outputs, plain, fused)
}

/// The outputs of a pass over scalars alone: one value for all points of their shapes.
#[track_caller]
fn spread<O: Operands, S: Outputs<O, R>, R>(outputs: S, values: R) -> S::Results {
    let space = Space::new(&[], outputs.shapes().as_ref());
    outputs.spread(values, &Opened(&space))
}

/// The part of a pass that is compiled for each closure.
#[allow(unsafe_code, reason = "kernels take pointers")]
#[track_caller]
fn pass<O: Operands, S: Outputs<O, R>, R>(
    level: Level,
    operands: O,
    outputs: S,
    plain: impl Fn(O::Elems) -> R,
    fused: impl Fn(O::Elems) -> R,
) -> S::Results {
    let mut kernel = |pointers: &Pointers, len: usize| {
        let cursors = operands.cursors(&pointers.sources);
        // SAFETY: the walk calls for whole blocks, with pointers to that many elements.
        unsafe { S::Slots::evaluate::<O>(level, cursors, &pointers.sinks, len, &plain, &fused) };
    };
    drive(level, &operands, outputs, &mut kernel)
}

/// The part of a pass that is compiled for each combination of operand and output types.
#[allow(unsafe_code, reason = "the walk needs the kernel's word that it writes all values")]
#[inline(never)]
#[track_caller]
fn drive<O: Operands, S: Outputs<O, R>, R>(level: Level, operands: &O, mut outputs: S, kernel: Kernel) -> S::Results {
    let layouts = operands.layouts();
    let space = Space::new(layouts.as_ref(), outputs.shapes().as_ref());
    let (buffers, sinks) = outputs.open(&Opened(&space));
    // SAFETY: operands are borrowed, so their arrays live; outputs are allocated or borrowed mutably.
    let totals = unsafe { walk(level, &space, layouts.as_ref(), sinks.as_ref(), kernel) };
    drop(sinks);
    outputs.close(buffers, &totals, &Opened(&space))
}
