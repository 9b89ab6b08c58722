//! Powers and roots.

use super::double_word::Dw;
use super::exponential::exp_dw;
use super::float::{Float, Polynomial, fma, lit, nearest, polynomial, select};

/// `cbrt(m)` for m in `[1/sqrt(8), sqrt(8)]`, relative error 2^-9.
const CBRT_START: Polynomial<5, 5> = Polynomial {
    f32: [0.443_557_05, 0.898_408_1, -0.473_918_86, 0.153_344_14, -0.019_554_51],
    f64: [
        0.443_557_067_367_960_8,
        0.898_408_141_690_103_1,
        -0.473_918_853_168_452_6,
        0.153_344_138_256_368_08,
        -0.019_554_510_236_109_997,
    ],
};

/// `x^2`, one multiplication.
#[inline(always)]
pub(super) fn pow2<T: Float>(x: T) -> T {
    x * x
}

/// `1 / x`, correctly rounded.
#[inline(always)]
pub(super) fn recip<T: Float>(x: T) -> T {
    lit::<T>(1.0) / x
}

/// The square root, `x >= 0`; NaN below. Correctly rounded.
#[inline(always)]
pub(super) fn sqrt<T: Float>(x: T) -> T {
    x.v_sqrt()
}

/// One step of Halley's iteration to the cube root of m from t, whose square is exact or nearly so.
#[inline(always)]
fn cbrt_step<T: Float>(m: T, t: T) -> T {
    let quotient = m / (t * t);
    t + t * ((quotient - t) / (t + t + quotient))
}

/// The real cube root of any x. Error below 1 ulp.
#[inline(always)]
pub(super) fn cbrt<T: Float>(x: T) -> T {
    let a = x.v_abs();
    let subnormal = a < T::SMALLEST_NORMAL;
    let (k, m) = select(subnormal, a * T::NORMALISER, a).v_split_exponent();
    let k = k - select(subnormal, T::NORMALISER_EXPONENT, lit(0.0));
    let third = nearest(k * lit(1.0 / 3.0));
    let m = m * T::v_exp2i(k - third * lit(3.0));
    let t = cbrt_step(m, CBRT_START.at(m));
    let root = cbrt_step(m, t.v_head()) * T::v_exp2i(third);
    select((a > lit(0.0)) & (a < T::V_INFINITY), root.v_copysign(x), x)
}

/// `sqrt(x^2 + y^2)` without overflow or underflow on the way; infinite where x or y is. Error below 2 ulp.
#[inline(always)]
pub(super) fn hypot<T: Float>(x: T, y: T) -> T {
    let (a, b) = (x.v_abs(), y.v_abs());
    let (large, small) = (select(a < b, b, a), select(a < b, a, b));
    // Powers of 2 that keep both squares in range.
    let root = T::SMALLEST_NORMAL.v_sqrt();
    let (up, down) = (large < root / T::V_EPSILON, large > lit::<T>(0.5) / root);
    let huge = T::NORMALISER / root;
    let factor = select(up, huge, select(down, lit::<T>(1.0) / huge, lit(1.0)));
    let back = select(up, lit::<T>(1.0) / huge, select(down, huge, lit(1.0)));
    let (p, q) = (large * factor, small * factor);
    let result = (p * p + q * q).v_sqrt() * back;
    let infinite = (a == T::V_INFINITY) | (b == T::V_INFINITY);
    select(infinite, T::V_INFINITY, result)
}

/// `x^p`, with the edge values of IEEE 754 (`x^0 = 1` for every x). Error below 1 ulp.
#[inline(always)]
pub(super) fn powf<T: Float>(x: T, p: T) -> T {
    x.v_powf::<T::Double>(p)
}

