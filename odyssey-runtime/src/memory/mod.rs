//! Memory for results: from the workspace that is lent to the thread, or from the allocator.

mod constructors;
mod into;
mod stack;
mod workspace;

pub use constructors::Constructors;
pub use into::{accumulate_grad_into, value_and_grad_into};
pub use stack::{Stack, pop, stack};
pub use workspace::Workspace;
pub(crate) use workspace::recycle;

use std::hint::black_box;
use std::sync::Once;

use ndarray::{Array, ArrayView, ArrayViewMut, Dimension, Zip};

use crate::real::Real;

/// From here on an array is worth a call of the system.
const HUGE: usize = 4 << 20;

/// From here on arrays are what an allocator may give back to the system when they are freed.
const LARGE: usize = 16 << 10;

/// Memory for so many elements, uninitialised.
pub(crate) fn uninitialised<T>(len: usize) -> Vec<T> {
    workspace::room(len).unwrap_or_else(|| fresh(len))
}

/// So many copies of a value.
pub(crate) fn filled<T: Clone>(len: usize, value: T) -> Vec<T> {
    // What the allocator knows to be zero need not be written.
    let Some(mut values) = workspace::room(len) else {
        keep_what_is_freed(len.saturating_mul(size_of::<T>()));
        return vec![value; len];
    };
    values.resize(len, value);
    values
}

/// A copy of the elements.
pub(crate) fn copied<T: Clone>(elements: &[T]) -> Vec<T> {
    let mut values = uninitialised(elements.len());
    values.extend_from_slice(elements);
    values
}

/// The array that is zero everywhere.
pub(crate) fn zeros<T: Real, D: Dimension>(dim: D) -> Array<T, D> {
    full(dim, T::zero())
}

/// The array that is `value` everywhere.
pub(crate) fn full<T: Real, D: Dimension>(dim: D, value: T) -> Array<T, D> {
    let values = filled(dim.size(), value);
    Array::from_shape_vec(dim, values).expect("as many elements")
}

/// A copy in standard layout.
pub(crate) fn in_standard_layout<T: Real, D: Dimension>(x: &ArrayView<'_, T, D>) -> Array<T, D> {
    match x.as_slice() {
        Some(elements) => Array::from_shape_vec(x.raw_dim(), copied(elements)).expect("as many elements"),
        None => mapped(x, |x| x),
    }
}

/// `f` of each element, in standard layout.
#[allow(unsafe_code, reason = "written once, in place")]
pub(crate) fn mapped<T: Real, D: Dimension>(x: &ArrayView<'_, T, D>, f: impl Fn(T) -> T) -> Array<T, D> {
    let mut values = uninitialised(x.len());
    let room = &mut values.spare_capacity_mut()[..x.len()];
    let room = ArrayViewMut::from_shape(x.raw_dim(), room).expect("as many elements");
    Zip::from(room).and(x).for_each(|room, &x| {
        room.write(f(x));
    });
    // SAFETY: there is room for as many elements as `x` has, and each has been written.
    unsafe { values.set_len(x.len()) };
    Array::from_shape_vec(x.raw_dim(), values).expect("as many elements")
}

/// The same from the allocator.
///
/// The system is asked for huge pages for what is large: an allocator takes that from the system each time, and to have it
/// in pages of 4 KiB, made at the first touch of each, costs more than to compute what goes there.
fn fresh<T>(len: usize) -> Vec<T> {
    let size = len.saturating_mul(size_of::<T>());
    keep_what_is_freed(size);
    let values: Vec<T> = Vec::with_capacity(len);
    if size >= HUGE {
        advise(values.as_ptr().cast(), size);
    }
    values
}

/// Shows the allocator an array of some megabytes, once, before it is asked for what is large.
///
/// That of glibc gives free memory back to the system as soon as it has twice the largest array that it has seen, 128 KiB
/// at first. A step of a small network frees about that much and takes it again, and to fault it in is most of its time.
/// Nothing is set: a program with one array of that size has the same effect.
fn keep_what_is_freed(size: usize) {
    static SHOWN: Once = Once::new();
    if size < LARGE {
        return;
    }
    SHOWN.call_once(|| drop(black_box(Vec::<u8>::with_capacity(8 << 20))));
}

#[cfg(all(target_os = "linux", not(miri)))]
#[allow(unsafe_code, reason = "advice to the system about memory is given by a foreign function")]
fn advise(start: *const u8, len: usize) {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn madvise(start: *mut c_void, len: usize, advice: c_int) -> c_int;
    }
    const HUGE_PAGE: c_int = 14;
    const SIZE: usize = 2 << 20;

    // Whole huge pages of ours alone.
    let skipped = start.align_offset(SIZE);
    let len = len.saturating_sub(skipped) / SIZE * SIZE;
    // SAFETY: the pages lie in an allocation; the advice changes nothing of what they hold. Where it cannot be followed, the
    // call says so, and nothing is lost.
    let _ = unsafe { madvise(start.wrapping_add(skipped).cast_mut().cast(), len, HUGE_PAGE) };
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn advise(_: *const u8, _: usize) {}

#[cfg(test)]
mod tests {
    use super::uninitialised;

    #[test]
    fn small_and_large() {
        for len in [0, 1, 1000, super::HUGE / 8 + 3] {
            let mut values = uninitialised::<f64>(len);
            assert!(values.capacity() >= len);
            values.resize(len, 2.0);
            assert_eq!(values.iter().sum::<f64>(), 2.0 * len as f64);
        }
    }
}
