//! Arc functions.

use super::double_word::Dw;
use super::float::{Float, Polynomial, lit, select};
use super::logarithm::constant;

/// `(atan(t) / t - 1) / t^2` over `t^2`, for `|t| <= 7/16`.
const ATAN_TAIL: Polynomial<5, 12> = Polynomial {
    f32: [-0.333_333_08, 0.199_978_19, -0.142_286_64, 0.104_750_37, -0.057_686_996],
    f64: [
        -0.333_333_333_333_333_26,
        0.199_999_999_999_955_82,
        -0.142_857_142_850_496_83,
        0.111_111_110_643_724_93,
        -0.090_909_072_359_701_87,
        0.076_922_618_129_471_79,
        -0.066_659_184_870_222_68,
        0.058_740_573_774_720_02,
        -0.051_998_499_898_001_295,
        0.044_306_873_293_405_32,
        -0.031_843_870_173_520_76,
        0.013_608_317_814_657_296,
    ],
};

/// `(asin(t) / t - 1) / t^2` over `t^2`, for `|t| <= 1/2`.
const ASIN_TAIL: Polynomial<6, 13> = Polynomial {
    f32: [0.166_666_63, 0.075_004_3, 0.044_523_384, 0.031_801_675, 0.014_326_212, 0.037_819_456],
    f64: [
        0.166_666_666_666_667_02,
        0.074_999_999_999_844_25,
        0.044_642_857_163_743_79,
        0.030_381_943_138_356_373,
        0.022_372_205_133_791_824,
        0.017_351_752_625_038_31,
        0.013_979_523_139_739_656,
        0.011_406_698_302_294_429,
        0.010_750_760_692_920_261,
        0.003_770_024_347_495_963,
        0.021_656_878_689_462_585,
        -0.021_060_058_041_522_545,
        0.032_741_483_896_126_57,
    ],
};

#[inline(always)]
fn half_pi<T: Float>() -> Dw<T> {
    constant(core::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17)
}

#[inline(always)]
fn pi<T: Float>() -> Dw<T> {
    constant(core::f64::consts::PI, 1.224_646_799_147_353_2e-16)
}

/// `base + atan(t)`.
#[inline(always)]
fn atan_from<T: Float>(base: Dw<T>, t: T) -> T {
    let z = t * t;
    base.hi + (t + (t * (z * ATAN_TAIL.at(z)) + base.lo))
}

/// The nearest of the angles whose tangents are 0, 1/2, 1, 3/2, for a tangent `a >= 0`: `(tangent, angle)`.
#[inline(always)]
fn nearby_angle<T: Float>(a: T) -> (T, Dw<T>) {
    let half: Dw<T> = constant(0.463_647_609_000_806_1, 2.269_877_745_296_168_7e-17);
    let one: Dw<T> = constant(core::f64::consts::FRAC_PI_4, 3.061_616_997_868_383e-17);
    let three_halves: Dw<T> = constant(0.982_793_723_247_329, 1.390_331_103_123_099_8e-17);
    let pick = |zero: f64, h: T, o: T, t: T| {
        let below = select(a < lit(0.4375), lit(zero), h);
        select(a < lit(0.6875), below, select(a < lit(1.1875), o, t))
    };
    let tangent = pick(0.0, lit(0.5), lit(1.0), lit(1.5));
    let hi = pick(-0.0, half.hi, one.hi, three_halves.hi);
    let lo = pick(-0.0, half.lo, one.lo, three_halves.lo);
    (tangent, Dw::new(hi, lo))
}

/// `atan(x)` in `[-pi/2, pi/2]`. Error below 1 ulp.
#[inline(always)]
pub(super) fn atan<T: Float>(x: T) -> T {
    let a = x.v_abs();
    let (c, angle) = nearby_angle(a);
    let steep = a > lit(2.4375);
    let numerator = select(steep, lit(-1.0), a - c);
    let denominator = select(steep, a, lit::<T>(1.0) + a * c);
    let base = Dw::new(select(steep, half_pi().hi, angle.hi), select(steep, half_pi().lo, angle.lo));
    atan_from(base, numerator / denominator).v_copysign(x)
}

