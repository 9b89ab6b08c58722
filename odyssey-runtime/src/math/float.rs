//! What the algorithms need of a float type: its format, bit tricks that vectorise, and words for literals.

use core::ops::{Add, Div, Mul, Neg, Sub};

/// The primitives below the public functions: of `f32` and `f64`, and of both in [`Fused`](super::fused_float::Fused) arithmetic.
///
/// Method names carry a prefix so that they never compete with those of `std` or `num_traits` in code
/// that is generic over a float type.
pub trait Float:
    Copy
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// Adding and subtracting `1.5 * 2^(p - 1)` rounds to an integer.
    const ROUNDER: Self;
    /// `ROUNDER` and twice the exponent bias.
    const POWER_ROUNDER: Self;
    /// `2^(p - 1)`: every float from here on is an integer.
    const ALL_INTEGERS: Self;
    const SMALLEST_NORMAL: Self;
    /// `2^(p + 1)`: makes a subnormal normal.
    const NORMALISER: Self;
    /// Exponent of `NORMALISER`.
    const NORMALISER_EXPONENT: Self;
    const V_INFINITY: Self;
    const V_NAN: Self;
    const V_EPSILON: Self;
    /// The unit of 1 below 0.5: the largest float that rounds to 0.
    const BELOW_HALF: Self;
    /// Head of ln 2, exact when multiplied by any exponent, and what it leaves.
    const LN_2_HEAD: Self;
    const LN_2_TAIL: Self;
    /// Beyond these arguments `exp` has overflowed or underflowed for good.
    const EXP_MAX: Self;
    const EXP_MIN: Self;
    /// Whether this is single precision.
    const SINGLE: bool;
    /// Whether `v_mul_add` is one instruction.
    const HAS_FMA: bool;
    /// Double precision, with the same `HAS_FMA`.
    type Double: Float;

    fn v_lit(x: f64) -> Self;
    /// `x - v_lit(x)`: the second word of a constant that is given in double precision.
    fn v_lit_rest(x: f64, rest: f64) -> Self;
    fn v_abs(self) -> Self;
    fn v_sqrt(self) -> Self;
    fn v_copysign(self, sign: Self) -> Self;
    /// `self * b + c` in one rounding, which may be a call into libm.
    fn v_mul_add(self, b: Self, c: Self) -> Self;
    /// The upper half of the significand: products of two heads, of two rests and of a head and a rest are exact.
    fn v_head(self) -> Self;
    /// `2^k` for an integer k that is the exponent of a normal number.
    fn v_exp2i(k: Self) -> Self;
    /// Two factors of `2^k` for an integer k, subnormal or infinite ones included, given `k + POWER_ROUNDER`.
    fn v_exp2i_factors(rounded: Self) -> (Self, Self);
    /// `(k, m)` with `self = m * 2^k` and `m` in `[sqrt(1/2), sqrt(2))`, for positive normal numbers.
    fn v_split_exponent(self) -> (Self, Self);
    /// The exponent k of a positive normal number, `2^k <= self < 2^(k + 1)`.
    fn v_exponent(self) -> Self;
    /// Whether an integer below `2^(p - 2)` in magnitude is odd.
    fn v_is_odd(self) -> bool;
    /// -x where bit 1 of the integer n is set, as for the quadrants of a circle.
    fn v_negate_if_bit1(self, n: Self) -> Self;
    /// `a % b`.
    fn v_rem(self, b: Self) -> Self;
    fn v_min(self, b: Self) -> Self;
    fn v_max(self, b: Self) -> Self;
    fn v_f64(self) -> f64;
    fn v_from_f64(x: f64) -> Self;
    fn v_sin<D: Float>(self) -> Self;
    fn v_cos<D: Float>(self) -> Self;
    fn v_tan<D: Float>(self) -> Self;
    fn v_powf<D: Float>(self, p: Self) -> Self;
    fn v_powi<D: Float>(self, n: i32) -> Self;
}