/// `x^n`, `x^0 = 1` for every x. Error below 2 ulp. A constant n of small magnitude becomes multiplications.
#[inline(always)]
pub(super) fn powi<T: Float>(x: T, n: i32) -> T {
    match n {
        0 => lit(1.0),
        1 => x,
        2 => x * x,
        3 => x * x * x,
        -1 => lit::<T>(1.0) / x,
        _ => x.v_powi::<T::Double>(n),
    }
}

/// The k-th derivative of `x^n`: `n (n - 1) … (n - k + 1) x^(n - k)`, zero where its factor is.
#[inline(always)]
pub(super) fn powi_slope<T: Float>(x: T, n: i32, k: i32) -> T {
    let factor: f64 = (0..k).map(|i| f64::from(n - i)).product();
    if factor == 0.0 { lit(0.0) } else { lit::<T>(factor) * powi(x, n - k) }
}

/// Whether `a >= 0` is an integer; every infinity and none of the NaNs is.
#[inline(always)]
fn is_integer(a: f64) -> bool {
    (a >= f64::ALL_INTEGERS) | ((a + f64::ALL_INTEGERS) - f64::ALL_INTEGERS == a)
}

/// The value of `x^p` given `|x|^p`: signs, roots of negative numbers, and bases and exponents that decide alone.
#[inline(always)]
fn at_edges(x: f64, p: f64, magnitude: f64) -> f64 {
    let (a, q) = (x.abs(), p.abs());
    let integer = is_integer(q);
    let odd = integer & !is_integer(q * 0.5);
    let signed = select(odd, magnitude.copysign(x), magnitude);
    let no_root = (x < 0.0) & (a < f64::INFINITY) & !integer;
    let signed = select(no_root, f64::NAN, signed);
    let one = (p == 0.0) | (x == 1.0) | ((a == 1.0) & (q == f64::INFINITY));
    select(one, 1.0, signed)
}

/// `ln(a)` at the edges 0, infinity and NaN, where a logarithm's polynomial knows nothing.
#[inline(always)]
fn ln_at_edges(a: f64, ln: f64) -> f64 {
    let ln = select(a < f64::INFINITY, ln, a);
    select(a == 0.0, f64::NEG_INFINITY, ln)
}

pub(super) mod f32 {
    //! `f32` powers through `f64`, where nothing needs a second word.

    use super::{EXP_SHORT, Float, LN_SHORT, at_edges, fma, lit, ln_at_edges, nearest, select};

    /// `x^p` with p in double precision, so that it can be any `i32`.
    #[inline(always)]
    fn power<D: Float>(x: f32, p: f64) -> f32 {
        let x = f64::from(x);
        let a = x.abs();
        let (k, m) = lit::<D>(a).v_split_exponent();
        let f = m - lit(1.0);
        let s = f / (f + lit(2.0));
        let z = s * s;
        let significand = fma(s * z, LN_SHORT.at(z), s + s);
        let ln = fma(k, lit(core::f64::consts::LN_2), significand).v_f64();
        let y = p * ln_at_edges(a, ln);
        let y = select(y < -150.0, -150.0, y);
        let y = lit::<D>(select(y > 150.0, 150.0, y));
        let k = nearest(y * lit(core::f64::consts::LOG2_E));
        let r = fma(-k, lit(core::f64::consts::LN_2), y);
        let exp = lit::<D>(1.0) + fma(r * r, EXP_SHORT.at(r), r);
        at_edges(x, p, (exp * D::v_exp2i(k)).v_f64()) as f32
    }

    #[inline(always)]
    pub(in super::super) fn powf<D: Float>(x: f32, p: f32) -> f32 {
        power::<D>(x, f64::from(p))
    }

    #[inline(always)]
    pub(in super::super) fn powi<D: Float>(x: f32, n: i32) -> f32 {
        power::<D>(x, f64::from(n))
    }
}

