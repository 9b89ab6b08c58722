//! Sine, cosine, tangent.
//!
//! The argument is reduced to `x = (n + h) * pi / 2` with `|h| <= 1/2`, the same way for every x (`quadrants`): the
//! functions stay branch-free over the whole range. The polynomials are in h. Single precision is computed in
//! double precision, which the reduction needs, with shorter polynomials.

use super::double_word::Dw;
use super::float::{Float, Polynomial, fma, lit, nearest, select};
use super::logarithm::constant;
use super::quadrants;

/// `(sin(pi/2 h) / h - pi/2) / h^2` over `h^2`.
const SIN_TAIL: Polynomial<1, 7> = Polynomial {
    f32: [0.0],
    f64: [
        -0.645_964_097_506_246_3,
        0.079_692_626_246_166_96,
        -0.004_681_754_135_315_457,
        0.000_160_441_184_731_461_78,
        -3.598_842_733_627_782e-6,
        5.691_929_828_705_59e-8,
        -6.627_578_517_796_019e-10,
    ],
};

/// `(cos(pi/2 h) - 1) / h^2` over `h^2`.
const COS_TAIL: Polynomial<1, 7> = Polynomial {
    f32: [0.0],
    f64: [
        -1.233_700_550_136_169_7,
        0.253_669_507_901_047,
        -0.020_863_480_763_316_37,
        0.000_919_260_274_234_631,
        -2.520_203_704_294_803_5e-5,
        4.710_617_032_699_145_3e-7,
        -6.322_037_663_869_102e-9,
    ],
};

const SIN_SHORT: Polynomial<1, 4> = Polynomial {
    f32: [0.0],
    f64: [-0.645_964_096_633_485_6, 0.079_692_587_861_557_43, -0.004_681_279_503_679_009, 0.000_158_204_747_557_879_48],
};
const COS_SHORT: Polynomial<1, 4> = Polynomial {
    f32: [0.0],
    f64: [-1.233_700_543_485_985, 0.253_669_246_575_313_37, -0.020_860_303_154_573_927, 0.000_904_047_733_978_742_2],
};

/// `pi / 2`.
#[inline(always)]
fn half_pi<D: Float>() -> Dw<D> {
    constant(core::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17)
}

/// `sin(pi/2 h)`, its leading term first.
#[inline(always)]
fn sin_reduced<D: Float>(h: Dw<D>) -> Dw<D> {
    let z = h.hi * h.hi;
    let slope = fma(z, SIN_TAIL.at(z), half_pi().lo);
    let rest = fma(h.hi, slope, h.lo * half_pi().hi);
    Dw::new(h.hi * half_pi().hi, rest)
}

/// `cos(pi/2 h)`, its leading term first.
#[inline(always)]
fn cos_reduced<D: Float>(h: Dw<D>) -> Dw<D> {
    let z = h.hi * h.hi;
    let low = (h.hi * h.lo) * (half_pi::<D>().hi * half_pi().hi);
    Dw::new(lit(1.0), fma(z, COS_TAIL.at(z), -low))
}

/// `sin(pi/2 h)` to the precision of `f32`.
#[inline(always)]
fn sin_short<D: Float>(h: D) -> D {
    let z = h * h;
    h * fma(z, SIN_SHORT.at(z), half_pi().hi)
}

/// `cos(pi/2 h)` to the precision of `f32`.
#[inline(always)]
fn cos_short<D: Float>(h: D) -> D {
    let z = h * h;
    fma(z, COS_SHORT.at(z), lit(1.0))
}

/// Below this bound the sine and the tangent of x round to x, and the reduction might lose bits of a subnormal.
const TINY: f64 = 3.725_290_298_461_914e-9;

pub(super) mod f32 {
    //! Computed in double precision of either arithmetic, `D`.

    use super::{Float, cos_short, lit, quadrants, select, sin_short};

    #[inline(always)]
    pub(in super::super) fn sin<D: Float>(x: f32) -> f32 {
        let (n, h) = quadrants::of_f32::<D>(x);
        let value = select(n.v_is_odd(), cos_short(h), sin_short(h)).v_negate_if_bit1(n);
        select(x == 0.0, x, value.v_f64() as f32)
    }

    #[inline(always)]
    pub(in super::super) fn cos<D: Float>(x: f32) -> f32 {
        let (n, h) = quadrants::of_f32::<D>(x);
        let value = select(n.v_is_odd(), sin_short(h), cos_short(h));
        value.v_negate_if_bit1(n + lit(1.0)).v_f64() as f32
    }

