//! Sums and products without rounding error: a value as the unevaluated sum of two floats.

use super::float::Float;

/// The number `hi + lo`, where `lo` is small against `hi`.
#[derive(Clone, Copy)]
pub(super) struct Dw<T> {
    pub(super) hi: T,
    pub(super) lo: T,
}

impl<T: Float> Dw<T> {
    #[inline(always)]
    pub(super) fn new(hi: T, lo: T) -> Self {
        Dw { hi, lo }
    }

    /// `a + b` exactly.
    #[inline(always)]
    pub(super) fn sum(a: T, b: T) -> Self {
        let hi = a + b;
        let b_part = hi - a;
        let a_part = hi - b_part;
        Dw { hi, lo: (a - a_part) + (b - b_part) }
    }

    /// `a + b` exactly, where `|a| >= |b|` or a = 0.
    #[inline(always)]
    pub(super) fn ordered_sum(a: T, b: T) -> Self {
        let hi = a + b;
        Dw { hi, lo: b - (hi - a) }
    }

    /// `a * b`, exact unless it overflows or underflows.
    #[inline(always)]
    pub(super) fn product(a: T, b: T) -> Self {
        let hi = a * b;
        if T::HAS_FMA {
            return Dw { hi, lo: a.v_mul_add(b, -hi) };
        }
        let (a_head, b_head) = (a.v_head(), b.v_head());
        let (a_tail, b_tail) = (a - a_head, b - b_head);
        // Each partial sum is exact in this order.
        let lo = (((a_head * b_head - hi) + a_head * b_tail) + a_tail * b_head) + a_tail * b_tail;
        Dw { hi, lo }
    }

    /// `a * a`.
    #[inline(always)]
    pub(super) fn square(a: T) -> Self {
        let hi = a * a;
        if T::HAS_FMA {
            return Dw { hi, lo: a.v_mul_add(a, -hi) };
        }
        let head = a.v_head();
        let tail = a - head;
        Dw { hi, lo: ((head * head - hi) + (head + head) * tail) + tail * tail }
    }

    #[inline(always)]
    pub(super) fn value(self) -> T {
        self.hi + self.lo
    }

    /// The same number with `|lo|` within half a unit of `hi`.
    #[inline(always)]
    pub(super) fn normal(self) -> Self {
        Self::ordered_sum(self.hi, self.lo)
    }

    #[inline(always)]
    pub(super) fn add(self, b: Self) -> Self {
        let s = Self::sum(self.hi, b.hi);
        Self::ordered_sum(s.hi, s.lo + (self.lo + b.lo))
    }

    #[inline(always)]
    pub(super) fn mul(self, b: Self) -> Self {
        let p = Self::product(self.hi, b.hi);
        Self::ordered_sum(p.hi, p.lo + (self.hi * b.lo + self.lo * b.hi))
    }

    #[inline(always)]
    pub(super) fn scale(self, b: T) -> Self {
        let p = Self::product(self.hi, b);
        Self::ordered_sum(p.hi, p.lo + self.lo * b)
    }

    #[inline(always)]
    pub(super) fn neg(self) -> Self {
        Dw { hi: -self.hi, lo: -self.lo }
    }

    #[inline(always)]
    pub(super) fn div(self, b: Self) -> Self {
        let q = self.hi / b.hi;
        let p = Self::product(q, b.hi);
        let rest = ((self.hi - p.hi) - p.lo) + (self.lo - q * b.lo);
        Self::ordered_sum(q, rest / b.hi)
    }
}
