//! Moving elements between strided arrays and dense tiles, and adding tiles up.
#![allow(clippy::cast_ptr_alignment, reason = "pointers to erased elements come from arrays of them")]
#![allow(unsafe_code, reason = "tiles and arrays of two element types share one walk that knows element sizes only")]

use super::level::Level;
use super::walk::BLOCK;
use crate::real::Real;

/// The float type of erased elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Float {
    F32,
    F64,
}

impl Float {
    pub(super) fn of<T: Real>() -> Self {
        if size_of::<T>() == size_of::<f32>() { Self::F32 } else { Self::F64 }
    }

    pub(super) fn size(self) -> usize {
        match self {
            Self::F32 => size_of::<f32>(),
            Self::F64 => size_of::<f64>(),
        }
    }
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

/// The sum of numbers, in lanes and these pairwise.
#[inline(always)]
fn sum_of<T: Real>(numbers: &[T]) -> f64 {
    let mut lanes = [T::zero(); BLOCK];
    let (blocks, rest) = numbers.as_chunks::<BLOCK>();
    for block in blocks {
        for (lane, &x) in lanes.iter_mut().zip(block) {
            *lane += x;
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane += x;
    }
    let mut sums = lanes.map(T::to_double);
    let mut width = BLOCK / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
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
fn sum_avx2<T: Real>(numbers: &[T]) -> f64 {
    sum_of(numbers)
}

#[cfg(odyssey_levels)]
#[target_feature(enable = "avx2,fma")]
fn add_row_avx2<A: Real, B: Real>(target: &mut [B], row: &[A]) {
    add_row_of(target, row);
}

fn sum_row<T: Real>(level: Level, numbers: &[T]) -> f64 {
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

/// The sum of the first `len` of the lanes that a kernel has filled.
///
/// # Safety
/// `lanes` points to `len` elements of type `float`.
pub(super) unsafe fn sum_lanes(float: Float, lanes: *const u8, len: usize) -> f64 {
    // SAFETY: as the caller says.
    unsafe {
        match float {
            Float::F32 => sum_of(std::slice::from_raw_parts(lanes.cast::<f32>(), len)),
            Float::F64 => sum_of(std::slice::from_raw_parts(lanes.cast::<f64>(), len)),
        }
    }
}

/// Adds `len` elements to as many others, all of type `float`.
///
/// # Safety
/// Both point to `len` elements, and do not overlap.
pub(super) unsafe fn add_tile(level: Level, float: Float, target: *mut u8, tile: *const u8, len: usize) {
    use std::slice::{from_raw_parts, from_raw_parts_mut};
    // SAFETY: as the caller says.
    unsafe {
        match float {
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
/// `len` is 1 to 16, so many elements of `size` bytes (4 or 8) are at `source`, and `block` has room for 16.
pub(super) unsafe fn fill_block(size: usize, source: *const u8, len: usize, block: *mut u8) {
    unsafe fn fill_of<B: Copy>(source: *const B, len: usize, block: *mut B) {
        // SAFETY: as the caller says.
        (0..BLOCK).for_each(|i| unsafe { *block.add(i) = *source.add(i.min(len - 1)) });
    }
    // SAFETY: as the caller says; bit patterns of floats are valid integers.
    unsafe {
        if size == size_of::<u32>() {
            fill_of(source.cast::<u32>(), len, block.cast());
        } else {
            fill_of(source.cast::<u64>(), len, block.cast());
        }
    }
}

/// Copies the elements of a strided block one after the other to `tile`.
///
/// # Safety
/// Every index below `lens` is an element of `size` bytes (4 or 8) at `source`, with these strides, and `tile` has room
/// for all of them.
pub(super) unsafe fn gather(size: usize, source: *const u8, lens: &[usize], strides: &[isize], tile: *mut u8) {
    // SAFETY: as the caller says; bit patterns of floats are valid integers.
    unsafe {
        if size == size_of::<u32>() {
            gather_of(source.cast::<u32>(), lens, strides, tile.cast());
        } else {
            gather_of(source.cast::<u64>(), lens, strides, tile.cast());
        }
    }
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
/// The tile has `rows` of `length` elements of the level's processor.
unsafe fn fold<A: Real>(level: Level, tile: *mut A, mut rows: usize, length: usize) {
    use std::slice::{from_raw_parts, from_raw_parts_mut};
    while rows > 1 {
        let half = rows / 2;
        // SAFETY: the last `half` rows lie behind the first ones.
        unsafe {
            let last = from_raw_parts(tile.add((rows - half) * length), half * length);
            add_row(level, from_raw_parts_mut(tile, half * length), last);
        }
        rows -= half;
    }
}

/// Adds the elements of `tile`, one after the other, to those of a strided block. What is in the tile afterwards is of no
/// use.
///
/// # Safety
/// Every index below `lens` is an element of type `to` at `target`, with these strides (0 repeats an element), and `tile`
/// has as many of type `from`, elsewhere. `to` is at least as wide as `from`.
pub(super) unsafe fn scatter(
    level: Level,
    (from, to): (Float, Float),
    target: *mut u8,
    lens: &[usize],
    strides: &[isize],
    tile: *mut u8,
) {
    // SAFETY: as the caller says.
    unsafe {
        match (from, to) {
            (Float::F32, Float::F32) => {
                scatter_of::<f32, f32>(level, target.cast(), lens, strides, tile.cast());
            }
            (Float::F32, Float::F64) => {
                scatter_of::<f32, f64>(level, target.cast(), lens, strides, tile.cast());
            }
            _ => scatter_of::<f64, f64>(level, target.cast(), lens, strides, tile.cast()),
        }
    }
}

unsafe fn scatter_of<A: Real, B: Real>(level: Level, target: *mut B, lens: &[usize], strides: &[isize], tile: *mut A) {
    use std::slice::{from_raw_parts, from_raw_parts_mut};
    let ([len, inner @ ..], [stride, steps @ ..]) = (lens, strides) else {
        // SAFETY: rank 0 is one element.
        unsafe { *target += B::lit((*tile).to_double()) };
        return;
    };
    // SAFETY: each step stays within the block that the caller vouches for; the tile lies elsewhere.
    unsafe {
        match (inner, *stride) {
            ([], 0) => *target += B::lit(sum_row(level, from_raw_parts(tile, *len))),
            ([], 1) => add_row(level, from_raw_parts_mut(target, *len), from_raw_parts(tile, *len)),
            ([], stride) => (0..*len).for_each(|i| {
                *target.wrapping_offset(i.cast_signed() * stride) += B::lit((*tile.add(i)).to_double());
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