/// `LN_TAIL` of `logarithm`, with the precision that an `f32` power needs.
const LN_SHORT: Polynomial<1, 5> = Polynomial {
    f32: [0.0],
    f64: [
        0.666_666_666_738_465_9,
        0.399_999_958_602_210_2,
        0.285_721_142_131_350_1,
        0.221_750_937_880_015_1,
        0.196_090_376_581_640_1,
    ],
};

/// `EXP_TAIL` of `exponential`, with the precision that an `f32` power needs.
const EXP_SHORT: Polynomial<1, 6> = Polynomial {
    f32: [0.0],
    f64: [
        0.500_000_008_096_989_9,
        0.166_666_667_565_978_73,
        0.041_666_240_110_106_21,
        0.008_333_285_957_136_866,
        0.001_394_862_326_642_731_3,
        0.000_199_076_200_241_692_93,
    ],
};

pub(super) mod f64 {
    //! `f64` powers: the logarithm has to be right to ten bits more than a word, which a table makes affordable.

    use super::super::ln_table::LN_TABLE;
    use super::{Dw, Float, at_edges, exp_dw, fma, lit, ln_at_edges, polynomial, select};

    /// `ln(a)` to some 2^-66 of its value.
    #[inline(always)]
    fn ln<D: Float>(a: f64) -> Dw<D> {
        let subnormal = a < f64::SMALLEST_NORMAL;
        let (k, m) = select(subnormal, a * f64::NORMALISER, a).v_split_exponent();
        let k = lit::<D>(k - select(subnormal, f64::NORMALISER_EXPONENT, 0.0));
        let row = (m.to_bits().wrapping_sub(core::f64::consts::FRAC_1_SQRT_2.to_bits()) >> 45) & 127;
        let [reciprocal, ln_hi, ln_lo] = LN_TABLE[row as usize].map(lit::<D>);
        let r = significand(lit(m), reciprocal);
        let r_head = r.hi.v_head();
        let square = r_head * r_head * lit(-0.5);
        let square_rest = (r.hi - r_head) * (r.hi + r_head) * lit(-0.5);
        let cube = r.hi * r.hi * r.hi * tail(r.hi);
        let whole = Dw::sum(fma(k, D::LN_2_HEAD, ln_hi), r.hi);
        let curved = Dw::sum(whole.hi, square);
        let low = fma(-r.lo, r.hi, r.lo) + fma(k, D::LN_2_TAIL, ln_lo);
        Dw::ordered_sum(curved.hi, (whole.lo + curved.lo) + (low + (square_rest + cube)))
    }

    /// r with `m = (1 + r) / reciprocal`.
    #[inline(always)]
    fn significand<D: Float>(m: D, reciprocal: D) -> Dw<D> {
        let head = m.v_head();
        Dw::sum(head * reciprocal - lit(1.0), (m - head) * reciprocal)
    }

    /// `(ln(1 + r) - r + r^2 / 2) / r^3` for `|r| <= 2^-7`.
    #[inline(always)]
    fn tail<D: Float>(r: D) -> D {
        let taylor = [1.0 / 3.0, -0.25, 0.2, -1.0 / 6.0, 1.0 / 7.0, -0.125, 1.0 / 9.0];
        polynomial(r, &taylor)
    }

    #[inline(always)]
    pub(in super::super) fn powf<D: Float>(x: f64, p: f64) -> f64 {
        let a = x.abs();
        let log = ln::<D>(a);
        let edge = ln_at_edges(a, log.hi.v_f64());
        let y = Dw::<D>::product(lit(p), lit(edge));
        let low = fma(lit(p), log.lo, y.lo);
        // Beyond the range of exp, and where y.hi is infinite, the second word is noise or NaN.
        let low = select(y.hi.v_abs() < lit(1000.0), low, lit(0.0));
        at_edges(x, p, exp_dw(Dw::new(y.hi, low)).v_f64())
    }

    #[inline(always)]
    pub(in super::super) fn powi<D: Float>(x: f64, n: i32) -> f64 {
        powf::<D>(x, f64::from(n))
    }
}
