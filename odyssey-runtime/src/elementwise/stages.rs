//! Passes in two stages.
//!
//! What bounds a loop over a long formula is not the number of its operations, but that most of them wait for one another,
//! and that a processor looks ahead only a few hundred instructions: not even two points. So a long formula is cut in two.
//! The first half runs over some hundred points and leaves its values in the first-level cache, the second half takes them
//! from there, and in each of the loops several points are under way at once.
#![allow(unsafe_code, reason = "what is between the stages is memory that both see through pointers")]

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

use super::kernel::{Slots, Store};
use super::level::Level;
use super::output::One;
use super::pass::{drive, map_to, of_scalars};
use super::tiles::Line;
use super::tuples::{Elements, Operands, Outputs};
use super::walk::{BLOCK, Pointers, SINKS, TILE};
use crate::real::Real;

/// [`map_to_modes`](super::map_to_modes) in two stages: what the first functions make of the elements of a point is what
/// the second ones get beside these.
#[inline]
#[track_caller]
pub fn map_to_stages<O: Operands, S: Outputs<O, R, Results = Q>, M: Between, R, Q>(
    operands: O,
    outputs: S,
    first_plain: impl Fn(O::Elems) -> M,
    first_fused: impl Fn(O::Elems) -> M,
    plain: impl Fn((O::Elems, M)) -> R,
    fused: impl Fn((O::Elems, M)) -> R,
) -> Q {
    if O::SCALAR {
        let between = first_plain(operands.single());
        return of_scalars::<O, S, R>(outputs, plain((operands.single(), between)));
    }
    pass(Level::detect(), operands, outputs, first_plain, first_fused, plain, fused)
}

/// The same in one stage, for builds where passes are not fast anyway.
#[inline]
#[track_caller]
pub fn map_to_composed<O: Operands, S: Outputs<O, R, Results = Q>, M: Between, R, Q>(
    operands: O,
    outputs: S,
    first: impl Fn(O::Elems) -> M,
    second: impl Fn((O::Elems, M)) -> R,
) -> Q {
    map_to(
        operands,
        outputs,
        #[inline(always)]
        |elems| second((elems, first(elems))),
    )
}

/// The part of a pass that is compiled for each pair of closures.
#[track_caller]
pub(super) fn pass<O: Operands, S: Outputs<O, R>, M: Between, R>(
    level: Level,
    operands: O,
    outputs: S,
    first_plain: impl Fn(O::Elems) -> M,
    first_fused: impl Fn(O::Elems) -> M,
    plain: impl Fn((O::Elems, M)) -> R,
    fused: impl Fn((O::Elems, M)) -> R,
) -> S::Results {
    let mut shelf: Shelf = [MaybeUninit::uninit(); LINES];
    let between = M::places(shelf.as_mut_ptr().cast());
    let mut kernel = |pointers: &Pointers, len: usize| {
        let cursors = operands.cursors(&pointers.sources);
        // SAFETY: the walk calls for whole blocks, with pointers to that many elements; the shelf has room for the most of
        // them, and its places hold numbers when the second stage reads them.
        unsafe {
            M::Slots::evaluate::<O>(level, cursors, &between, len, &first_plain, &first_fused);
            S::Slots::evaluate::<Then<O, M>>(level, (cursors, M::cursors(&between)), &pointers.sinks, len, &plain, &fused);
        }
    };
    drive(level, &operands, outputs, MOST, &mut kernel)
}

/// Most points between the stages: the more, the rarer is what is done for each of these times, and the fewer, the surer
/// is everything in the first-level cache.
const MOST: usize = 1024;
const _: () = assert!(MOST >= TILE && MOST.is_multiple_of(BLOCK));

/// Most values of a point that go from one stage to the other.
const VALUES: usize = 2;

const LINES: usize = MOST * VALUES * size_of::<f64>() / size_of::<Line>();

/// Room for the values of all points between the stages.
type Shelf = [MaybeUninit<Line>; LINES];

/// What goes from one stage of a pass to the other: a float, or two.
pub trait Between: Copy {
    /// Stores each of the floats.
    type Slots: Slots<Self>;
    /// What the second stage reads them from.
    type Cursors: Copy;

    /// Where the floats of the first point are.
    fn places(shelf: *mut u8) -> [*mut u8; SINKS];

    /// Reads from these places.
    fn cursors(places: &[*mut u8; SINKS]) -> Self::Cursors;

    /// The values of point `i`.
    ///
    /// # Safety
    /// The first stage has stored more than `i` of each of them.
    unsafe fn load(cursors: Self::Cursors, i: usize) -> Self;
}

/// The places of as many values as a point can have.
fn places<const N: usize>(shelf: *mut u8) -> [*mut u8; SINKS] {
    const { assert!(N <= VALUES) };
    let mut places = [null_mut(); SINKS];
    for (k, place) in places[..N].iter_mut().enumerate() {
        *place = shelf.wrapping_add(k * MOST * size_of::<f64>());
    }
    places
}

impl<T: Real> Between for T {
    type Slots = One<Store>;
    type Cursors = *const T;

    fn places(shelf: *mut u8) -> [*mut u8; SINKS] {
        const { assert!(T::FLOATS == 1, "dual numbers do not go from stage to stage") };
        places::<1>(shelf)
    }

    #[inline(always)]
    fn cursors(places: &[*mut u8; SINKS]) -> *const T {
        places[0].cast()
    }

    #[inline(always)]
    unsafe fn load(cursor: *const T, i: usize) -> T {
        // SAFETY: as the caller says.
        unsafe { cursor.add(i).read() }
    }
}

impl<A: Real, B: Real> Between for (A, B) {
    type Slots = (Store, Store);
    type Cursors = (*const A, *const B);

    fn places(shelf: *mut u8) -> [*mut u8; SINKS] {
        const { assert!(A::FLOATS == 1 && B::FLOATS == 1, "dual numbers do not go from stage to stage") };
        places::<2>(shelf)
    }

    #[inline(always)]
    fn cursors(places: &[*mut u8; SINKS]) -> Self::Cursors {
        (places[0].cast(), places[1].cast())
    }

    #[inline(always)]
    unsafe fn load((a, b): Self::Cursors, i: usize) -> (A, B) {
        // SAFETY: as the caller says.
        unsafe { (*a.add(i), *b.add(i)) }
    }
}

/// The elements of the operands, and the values of the first stage.
#[derive(Debug)]
struct Then<O, M>(PhantomData<(O, M)>);

impl<O: Operands, M: Between> Elements for Then<O, M> {
    type Elems = (O::Elems, M);
    type Cursors = (O::Cursors, M::Cursors);

    const NDIM: Option<usize> = O::NDIM;

    #[inline(always)]
    unsafe fn load((operands, between): Self::Cursors, i: usize) -> Self::Elems {
        // SAFETY: as the caller says.
        unsafe { (O::load(operands, i), M::load(between, i)) }
    }
}
