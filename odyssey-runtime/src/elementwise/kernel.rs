//! The loop over points, compiled for each instruction set: all of a pass that depends on the closure.
#![allow(
    clippy::too_many_arguments,
    reason = "every output is a parameter of its own, which is how the compiler learns that they do not overlap"
)]
#![allow(unsafe_code, reason = "functions with target features are unsafe to call, and elements are reached by pointers")]

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use super::join::Rank;
use super::level::Level;
use super::output::One;
use super::tuples::Elements;
use super::walk::{BLOCK, SINKS};
use crate::real::Real;

/// What a kernel does with the values of one output.
pub trait Slot<V: Copy> {
    /// Whether it stores them all.
    const STORES: bool;

    /// What it keeps in registers.
    type State: Copy;

    /// The number of elements of the memory it writes to, for `len` points.
    fn room(len: usize) -> usize;

    /// The state before the first point.
    fn begin() -> Self::State;

    /// Takes the value of point `i`, which is `lane` modulo 16.
    ///
    /// # Safety
    /// `out` has [`room`](Self::room) for more than `i` points, numbers if they are added to.
    unsafe fn put<O: Elements>(state: &mut Self::State, out: *mut MaybeUninit<V>, i: usize, lane: usize, value: V);

    /// Writes the state after the last point.
    ///
    /// # Safety
    /// As for `put`.
    unsafe fn end(state: Self::State, out: *mut MaybeUninit<V>);
}

/// Each value goes to memory.
#[derive(Debug)]
pub struct Store;

impl<V: Copy> Slot<V> for Store {
    const STORES: bool = true;
    type State = ();

    #[inline(always)]
    fn room(len: usize) -> usize {
        len
    }

    #[inline(always)]
    fn begin() {}

    #[inline(always)]
    unsafe fn put<O: Elements>((): &mut (), out: *mut MaybeUninit<V>, i: usize, _: usize, value: V) {
        // SAFETY: as the caller says.
        unsafe { out.cast::<V>().add(i).write(value) };
    }

    #[inline(always)]
    unsafe fn end((): (), _: *mut MaybeUninit<V>) {}
}

/// Each value goes to memory, for an array of rank `D`: added to what is there, or not (`adds`).
#[derive(Debug)]
pub struct StoreOrAdd<D>(PhantomData<D>);

/// Whether values are added to those of an array with `own` axes, which begins with zeros: if the operands have more axes, so
/// that the array has one element for many points, hardly ever for one.
pub(super) const fn adds(own: Option<usize>, operands: Option<usize>) -> bool {
    match (own, operands) {
        (Some(own), Some(operands)) => own < operands,
        _ => false,
    }
}

impl<V: Real, D: Rank> Slot<V> for StoreOrAdd<D> {
    const STORES: bool = true;
    type State = ();

    #[inline(always)]
    fn room(len: usize) -> usize {
        len
    }

    #[inline(always)]
    fn begin() {}

    #[inline(always)]
    unsafe fn put<O: Elements>((): &mut (), out: *mut MaybeUninit<V>, i: usize, _: usize, value: V) {
        // SAFETY: as the caller says; what is added to has been initialised by the walk.
        unsafe {
            let cell = out.cast::<V>().add(i);
            cell.write(if const { adds(D::NDIM, O::NDIM) } { cell.read() + value } else { value });
        };
    }

    #[inline(always)]
    unsafe fn end((): (), _: *mut MaybeUninit<V>) {}
}

/// Values are added up in 16 lanes, which go to memory at the end.
#[derive(Debug)]
pub struct Lanes;

impl<V: Real> Slot<V> for Lanes {
    const STORES: bool = false;
    type State = [V; BLOCK];

    #[inline(always)]
    fn room(_: usize) -> usize {
        BLOCK
    }

    #[inline(always)]
    fn begin() -> [V; BLOCK] {
        [V::zero(); BLOCK]
    }

    #[inline(always)]
    unsafe fn put<O: Elements>(lanes: &mut [V; BLOCK], _: *mut MaybeUninit<V>, _: usize, lane: usize, value: V) {
        lanes[lane] += value;
    }

    #[inline(always)]
    unsafe fn end(lanes: [V; BLOCK], out: *mut MaybeUninit<V>) {
        // SAFETY: there is room for the lanes.
        unsafe { out.cast::<[V; BLOCK]>().write(lanes) };
    }
}

/// What a kernel does with a tuple of values.
pub trait Slots<R> {
    /// Calls `plain` for points `0..len`, or `fused` where the level has fused multiply-adds, and puts what it returns into
    /// the first sinks, one for each value.
    ///
    /// # Safety
    /// `len` is a multiple of 16. The processor has the level. The cursors have `len` elements, and each of the
    /// sinks has the room that its slot needs, apart from everything else.
    unsafe fn evaluate<O: Elements>(
        level: Level,
        cursors: O::Cursors,
        sinks: &[*mut u8; SINKS],
        len: usize,
        plain: &impl Fn(O::Elems) -> R,
        fused: &impl Fn(O::Elems) -> R,
    );
}

