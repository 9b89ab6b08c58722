//! Hyperbolic functions and their inverses.

use super::double_word::Dw;
use super::exponential::{exp_parts, exp_word, scale, word};
use super::float::{Float, Polynomial, fma, lit, select};
use super::logarithm::ln_1p_dw;

/// `(sinh(x) / x - 1) / x^2` over `x^2`, for `|x| <= 1`.
const SINH_TAIL: Polynomial<4, 7> = Polynomial {
    f32: [0.166_666_67, 0.008_333_350_5, 0.000_198_358_7, 2.819_035_4e-6],
    f64: [
        0.166_666_666_666_666_69,
        0.008_333_333_333_333_174,
        0.000_198_412_698_414_254_32,
        2.755_731_915_666_897e-6,
        2.505_212_348_190_338_6e-8,
        1.605_721_670_941_196_7e-10,
        7.760_423_021_855_844e-13,
    ],
};

/// `(asinh(x) / x - 1) / x^2` over `x^2`, for `|x| <= 1/2`.
const ASINH_TAIL: Polynomial<5, 12> = Polynomial {
    f32: [-0.166_666_48, 0.074_986_92, -0.044_379_413, 0.028_110_243, -0.013_097_326],
    f64: [
        -0.166_666_666_666_666_4,
        0.074_999_999_999_900_65,
        -0.044_642_857_131_394_126,
        0.030_381_943_825_754_66,
        -0.022_372_140_230_455_133,
        0.017_352_405_715_606_06,
        -0.013_960_338_783_934_663,
        0.011_513_245_790_170_49,
        -0.009_533_664_319_661_22,
        0.007_460_525_821_608_11,
        -0.004_734_479_572_028_99,
        0.001_706_155_839_026_988,
    ],
};

/// `a + a^3 p(a^2)`.
#[inline(always)]
fn odd<T: Float, const N: usize, const M: usize>(a: T, tail: &Polynomial<N, M>) -> T {
    let z = a * a;
    fma(a * z, tail.at(z), a)
}

/// `e^a / 2` for `a >= 0`, finite where sinh and cosh are.
#[inline(always)]
fn half_exp<T: Float>(a: T) -> T {
    let (m, k) = exp_parts(word(a));
    scale(m.value(), k - lit(1.0))
}

/// `(e^x - e^-x) / 2`. Error below 2 ulp.
#[inline(always)]
pub(super) fn sinh<T: Float>(x: T) -> T {
    let a = x.v_abs();
    let h = half_exp(a);
    select(a < lit(1.0), odd(a, &SINH_TAIL), h - lit::<T>(0.25) / h).v_copysign(x)
}

/// `(e^x + e^-x) / 2`. Error below 2 ulp.
#[inline(always)]
pub(super) fn cosh<T: Float>(x: T) -> T {
    let h = half_exp(x.v_abs());
    h + lit::<T>(0.25) / h
}

/// `sinh(x) / cosh(x)`. Error below 2 ulp.
#[inline(always)]
pub(super) fn tanh<T: Float>(x: T) -> T {
    // From 20 on tanh rounds to 1.
    let a = x.v_abs();
    let twice = select(a > lit(20.0), lit(40.0), a + a);
    // (1 - e^-2a) / (1 + e^-2a), each rounded once: e^-2a = (1 + q) 2^k
    let (_, k, q) = exp_word(-twice, T::ROUNDER);
    let power = T::v_exp2i(k);
    let numerator = fma(power, q, power - lit(1.0));
    let denominator = fma(power, q, power + lit(1.0));
    (numerator / denominator).v_copysign(x)
}

/// `sqrt(x)` as a double word.
#[inline(always)]
fn sqrt_dw<T: Float>(x: Dw<T>) -> Dw<T> {
    let root = x.hi.v_sqrt();
    let square = Dw::square(root);
    Dw::new(root, (((x.hi - square.hi) - square.lo) + x.lo) / (root + root))
}

/// Where the square of an argument may overflow, `ln(2 a)` is all there is to asinh and acosh.
const LARGE: f64 = 1_152_921_504_606_846_976.0;

/// `ln(x + sqrt(x^2 + 1))`. Error below 2 ulp.
#[inline(always)]
pub(super) fn asinh<T: Float>(x: T) -> T {
    let a = x.v_abs();
    let large = a > lit(LARGE);
    let b = select(large, lit(1.0), a);
    // ln(1 + b + (sqrt(b^2 + 1) - 1))
    let square = Dw::square(b);
    let under = Dw::sum(lit(1.0), square.hi);
    let root = sqrt_dw(Dw::new(under.hi, under.lo + square.lo));
    let whole = Dw::sum(root.hi - lit(1.0), b);
    let argument = Dw::new(whole.hi, whole.lo + root.lo);
    select(a < lit(0.5), odd(a, &ASINH_TAIL), ln_1p_or_large(argument, a, large)).v_copysign(x)
}

/// `ln(1 + x)`, or `ln(2 a)` where a is large.
#[inline(always)]
fn ln_1p_or_large<T: Float>(x: Dw<T>, a: T, large: bool) -> T {
    let hi = select(large, a, x.hi);
    let lo = select(large, lit(0.0), x.lo);
    let result = ln_1p_dw(Dw::new(hi, lo));
    let result = select(large, result + lit(core::f64::consts::LN_2), result);
    select(a < T::V_INFINITY, result, a)
}

/// `ln(x + sqrt(x^2 - 1))`, `x >= 1`; NaN below. Error below 2 ulp.
#[inline(always)]
pub(super) fn acosh<T: Float>(x: T) -> T {
    let large = x > lit(LARGE);
    let t = select(large, lit(1.0), x - lit(1.0));
    // x^2 - 1 = t (t + 2)
    let other = Dw::sum(t, lit(2.0));
    let root = sqrt_dw(Dw::product(t, other.hi).add(word(t * other.lo)));
    let root = Dw::new(root.hi, select(t == lit(0.0), t, root.lo));
    let whole = Dw::sum(t, root.hi);
    let result = ln_1p_or_large(Dw::new(whole.hi, whole.lo + root.lo), x, large);
    select(x >= lit(1.0), result, T::V_NAN)
}

/// `ln((1 + x) / (1 - x)) / 2`, `|x| <= 1`; infinite at the ends, NaN outside. Error below 2 ulp.
#[inline(always)]
pub(super) fn atanh<T: Float>(x: T) -> T {
    let a = x.v_abs();
    let below = Dw::sum(lit(1.0), -a);
    let q = Dw::new(a + a, lit(0.0)).div(below);
    let result = ln_1p_dw(q) * lit(0.5);
    let result = select(a < lit(1.0), result, select(a == lit(1.0), T::V_INFINITY, T::V_NAN));
    select(a < T::V_EPSILON, a, result).v_copysign(x)
}
