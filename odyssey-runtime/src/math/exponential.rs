//! `exp` and its relatives.

use super::double_word::Dw;
use super::float::{Float, Polynomial, fma, lit, nearest, select};
use super::selection::clamp;

/// `(e^r - 1 - r) / r^2` for `|r| <= ln(2) / 2`, relative error of `e^r - 1` below 2^-31, 2^-55.
const EXP_TAIL: Polynomial<6, 10> = Polynomial {
    f32: [0.5, 0.166_666_66, 0.041_666_493, 0.008_333_545, 0.001_393_233, 0.000_197_625_25],
    f64: [
        0.500_000_000_000_000_6,
        0.166_666_666_666_666_85,
        0.041_666_666_666_573_89,
        0.008_333_333_333_314_584,
        0.001_388_888_893_232_773_1,
        0.000_198_412_699_030_606,
        2.480_150_447_914_469_2e-5,
        2.755_722_791_261_936e-6,
        2.762_632_129_194_759e-7,
        2.511_449_022_280_381e-8,
    ],
};

/// `(2^r - 1 - ln(2) r) / r^2` for `|r| <= 1/2`, relative error of `2^r - 1` below 2^-26, 2^-56.
const EXP2_TAIL: Polynomial<5, 10> = Polynomial {
    f32: [0.240_226_5, 0.055_503_696, 0.009_618_041, 0.001_338_674_8, 0.000_154_672_64],
    f64: [
        0.240_226_506_959_100_97,
        0.055_504_108_664_821_646,
        0.009_618_129_107_607_057,
        0.001_333_355_814_639_844_6,
        0.000_154_035_304_415_645_7,
        1.525_273_385_152_506_2e-5,
        1.321_544_265_696_644_3e-6,
        1.017_805_229_562_769_5e-7,
        7.072_576_441_646_453e-9,
        4.456_607_721_680_314_5e-10,
    ],
};

/// `(k, r)` with `x = k ln(2) + r`, k an integer and `|r| <= ln(2) / 2`, for x in the range of `exp`.
#[inline(always)]
fn reduce<T: Float>(x: Dw<T>) -> (T, Dw<T>) {
    let k = nearest(x.hi * lit(core::f64::consts::LOG2_E));
    let rest = fma(-k, T::LN_2_TAIL, x.lo);
    (k, Dw::ordered_sum(fma(-k, T::LN_2_HEAD, x.hi), rest))
}

/// `e^r - 1` for a reduced argument: its leading term and the rest.
#[inline(always)]
fn exp_m1_reduced<T: Float>(r: Dw<T>) -> Dw<T> {
    Dw::new(r.hi, fma(r.hi * r.hi, EXP_TAIL.at(r.hi), r.lo))
}

/// `e^x` as `(1 + q) * 2^k`, q to a word: `(k + rounder, k, q)` with a rounder that leaves the last bits of the sum those
/// of the integer k and of what else is in the rounder.
#[inline(always)]
pub(super) fn exp_word<T: Float>(x: T, rounder: T) -> (T, T, T) {
    let rounded = fma(x, lit(core::f64::consts::LOG2_E), rounder);
    let k = rounded - rounder;
    let r = fma(-k, T::LN_2_TAIL, fma(-k, T::LN_2_HEAD, x));
    (rounded, k, fma(r * r, EXP_TAIL.at(r), r))
}

/// `e^x` as `m * 2^k`, m to some five bits more than a word. The argument is clamped where `exp` overflows or
/// underflows.
#[inline(always)]
pub(super) fn exp_parts<T: Float>(x: Dw<T>) -> (Dw<T>, T) {
    let (k, r) = reduce(Dw::new(clamp(x.hi, T::EXP_MIN, T::EXP_MAX), x.lo));
    let r = exp_m1_reduced(r);
    let m = Dw::ordered_sum(lit(1.0), r.hi);
    (Dw::new(m.hi, m.lo + r.lo), k)
}

/// `m * 2^k`, right where that is subnormal or infinite.
#[inline(always)]
pub(super) fn scale<T: Float>(m: T, k: T) -> T {
    scale_rounded(m, k + T::POWER_ROUNDER)
}

/// `m * 2^k` given `k + POWER_ROUNDER`.
#[inline(always)]
pub(super) fn scale_rounded<T: Float>(m: T, rounded: T) -> T {
    let (a, b) = T::v_exp2i_factors(rounded);
    (m * a) * b
}

/// `e^x` of a double word.
#[inline(always)]
pub(super) fn exp_dw<T: Float>(x: Dw<T>) -> T {
    let (m, k) = exp_parts(x);
    scale(m.value(), k)
}

/// A word as a double word whose second half costs nothing.
#[inline(always)]
pub(super) fn word<T: Float>(x: T) -> Dw<T> {
    Dw::new(x, lit(-0.0))
}

/// `e^x`. Error below 1.2 ulp.
#[inline(always)]
pub(super) fn exp<T: Float>(x: T) -> T {
    let x = clamp(x, T::EXP_MIN, T::EXP_MAX);
    let (rounded, _, q) = exp_word(x, T::POWER_ROUNDER);
    scale_rounded(lit::<T>(1.0) + q, rounded)
}

/// `2^x`, exact for integers. Error below 1.2 ulp.
#[inline(always)]
pub(super) fn exp2<T: Float>(x: T) -> T {
    let log2_e = lit::<T>(core::f64::consts::LOG2_E);
    let x = clamp(x, T::EXP_MIN * log2_e, T::EXP_MAX * log2_e);
    let rounded = x + T::POWER_ROUNDER;
    let r = x - (rounded - T::POWER_ROUNDER);
    let q = fma(r * r, EXP2_TAIL.at(r), r * lit(core::f64::consts::LN_2));
    scale_rounded(lit::<T>(1.0) + q, rounded)
}

/// `e^x - 1` as a double word, `hi` being its sum.
#[inline(always)]
pub(super) fn exp_m1_dw<T: Float>(x: T) -> Dw<T> {
    let (k, r) = reduce(word(clamp(x, lit(-60.0), T::EXP_MAX - lit(1.0))));
    let r = exp_m1_reduced(r);
    // Half of the result, since 2^k may overflow where the result does not.
    let half = T::v_exp2i(k - lit(1.0));
    let whole = Dw::sum(half - lit(0.5), half * r.hi);
    let rest = fma(half, r.lo, whole.lo);
    let tiny = x.v_abs() < T::V_EPSILON * lit(0.25);
    let twice = Dw::ordered_sum(whole.hi + whole.hi, rest + rest);
    Dw::new(select(tiny, x, twice.hi), select(tiny, lit(-0.0), twice.lo))
}

/// `e^x - 1`, precise near 0. Error below 2 ulp.
#[inline(always)]
pub(super) fn exp_m1<T: Float>(x: T) -> T {
    exp_m1_dw(x).hi
}
