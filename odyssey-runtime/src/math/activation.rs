//! Activation functions of neural networks; `gelu` is with the error function.

use super::double_word::Dw;
use super::exponential::{exp_dw, exp_m1_dw, exp_parts, exp_word, scale, word};
use super::float::{Float, lit, select};
use super::logarithm::{constant, ln_1p_dw};
use super::selection::clamp;

/// `1 / (1 + e^v)` or, where `by_exp`, `e^v / (1 + e^v)`, for `v <= 0`: as `q * 2^k`, so that a product with q may be
/// normal where `e^v` is not.
#[inline(always)]
fn logistic<T: Float>(v: Dw<T>, by_exp: bool) -> (Dw<T>, T) {
    let one = lit::<T>(1.0);
    let (m, k) = exp_parts(v);
    let m = m.normal();
    // Against 1 it does not matter what is below 2^-100.
    let power = T::v_exp2i(select(k < lit(-100.0), lit(-100.0), k));
    let e = m.hi * power;
    let denominator = Dw::ordered_sum(one, e);
    let rest = denominator.lo + m.lo * power;
    let q = select(by_exp, m.hi, one) / denominator.hi;
    // 1 / (1 + e) to a few percent, in a term of the size of a rounding error
    let inverse = one - e * (lit::<T>(0.93) - e * lit(0.43));
    let low = (select(by_exp, m.lo, lit(0.0)) - q * rest) * inverse;
    (Dw::new(q, low), select(by_exp, k, lit(0.0)))
}

/// `1 / (1 + e^-x)`, without overflow, precise in the tail. Error below 2 ulp.
#[inline(always)]
pub(super) fn sigmoid<T: Float>(x: T) -> T {
    // e^-x = (1 + q) 2^k, and the result is 2^-k / (2^-k + 1 + q).
    let (_, k, q) = exp_word(clamp(-x, lit(-40.0), -T::EXP_MIN), T::ROUNDER);
    // Against 1 it does not matter what is below 2^-100.
    let power = T::v_exp2i(-select(k > lit(100.0), lit(100.0), k));
    let one = lit::<T>(1.0);
    let (large, small) = (select(power > one, power, one), select(power > one, one, power));
    scale(one / (large + (small + q)), -k)
}

/// `ln(1 + e^x)`, without overflow, precise in the tail. Error below 2 ulp.
#[inline(always)]
pub(super) fn softplus<T: Float>(x: T) -> T {
    let tail = ln_1p_dw(word(exp_dw(word(-x.v_abs()))));
    relu(x) + tail
}

/// `max(x, 0)`; NaN stays.
#[inline(always)]
pub(super) fn relu<T: Float>(x: T) -> T {
    select(x <= lit(0.0), lit(0.0), x)
}

/// x above 0, else `alpha * x`.
#[inline(always)]
pub(super) fn leaky_relu<T: Float>(x: T, alpha: T) -> T {
    select(x > lit(0.0), x, alpha * x)
}

/// x above 0, else `alpha * (e^x - 1)`. Error below 2 ulp.
#[inline(always)]
pub(super) fn elu<T: Float>(x: T, alpha: T) -> T {
    let y = exp_m1_dw(x);
    select(x > lit(0.0), x, alpha * y.hi + alpha * y.lo)
}

/// `scale * elu(x, alpha)` with the two constants that keep mean 0 and variance 1. Error below 2 ulp.
#[inline(always)]
pub(super) fn selu<T: Float>(x: T) -> T {
    let scale: Dw<T> = constant(1.050_700_987_355_480_5, 3.987_484_766_715_414_4e-17);
    let both: Dw<T> = constant(1.758_099_340_847_376_8, 1.415_351_938_008_45e-17);
    let below = exp_m1_dw(x).mul(both).value();
    let below = select(x.v_abs() < T::SMALLEST_NORMAL, x * both.hi, below);
    let above = x * scale.hi;
    let above = select(above < T::V_INFINITY, above + x * scale.lo, above);
    select(x > lit(0.0), above, below)
}

/// `x * sigmoid(x)`, 0 at -inf. Error below 2 ulp.
#[inline(always)]
pub(super) fn silu<T: Float>(x: T) -> T {
    times_logistic(x, word(-x.v_abs()))
}

/// `x sigmoid(v)` with `v = sqrt(8 / pi) (x + 0.044715 x^3)`, the approximation of `gelu` by tanh: it is
/// `x (1 + tanh(v / 2)) / 2`, precise in the tail. Error below 2 ulp.
#[inline(always)]
pub(super) fn gelu_tanh<T: Float>(x: T) -> T {
    let linear: Dw<T> = constant(1.595_769_121_605_730_8, -9.969_308_809_110_92e-17);
    let cubic: Dw<T> = constant(0.071_354_816_272_600_25, -6.175_149_918_155_315e-19);
    let a = x.v_abs();
    let a = select(a > lit(24.0), lit(24.0), a);
    let v = Dw::square(a).mul(cubic).add(linear).scale(a);
    times_logistic(x, v.neg())
}

/// `x / (1 + e^v)` for `x >= 0`, `x e^v / (1 + e^v)` below, with `v <= 0`; 0 at -inf.
#[inline(always)]
fn times_logistic<T: Float>(x: T, v: Dw<T>) -> T {
    let (q, k) = logistic(v, x < lit(0.0));
    let bounded = clamp(x, T::EXP_MIN, -T::EXP_MIN);
    let product = scale(bounded * q.hi + bounded * q.lo, k);
    select(x > -T::EXP_MIN, x, product)
}

/// `x / (1 + |x|)`, the sign at infinity. Error below 2 ulp.
#[inline(always)]
pub(super) fn softsign<T: Float>(x: T) -> T {
    let a = x.v_abs();
    let limit = select(a == T::V_INFINITY, lit::<T>(1.0).v_copysign(x), x);
    select(a < T::V_INFINITY, x / (lit::<T>(1.0) + a), limit)
}

/// x between -1 and 1.
#[inline(always)]
pub(super) fn hardtanh<T: Float>(x: T) -> T {
    clamp(x, lit(-1.0), lit(1.0))
}

/// `min(max(x + 3, 0), 6) / 6`. Error below 2 ulp.
#[inline(always)]
pub(super) fn hardsigmoid<T: Float>(x: T) -> T {
    clamp(x + lit(3.0), lit(0.0), lit(6.0)) / lit(6.0)
}

/// `x * hardsigmoid(x)`, 0 at -inf. Error below 2 ulp.
#[inline(always)]
pub(super) fn hardswish<T: Float>(x: T) -> T {
    select(x <= lit(-3.0), lit(0.0), x * hardsigmoid(x))
}

/// `x * tanh(softplus(x))`, 0 at -inf. Error below 2 ulp.
#[inline(always)]
pub(super) fn mish<T: Float>(x: T) -> T {
    let y = clamp(x, T::EXP_MIN, lit(40.0));
    // tanh(ln(1 + e)) = n / (n + 2) with n = e (e + 2)
    let (m, k) = exp_parts(word(y));
    let power = T::v_exp2i(select(k < lit(-100.0), lit(-100.0), k));
    let m = m.normal();
    let e = Dw::new(m.hi * power, m.lo * power);
    let n = e.mul(e.add(word(lit(2.0))));
    let q = n.div(n.add(word(lit(2.0))));
    let near = y * q.hi + y * q.lo;
    // Here n / (n + 2) rounds to e, which may be subnormal where the product is not.
    let result = select(y < lit(-40.0), scale(y * m.hi, k), near);
    select(x > lit(40.0), x, result)
}
