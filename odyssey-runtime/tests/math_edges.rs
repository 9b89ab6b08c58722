//! Exact values: zeros with their signs, infinities, NaN, subnormals, ties, and integers that must come out as such.

#![allow(clippy::cast_lossless, reason = "one macro for both float types")]

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// `function(x, …) = expected`, to the bit, in both precisions.
macro_rules! exactly {
    ($type:ident: $($name:ident($($x:expr),*) = $expected:expr;)*) => { $(
        let actual: $type = math::$name($($x),*);
        let expected: $type = $expected;
        let call = concat!(stringify!($type), " ", stringify!($name($($x),*)));
        assert!(same(actual.into(), expected.into()), "{call} = {actual:e}, expected {expected:e}");
    )* };
}

macro_rules! edges {
    ($type:ident) => {
        mod $type {
            use super::super::same;
            use super::math;
            use core::$type::consts::{FRAC_PI_2, FRAC_PI_4, PI};

            const INF: $type = $type::INFINITY;
            const NAN: $type = $type::NAN;
            const TINY: $type = $type::from_bits(1);
            const MAX: $type = $type::MAX;

            #[test]
            fn nan_stays_nan() {
                exactly! { $type:
                    exp(NAN) = NAN; exp2(NAN) = NAN; exp_m1(NAN) = NAN; ln(NAN) = NAN; ln_1p(NAN) = NAN;
                    log2(NAN) = NAN; log10(NAN) = NAN; sqrt(NAN) = NAN; cbrt(NAN) = NAN; sin(NAN) = NAN;
                    cos(NAN) = NAN; tan(NAN) = NAN; asin(NAN) = NAN; acos(NAN) = NAN; atan(NAN) = NAN;
                    sinh(NAN) = NAN; cosh(NAN) = NAN; tanh(NAN) = NAN; asinh(NAN) = NAN; acosh(NAN) = NAN;
                    atanh(NAN) = NAN; sigmoid(NAN) = NAN; softplus(NAN) = NAN; erf(NAN) = NAN; erfc(NAN) = NAN;
                    lgamma(NAN) = NAN; digamma(NAN) = NAN; relu(NAN) = NAN; elu(NAN, 1.0) = NAN; selu(NAN) = NAN;
                    leaky_relu(NAN, 0.1) = NAN; gelu(NAN) = NAN; gelu_tanh(NAN) = NAN; silu(NAN) = NAN;
                    mish(NAN) = NAN; softsign(NAN) = NAN; hardtanh(NAN) = NAN; hardsigmoid(NAN) = NAN;
                    hardswish(NAN) = NAN; sgn(NAN) = NAN; signum(NAN) = NAN; atan2(NAN, 1.0) = NAN;
                    atan2(1.0, NAN) = NAN; hypot(NAN, 1.0) = NAN; powf(NAN, 2.0) = NAN; powf(2.0, NAN) = NAN;
                    log(NAN, 2.0) = NAN; polygamma(1, NAN) = NAN; floor(NAN) = NAN; round(NAN) = NAN;
                }
            }

            #[test]
            fn odd_functions_keep_the_sign_of_zero() {
                exactly! { $type:
                    sin(-0.0) = -0.0; tan(-0.0) = -0.0; asin(-0.0) = -0.0; atan(-0.0) = -0.0; sinh(-0.0) = -0.0;
                    tanh(-0.0) = -0.0; asinh(-0.0) = -0.0; atanh(-0.0) = -0.0; exp_m1(-0.0) = -0.0;
                    ln_1p(-0.0) = -0.0; cbrt(-0.0) = -0.0; sqrt(-0.0) = -0.0; erf(-0.0) = -0.0; floor(-0.0) = -0.0;
                    ceil(-0.5) = -0.0; round(-0.25) = -0.0; trunc(-0.5) = -0.0;
                    sin(0.0) = 0.0; tan(0.0) = 0.0; asin(0.0) = 0.0; atan(0.0) = 0.0; sinh(0.0) = 0.0;
                    tanh(0.0) = 0.0; asinh(0.0) = 0.0; atanh(0.0) = 0.0; exp_m1(0.0) = 0.0; erf(0.0) = 0.0;
                }
            }

            #[test]
            fn subnormals_survive() {
                exactly! { $type:
                    sin(TINY) = TINY; tan(-TINY) = -TINY; asin(TINY) = TINY; atan(TINY) = TINY; sinh(TINY) = TINY;
                    tanh(TINY) = TINY; asinh(TINY) = TINY; atanh(TINY) = TINY; exp_m1(TINY) = TINY; ln_1p(TINY) = TINY;
                    erf(TINY) = TINY; cos(TINY) = 1.0; exp(TINY) = 1.0; hypot(TINY, 0.0) = TINY;
                    powf(TINY, 1.0) = TINY; abs(-TINY) = TINY; ceil(TINY) = 1.0; floor(-TINY) = -1.0;
                    log2(TINY) = 2.0 - $type::MANTISSA_DIGITS as $type + ($type::MIN_EXP - 2) as $type;
                    sgn(TINY) = 1.0; sgn(-TINY) = -1.0; if_gt(TINY, 0.0, 1.0, 2.0) = 1.0;
                }
            }

            #[test]
            fn infinities() {
                exactly! { $type:
                    exp(INF) = INF; exp(-INF) = 0.0; exp(MAX) = INF; exp(-MAX) = 0.0; exp2(-INF) = 0.0;
                    exp_m1(INF) = INF; exp_m1(-INF) = -1.0; ln(INF) = INF; ln_1p(INF) = INF; log2(INF) = INF;
                    sin(INF) = NAN; cos(-INF) = NAN; tan(INF) = NAN; atan(INF) = FRAC_PI_2; atan(-INF) = -FRAC_PI_2;
                    sinh(-INF) = -INF; cosh(-INF) = INF; tanh(INF) = 1.0; tanh(-INF) = -1.0; asinh(-INF) = -INF;
                    acosh(INF) = INF; sigmoid(INF) = 1.0; sigmoid(-INF) = 0.0; softplus(INF) = INF;
                    softplus(-INF) = 0.0; erf(INF) = 1.0; erf(-INF) = -1.0; erfc(INF) = 0.0; erfc(-INF) = 2.0;
                    gelu(INF) = INF; gelu(-INF) = -0.0; gelu_tanh(INF) = INF; gelu_tanh(-INF) = -0.0; silu(INF) = INF;
                    silu(-INF) = -0.0; mish(INF) = INF; mish(-INF) = -0.0; softsign(-INF) = -1.0;
                    hardswish(-INF) = 0.0; relu(-INF) = 0.0; elu(-INF, 1.0) = -1.0; elu(INF, 1.0) = INF;
                    selu(INF) = INF; selu(MAX) = INF; cbrt(-INF) = -INF; hypot(INF, NAN) = INF; hypot(NAN, -INF) = INF;
                    lgamma(INF) = INF; digamma(INF) = INF; polygamma(1, INF) = 0.0; floor(-INF) = -INF;
                    round(INF) = INF; to_degrees(MAX) = INF; sgn(-INF) = -1.0; recip(-INF) = -0.0;
                }
            }

            #[test]
            fn outside_the_domain() {
                exactly! { $type:
                    ln(-1.0) = NAN; ln(0.0) = -INF; ln(-0.0) = -INF; ln(-INF) = NAN; ln_1p(-1.0) = -INF;
                    ln_1p(-2.0) = NAN; log2(0.0) = -INF; log10(-1.0) = NAN; sqrt(-1.0) = NAN; asin(1.5) = NAN;
                    acos(-1.5) = NAN; acosh(0.5) = NAN; acosh(-INF) = NAN; atanh(1.0) = INF; atanh(-1.0) = -INF;
                    atanh(2.0) = NAN; lgamma(0.0) = INF; lgamma(-3.0) = INF; digamma(0.0) = -INF;
                    digamma(-0.0) = INF; digamma(-2.0) = NAN; log(2.0, 1.0) = INF; log(0.0, 2.0) = -INF;
                    log(2.0, -1.0) = NAN; polygamma(-1, 1.0) = NAN;
                }
            }

            #[test]
            fn powers() {
                exactly! { $type:
                    powf(0.0, 0.0) = 1.0; powf(NAN, 0.0) = 1.0; powf(1.0, NAN) = 1.0; powf(-1.0, INF) = 1.0;
                    powf(-2.0, 3.0) = -8.0; powf(-2.0, 2.0) = 4.0; powf(-2.0, 0.5) = NAN; powf(-8.0, -1.0) = -0.125;
                    powf(0.0, -1.0) = INF; powf(-0.0, -1.0) = -INF; powf(-0.0, -2.0) = INF; powf(-0.0, 3.0) = -0.0;
                    powf(-0.0, 0.5) = 0.0; powf(0.5, INF) = 0.0; powf(0.5, -INF) = INF; powf(2.0, INF) = INF;
                    powf(-INF, 3.0) = -INF; powf(-INF, 2.0) = INF; powf(-INF, -3.0) = -0.0; powf(-INF, 0.5) = INF;
                    powf(INF, -1.0) = 0.0; powf(2.0, 10.0) = 1024.0; powf(MAX, 2.0) = INF; powf(-MAX, 3.0) = -INF;
                    powf(1.0, MAX) = 1.0; powf(2.0, -MAX) = 0.0; powf(10.0, 2.0) = 100.0;
                    powi(0.0, 0) = 1.0; powi(NAN, 0) = 1.0; powi(-0.0, -1) = -INF; powi(2.0, -1) = 0.5;
                    powi(-3.0, 3) = -27.0; powi(2.0, i32::MIN) = 0.0; powi(-1.0, i32::MAX) = -1.0;
                    powi(0.0, -2) = INF; pow2(-3.0) = 9.0; sqrt(4.0) = 2.0; cbrt(-27.0) = -3.0; cbrt(8.0) = 2.0;
                    hypot(3.0, 4.0) = 5.0; hypot(MAX, MAX) = INF; hypot(0.0, -0.0) = 0.0;
                }
            }

            #[test]
            fn exact_results() {
                exactly! { $type:
                    exp(0.0) = 1.0; exp2(10.0) = 1024.0; exp2(-3.0) = 0.125; ln(1.0) = 0.0; log2(8.0) = 3.0;
                    log10(1000.0) = 3.0; cos(0.0) = 1.0; acos(1.0) = 0.0; acos(-1.0) = PI; asin(1.0) = FRAC_PI_2;
                    acosh(1.0) = 0.0; cosh(0.0) = 1.0; sigmoid(0.0) = 0.5; erfc(0.0) = 1.0; lgamma(1.0) = 0.0;
                    lgamma(2.0) = 0.0; log(8.0, 2.0) = 3.0; atan(1.0) = FRAC_PI_4; to_degrees(PI) = 180.0;
                    softsign(1.0) = 0.5; hardsigmoid(3.0) = 1.0; hardsigmoid(-3.0) = 0.0; hardswish(3.0) = 3.0;
                    gelu(0.0) = 0.0; gelu_tanh(0.0) = 0.0; silu(0.0) = 0.0; mish(0.0) = 0.0; selu(0.0) = 0.0;
                }
            }

            #[test]
            fn quadrants_of_atan2() {
                exactly! { $type:
                    atan2(0.0, 0.0) = 0.0; atan2(-0.0, 0.0) = -0.0; atan2(0.0, -0.0) = PI; atan2(-0.0, -0.0) = -PI;
                    atan2(0.0, -1.0) = PI; atan2(-0.0, -1.0) = -PI; atan2(1.0, 0.0) = FRAC_PI_2;
                    atan2(-1.0, -0.0) = -FRAC_PI_2; atan2(INF, INF) = FRAC_PI_4; atan2(-INF, INF) = -FRAC_PI_4;
                    atan2(INF, -INF) = 3.0 * FRAC_PI_4; atan2(1.0, INF) = 0.0; atan2(-1.0, INF) = -0.0;
                    atan2(1.0, -INF) = PI; atan2(INF, 1.0) = FRAC_PI_2; atan2(TINY, MAX) = 0.0; atan2(MAX, TINY) = FRAC_PI_2;
                }
            }

            #[test]
            fn signs_rounding_and_selection() {
                exactly! { $type:
                    sgn(0.0) = 0.0; sgn(-0.0) = 0.0; signum(-0.0) = -1.0; round(2.5) = 3.0; round(-2.5) = -3.0;
                    round(0.5 - $type::EPSILON / 4.0) = 0.0; floor(-2.5) = -3.0; ceil(2.5) = 3.0; trunc(-2.5) = -2.0;
                    fract(-2.25) = -0.25; max(1.0, NAN) = 1.0; max(NAN, 1.0) = 1.0; min(NAN, 1.0) = 1.0;
                    min(2.0, 1.0) = 1.0; copysign(2.0, -0.0) = -2.0; abs_sub(3.0, 1.0) = 2.0; abs_sub(1.0, 3.0) = 0.0;
                    clamp(5.0, 0.0, 1.0) = 1.0; clamp(-5.0, 0.0, 1.0) = 0.0; clamp(NAN, 0.0, 1.0) = NAN;
                    rem(-5.5, 2.0) = -1.5; rem_euclid(-5.5, 2.0) = 0.5; rem_euclid(-5.5, -2.0) = 0.5; rem_euclid(5.5, -2.0) = 1.5; mul_add(2.0, 3.0, 4.0) = 10.0; relu(-0.0) = 0.0; relu(2.0) = 2.0;
                    leaky_relu(-2.0, 0.5) = -1.0; hardtanh(-2.0) = -1.0; hardtanh(0.5) = 0.5;
                    if_gt(1.0, 1.0, 5.0, 6.0) = 6.0; if_ge(1.0, 1.0, 5.0, 6.0) = 5.0; if_eq(1.0, 1.0, 5.0, NAN) = 5.0;
                    if_gt(NAN, 1.0, 5.0, 6.0) = 6.0; if_eq(0.0, -0.0, 5.0, 6.0) = 5.0;
                }
            }
        }
    };
}

mod plain {
    use odyssey_runtime::rt::plain as math;

    edges!(f32);
    edges!(f64);
}

mod fused {
    use odyssey_runtime::rt::fused as math;

    edges!(f32);
    edges!(f64);
}
