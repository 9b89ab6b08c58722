//! Passes: closures over operands, for outputs.

use ndarray::{Array, Dimension};

use super::join::Rank;
use super::kernel::Slots;
use super::level::Level;
use super::operand::{Operand, extent};
use super::output::{Full, One, Opened, Sum, like};
use super::space::Space;
use super::tuples::{Joined, Operands, Outputs};
use super::walk::{Kernel, Pointers, walk};
use crate::real::Real;

// The results of passes are type parameters: rustc would have to ask of each call whether a projection in its place is
// well-formed, and that of the projection's own traits.

/// The value of `f` at each point of the iteration space of the operands: a scalar if all of them are, else an array.
///
/// Panics if the shapes of the operands do not broadcast.
#[inline]
#[track_caller]
pub fn map<O: Joined<Dim: Rank<Of<R> = Q>>, R: Copy, Q>(operands: O, f: impl Fn(O::Elems) -> R) -> Q {
    map_to(operands, One(Full), f)
}

/// The sum of `f` over the iteration space of the operands, in one pass.
#[inline]
#[track_caller]
pub fn map_sum<O: Operands, V: Real>(operands: O, f: impl Fn(O::Elems) -> V) -> V {
    map_to(operands, One(Sum), f)
}

/// The values of `f` over the iteration space of the operands, summed to the shape of `x`.
#[inline]
#[track_caller]
pub fn map_like<X: Operand + ?Sized, O: Operands>(
    x: &X,
    operands: O,
    f: impl Fn(O::Elems) -> X::Float,
) -> <X::Dim as Rank>::Of<X::Float> {
    map_to(operands, One(like(x)), f)
}

/// `x` summed to the shape of `like`, or over its shape; itself, if it has that shape.
#[track_caller]
pub fn fit<T: Real, D: Dimension, X: Operand<Float = T> + ?Sized>(x: Array<T, D>, like: &X) -> <X::Dim as Rank>::Of<T> {
    let extent = extent(like);
    extent.dim().same(x).unwrap_or_else(|x| map_like(&extent, (&x,), |(x,)| x))
}

/// Several outputs of one pass: `f` returns a tuple of one value for each of them. Or [`One`] output, whose value it returns.
///
/// An output is [`Full`], [`Sum`], [`like`]`(&x)` or [`into`](super::into)`(&mut d)`. The iteration space is that of the
/// operands and of the shapes of the `like` and `into` outputs.
///
/// Panics if these shapes do not broadcast, or if [`Full`] is asked for and the operands alone have fewer axes than the
/// iteration space.
#[inline]
#[track_caller]
pub fn map_to<O: Operands, S: Outputs<O, R, Results = Q>, R, Q>(operands: O, outputs: S, f: impl Fn(O::Elems) -> R) -> Q {
    if !cfg!(odyssey_levels) {
        // The same, with less to compile for each closure.
        if O::SCALAR {
            return of_scalars::<O, S, R>(outputs, f(operands.single()));
        }
        return pass(Level::Baseline, operands, outputs, &f, &f);
    }
    map_to_modes(
        operands,
        outputs,
        #[inline(always)]
        |elems| f(elems),
        #[inline(always)]
        |elems| f(elems),
    )
}

/// [`map_to`] of a function that is given twice: with [`math::plain`](crate::math::plain) functions in it, and with
/// [`math::fused`](crate::math::fused) ones, for instruction sets that have fused multiply-adds.
#[inline]
#[track_caller]
pub fn map_to_modes<O: Operands, S: Outputs<O, R, Results = Q>, R, Q>(
    operands: O,
    outputs: S,
    plain: impl Fn(O::Elems) -> R,
    fused: impl Fn(O::Elems) -> R,
) -> Q {
    if O::SCALAR {
        return of_scalars::<O, S, R>(outputs, plain(operands.single()));
    }
    pass(Level::detect(), operands, outputs, &plain, &fused)
}

/// The outputs of a pass over scalars alone.
#[inline]
#[track_caller]
pub(super) fn of_scalars<O: Operands, S: Outputs<O, R>, R>(outputs: S, values: R) -> S::Results {
    if S::SCALAR { outputs.single(values) } else { spread::<O, S, R>(outputs, values) }
}

/// One value for all points of the outputs' shapes.
#[track_caller]
fn spread<O: Operands, S: Outputs<O, R>, R>(outputs: S, values: R) -> S::Results {
    let space = Space::new(&[], outputs.shapes().as_ref());
    outputs.spread(values, &Opened { space: &space, operands: O::NDIM })
}

/// The part of a pass that is compiled for each closure.
#[allow(unsafe_code, reason = "kernels take pointers")]
#[track_caller]
pub(super) fn pass<O: Operands, S: Outputs<O, R>, R>(
    level: Level,
    operands: O,
    outputs: S,
    plain: &impl Fn(O::Elems) -> R,
    fused: &impl Fn(O::Elems) -> R,
) -> S::Results {
    let mut kernel = |pointers: &Pointers, len: usize| {
        let cursors = operands.cursors(&pointers.sources);
        // SAFETY: the walk calls for whole blocks, with pointers to that many elements.
        unsafe { S::Slots::evaluate::<O>(level, cursors, &pointers.sinks, len, plain, fused) };
    };
    drive(level, &operands, outputs, usize::MAX, &mut kernel)
}

/// The part of a pass that is compiled for each combination of operand and output types. The kernel takes up to `most`
/// points at a time, at least those of a tile.
#[allow(unsafe_code, reason = "the walk needs the kernel's word that it writes all values")]
#[inline(never)]
#[track_caller]
pub(super) fn drive<O: Operands, S: Outputs<O, R>, R>(
    level: Level,
    operands: &O,
    mut outputs: S,
    most: usize,
    kernel: Kernel,
) -> S::Results {
    let layouts = operands.layouts();
    let space = Space::new(layouts.as_ref(), outputs.shapes().as_ref());
    let opened = Opened { space: &space, operands: O::NDIM };
    let (buffers, sinks) = outputs.open(&opened);
    // SAFETY: operands are borrowed, so their arrays live; outputs are allocated or borrowed mutably.
    let totals = unsafe { walk(level, &space, layouts.as_ref(), sinks.as_ref(), most, kernel) };
    drop(sinks);
    outputs.close(buffers, &totals, &opened)
}
