//! The logarithm of the gamma function and its derivatives. Scalar code, computed in double precision.

use super::double_word::Dw;
use super::float::Float;
use super::logarithm::{ln, ln_dw};
use super::trigonometric::{cos_pi_dw, sin_pi_dw};

/// `lgamma(1 + t) / (t (t - 1))` for t in `[-0.3, 0.4]`.
const NEAR_1: [f64; 22] = [
    0.577_215_664_901_532_9,
    -0.245_251_368_522_580_34,
    0.155_434_265_863_953_26,
    -0.115_146_542_563_847_58,
    0.092_239_008_464_163_58,
    -0.077_318_168_529_421_58,
    0.066_731_728_316_866_32,
    -0.058_777_941_621_907_35,
    0.052_556_319_778_025_516,
    -0.047_543_113_241_248_72,
    0.043_411_044_422_408_63,
    -0.039_943_654_430_741_64,
    0.036_986_474_295_476_225,
    -0.034_428_045_938_203_29,
    0.032_257_679_703_820_694,
    -0.030_484_058_277_437_914,
    0.028_423_452_715_024_153,
    -0.025_337_692_353_571_698,
    0.024_859_539_221_316_17,
    -0.031_174_269_991_754_943,
    0.032_261_705_457_161_095,
    -0.015_273_735_929_535_884,
];

/// `lgamma(2 + t) / (t (t + 1))` for t in `[-0.6, 1]`.
const NEAR_2: [f64; 23] = [
    0.422_784_335_098_467_13,
    -0.100_317_301_674_353_95,
    0.032_965_000_621_156_16,
    -0.012_384_192_193_368_577,
    0.004_998_641_164_671_557,
    -0.002_108_130_834_056_665,
    0.000_915_376_923_033_185,
    -0.000_405_707_395_982_818,
    0.000_182_552_626_850_574_94,
    -8.309_513_554_790_992e-5,
    3.816_899_889_980_044e-5,
    -1.766_168_292_865_205e-5,
    8.221_607_623_645_509e-6,
    -3.846_925_434_348_073e-6,
    1.809_876_426_770_209_2e-6,
    -8.552_343_962_220_321e-7,
    4.011_437_386_230_971e-7,
    -1.857_328_526_557_872_6e-7,
    9.106_323_747_425_617e-8,
    -5.037_051_589_846_368_5e-8,
    2.572_560_582_469_078_4e-8,
    -8.734_872_628_751_049e-9,
    1.344_572_213_405_265_8e-9,
];

/// `digamma(x) / (x - root)` over `x - root`, which lies in `[-0.3, 0.4]`.
const NEAR_ROOT: [f64; 19] = [
    0.967_672_245_447_621_2,
    -0.442_763_168_983_592,
    0.258_499_760_955_649_5,
    -0.163_942_705_442_452_7,
    0.107_824_050_691_662_81,
    -0.072_199_561_249_993_63,
    0.048_804_288_120_570_104,
    -0.033_161_126_870_339_105,
    0.022_597_650_666_764_932,
    -0.015_424_753_638_730_778,
    0.010_538_714_271_073_984,
    -0.007_204_729_211_296_874,
    0.004_928_225_667_509_578_5,
    -0.003_368_552_434_987_850_8,
    0.002_289_623_278_950_545_6,
    -0.001_572_639_973_367_017_7,
    0.001_164_476_884_523_854_1,
    -0.000_836_440_896_599_986_8,
    0.000_348_792_549_033_591_76,
];

/// The positive root of digamma.
const ROOT: Dw<f64> = Dw { hi: 1.461_632_144_968_362_2, lo: 9.549_995_429_965_697e-17 };

const LN_PI: Dw<f64> = Dw { hi: 1.144_729_885_849_400_2, lo: 1.026_595_116_270_782_6e-17 };
const HALF_LN_TAU: Dw<f64> = Dw { hi: 0.918_938_533_204_672_8, lo: -3.878_294_158_067_241_7e-17 };

/// From here on the asymptotic series are exact to a word.
const LARGE: f64 = 10.0;

fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// Stirling's series for `x >= LARGE`.
fn lgamma_large(x: f64) -> Dw<f64> {
    let series = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
    ];
    let main = ln_dw(x).add(Dw::new(-1.0, 0.0)).mul(Dw::sum(x, -0.5));
    let main = main.add(HALF_LN_TAU).add(Dw::new(-0.5, 0.0));
    let rest = polynomial(1.0 / (x * x), &series) / x;
    main.add(Dw::new(rest, 0.0))
}

/// `lgamma(x)` for `x > 0`.
fn lgamma_positive(x: f64) -> Dw<f64> {
    if x >= LARGE {
        return lgamma_large(x);
    }
    if (0.7..1.4).contains(&x) {
        let t = x - 1.0;
        return Dw::product(t, x - 2.0).scale(polynomial(t, &NEAR_1));
    }
    if (1.4..3.0).contains(&x) {
        let t = x - 2.0;
        return Dw::product(t, x - 1.0).scale(polynomial(t, &NEAR_2));
    }
    if x < 0.7 {
        return lgamma_positive(1.0 + x).add(ln_dw(x).neg());
    }
    let (mut y, mut product) = (Dw::new(x, 0.0), Dw::new(1.0, 0.0));
    while y.hi < LARGE {
        product = product.mul(y);
        y = y.add(Dw::new(1.0, 0.0));
    }
    // digamma(y) is about ln(y): the low word of y moves lgamma by that much
    let low = y.lo * ln(y.hi) - product.lo / product.hi;
    lgamma_large(y.hi).add(ln_dw(product.hi).neg()).add(Dw::new(low, 0.0))
}

fn lgamma_f64(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x.is_infinite() || (x <= 0.0 && x == x.trunc()) {
        return f64::INFINITY;
    }
    if x > 0.0 {
        // Beyond 1e306 the product overflows with the result, or its error terms do.
        return if x > 1e305 { x * (ln(x) - 1.0) } else { lgamma_positive(x).value() };
    }
    if x > -1e-20 {
        return -ln(-x);
    }
    // gamma(x) gamma(-x) = -pi / (x sin(pi x))
    let sine = sin_pi_dw(x);
    let sine = if sine.hi < 0.0 { sine.neg() } else { sine };
    let product = sine.scale(-x);
    let ln_product = ln_dw(product.hi).add(Dw::new(product.lo / product.hi, 0.0));
    LN_PI.add(ln_product.neg()).add(lgamma_positive(-x).neg()).value()
}

/// `digamma(x)` for `x > 0`.
fn digamma_positive(x: f64) -> Dw<f64> {
    if (1.17..1.85).contains(&x) {
        let t = (x - ROOT.hi) - ROOT.lo;
        return Dw::new(t * polynomial(t, &NEAR_ROOT), 0.0);
    }
    let (mut y, mut sum) = (Dw::new(x, 0.0), Dw::new(0.0, 0.0));
    while y.hi < LARGE {
        sum = sum.add(Dw::new(-1.0, 0.0).div(y));
        y = y.add(Dw::new(1.0, 0.0));
    }
    let series =
        [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32_760.0, 1.0 / 12.0, -3617.0 / 8160.0];
    let inverse = 1.0 / y.hi;
    let z = inverse * inverse;
    let low = y.lo * inverse - z * polynomial(z, &series);
    sum.add(ln_dw(y.hi)).add(Dw::new(-0.5 * inverse, 0.0)).add(Dw::new(low, 0.0))
}

fn digamma_f64(x: f64) -> f64 {
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x == 0.0 {
        return -f64::INFINITY.copysign(x);
    }
    if x < 0.0 && x == x.trunc() {
        return f64::NAN;
    }
    if x.abs() < 1e-20 {
        return -1.0 / x;
    }
    if x > 0.0 {
        return digamma_positive(x).value();
    }
    // digamma(1 - x) - digamma(x) = pi / tan(pi x), and digamma(1 - x) = digamma(-x) - 1 / x
    let pi = Dw::new(core::f64::consts::PI, 1.224_646_799_147_353_2e-16);
    let cotangent = cos_pi_dw(x).div(sin_pi_dw(x)).mul(pi);
    let inverse = Dw::new(1.0, 0.0).div(Dw::new(x, 0.0));
    digamma_positive(-x).add(inverse.neg()).add(cotangent.neg()).value()
}

