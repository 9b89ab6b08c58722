//! The error function, and `gelu`, which is the normal distribution function in disguise.

use super::double_word::Dw;
use super::exponential::{exp_parts, scale, word};
use super::float::{Float, Polynomial, lit, select};
use super::logarithm::constant;

/// `erf(x) / x - 1` over `x^2`, for `|x| <= 1`.
const ERF_TAIL: Polynomial<7, 13> = Polynomial {
    f32: [0.128_379_17, -0.376_126_26, 0.112_836, -0.026_854_44, 0.005_189_527_3, -0.000_802_075_6, 7.888_792e-5],
    f64: [
        0.128_379_167_095_512_6,
        -0.376_126_389_031_837_5,
        0.112_837_916_709_548_85,
        -0.026_866_170_645_077_823,
        0.005_223_977_624_827_905,
        -0.000_854_832_698_139_370_6,
        0.000_120_553_311_317_386_89,
        -1.492_559_574_165_119e-5,
        1.646_100_796_845_902_5e-6,
        -1.635_039_062_499_178_2e-7,
        1.466_028_980_041_457e-8,
        -1.137_480_060_582_497_4e-9,
        5.960_415_365_014_128e-11,
    ],
};

/// `e^(y^2) erfc(y) (y + 3)` over `t = (y - 3) / (y + 3)`, for `0 <= y <= 28`, less its first two terms.
const ERFCX_TAIL: Polynomial<10, 21> = Polynomial {
    f32: [
        0.590_228_3,
        -0.310_467_18,
        0.119_529_046,
        -0.026_828_244,
        -0.001_220_417_8,
        0.003_037_732_6,
        -0.000_525_932_93,
        -0.000_280_665_44,
        7.748_553_6e-5,
        2.818_837_1e-5,
    ],
    f64: [
        0.590_228_357_104_099_4,
        -0.310_467_261_900_575_1,
        0.119_527_761_287_441_36,
        -0.026_827_234_624_272_618,
        -0.001_212_416_630_721_547,
        0.003_034_061_998_510_061,
        -0.000_548_309_650_303_025_7,
        -0.000_276_777_825_011_690_93,
        0.000_107_561_204_465_239_8,
        3.039_804_594_829_089_7e-5,
        -1.746_938_351_601_813_6e-5,
        -4.748_755_570_009_979_5e-6,
        2.762_250_834_777_141_7e-6,
        9.975_506_743_242_849e-7,
        -4.027_010_519_309_379_4e-7,
        -2.308_985_633_818_755_8e-7,
        4.072_775_445_308_381e-8,
        4.729_929_303_071_502_6e-8,
        1.855_309_778_430_565_3e-9,
        -5.952_605_641_965_117e-9,
        -1.384_708_379_033_030_7e-9,
    ],
};

/// The first two terms of the same, in two words each.
const ERFCX_AT_3: (f64, f64) = (1.074_006_907_088_339_8, -8.178_186_432_492_819e-17);
const ERFCX_SLOPE_AT_3: (f64, f64) = (-0.883_394_453_169_883_5, -2.380_847_247_682_827_7e-17);

/// The derivative of the same to a few bits, for the rounding error of t.
const ERFCX_DERIVATIVE: Polynomial<5, 5> =
    Polynomial { f32: [-0.88, 1.18, -0.93, 0.48, -0.13], f64: [-0.88, 1.18, -0.93, 0.48, -0.13] };

/// `erf(a)` for `|a| <= 1`.
#[inline(always)]
fn erf_near<T: Float>(a: T) -> T {
    a + a * ERF_TAIL.at(a * a)
}

