//! Minimum, maximum, bounds, conditions, and the product with a sum.

use super::float::{Float, fma, lit, select};

/// The smaller of two numbers; where one is NaN, the other.
#[inline(always)]
pub(super) fn min<T: Float>(a: T, b: T) -> T {
    a.v_min(b)
}

/// The larger of two numbers; where one is NaN, the other.
#[inline(always)]
pub(super) fn max<T: Float>(a: T, b: T) -> T {
    a.v_max(b)
}

/// `max(a - b, 0)`: the positive difference; 0 where it is NaN, as in `std`.
#[inline(always)]
pub(super) fn abs_sub<T: Float>(a: T, b: T) -> T {
    (a - b).v_max(lit(0.0))
}

/// `lo` below lo, `hi` above hi, else x, NaN included. Where `lo > hi` the result is hi or lo, without a panic.
#[inline(always)]
pub(super) fn clamp<T: Float>(x: T, lo: T, hi: T) -> T {
    let x = select(x < lo, lo, x);
    select(x > hi, hi, x)
}

/// `a * b + c`; fused only where the target has the instruction at compile time.
#[inline(always)]
pub(super) fn mul_add<T: Float>(a: T, b: T, c: T) -> T {
    fma(a, b, c)
}

/// `if a > b { then } else { otherwise }`.
#[inline(always)]
pub fn if_gt<T: PartialOrd>(a: T, b: T, then: T, otherwise: T) -> T {
    select(a > b, then, otherwise)
}

/// `if a >= b { then } else { otherwise }`.
#[inline(always)]
pub fn if_ge<T: PartialOrd>(a: T, b: T, then: T, otherwise: T) -> T {
    select(a >= b, then, otherwise)
}

/// `if a == b { then } else { otherwise }`.
#[inline(always)]
pub fn if_eq<T: PartialOrd>(a: T, b: T, then: T, otherwise: T) -> T {
    select(a == b, then, otherwise)
}
