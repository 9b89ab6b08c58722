//! Moving elements between strided arrays and dense tiles, and adding tiles up.
#![allow(clippy::cast_ptr_alignment, reason = "pointers to erased elements come from arrays of them")]
#![allow(unsafe_code, reason = "tiles and arrays of two element types share one walk that knows element sizes only")]

use super::level::Level;
use super::walk::BLOCK;
use crate::real::Real;

/// The type of floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Float {
    F32,
    F64,
}

/// The type of erased elements: so many floats, which are added each by itself. More than one make a dual number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) float: Float,
    pub(super) floats: usize,
}

impl Element {
    /// The most floats of an element: those of a dual number of dual numbers.
    pub(super) const MOST_FLOATS: usize = 4;

    pub(super) fn of<T: Real>() -> Self {
        const { assert!(T::FLOATS <= Self::MOST_FLOATS, "kernels take dual numbers of dual numbers, and no more of that") };
        let float = if size_of::<T>() == T::FLOATS * size_of::<f32>() { Float::F32 } else { Float::F64 };
        Self { float, floats: T::FLOATS }
    }

    pub(super) fn size(self) -> usize {
        let float = match self.float {
            Float::F32 => size_of::<f32>(),
            Float::F64 => size_of::<f64>(),
        };
        self.floats * float
    }
}

/// An expression with the float type and the number of floats of an element.
macro_rules! by_element {
    ($element:expr, |$F:ident, $N:ident| $body:expr) => {
        by_element!(@match $element, |$F, $N| $body; F32 f32 1, F64 f64 1, F32 f32 2, F64 f64 2, F32 f32 4, F64 f64 4)
    };
    (@match $element:expr, |$F:ident, $N:ident| $body:expr; $($Float:ident $float:ident $floats:literal),*) => {
        match $element {
            $(Element { float: Float::$Float, floats: $floats } => {
                type $F = $float;
                const $N: usize = $floats;
                $body
            })*
            _ => unreachable!("an element of one, two or four floats"),
        }
    };
}

/// A compensated sum: the error does not grow with the number of terms.
#[derive(Clone, Copy, Debug, Default)]
pub struct Total {
    sum: f64,
    lost: f64,
}

