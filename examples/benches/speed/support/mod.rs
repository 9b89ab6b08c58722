//! What all workloads need: the clock, the matrix product and the dispatch to instruction sets.

mod clock;
pub(crate) mod gemm;
pub(crate) mod simd;

pub(crate) use clock::{Bench, candidate};

use ndarray::{Array, Dimension};
use odyssey_runtime::Real;

/// Panics unless `a` and `b` agree to the precision that is left of their type after the usual sums.
#[track_caller]
pub(crate) fn assert_close<T: Real>(a: &[T], b: &[T]) {
    assert_within(T::epsilon().to_double() * 2e3, a, b);
}

/// Panics unless `a` and `b` agree up to `precision`, relative to the largest number.
#[track_caller]
pub(crate) fn assert_within<T: Real>(precision: f64, a: &[T], b: &[T]) {
    assert_eq!(a.len(), b.len());
    let largest = a.iter().fold(1e-3, |m: f64, x| m.max(x.to_double().abs()));
    let bound = precision * largest;
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let error = (a.to_double() - b.to_double()).abs();
        assert!(error <= bound, "{a} and {b} at {i}: the candidates do not agree");
    }
}

/// Numbers in `(-1, 1)` without a visible pattern, the same in every run.
pub(crate) fn noise<T: Real, D: Dimension>(shape: impl Into<ndarray::StrideShape<D>>, seed: u64) -> Array<T, D> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let shape = shape.into();
    let length = shape.size();
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        T::lit((state >> 11) as f64 / (1u64 << 52) as f64 - 1.0)
    };
    let numbers = std::iter::repeat_with(next).take(length).collect();
    Array::from_shape_vec(shape, numbers).expect("the length fits")
}
