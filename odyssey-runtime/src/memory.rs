//! Memory for results.
#![allow(unsafe_code, reason = "advice to the system about memory is given by a foreign function")]

/// From here on an array is worth a call of the system.
const HUGE: usize = 4 << 20;

/// Memory for so many elements, uninitialised.
///
/// The system is asked for huge pages for what is large: an allocator takes that from the system each time, and to have it
/// in pages of 4 KiB, made at the first touch of each, costs more than to compute what goes there.
pub(crate) fn uninitialised<T>(len: usize) -> Vec<T> {
    let values: Vec<T> = Vec::with_capacity(len);
    if len.saturating_mul(size_of::<T>()) >= HUGE {
        advise(values.as_ptr().cast(), len * size_of::<T>());
    }
    values
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
