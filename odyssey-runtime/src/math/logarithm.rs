//! Logarithms.

use super::double_word::Dw;
use super::float::{Float, Polynomial, fma, lit, select};

/// `(ln((1 + s) / (1 - s)) - 2 s) / s^3` over `s^2`, for 1 + f in `[sqrt(1/2), sqrt(2)]` and `s = f / (2 + f)`.
const LN_TAIL: Polynomial<3, 8> = Polynomial {
    f32: [0.666_667_76, 0.399_760_78, 0.299_255_85],
    f64: [
        0.666_666_666_666_666_6,
        0.400_000_000_000_047_8,
        0.285_714_285_693_703_55,
        0.222_222_226_237_767_08,
        0.181_817_763_553_686_53,
        0.153_870_978_447_593_7,
        0.132_493_284_259_631_42,
        0.132_628_527_298_737_4,
    ],
};

/// A positive number as `2^k * (1 + f)`, `1 + f` in `[sqrt(1/2), sqrt(2))`, with f as a double word.
#[derive(Clone, Copy)]
struct Reduced<T> {
    k: T,
    f: Dw<T>,
}

/// `(k, f)` with `x = 2^k * (1 + f)`.
#[inline(always)]
fn reduce_word<T: Float>(x: T) -> (T, T) {
    let subnormal = x < T::SMALLEST_NORMAL;
    let (k, m) = select(subnormal, x * T::NORMALISER, x).v_split_exponent();
    let k = k - select(subnormal, T::NORMALISER_EXPONENT, lit(0.0));
    (k, m - lit(1.0))
}

#[inline(always)]
fn reduce<T: Float>(x: T) -> Reduced<T> {
    let (k, f) = reduce_word(x);
    Reduced { k, f: Dw::new(f, lit(-0.0)) }
}

/// `1 + x` reduced, for x > -1.
#[inline(always)]
fn reduce_1p<T: Float>(x: Dw<T>) -> Reduced<T> {
    let whole = Dw::sum(lit(1.0), x.hi);
    let (k, m) = whole.hi.v_split_exponent();
    // Beyond 2^100 the rounding error of 1 + x is without effect, and 2^-k would not be normal.
    let down = T::v_exp2i(-select(k < lit(100.0), k, lit(100.0)));
    let rest = select(k < lit(100.0), (whole.lo + x.lo) * down, lit(0.0));
    Reduced { k, f: Dw::ordered_sum(m - lit(1.0), rest) }
}

/// `f^2 / 2`, and `ln(1 + f)` without `f - f^2 / 2`.
#[inline(always)]
fn terms<T: Float>(f: T) -> (T, T) {
    let s = f / (f + lit(2.0));
    let z = s * s;
    let half_square = f * f * lit(0.5);
    (half_square, s * fma(z, LN_TAIL.at(z), half_square))
}

/// `ln(2^k (1 + f)) + low`, for a low of the size of a rounding error.
#[inline(always)]
fn ln_sum<T: Float>(k: T, f: T, low: T) -> T {
    let (half_square, tail) = terms(f);
    let tail = tail + fma(k, T::LN_2_TAIL, low);
    fma(k, T::LN_2_HEAD, f - (half_square - tail))
}

impl<T: Float> Reduced<T> {
    #[inline(always)]
    fn ln(self) -> T {
        // (1 - f) for 1 / (1 + f), in a term of the size of a rounding error.
        ln_sum(self.k, self.f.hi, self.f.lo - self.f.lo * self.f.hi)
    }

    /// `ln(1 + f)` to five bits more than a word.
    #[inline(always)]
    fn ln_of_significand(self) -> Dw<T> {
        let (half_square, tail) = terms(self.f.hi);
        let hi = (self.f.hi - half_square).v_head();
        Dw::new(hi, ((self.f.hi - hi) - half_square) + (tail + self.f.lo))
    }

    #[inline(always)]
    fn ln_dw(self) -> Dw<T> {
        let low = self.k * T::LN_2_TAIL;
        let whole = Dw::ordered_sum(self.k * T::LN_2_HEAD, low);
        whole.add(self.ln_of_significand())
    }
}

/// `result` for positive finite x, else the logarithm's value at the edges.
#[inline(always)]
fn at_edges<T: Float>(x: T, result: T) -> T {
    let result = select(x < T::V_INFINITY, result, x);
    let outside = select(x == lit(0.0), -T::V_INFINITY, T::V_NAN);
    select(x > lit(0.0), result, outside)
}

/// `ln(x)`, x > 0; -inf at 0, NaN below. Error below 1 ulp.
#[inline(always)]
pub(super) fn ln<T: Float>(x: T) -> T {
    let (k, f) = reduce_word(x);
    at_edges(x, ln_sum(k, f, lit(-0.0)))
}

/// `ln(1 + x)` of a double word above -1, without the edges.
#[inline(always)]
pub(super) fn ln_1p_dw<T: Float>(x: Dw<T>) -> T {
    reduce_1p(x).ln()
}

/// `ln(1 + x)`, x > -1, precise near 0; -inf at -1, NaN below. Error below 1 ulp.
#[inline(always)]
pub(super) fn ln_1p<T: Float>(x: T) -> T {
    let result = ln_1p_dw(Dw::new(x, lit(-0.0)));
    let result = at_edges(x + lit(1.0), select(x < T::V_INFINITY, result, x));
    select(x.v_abs() < T::V_EPSILON * lit(0.25), x, result)
}

/// `log2(x)`, x > 0, exact for powers of 2. Error below 1 ulp.
#[inline(always)]
pub(super) fn log2<T: Float>(x: T) -> T {
    let r = reduce(x);
    let log2_e = constant(core::f64::consts::LOG2_E, 2.035_527_374_093_103_3e-17);
    let fraction = r.ln_of_significand().mul(log2_e);
    at_edges(x, Dw::new(r.k, lit(-0.0)).add(fraction).value())
}

/// `log10(x)`, x > 0. Error below 1 ulp.
#[inline(always)]
pub(super) fn log10<T: Float>(x: T) -> T {
    let r = reduce(x);
    let log10_e = constant(core::f64::consts::LOG10_E, 1.098_319_650_216_765e-17);
    let log10_2 = constant(core::f64::consts::LOG10_2, -2.803_728_127_785_170_4e-18);
    let fraction = r.ln_of_significand().mul(log10_e);
    at_edges(x, log10_2.scale(r.k).add(fraction).value())
}

/// `ln(x) / ln(base)`. Error below 1 ulp.
#[inline(always)]
pub(super) fn log<T: Float>(x: T, base: T) -> T {
    let (a, b) = (reduce(x).ln_dw(), reduce(base).ln_dw());
    let edge = at_edges(x, a.hi) / at_edges(base, b.hi);
    let ordinary = (edge.v_abs() < T::V_INFINITY) & (base < T::V_INFINITY) & (base > lit(0.0));
    select(ordinary, a.div(b).value(), edge)
}

/// A constant given as two words of double precision.
#[inline(always)]
pub(super) fn constant<T: Float>(x: f64, rest: f64) -> Dw<T> {
    Dw::new(T::v_lit(x), T::v_lit_rest(x, rest))
}

/// `ln(x)` to five bits more than a word, for positive finite x.
#[inline(always)]
pub(super) fn ln_dw<T: Float>(x: T) -> Dw<T> {
    reduce(x).ln_dw()
}