impl<V: Copy, K: Slot<V>> Slots<V> for One<K> {
    unsafe fn evaluate<O: Elements>(
        level: Level,
        cursors: O::Cursors,
        sinks: &[*mut u8; SINKS],
        len: usize,
        plain: &impl Fn(O::Elems) -> V,
        fused: &impl Fn(O::Elems) -> V,
    ) {
        let (plain, fused) = (
            #[inline(always)]
            |elems| (plain(elems),),
            #[inline(always)]
            |elems| (fused(elems),),
        );
        // SAFETY: as the caller says.
        unsafe { <(K,)>::evaluate::<O>(level, cursors, sinks, len, &plain, &fused) }
    }
}

macro_rules! slots {
    ($($($K:ident $V:ident $v:ident $state:ident $out:ident),+;)*) => {$(
        impl<$($V: Copy, $K: Slot<$V>),+> Slots<($($V,)+)> for ($($K,)+) {
            unsafe fn evaluate<O: Elements>(
                level: Level,
                cursors: O::Cursors,
                sinks: &[*mut u8; SINKS],
                len: usize,
                plain: &impl Fn(O::Elems) -> ($($V,)+),
                fused: &impl Fn(O::Elems) -> ($($V,)+),
            ) {
                #[inline(always)]
                unsafe fn points<O: Elements, $($V: Copy, $K: Slot<$V>),+>(
                    cursors: O::Cursors,
                    $($out: &mut [MaybeUninit<$V>],)+
                    blocks: usize,
                    f: &impl Fn(O::Elems) -> ($($V,)+),
                ) {
                    $(
                        let $out = $out.as_mut_ptr();
                        let mut $state = $K::begin();
                    )+
                    // SAFETY: all have `blocks * BLOCK` elements.
                    unsafe {
                        // The second loop would do for both: it is slower, and quicker to compile.
                        if cfg!(odyssey_levels) $(&& $K::STORES)+ {
                            for i in 0..blocks * BLOCK {
                                let ($($v,)+) = f(O::load(cursors, i));
                                $($K::put::<O>(&mut $state, $out, i, 0, $v);)+
                            }
                        } else {
                            for block in 0..blocks {
                                for lane in 0..BLOCK {
                                    let i = block * BLOCK + lane;
                                    let ($($v,)+) = f(O::load(cursors, i));
                                    $($K::put::<O>(&mut $state, $out, i, lane, $v);)+
                                }
                            }
                        }
                        $($K::end($state, $out);)+
                    }
                }

                // Slices as parameters tell the compiler that outputs do not overlap with anything.
                slots!(@level baseline, inline(never); $($K $V $out),+);
                #[cfg(odyssey_levels)]
                slots!(@level avx2, target_feature(enable = "avx2,fma"); $($K $V $out),+);
                #[cfg(odyssey_levels)]
                slots!(@level avx512, target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"); $($K $V $out),+);

                #[cfg(not(odyssey_levels))]
                let _ = fused;
                let [$($out,)+ ..] = *sinks;
                let blocks = len / BLOCK;
                // SAFETY: as the caller says.
                unsafe {
                    $(let $out = std::slice::from_raw_parts_mut($out.cast::<MaybeUninit<$V>>(), $K::room(len));)+
                    match level {
                        Level::Baseline => baseline::<O, $($V, $K),+>(cursors, $($out,)+ blocks, plain),
                        #[cfg(odyssey_levels)]
                        Level::Avx2 => avx2::<O, $($V, $K),+>(cursors, $($out,)+ blocks, fused),
                        #[cfg(odyssey_levels)]
                        Level::Avx512 => avx512::<O, $($V, $K),+>(cursors, $($out,)+ blocks, fused),
                    }
                }
            }
        }
    )*};
    (@level $name:ident, $attribute:meta; $($K:ident $V:ident $out:ident),+) => {
        #[$attribute]
        unsafe fn $name<O: Elements, $($V: Copy, $K: Slot<$V>),+>(
            cursors: O::Cursors,
            $($out: &mut [MaybeUninit<$V>],)+
            blocks: usize,
            f: &impl Fn(O::Elems) -> ($($V,)+),
        ) {
            // SAFETY: as the caller says.
            unsafe { points::<O, $($V, $K),+>(cursors, $($out,)+ blocks, f) }
        }
    };
}

slots! {
    K0 V0 v0 s0 out0;
    K0 V0 v0 s0 out0, K1 V1 v1 s1 out1;
    K0 V0 v0 s0 out0, K1 V1 v1 s1 out1, K2 V2 v2 s2 out2;
    K0 V0 v0 s0 out0, K1 V1 v1 s1 out1, K2 V2 v2 s2 out2, K3 V3 v3 s3 out3;
    K0 V0 v0 s0 out0, K1 V1 v1 s1 out1, K2 V2 v2 s2 out2, K3 V3 v3 s3 out3, K4 V4 v4 s4 out4;
    K0 V0 v0 s0 out0, K1 V1 v1 s1 out1, K2 V2 v2 s2 out2, K3 V3 v3 s3 out3, K4 V4 v4 s4 out4, K5 V5 v5 s5 out5;
    K0 V0 v0 s0 out0, K1 V1 v1 s1 out1, K2 V2 v2 s2 out2, K3 V3 v3 s3 out3, K4 V4 v4 s4 out4, K5 V5 v5 s5 out5,
    K6 V6 v6 s6 out6;
    K0 V0 v0 s0 out0, K1 V1 v1 s1 out1, K2 V2 v2 s2 out2, K3 V3 v3 s3 out3, K4 V4 v4 s4 out4, K5 V5 v5 s5 out5,
    K6 V6 v6 s6 out6, K7 V7 v7 s7 out7;
}