/// `factor * e^exponent * erfcx(y)` for `y >= 0`, where erfcx is the smooth function `e^(y^2) erfc(y)`.
#[inline(always)]
fn scaled_erfcx<T: Float>(factor: T, exponent: Dw<T>, y: Dw<T>) -> T {
    let (m, k) = exp_parts(exponent);
    let m = m.normal();
    let denominator = Dw::sum(lit(3.0), y.hi);
    let denominator = Dw::new(denominator.hi, denominator.lo + y.lo);
    let numerator = Dw::sum(y.hi, lit(-3.0));
    let t = Dw::new(numerator.hi, numerator.lo + y.lo).div(denominator);
    // The constant and the linear term with their rounding errors, and the effect of t.lo.
    let (start, start_slope) = (constant(ERFCX_AT_3.0, ERFCX_AT_3.1), constant(ERFCX_SLOPE_AT_3.0, ERFCX_SLOPE_AT_3.1));
    let slope: Dw<T> = Dw::ordered_sum(start_slope.hi, t.hi * ERFCX_TAIL.at(t.hi));
    let linear = Dw::product(t.hi, slope.hi);
    let low = start.lo + linear.lo + t.hi * (slope.lo + start_slope.lo) + t.lo * ERFCX_DERIVATIVE.at(t.hi);
    let g = Dw::ordered_sum(start.hi, linear.hi);
    let g = Dw::new(g.hi, g.lo + low);
    let product = Dw::product(m.hi, g.hi);
    let product = Dw::new(product.hi, product.lo + (m.hi * g.lo + m.lo * g.hi));
    let quotient = product.div(denominator);
    scale(factor * quotient.hi + factor * quotient.lo, k)
}

/// `erfc(a)` for `a >= 0`, precise where erfc is small.
#[inline(always)]
fn erfc_far<T: Float>(a: T) -> T {
    let a = select(a > lit(28.0), lit(28.0), a);
    let square = Dw::square(a);
    scaled_erfcx(lit(1.0), square.neg(), word(a))
}

/// The error function `2 / sqrt(pi) * integral of e^(-t^2) from 0 to x`. Error below 2 ulp.
#[inline(always)]
pub(super) fn erf<T: Float>(x: T) -> T {
    let a = x.v_abs();
    // From 6 on erf rounds to 1, and erfc only has to be right against 1.
    let b = select(a > lit(6.0), lit(6.0), a);
    let (m, k) = exp_parts(Dw::new(-(b * b), lit(-0.0)));
    let denominator = b + lit(3.0);
    let t = (b - lit(3.0)) / denominator;
    let g = lit::<T>(ERFCX_AT_3.0) + t * (lit::<T>(ERFCX_SLOPE_AT_3.0) + t * ERFCX_TAIL.at(t));
    let erfc = m.value() * T::v_exp2i(k) * (g / denominator);
    select(a < lit(1.0), erf_near(a), lit::<T>(1.0) - erfc).v_copysign(x)
}

/// `1 - erf(x)`, precise in the tail. Error below 2 ulp.
#[inline(always)]
pub(super) fn erfc<T: Float>(x: T) -> T {
    let far = erfc_far(x.v_abs());
    let near = lit::<T>(1.0) - erf_near(x);
    let middle = (x > lit(-1.0)) & (x < lit(0.5));
    select(middle, near, select(x < lit(0.0), lit::<T>(2.0) - far, far))
}

/// `x * (1 + erf(x / sqrt(2))) / 2`, precise in the tail. Error below 2 ulp.
#[inline(always)]
pub(super) fn gelu<T: Float>(x: T) -> T {
    let a = select(x.v_abs() > lit(40.0), lit(40.0), x.v_abs());
    let y = constant::<T>(core::f64::consts::FRAC_1_SQRT_2, -4.833_646_656_726_457e-17).scale(a);
    let half_square = Dw::square(a);
    let half_square = Dw::new(half_square.hi * lit(-0.5), half_square.lo * lit(-0.5));
    // |x| times the probability beyond |x|
    let tail = scaled_erfcx(a * lit(0.5), half_square, y);
    let far = select(x < lit(0.0), -tail, x - tail);
    let signed = x * lit(core::f64::consts::FRAC_1_SQRT_2);
    let near = x * (lit::<T>(0.5) + lit::<T>(0.5) * erf_near(signed));
    select((x > lit(-0.5)) & (x < lit(1.0)), near, far)
}
