//! Memory for results.
#![allow(unsafe_code, reason = "advice to the system about memory is given by a foreign function")]

use std::hint::black_box;
use std::sync::Once;

/// From here on an array is worth a call of the system.
const HUGE: usize = 4 << 20;

/// From here on arrays are what an allocator may give back to the system when they are freed.
const LARGE: usize = 16 << 10;

/// Memory for so many elements, uninitialised.
///
/// The system is asked for huge pages for what is large: an allocator takes that from the system each time, and to have it
/// in pages of 4 KiB, made at the first touch of each, costs more than to compute what goes there.
pub(crate) fn uninitialised<T>(len: usize) -> Vec<T> {
    will_take::<T>(len);
    let size = len.saturating_mul(size_of::<T>());
    let values: Vec<T> = Vec::with_capacity(len);
    if size >= HUGE {
        advise(values.as_ptr().cast(), size);
    }
    values
}

/// What is to be done before so many elements are allocated elsewhere.
pub(crate) fn will_take<T>(len: usize) {
    if len.saturating_mul(size_of::<T>()) >= LARGE {
        keep_what_is_freed();
    }
}

/// Shows the allocator an array of some megabytes, once.
///
/// That of glibc gives free memory back to the system as soon as it has twice the largest array that it has seen, 128 KiB
/// at first. A step of a small network frees about that much and takes it again, and to fault it in is most of its time.
/// Nothing is set: a program with one array of that size has the same effect.
fn keep_what_is_freed() {
    static SHOWN: Once = Once::new();
    SHOWN.call_once(|| drop(black_box(Vec::<u8>::with_capacity(8 << 20))));
}

#[cfg(all(target_os = "linux", not(miri)))]
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