    #[inline(always)]
    pub(in super::super) fn tan<D: Float>(x: f32) -> f32 {
        let (n, h) = quadrants::of_f32::<D>(x);
        let (s, c) = (sin_short(h), cos_short(h));
        let odd = n.v_is_odd();
        let value = select(odd, -c, s) / select(odd, s, c);
        select(x == 0.0, x, value.v_f64() as f32)
    }
}

pub(super) mod f64 {
    //! Computed in either arithmetic, `D`.

    use super::{Dw, Float, TINY, cos_reduced, half_pi, lit, quadrants, select, sin_reduced};

    #[inline(always)]
    pub(in super::super) fn sin<D: Float>(x: f64) -> f64 {
        let (n, h) = quadrants::of_f64::<D>(x);
        let value = select(n.v_is_odd(), cos_reduced(h).value(), sin_reduced(h).value());
        select(x.abs() < TINY, x, value.v_negate_if_bit1(n).v_f64())
    }

    #[inline(always)]
    pub(in super::super) fn cos<D: Float>(x: f64) -> f64 {
        let (n, h) = quadrants::of_f64::<D>(x);
        let value = select(n.v_is_odd(), sin_reduced(h).value(), cos_reduced(h).value());
        value.v_negate_if_bit1(n + lit(1.0)).v_f64()
    }

    #[inline(always)]
    pub(in super::super) fn tan<D: Float>(x: f64) -> f64 {
        let (n, h) = quadrants::of_f64::<D>(x);
        let leading = Dw::product(h.hi, half_pi().hi);
        let s = Dw::ordered_sum(leading.hi, leading.lo + sin_reduced(h).lo);
        let c = cos_reduced(h).normal();
        let odd = n.v_is_odd();
        let numerator = Dw::new(select(odd, -c.hi, s.hi), select(odd, -c.lo, s.lo));
        let denominator = Dw::new(select(odd, s.hi, c.hi), select(odd, s.lo, c.lo));
        let value = numerator.div(denominator).value().v_f64();
        select(x.abs() < TINY, x, value)
    }
}

/// `sin(x)`; NaN at infinities. Error below 2 ulp for every x.
#[inline(always)]
pub(super) fn sin<T: Float>(x: T) -> T {
    x.v_sin::<T::Double>()
}

/// `cos(x)`; NaN at infinities. Error below 2 ulp for every x.
#[inline(always)]
pub(super) fn cos<T: Float>(x: T) -> T {
    x.v_cos::<T::Double>()
}

/// `tan(x)`; NaN at infinities. Error below 2 ulp for every x.
#[inline(always)]
pub(super) fn tan<T: Float>(x: T) -> T {
    x.v_tan::<T::Double>()
}

/// `x * pi / 180`. Error below 1 ulp.
#[inline(always)]
pub(super) fn to_radians<T: Float>(x: T) -> T {
    let c: Dw<T> = constant(0.017_453_292_519_943_295, 2.948_652_270_870_168_7e-19);
    x * c.hi + x * c.lo
}

/// `x * 180 / pi`. Error below 1 ulp.
#[inline(always)]
pub(super) fn to_degrees<T: Float>(x: T) -> T {
    let c: Dw<T> = constant(57.295_779_513_082_32, -1.987_849_567_057_628_3e-15);
    let value = x * c.hi;
    select(value.v_abs() < T::V_INFINITY, value + x * c.lo, value)
}

/// `sin(pi x)` as a double word.
pub(super) fn sin_pi_dw(x: f64) -> Dw<f64> {
    half_turns(x, 0.0)
}

/// `cos(pi x)` as a double word.
pub(super) fn cos_pi_dw(x: f64) -> Dw<f64> {
    half_turns(x, 1.0)
}

/// `sin(pi x + quarters pi / 2)`.
fn half_turns(x: f64, quarters: f64) -> Dw<f64> {
    // 2 x modulo 4 is exact; so is what is left of it after the nearest quarter turn
    let quarter_turns = (x % 2.0) * 2.0;
    let n = nearest(quarter_turns);
    let h = Dw::new(quarter_turns - n, 0.0);
    let n = n + quarters;
    let leading = Dw::product(h.hi, core::f64::consts::FRAC_PI_2);
    let s = sin_reduced(h);
    let s = Dw::ordered_sum(leading.hi, leading.lo + s.lo);
    let c = cos_reduced(h);
    let value = if n.v_is_odd() { Dw::ordered_sum(c.hi, c.lo) } else { s };
    if 1.0_f64.v_negate_if_bit1(n) < 0.0 { value.neg() } else { value }
}
