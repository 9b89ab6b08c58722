//! `f64` functions against correctly rounded values (`data/math_reference.py`), `f32` functions against the `f64` ones.

use odyssey_runtime::rt::{fused, plain};

/// In units in the last place; against a rounded reference it allows for an error of 2.
const BOUND: u64 = 2;

fn parse(bits: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(bits, 16).expect("sixteen digits"))
}

/// Position on the line of floats, so that neighbours differ by 1.
fn position(x: f64) -> i64 {
    let bits = x.to_bits().cast_signed();
    if bits < 0 { i64::MIN - bits } else { bits }
}

/// The results of a function in both kinds of arithmetic.
fn evaluate(name: &str, x: f64, y: f64) -> [f64; 2] {
    macro_rules! by_name {
        ($($unary:ident)*; $($binary:ident)*) => {
            match name {
                $(stringify!($unary) => [plain::$unary(x), fused::$unary(x)],)*
                $(stringify!($binary) => [plain::$binary(x, y), fused::$binary(x, y)],)*
                "trigamma" => [plain::polygamma(1, x); 2],
                _ => panic!("no function {name}"),
            }
        };
    }
    by_name! {
        exp exp2 exp_m1 ln ln_1p log2 log10 cbrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
        to_radians to_degrees sigmoid softplus erf erfc gelu gelu_tanh silu mish softsign hardsigmoid hardswish selu
        lgamma digamma;
        powf log atan2 hypot elu
    }
}

#[test]
fn f64_is_within_two_units_of_the_correctly_rounded_value() {
    let mut rows = 0;
    for row in include_str!("data/math_reference.txt").lines() {
        let words: Vec<&str> = row.split(' ').collect();
        let (x, y) = (parse(words[1]), parse(words[words.len() - 2]));
        let expected = parse(words[words.len() - 1]);
        // Sums of several terms, documented to be some units off.
        let bound = if words[0] == "trigamma" { 4 } else { BOUND };
        for actual in evaluate(words[0], x, y) {
            let distance = position(actual).abs_diff(position(expected));
            assert!(distance <= bound, "{}({x:e}, {y:e}) = {actual:e}, expected {expected:e}", words[0]);
        }
        rows += 1;
    }
    assert!(rows > 4000, "only {rows} rows");
}

/// Random bits by a linear congruential generator.
struct Bits(u64);

impl Bits {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    /// Any bit pattern, or a value of everyday size, or one in the range of `exp`.
    fn float(&mut self) -> f32 {
        let (kind, bits) = (self.next() % 4, self.next());
        let fraction = bits as f32 / 4_294_967_296.0 - 0.5;
        match kind {
            0 => f32::from_bits(bits),
            1 => 4.0 * fraction,
            2 => 20.0 * fraction,
            _ => 210.0 * fraction,
        }
    }
}

/// The error of y in units of the last place of the `f32` nearest to `exact`.
#[allow(clippy::cast_possible_truncation)] // rounding to f32 is the point
fn error_in_units(y: f32, exact: f64) -> f64 {
    let rounded = exact as f32;
    if y == rounded || (y.is_nan() && rounded.is_nan()) {
        return 0.0;
    }
    if !y.is_finite() || !rounded.is_finite() {
        return f64::INFINITY;
    }
    let exponent = (exact.abs().to_bits() >> 52).max(1023 - 126);
    (f64::from(y) - exact).abs() / f64::from_bits((exponent - 23) << 52)
}

fn check_unary(name: &str, single: fn(f32) -> f32, double: fn(f64) -> f64) {
    let mut bits = Bits(1);
    for _ in 0..4000 {
        let x = bits.float();
        let (y, exact) = (single(x), double(f64::from(x)));
        assert!(error_in_units(y, exact) <= 2.0, "{name}({x:e}) = {y:e}, expected {exact:e}");
    }
}

fn check_binary(name: &str, single: fn(f32, f32) -> f32, double: fn(f64, f64) -> f64) {
    let mut bits = Bits(2);
    for _ in 0..4000 {
        let (a, b) = (bits.float(), bits.float());
        let (y, exact) = (single(a, b), double(f64::from(a), f64::from(b)));
        assert!(error_in_units(y, exact) <= 2.0, "{name}({a:e}, {b:e}) = {y:e}, expected {exact:e}");
    }
}

#[test]
fn f32_is_within_two_units_of_f64() {
    macro_rules! unary {
        ($($name:ident)*) => { $(
            check_unary(stringify!($name), plain::$name, plain::$name);
            check_unary(stringify!($name), fused::$name, plain::$name);
        )* };
    }
    macro_rules! binary {
        ($($name:ident)*) => { $(
            check_binary(stringify!($name), plain::$name, plain::$name);
            check_binary(stringify!($name), fused::$name, plain::$name);
        )* };
    }
    unary! {
        exp exp2 exp_m1 ln ln_1p log2 log10 sqrt cbrt recip pow2 sin cos tan asin acos atan sinh cosh tanh asinh acosh
        atanh to_radians to_degrees sigmoid softplus erf erfc gelu gelu_tanh silu mish softsign hardsigmoid hardswish
        selu lgamma digamma floor ceil round trunc fract abs sgn signum relu hardtanh
    }
    binary! { powf log atan2 hypot elu leaky_relu min max abs_sub copysign }
}

#[test]
fn rounding_is_that_of_std() {
    let mut bits = Bits(3);
    for i in 0..20_000 {
        let x = match i % 3 {
            0 => f64::from_bits(u64::from(bits.next()) << 32 | u64::from(bits.next())),
            1 => f64::from(bits.float()),
            _ => f64::from(bits.next() % 64) * 0.25 - 8.0,
        };
        let pairs = [
            (plain::floor(x), x.floor()),
            (plain::ceil(x), x.ceil()),
            (plain::round(x), x.round()),
            (plain::trunc(x), x.trunc()),
            (plain::fract(x), x.fract()),
            (plain::signum(x), x.signum()),
        ];
        for (actual, expected) in pairs {
            let same = actual.to_bits() == expected.to_bits() || (actual.is_nan() && expected.is_nan());
            assert!(same, "at {x:e}: {actual:e}, std has {expected:e}");
        }
    }
}

#[test]
fn integer_powers_agree_with_real_powers() {
    for n in [-1_000_000_i32, -37, -5, -3, -2, -1, 0, 1, 2, 3, 4, 5, 8, 37, 1_000_001] {
        let mut bits = Bits(4);
        for _ in 0..500 {
            let spread = 300.0 / f64::from(n.abs().max(1));
            let x = f64::from(bits.next() % 2000).mul_add(spread * 1e-3, -spread).exp();
            let (power, exact) = (plain::powi(x, n), plain::powf(x, f64::from(n)));
            assert!(position(power).abs_diff(position(exact)) <= BOUND, "{x:e}^{n} = {power:e}, expected {exact:e}");
            assert!((plain::powi(-x, n).to_bits() == power.to_bits()) == (n % 2 == 0), "sign of (-{x:e})^{n}");
        }
    }
}