/// Hurwitz's `sum of (x + i)^-s over i >= 0` for `x > 0`, `s >= 2`.
fn hurwitz_zeta(s: i32, x: f64) -> f64 {
    // B_2k / (2k)!
    let bernoulli = [
        1.0 / 12.0,
        -1.0 / 720.0,
        1.0 / 30_240.0,
        -1.0 / 1_209_600.0,
        1.0 / 47_900_160.0,
        -691.0 / 1_307_674_368_000.0,
        1.0 / 74_724_249_600.0,
        -3617.0 / 10_670_622_842_880_000.0,
    ];
    let order = f64::from(s);
    let large = LARGE + order;
    let (mut y, mut sum) = (x, Dw::new(0.0, 0.0));
    while y < large {
        let term = y.powi(-s);
        sum = sum.add(Dw::new(term, 0.0));
        if term < sum.hi * 1e-20 {
            return sum.value();
        }
        y += 1.0;
    }
    // Euler and Maclaurin: integral, half a term, and the odd derivatives at the end
    let term = y.powi(-s);
    let mut tail = term * y / (order - 1.0) + 0.5 * term;
    let mut derivative = term / y * order;
    for (i, b) in bernoulli.iter().enumerate() {
        tail += b * derivative;
        let k = order + 2.0 * i as f64;
        derivative *= (k + 1.0) * (k + 2.0) / (y * y);
    }
    sum.add(Dw::new(tail, 0.0)).value()
}

/// `sum of (x + i)^-s over i >= 0` for any x that is not an integer up to 0.
fn hurwitz_zeta_anywhere(s: i32, x: f64) -> f64 {
    if x > 0.0 {
        return hurwitz_zeta(s, x);
    }
    // The sum over all integers i depends on the fraction of x alone; the terms below 0 are one on the right.
    let f = x - x.round();
    let sign = if s % 2 == 0 { 1.0 } else { -1.0 };
    let all = f.powi(-s) + (hurwitz_zeta(s, 1.0 + f) + sign * hurwitz_zeta(s, 1.0 - f));
    all - sign * hurwitz_zeta(s, 1.0 - x)
}

fn polygamma_f64(n: i32, x: f64) -> f64 {
    if n <= 0 {
        return if n == 0 { digamma_f64(x) } else { f64::NAN };
    }
    let sign = if n % 2 == 0 { -1.0 } else { 1.0 };
    if x.is_nan() || x == f64::NEG_INFINITY {
        return f64::NAN;
    }
    if x == f64::INFINITY {
        return 0.0 * sign;
    }
    if x <= 0.0 && x == x.trunc() {
        return if n % 2 == 1 {
            f64::INFINITY
        } else if x == 0.0 {
            -f64::INFINITY.copysign(x)
        } else {
            f64::NAN
        };
    }
    let factorial: f64 = (1..=n).map(f64::from).product();
    sign * factorial * hurwitz_zeta_anywhere(n + 1, x)
}

/// `ln |gamma(x)|`; infinite at 0, -1, -2, … and at infinities. Error below 2 ulp for `x > 0`; below, 1e-15 of
/// the larger of the result and its terms, which is more than 2 ulp near its zeros only. Not vectorised.
#[inline(always)]
pub(super) fn lgamma<T: Float>(x: T) -> T {
    T::v_from_f64(lgamma_f64(x.v_f64()))
}

/// The derivative of `lgamma`; NaN at -1, -2, …, infinite at 0. Error below 2 ulp for `x > 0`; below, as `lgamma`.
/// Not vectorised.
#[inline(always)]
pub(super) fn digamma<T: Float>(x: T) -> T {
    T::v_from_f64(digamma_f64(x.v_f64()))
}

/// The n-th derivative of `digamma`, `polygamma(0, x) = digamma(x)`; NaN for negative n. Error some 5 ulp for small n,
/// more near the zeros that even n have below 0; overflows beyond n = 170. Not vectorised.
#[inline(always)]
pub(super) fn polygamma<T: Float>(n: i32, x: T) -> T {
    T::v_from_f64(polygamma_f64(n, x.v_f64()))
}