macro_rules! implement_float {
    ($t:ident, $int:ident, $mantissa:literal, $bias:literal, $ln2:expr, $exp_range:expr, $head:literal, $head_rounding:literal) => {
        impl Float for $t {
            const ROUNDER: Self = 1.5 / $t::EPSILON;
            const POWER_ROUNDER: Self = Self::ROUNDER + 2.0 * $bias;
            const ALL_INTEGERS: Self = 1.0 / $t::EPSILON;
            const SMALLEST_NORMAL: Self = $t::MIN_POSITIVE;
            const NORMALISER: Self = 4.0 / $t::EPSILON;
            const NORMALISER_EXPONENT: Self = $mantissa as $t + 2.0;
            const V_INFINITY: Self = $t::INFINITY;
            const V_NAN: Self = $t::NAN;
            const V_EPSILON: Self = $t::EPSILON;
            const BELOW_HALF: Self = 0.5 - $t::EPSILON / 4.0;
            const LN_2_HEAD: Self = $ln2.0;
            const LN_2_TAIL: Self = $ln2.1;
            const EXP_MIN: Self = $exp_range.0;
            const EXP_MAX: Self = $exp_range.1;
            const SINGLE: bool = size_of::<Self>() == 4;
            const HAS_FMA: bool = cfg!(target_feature = "fma") || cfg!(target_arch = "aarch64");
            type Double = f64;

            #[inline(always)]
            fn v_lit(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn v_lit_rest(x: f64, rest: f64) -> Self {
                ((x - f64::from(x as $t)) + rest) as $t
            }
            #[inline(always)]
            fn v_abs(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn v_sqrt(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn v_copysign(self, sign: Self) -> Self {
                self.copysign(sign)
            }
            #[inline(always)]
            fn v_mul_add(self, b: Self, c: Self) -> Self {
                self.mul_add(b, c)
            }
            #[inline(always)]
            fn v_head(self) -> Self {
                $t::from_bits(self.to_bits().wrapping_add($head_rounding) & $head)
            }
            #[inline(always)]
            fn v_exp2i(k: Self) -> Self {
                $t::from_bits((k + (Self::ROUNDER + $bias)).to_bits() << $mantissa)
            }
            #[inline(always)]
            fn v_exp2i_factors(rounded: Self) -> (Self, Self) {
                // The last bits are those of `k + 2 bias`.
                let whole = rounded.to_bits();
                let half = whole >> 1;
                ($t::from_bits(half << $mantissa), $t::from_bits(whole.wrapping_sub(half) << $mantissa))
            }
            #[inline(always)]
            fn v_split_exponent(self) -> (Self, Self) {
                const SQRT_HALF: $int = core::$t::consts::FRAC_1_SQRT_2.to_bits();
                const ONE: $int = (1.0 as $t).to_bits();
                let shifted = self.to_bits().wrapping_add(ONE - SQRT_HALF);
                let m = (shifted & ((1 << $mantissa) - 1)).wrapping_add(SQRT_HALF);
                let biased = (shifted >> $mantissa) | Self::ALL_INTEGERS.to_bits();
                ($t::from_bits(biased) - (Self::ALL_INTEGERS + $bias), $t::from_bits(m))
            }
            #[inline(always)]
            fn v_exponent(self) -> Self {
                let biased = (self.to_bits() >> $mantissa) | Self::ALL_INTEGERS.to_bits();
                $t::from_bits(biased) - (Self::ALL_INTEGERS + $bias)
            }
            #[inline(always)]
            fn v_is_odd(self) -> bool {
                (self + Self::ROUNDER).to_bits() & 1 != 0
            }
            #[inline(always)]
            fn v_negate_if_bit1(self, n: Self) -> Self {
                let bit = ((n + Self::ROUNDER).to_bits() & 2) << ($int::BITS - 2);
                $t::from_bits(self.to_bits() ^ bit)
            }
            #[inline(always)]
            fn v_rem(self, b: Self) -> Self {
                self % b
            }
            #[inline(always)]
            fn v_min(self, b: Self) -> Self {
                self.min(b)
            }
            #[inline(always)]
            fn v_max(self, b: Self) -> Self {
                self.max(b)
            }
            #[inline(always)]
            fn v_f64(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn v_from_f64(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn v_sin<D: Float>(self) -> Self {
                super::trigonometric::$t::sin::<D>(self)
            }
            #[inline(always)]
            fn v_cos<D: Float>(self) -> Self {
                super::trigonometric::$t::cos::<D>(self)
            }
            #[inline(always)]
            fn v_tan<D: Float>(self) -> Self {
                super::trigonometric::$t::tan::<D>(self)
            }
            #[inline(always)]
            fn v_powf<D: Float>(self, p: Self) -> Self {
                super::power::$t::powf::<D>(self, p)
            }
            #[inline(always)]
            fn v_powi<D: Float>(self, n: i32) -> Self {
                super::power::$t::powi::<D>(self, n)
            }
        }
    };
}

implement_float!(f32, u32, 23, 127.0, (0.693_145_75, 1.428_606_8e-6), (-110.0, 89.8), 0xffff_f000, 0);
implement_float!(
    f64,
    u64,
    52,
    1023.0,
    (0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10),
    (-760.0, 710.9),
    0xffff_ffff_f800_0000,
    0x0400_0000
);

/// `a * b + c`, in one rounding where that is one instruction, else in two.
#[inline(always)]
pub(super) fn fma<T: Float>(a: T, b: T, c: T) -> T {
    if T::HAS_FMA { a.v_mul_add(b, c) } else { a * b + c }
}

/// `c[0] + c[1] x + c[2] x^2 + …`, Horner's scheme on groups of four terms: a loop over elements is bound by the length
/// of the chain of operations, not by their number.
#[inline(always)]
pub(super) fn polynomial<T: Float, C: Copy + Into<f64>, const N: usize>(x: T, c: &[C; N]) -> T {
    let square = x * x;
    let fourth = square * square;
    let c = |i: usize| lit::<T>(c[i].into());
    let pair = |i: usize| {
        if i + 1 < N { fma(c(i + 1), x, c(i)) } else { c(i) }
    };
    let group = |i: usize| {
        if i + 2 < N { fma(pair(i + 2), square, pair(i)) } else { pair(i) }
    };
    let mut i = (N - 1) / 4 * 4;
    let mut sum = group(i);
    while i > 0 {
        i -= 4;
        sum = fma(sum, fourth, group(i));
    }
    sum
}

/// A literal of the type at hand.
#[inline(always)]
pub(super) fn lit<T: Float>(x: f64) -> T {
    T::v_lit(x)
}

/// `if condition { a } else { b }` of two computed values.
#[inline(always)]
pub(super) fn select<T>(condition: bool, a: T, b: T) -> T {
    if condition { a } else { b }
}

/// The nearest integer, ties to even, for `|x| < 2^(p - 2)`.
#[inline(always)]
pub(super) fn nearest<T: Float>(x: T) -> T {
    (x + T::ROUNDER) - T::ROUNDER
}

/// One polynomial in two precisions, from the constant term up.
pub(super) struct Polynomial<const N: usize, const M: usize> {
    pub(super) f32: [f32; N],
    pub(super) f64: [f64; M],
}

impl<const N: usize, const M: usize> Polynomial<N, M> {
    #[inline(always)]
    pub(super) fn at<T: Float>(&self, x: T) -> T {
        if T::SINGLE { polynomial(x, &self.f32) } else { polynomial(x, &self.f64) }
    }
}
