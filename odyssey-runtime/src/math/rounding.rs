//! Rounding, signs, and the remainder.

use super::float::{Float, lit, select};

/// `round(|x|)`, ties to even, then a correction of at most one unit; x where it has no fraction, and NaN.
#[inline(always)]
fn rounded<T: Float>(x: T, correct: impl Fn(T) -> T) -> T {
    let a = x.v_abs();
    let even = ((a + T::ALL_INTEGERS) - T::ALL_INTEGERS).v_copysign(x);
    select(a < T::ALL_INTEGERS, correct(even).v_copysign(x), x)
}

/// The largest integer up to x.
#[inline(always)]
pub(super) fn floor<T: Float>(x: T) -> T {
    rounded(x, |even| even - select(even > x, lit(1.0), lit(0.0)))
}

/// The smallest integer from x on.
#[inline(always)]
pub(super) fn ceil<T: Float>(x: T) -> T {
    rounded(x, |even| even + select(even < x, lit(1.0), lit(0.0)))
}

/// The integer part, towards 0.
#[inline(always)]
pub(super) fn trunc<T: Float>(x: T) -> T {
    let a = x.v_abs();
    let even = (a + T::ALL_INTEGERS) - T::ALL_INTEGERS;
    let down = even - select(even > a, lit(1.0), lit(0.0));
    select(a < T::ALL_INTEGERS, down.v_copysign(x), x)
}

/// The nearest integer, halves away from 0.
#[inline(always)]
pub(super) fn round<T: Float>(x: T) -> T {
    let up = trunc(x.v_abs() + T::BELOW_HALF).v_copysign(x);
    select(x.v_abs() < T::ALL_INTEGERS, up, x)
}

/// `x - trunc(x)`.
#[inline(always)]
pub(super) fn fract<T: Float>(x: T) -> T {
    x - trunc(x)
}

/// The absolute value.
#[inline(always)]
pub(super) fn abs<T: Float>(x: T) -> T {
    x.v_abs()
}

/// The sign of x: 1, -1, 0 at both zeros, NaN at NaN.
#[inline(always)]
pub(super) fn sgn<T: Float>(x: T) -> T {
    let zero = lit::<T>(0.0);
    let positive = select(x > zero, lit(1.0), x * zero);
    select(x < zero, lit(-1.0), select(x == zero, zero, positive))
}

/// The sign of x as in `std`: 1 or -1 by the sign bit, NaN at NaN.
#[inline(always)]
pub(super) fn signum<T: Float>(x: T) -> T {
    select(is_nan(x), x, lit::<T>(1.0).v_copysign(x))
}

/// The magnitude of x with the sign of `sign`.
#[inline(always)]
pub(super) fn copysign<T: Float>(x: T, sign: T) -> T {
    x.v_copysign(sign)
}

/// `x % y`: the remainder of the division rounded towards 0, exact. Not vectorised.
#[inline(always)]
pub(super) fn rem<T: Float>(x: T, y: T) -> T {
    x.v_rem(y)
}

/// The remainder of the division rounded so that it is not negative, as in `std`. Not vectorised.
#[inline(always)]
pub(super) fn rem_euclid<T: Float>(x: T, y: T) -> T {
    let r = x.v_rem(y);
    select(r < lit(0.0), r + y.v_abs(), r)
}

#[allow(clippy::neg_cmp_op_on_partial_ord)] // true where no comparison holds
#[inline(always)]
pub(super) fn is_nan<T: Float>(x: T) -> bool {
    !(x.v_abs() <= T::V_INFINITY)
}
