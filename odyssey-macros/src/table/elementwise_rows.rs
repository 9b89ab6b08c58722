table! {
    // The names of the result and of its cotangent in the rules.
    y, dy;

    /// Negation.
    neg(x: {-dy}) = {-x}, on [-2.0..2.0];
    /// Sum.
    add(a: {dy}, b: {dy}) = {a + b}, on [-2.0..2.0, -2.0..2.0];
    /// Difference.
    sub(a: {dy}, b: {-dy}) = {a - b}, on [-2.0..2.0, -2.0..2.0];
    /// Product.
    mul(a: {dy * b}, b: {dy * a}) = {a * b}, on [-2.0..2.0, -2.0..2.0];
    /// Quotient.
    div(a: {dy / b}, b: {-(dy / b * y)}) = {a / b}, on [-2.0..2.0, 0.5..2.0];
    /// Remainder of the division that truncates, as `%`.
    rem(a: {dy}, b: {-(dy * trunc(a / b))}) = {a % b}, on [1.1..1.9, 0.6..1.0];
    /// Remainder of the division that rounds so that it is not negative.
    rem_euclid(a: {dy}, b: {-(dy * round((a - y) / b))}) = {math::rem_euclid(a, b)}, on [-0.5..-0.1, 0.6..1.0];

    /// `e^x`.
    exp(x: {dy * y}) = {math::exp(x)}, on [-3.0..3.0];
    /// `2^x`.
    exp2(x: {dy * y * LN_2}) = {math::exp2(x)}, on [-3.0..3.0];
    /// `e^x - 1`, accurate near zero.
    exp_m1(x: {dy * (y + 1.0)}) = {math::exp_m1(x)}, on [-2.0..2.0];
    /// Natural logarithm.
    ln(x: {dy / x}) = {math::ln(x)}, on [0.2..4.0];
    /// `ln(1 + x)`, accurate near zero.
    ln_1p(x: {dy / (1.0 + x)}) = {math::ln_1p(x)}, on [-0.7..3.0];
    /// Logarithm to base 2.
    log2(x: {dy / (x * LN_2)}) = {math::log2(x)}, on [0.2..4.0];
    /// Logarithm to base 10.
    log10(x: {dy / (x * LN_10)}) = {math::log10(x)}, on [0.2..4.0];
    /// Logarithm of `x` to the base `base`.
    log(x: {dy / (x * ln(base))}, base: {-(dy * y / (base * ln(base)))}) = {math::log(x, base)}, on [0.2..4.0, 1.5..4.0];
    /// Square root; its derivative at 0 is `inf`, as IEEE has it.
    sqrt(x: {0.5 * dy / y}) = {math::sqrt(x)}, on [0.2..4.0];
    /// Cube root.
    cbrt(x: {dy / (3.0 * y * y)}) = {math::cbrt(x)}, on [0.2..4.0];
    /// `1 / x`.
    recip(x: {-(dy * y * y)}) = {math::recip(x)}, on [0.5..2.0];
    /// `x * x`.
    pow2(x: {2.0 * x * dy}) = {math::pow2(x)}, on [-2.0..2.0];
    /// `x` to an integer power.
    powi(x: {dy * powi_slope(x, n, Parameter::Integer(1))}; n) = {math::powi(x, n)}, on [0.5..2.0];
    /// The `k`-th derivative of `x^n`, `n (n - 1) … (n - k + 1) x^(n - k)`, zero where its factor is.
    powi_slope(x: {dy * powi_slope(x, n, k.next())}; n, k) = {math::powi_slope(x, n, k)}, on [0.5..2.0];
    /// `x` to a real power; its derivatives are right at `x = 0` too.
    powf(
        x: {dy * if_eq(p, p.constant(0.0), p.constant(0.0), p * powf(x, p - 1.0))},
        p: {if_eq(x, x.constant(0.0), x.constant(0.0), dy * y * ln(x))}
    ) = {math::powf(x, p)}, on [0.5..2.0, -2.0..2.0];

    /// Sine.
    sin(x: {dy * cos(x)}) = {math::sin(x)}, on [-3.0..3.0];
    /// Cosine.
    cos(x: {-(dy * sin(x))}) = {math::cos(x)}, on [-3.0..3.0];
    /// Tangent.
    tan(x: {dy * (1.0 + y * y)}) = {math::tan(x)}, on [-1.2..1.2];
    /// Inverse sine.
    asin(x: {dy / sqrt((1.0 - x) * (1.0 + x))}) = {math::asin(x)}, on [-0.9..0.9];
    /// Inverse cosine.
    acos(x: {-(dy / sqrt((1.0 - x) * (1.0 + x)))}) = {math::acos(x)}, on [-0.9..0.9];
    /// Inverse tangent.
    atan(x: {dy / (1.0 + x * x)}) = {math::atan(x)}, on [-3.0..3.0];
    /// The angle of the point `(x, y)`: `atan2(y, x)` is the four-quadrant inverse tangent of `y / x`.
    atan2(a: {dy * b / (a * a + b * b)}, b: {-(dy * a / (a * a + b * b))}) = {math::atan2(a, b)}, on [0.3..2.0, -2.0..2.0];
    /// Hyperbolic sine.
    sinh(x: {dy * cosh(x)}) = {math::sinh(x)}, on [-3.0..3.0];
    /// Hyperbolic cosine.
    cosh(x: {dy * sinh(x)}) = {math::cosh(x)}, on [-3.0..3.0];
    /// Hyperbolic tangent.
    tanh(x: {dy * (1.0 - y * y)}) = {math::tanh(x)}, on [-3.0..3.0];
    /// Inverse hyperbolic sine.
    asinh(x: {dy / hypot(x, x.constant(1.0))}) = {math::asinh(x)}, on [-3.0..3.0];
    /// Inverse hyperbolic cosine.
    acosh(x: {dy / (sqrt(x - 1.0) * sqrt(x + 1.0))}) = {math::acosh(x)}, on [1.2..4.0];
    /// Inverse hyperbolic tangent.
    atanh(x: {dy / ((1.0 - x) * (1.0 + x))}) = {math::atanh(x)}, on [-0.9..0.9];
    /// `sqrt(a² + b²)` without overflow; its derivative at the origin is 0.
    hypot(
        a: {if_eq(y, y.constant(0.0), y.constant(0.0), dy * a / y)},
        b: {if_eq(y, y.constant(0.0), y.constant(0.0), dy * b / y)}
    ) = {math::hypot(a, b)}, on [0.3..2.0, 0.3..2.0];

    /// Absolute value; its derivative at 0 is 0.
    abs(x: {dy * sgn(x)}) = {math::abs(x)}, on [0.2..2.0];
    /// -1, 0 or 1: the derivative of `abs`.
    sgn(x: {none}) = {math::sgn(x)}, on [0.2..2.0];
    /// -1 or 1 by the sign bit, as `f64::signum`; derivative 0.
    signum(x: {none}) = {math::signum(x)}, on [0.2..2.0];
    /// The largest integer not above `x`; derivative 0.
    floor(x: {none}) = {math::floor(x)}, on [0.2..0.8];
    /// The smallest integer not below `x`; derivative 0.
    ceil(x: {none}) = {math::ceil(x)}, on [0.2..0.8];
    /// The nearest integer, halves away from zero; derivative 0.
    round(x: {none}) = {math::round(x)}, on [0.6..0.9];
    /// The integer part; derivative 0.
    trunc(x: {none}) = {math::trunc(x)}, on [0.2..0.8];
    /// The fractional part.
    fract(x: {dy}) = {math::fract(x)}, on [0.2..0.8];
    /// The smaller one; of two equal values each gets half of the derivative.
    min(
        a: {if_eq(a, b, 0.5 * dy, if_eq(a, y, dy, y.constant(0.0)))},
        b: {if_eq(a, b, 0.5 * dy, if_eq(b, y, dy, y.constant(0.0)))}
    ) = {math::min(a, b)}, on [0.2..1.0, 1.2..2.0];
    /// The larger one; of two equal values each gets half of the derivative.
    max(
        a: {if_eq(a, b, 0.5 * dy, if_eq(a, y, dy, y.constant(0.0)))},
        b: {if_eq(a, b, 0.5 * dy, if_eq(b, y, dy, y.constant(0.0)))}
    ) = {math::max(a, b)}, on [0.2..1.0, 1.2..2.0];
    /// `x` limited to `lo..=hi`; the derivative passes at and between the bounds.
    clamp(
        x: {if_ge(x, lo, if_ge(hi, x, dy, y.constant(0.0)), y.constant(0.0))},
        lo: {if_gt(lo, x, dy, y.constant(0.0))},
        hi: {if_gt(x, hi, dy, y.constant(0.0))}
    ) = {math::clamp(x, lo, hi)}, on [0.2..1.8, 0.0..0.1, 1.0..1.1];
    /// `a * b + c`.
    mul_add(a: {dy * b}, b: {dy * a}, c: {dy}) = {math::mul_add(a, b, c)}, on [-2.0..2.0, -2.0..2.0, -2.0..2.0];
    /// The magnitude of `a` with the sign of `b`.
    copysign(a: {dy * sgn(a) * copysign(b.constant(1.0), b)}, b: {none}) = {math::copysign(a, b)}, on [0.3..2.0, 0.3..2.0];
    /// The positive difference `max(a - b, 0)`.
    abs_sub(
        a: {if_gt(a, b, dy, y.constant(0.0))},
        b: {if_gt(a, b, -dy, y.constant(0.0))}
    ) = {math::abs_sub(a, b)}, on [1.2..2.0, 0.2..1.0];
    /// Degrees to radians.
    to_radians(x: {dy * (PI / 180.0)}) = {math::to_radians(x)}, on [-2.0..2.0];
    /// Radians to degrees.
    to_degrees(x: {dy * (180.0 / PI)}) = {math::to_degrees(x)}, on [-2.0..2.0];

    /// The error function.
    erf(x: {dy * FRAC_2_SQRT_PI * exp(-(x * x))}) = {math::erf(x)}, on [-2.0..2.0];
    /// The complementary error function `1 - erf(x)`, accurate in its tail.
    erfc(x: {-(dy * FRAC_2_SQRT_PI * exp(-(x * x)))}) = {math::erfc(x)}, on [-2.0..2.0];
    /// The logarithm of the absolute value of the gamma function.
    lgamma(x: {dy * digamma(x)}) = {math::lgamma(x)}, on [0.5..4.0];
    /// The logarithmic derivative of the gamma function.
    digamma(x: {dy * polygamma(x, Parameter::Integer(1))}) = {math::digamma(x)}, on [0.5..4.0];
    /// The `n`-th derivative of `digamma`.
    polygamma(x: {dy * polygamma(x, n.next())}; n) = {math::polygamma(n, x)}, on [0.5..4.0];

    /// `max(x, 0)`; its derivative at 0 is 0.
    relu(x: {if_gt(y, y.constant(0.0), dy, y.constant(0.0))}) = {math::relu(x)}, on [0.2..2.0];
    /// `x` where it is positive, else `alpha * x`.
    leaky_relu(
        x: {if_gt(x, x.constant(0.0), dy, alpha * dy)},
        alpha: {if_gt(x, x.constant(0.0), x.constant(0.0), dy * x)}
    ) = {math::leaky_relu(x, alpha)}, on [-2.0..-0.2, 0.1..0.5];
    /// `x` where it is positive, else `alpha * (e^x - 1)`.
    elu(
        x: {if_gt(x, x.constant(0.0), dy, dy * (y + alpha))},
        alpha: {if_gt(x, x.constant(0.0), x.constant(0.0), dy * exp_m1(x))}
    ) = {math::elu(x, alpha)}, on [-2.0..-0.2, 0.5..1.5];
    /// The self-normalising `elu` (Klambauer et al. 2017).
    selu(x: {if_gt(x, x.constant(0.0), SELU_SCALE * dy, dy * (y + SELU_SCALE_ALPHA))}) = {math::selu(x)}, on [-2.0..-0.2];
    /// `x Φ(x)` with the exact normal distribution function (Hendrycks and Gimpel 2016).
    gelu(x: {{
        let share = 0.5 * erfc(-FRAC_1_SQRT_2 * x);
        let density = NORMAL_PEAK * exp(-0.5 * (x * x));
        // Beyond these bounds the density is 0, and infinity times that would be NaN.
        dy * (share + clamp(x, x.constant(-1e3), x.constant(1e3)) * density)
    }}) = {math::gelu(x)}, on [-2.0..2.0];
    /// The tanh approximation of `gelu`.
    gelu_tanh(x: {{
        let t = tanh(GELU_SCALE * x * (1.0 + GELU_CUBIC * x * x));
        // Beyond these bounds t is ±1, and 0 times a slope that has overflowed would be NaN.
        let x = clamp(x, x.constant(-30.0), x.constant(30.0));
        let slope = GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * x * x);
        dy * (0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * slope)
    }}) = {math::gelu_tanh(x)}, on [-2.0..2.0];
    /// `x sigmoid(x)`, also called swish.
    silu(x: {{
        let s = sigmoid(x);
        // Beyond these bounds s is 0 or 1, and infinity times 0 would be NaN.
        let x = clamp(x, x.constant(-1e3), x.constant(1e3));
        dy * s * (1.0 + x * (1.0 - s))
    }}) = {math::silu(x)}, on [-2.0..2.0];
    /// `1 / (1 + e^-x)`.
    sigmoid(x: {dy * y * (1.0 - y)}) = {math::sigmoid(x)}, on [-3.0..3.0];
    /// `ln(1 + e^x)`.
    softplus(x: {dy * sigmoid(x)}) = {math::softplus(x)}, on [-3.0..3.0];
    /// `x / (1 + |x|)`.
    softsign(x: {dy / ((1.0 + abs(x)) * (1.0 + abs(x)))}) = {math::softsign(x)}, on [0.2..2.0];
    /// `x` limited to `-1..=1`.
    hardtanh(x: {
        if_ge(x, x.constant(-1.0), if_ge(x.constant(1.0), x, dy, x.constant(0.0)), x.constant(0.0))
    }) = {math::hardtanh(x)}, on [-0.8..0.8];
    /// `(x + 3) / 6` limited to `0..=1`.
    hardsigmoid(x: {
        if_ge(x, x.constant(-3.0), if_ge(x.constant(3.0), x, dy / 6.0, x.constant(0.0)), x.constant(0.0))
    }) = {math::hardsigmoid(x)}, on [-2.0..2.0];
    /// `x hardsigmoid(x)`.
    hardswish(x: {
        if_gt(x, x.constant(3.0), dy, if_gt(x.constant(-3.0), x, x.constant(0.0), dy * (2.0 * x + 3.0) / 6.0))
    }) = {math::hardswish(x)}, on [-2.0..2.0];
    /// `x tanh(softplus(x))` (Misra 2019).
    mish(x: {{
        let t = tanh(softplus(x));
        // Beyond these bounds one of the factors is 0, and infinity times 0 would be NaN.
        dy * (t + clamp(x, x.constant(-1e3), x.constant(1e3)) * sigmoid(x) * (1.0 - t * t))
    }}) = {math::mish(x)}, on [-2.0..2.0];

    /// `t` where `a > b`, else `f`; what is not chosen contributes nothing.
    if_gt(
        a: {none}, b: {none},
        t: {if_gt(a, b, dy, y.constant(0.0))},
        f: {if_gt(a, b, y.constant(0.0), dy)}
    ) = {if a > b { t } else { f }}, on [0.2..1.0, 1.2..2.0, -2.0..2.0, -2.0..2.0];
    /// `t` where `a >= b`, else `f`.
    if_ge(
        a: {none}, b: {none},
        t: {if_ge(a, b, dy, y.constant(0.0))},
        f: {if_ge(a, b, y.constant(0.0), dy)}
    ) = {if a >= b { t } else { f }}, on [0.2..1.0, 1.2..2.0, -2.0..2.0, -2.0..2.0];
    /// `t` where `a == b`, else `f`.
    if_eq(
        a: {none}, b: {none},
        t: {if_eq(a, b, dy, y.constant(0.0))},
        f: {if_eq(a, b, y.constant(0.0), dy)}
    ) = {if a == b { t } else { f }}, on [0.2..1.0, 1.2..2.0, -2.0..2.0, -2.0..2.0];
}
