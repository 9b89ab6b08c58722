//! Sine, cosine, tangent.
//!
//! The argument is reduced to `x = (n + h) * pi / 2` with `|h| <= 1/2`, the same way for every x (`quadrants`): the
//! functions stay branch-free over the whole range. The polynomials are in h. Single precision is computed in
//! double precision, which the reduction needs, with shorter polynomials.

use super::Math;
use super::double_word::Dw;
use super::float::{Float, Polynomial, nearest, select};
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
    f64: [
        -0.645_964_096_633_485_6,
        0.079_692_587_861_557_43,
        -0.004_681_279_503_679_009,
        0.000_158_204_747_557_879_48,
    ],
};
const COS_SHORT: Polynomial<1, 4> = Polynomial {
    f32: [0.0],
    f64: [
        -1.233_700_543_485_985,
        0.253_669_246_575_313_37,
        -0.020_860_303_154_573_927,
        0.000_904_047_733_978_742_2,
    ],
};

const HALF_PI: Dw<f64> = Dw {
    hi: core::f64::consts::FRAC_PI_2,
    lo: 6.123_233_995_736_766e-17,
};

/// `sin(pi/2 h)`, its leading term first.
#[inline(always)]
fn sin_reduced(h: Dw<f64>) -> Dw<f64> {
    let z = h.hi * h.hi;
    let rest = h.hi * (HALF_PI.lo + z * SIN_TAIL.at(z)) + h.lo * HALF_PI.hi;
    Dw::new(h.hi * HALF_PI.hi, rest)
}

/// `cos(pi/2 h)`, its leading term first.
#[inline(always)]
fn cos_reduced(h: Dw<f64>) -> Dw<f64> {
    let z = h.hi * h.hi;
    Dw::new(
        1.0,
        z * COS_TAIL.at(z) - (h.hi * h.lo) * (HALF_PI.hi * HALF_PI.hi),
    )
}

/// `sin(pi/2 h)` to the precision of `f32`.
#[inline(always)]
fn sin_short(h: f64) -> f64 {
    let z = h * h;
    h * (HALF_PI.hi + z * SIN_SHORT.at(z))
}

/// `cos(pi/2 h)` to the precision of `f32`.
#[inline(always)]
fn cos_short(h: f64) -> f64 {
    let z = h * h;
    1.0 + z * COS_SHORT.at(z)
}

/// Below this bound the sine and the tangent of x round to x, and the reduction might lose bits of a subnormal.
const TINY: f64 = 3.725_290_298_461_914e-9;

pub(super) mod f32 {
    use super::{Float, cos_short, quadrants, select, sin_short};

    #[inline(always)]
    pub(in super::super) fn sin(x: f32) -> f32 {
        let (n, h) = quadrants::of_f32(x);
        let value = select(n.v_is_odd(), cos_short(h), sin_short(h)).v_negate_if_bit1(n);
        select(x == 0.0, x, value as f32)
    }

    #[inline(always)]
    pub(in super::super) fn cos(x: f32) -> f32 {
        let (n, h) = quadrants::of_f32(x);
        select(n.v_is_odd(), sin_short(h), cos_short(h)).v_negate_if_bit1(n + 1.0) as f32
    }

    #[inline(always)]
    pub(in super::super) fn tan(x: f32) -> f32 {
        let (n, h) = quadrants::of_f32(x);
        let (s, c) = (sin_short(h), cos_short(h));
        let odd = n.v_is_odd();
        select(x == 0.0, x, (select(odd, -c, s) / select(odd, s, c)) as f32)
    }
}

pub(super) mod f64 {
    use super::{Dw, Float, HALF_PI, TINY, cos_reduced, quadrants, select, sin_reduced};

    #[inline(always)]
    pub(in super::super) fn sin(x: f64) -> f64 {
        let (n, h) = quadrants::of_f64(x);
        let value = select(n.v_is_odd(), cos_reduced(h).value(), sin_reduced(h).value());
        select(x.abs() < TINY, x, value.v_negate_if_bit1(n))
    }

    #[inline(always)]
    pub(in super::super) fn cos(x: f64) -> f64 {
        let (n, h) = quadrants::of_f64(x);
        let value = select(n.v_is_odd(), sin_reduced(h).value(), cos_reduced(h).value());
        value.v_negate_if_bit1(n + 1.0)
    }

    #[inline(always)]
    pub(in super::super) fn tan(x: f64) -> f64 {
        let (n, h) = quadrants::of_f64(x);
        let leading = Dw::product(h.hi, HALF_PI.hi);
        let s = Dw::ordered_sum(leading.hi, leading.lo + sin_reduced(h).lo);
        let c = cos_reduced(h).normal();
        let odd = n.v_is_odd();
        let numerator = Dw::new(select(odd, -c.hi, s.hi), select(odd, -c.lo, s.lo));
        let denominator = Dw::new(select(odd, s.hi, c.hi), select(odd, s.lo, c.lo));
        select(x.abs() < TINY, x, numerator.div(denominator).value())
    }
}

/// `sin(x)`; NaN at infinities. Error below 2 ulp for every x.
#[inline(always)]
pub fn sin<T: Math>(x: T) -> T {
    x.v_sin()
}

/// `cos(x)`; NaN at infinities. Error below 2 ulp for every x.
#[inline(always)]
pub fn cos<T: Math>(x: T) -> T {
    x.v_cos()
}

/// `tan(x)`; NaN at infinities. Error below 2 ulp for every x.
#[inline(always)]
pub fn tan<T: Math>(x: T) -> T {
    x.v_tan()
}

/// `x * pi / 180`. Error below 1 ulp.
#[inline(always)]
pub fn to_radians<T: Math>(x: T) -> T {
    let c: Dw<T> = constant(0.017_453_292_519_943_295, 2.948_652_270_870_168_7e-19);
    x * c.hi + x * c.lo
}

/// `x * 180 / pi`. Error below 1 ulp.
#[inline(always)]
pub fn to_degrees<T: Math>(x: T) -> T {
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
    let value = if n.v_is_odd() {
        Dw::ordered_sum(c.hi, c.lo)
    } else {
        s
    };
    if 1.0_f64.v_negate_if_bit1(n) < 0.0 {
        value.neg()
    } else {
        value
    }
}