/// The angle of the point `(x, y)` in `[-pi, pi]`, with the edge values of `std`. Error below 2 ulp.
#[inline(always)]
pub(super) fn atan2<T: Float>(y: T, x: T) -> T {
    let (a, b) = (y.v_abs(), x.v_abs());
    let steep = a > b;
    let (small, large) = (select(steep, b, a), select(steep, a, b));
    let q = select(small == large, select(large == lit(0.0), lit(0.0), lit(1.0)), small / large);
    let q = select(a + b >= lit(0.0), q, T::V_NAN);
    let (c, angle) = nearby_angle(q);
    let t = (q - c) / (lit::<T>(1.0) + q * c);
    // The angle of (b, a) is base + sign * (angle + atan(t)).
    let left = lit::<T>(1.0).v_copysign(x) < lit(0.0);
    let flipped = steep != left;
    let zero = lit::<T>(0.0);
    let base_hi = select(steep, half_pi().hi, select(left, pi().hi, zero));
    let base_lo = select(steep, half_pi().lo, select(left, pi().lo, zero));
    let signed = Dw::new(select(flipped, -angle.hi, angle.hi), select(flipped, -angle.lo, angle.lo));
    let base = Dw::ordered_sum(base_hi, signed.hi);
    let base = Dw::new(base.hi, base.lo + (base_lo + signed.lo));
    let whole = atan_from(base, select(flipped, -t, t));
    // Where the base is 0, adding to it could round away the sign of zero only, which copysign restores.
    whole.v_copysign(y)
}

/// `(z, s, r)` for `|x|` above 1/2: `asin(|x|) = pi/2 - 2 (s + r)`, with s a double word; else `asin(|x|) = s + r`.
#[inline(always)]
fn asin_terms<T: Float>(a: T) -> (Dw<T>, T) {
    let near_one = a > lit(0.5);
    let z = select(near_one, (lit::<T>(1.0) - a) * lit(0.5), a * a);
    let root = z.v_sqrt();
    let root_head = root.v_head();
    let root_tail = (z - root_head * root_head) / (root + root_head);
    let root_tail = select(z == lit(0.0), z, root_tail);
    let s = Dw::new(select(near_one, root_head, a), select(near_one, root_tail, lit(0.0)));
    (s, (s.hi + s.lo) * (z * ASIN_TAIL.at(z)))
}

/// `asin(x)`, `|x| <= 1`, in `[-pi/2, pi/2]`; NaN elsewhere. Error below 1 ulp.
#[inline(always)]
pub(super) fn asin<T: Float>(x: T) -> T {
    let a = x.v_abs();
    let (s, r) = asin_terms(a);
    let two = lit::<T>(2.0);
    let steep = Dw::ordered_sum(half_pi::<T>().hi, -two * s.hi);
    let steep = steep.hi + (steep.lo + (half_pi::<T>().lo - two * (s.lo + r)));
    select(a > lit(0.5), steep, s.hi + r).v_copysign(x)
}

/// `acos(x)`, `|x| <= 1`, in `[0, pi]`; NaN elsewhere. Error below 1 ulp.
#[inline(always)]
pub(super) fn acos<T: Float>(x: T) -> T {
    let a = x.v_abs();
    let (s, r) = asin_terms(a);
    let negative = x < lit(0.0);
    let near_one = a > lit(0.5);
    // 0 + 2 (s + r), pi - 2 (s + r), pi/2 - (s + r) or pi/2 + (s + r)
    let factor = select(near_one, lit::<T>(2.0), lit(1.0));
    let factor = select(negative == near_one, -factor, factor);
    let base = select(near_one, select(negative, pi(), Dw::new(lit(0.0), lit(0.0))), half_pi());
    let leading = Dw::sum(base.hi, factor * s.hi);
    leading.hi + (leading.lo + (base.lo + factor * (s.lo + r)))
}