impl Total {
    pub(super) fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        // Neumaier: whichever is smaller has lost its low bits.
        self.lost += if self.sum.abs() >= term.abs() { (self.sum - sum) + term } else { (term - sum) + self.sum };
        self.sum = sum;
    }

    pub(super) fn value(&self) -> f64 {
        // Where the sum is infinite, what was lost is NaN.
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

/// The sums of numbers, in lanes and these pairwise.
#[inline(always)]
fn sum_of<T: Real, const N: usize>(numbers: &[[T; N]]) -> [f64; N] {
    let mut lanes = [[T::zero(); N]; BLOCK];
    let (blocks, rest) = numbers.as_chunks::<BLOCK>();
    for block in blocks {
        for (lane, x) in lanes.as_flattened_mut().iter_mut().zip(block.as_flattened()) {
            *lane += *x;
        }
    }
    for (lane, x) in lanes.as_flattened_mut().iter_mut().zip(rest.as_flattened()) {
        *lane += *x;
    }
    let mut sums = lanes.map(|lane| lane.map(T::to_double));
    let mut width = BLOCK / 2;
    while width > 0 {
        for lane in 0..width {
            let other = sums[lane + width];
            add_row_of(&mut sums[lane], &other);
        }
        width /= 2;
    }
    sums[0]
}

/// Adds each number of `row` to that of `target`.
#[inline(always)]
fn add_row_of<A: Real, B: Real>(target: &mut [B], row: &[A]) {
    for (x, &y) in target.iter_mut().zip(row) {
        *x += B::lit(y.to_double());
    }
}

#[cfg(odyssey_levels)]
#[target_feature(enable = "avx2,fma")]
fn sum_avx2<T: Real, const N: usize>(numbers: &[[T; N]]) -> [f64; N] {
    sum_of(numbers)
}

#[cfg(odyssey_levels)]
#[target_feature(enable = "avx2,fma")]
fn add_row_avx2<A: Real, B: Real>(target: &mut [B], row: &[A]) {
    add_row_of(target, row);
}

fn sum_row<T: Real, const N: usize>(level: Level, numbers: &[[T; N]]) -> [f64; N] {
    match level {
        Level::Baseline => sum_of(numbers),
        // SAFETY: both levels have AVX2 and FMA.
        #[cfg(odyssey_levels)]
        Level::Avx2 | Level::Avx512 => unsafe { sum_avx2(numbers) },
    }
}

fn add_row<A: Real, B: Real>(level: Level, target: &mut [B], row: &[A]) {
    match level {
        Level::Baseline => add_row_of(target, row),
        // SAFETY: both levels have AVX2 and FMA.
        #[cfg(odyssey_levels)]
        Level::Avx2 | Level::Avx512 => unsafe { add_row_avx2(target, row) },
    }
}

/// Adds the first `len` of the lanes that a kernel has filled to the totals, one for each float of an element.
///
/// # Safety
/// `lanes` points to `len` of the elements.
pub(super) unsafe fn add_lanes(element: Element, totals: &mut [Total], lanes: *const u8, len: usize) {
    // SAFETY: as the caller says.
    by_element!(element, |F, N| {
        let sums = sum_of(unsafe { std::slice::from_raw_parts(lanes.cast::<[F; N]>(), len) });
        totals.iter_mut().zip(sums).for_each(|(total, sum)| total.add(sum));
    });
}

/// Adds `len` elements to as many others.
///
/// # Safety
/// Both point to `len` of the elements, and do not overlap.
pub(super) unsafe fn add_tile(level: Level, element: Element, target: *mut u8, tile: *const u8, len: usize) {
    use std::slice::{from_raw_parts, from_raw_parts_mut};
    let len = len * element.floats;
    // SAFETY: as the caller says.
    unsafe {
        match element.float {
            Float::F32 => {
                add_row(level, from_raw_parts_mut(target.cast::<f32>(), len), from_raw_parts(tile.cast::<f32>(), len));
            }
            Float::F64 => {
                add_row(level, from_raw_parts_mut(target.cast::<f64>(), len), from_raw_parts(tile.cast::<f64>(), len));
            }
        }
    }
}

/// Copies fewer elements than a block, and repeats the last one up to the end of the block.
///
/// # Safety
/// `len` is 1 to 16, so many elements are at `source`, and `block` has room for 16.
pub(super) unsafe fn fill_block(element: Element, source: *const u8, len: usize, block: *mut u8) {
    unsafe fn fill_of<B: Copy>(source: *const B, len: usize, block: *mut B) {
        // SAFETY: as the caller says.
        (0..BLOCK).for_each(|i| unsafe { *block.add(i) = *source.add(i.min(len - 1)) });
    }
    // SAFETY: as the caller says.
    by_element!(element, |F, N| unsafe { fill_of(source.cast::<[F; N]>(), len, block.cast()) });
}

/// Copies the elements of a strided block one after the other to `tile`.
///
/// # Safety
/// Every index below `lens` is an element at `source`, with these strides, and `tile` has room for all of them.
pub(super) unsafe fn gather(element: Element, source: *const u8, lens: &[usize], strides: &[isize], tile: *mut u8) {
    // SAFETY: as the caller says.
    by_element!(element, |F, N| unsafe { gather_of(source.cast::<[F; N]>(), lens, strides, tile.cast()) });
}

unsafe fn gather_of<B: Copy>(source: *const B, lens: &[usize], strides: &[isize], tile: *mut B) {
    let ([len, inner @ ..], [stride, steps @ ..]) = (lens, strides) else {
        // SAFETY: rank 0 is one element.
        unsafe { *tile = *source };
        return;
    };
    // SAFETY: each step stays within the block that the caller vouches for.
    unsafe {
        match (inner, *stride) {
            ([], 0) => {
                let value = *source;
                (0..*len).for_each(|i| *tile.add(i) = value);
            }
            ([], 1) => source.copy_to_nonoverlapping(tile, *len),
            ([], stride) => (0..*len).for_each(|i| *tile.add(i) = *source.wrapping_offset(i.cast_signed() * stride)),
            (_, 0) => repeat(tile, *len, inner.iter().product(), |tile| gather_of(source, inner, steps, tile)),
            _ => {
                let row: usize = inner.iter().product();
                for i in 0..*len {
                    gather_of(source.wrapping_offset(i.cast_signed() * *stride), inner, steps, tile.add(i * row));
                }
            }
        }
    }
}

/// Writes the same row `rows` times to `tile`.
///
/// # Safety
/// The tile has room for `rows` of `length` elements, of which `write` writes the first one, at the pointer that it gets.
unsafe fn repeat<B: Copy>(tile: *mut B, rows: usize, length: usize, write: impl FnOnce(*mut B)) {
    if rows == 0 {
        return;
    }
    write(tile);
    let mut done = 1;
    while done < rows {
        let next = done.min(rows - done);
        // SAFETY: `done` rows are there, and there is room for all.
        unsafe { tile.copy_to_nonoverlapping(tile.add(done * length), next * length) };
        done += next;
    }
}

/// Adds the rows of a tile up, into the first one.
///
/// # Safety
/// The tile has `rows` of `length` elements.
unsafe fn fold<A: Real, const N: usize>(level: Level, tile: *mut [A; N], mut rows: usize, length: usize) {
    use std::slice::{from_raw_parts, from_raw_parts_mut};
    while rows > 1 {
        let half = rows / 2;
        // SAFETY: the last `half` rows lie behind the first ones.
        unsafe {
            let last = from_raw_parts(tile.add((rows - half) * length), half * length);
            add_row(level, from_raw_parts_mut(tile, half * length).as_flattened_mut(), last.as_flattened());
        }
        rows -= half;
    }
}

/// Adds the elements of `tile`, one after the other, to those of a strided block. What is in the tile afterwards is of no
/// use.
///
/// # Safety
/// Every index below `lens` is an element of type `to` at `target`, with these strides (0 repeats an element), and `tile`
/// has as many of type `from`, elsewhere. They have as many floats, which those of `to` are at least as wide as those of `from`.
pub(super) unsafe fn scatter(
    level: Level,
    (from, to): (Element, Element),
    target: *mut u8,
    lens: &[usize],
    strides: &[isize],
    tile: *mut u8,
) {
    // SAFETY: as the caller says.
    by_element!(from, |F, N| unsafe {
        match to.float {
            Float::F32 => scatter_of::<F, f32, N>(level, target.cast(), lens, strides, tile.cast()),
            Float::F64 => scatter_of::<F, f64, N>(level, target.cast(), lens, strides, tile.cast()),
        }
    });
}

unsafe fn scatter_of<A: Real, B: Real, const N: usize>(
    level: Level,
    target: *mut [B; N],
    lens: &[usize],
    strides: &[isize],
    tile: *mut [A; N],
) {
    use std::slice::{from_raw_parts, from_raw_parts_mut};
    let ([len, inner @ ..], [stride, steps @ ..]) = (lens, strides) else {
        // SAFETY: rank 0 is one element.
        unsafe { add_row_of(&mut *target, &*tile) };
        return;
    };
    // SAFETY: each step stays within the block that the caller vouches for; the tile lies elsewhere.
    unsafe {
        match (inner, *stride) {
            ([], 0) => add_row_of(&mut *target, &sum_row(level, from_raw_parts(tile, *len))),
            ([], 1) => {
                let (target, tile) = (from_raw_parts_mut(target, *len), from_raw_parts(tile, *len));
                add_row(level, target.as_flattened_mut(), tile.as_flattened());
            }
            ([], stride) => (0..*len).for_each(|i| {
                add_row_of(&mut *target.wrapping_offset(i.cast_signed() * stride), &*tile.add(i));
            }),
            (_, 0) => {
                fold(level, tile, *len, inner.iter().product());
                scatter_of(level, target, inner, steps, tile);
            }
            _ => {
                let row: usize = inner.iter().product();
                for i in 0..*len {
                    let target = target.wrapping_offset(i.cast_signed() * *stride);
                    scatter_of(level, target, inner, steps, tile.add(i * row));
                }
            }
        }
    }
}
