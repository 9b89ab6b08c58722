//! A dual number is a real number: whatever is generic over these takes it.
#![allow(clippy::inline_always, reason = "what is not inlined into a kernel is not compiled for its instruction set")]

use super::Dual;
use crate::real::Real;

impl<T: Real> ndarray::ScalarOperand for Dual<T> {}

#[diagnostic::do_not_recommend]
impl<T: Real> Real for Dual<T> {
    type Wide = Dual<T::Wide>;

    const FLOATS: usize = 2 * T::FLOATS;

    #[inline(always)]
    fn lit(value: f64) -> Self {
        Self::constant(T::lit(value))
    }

    #[inline(always)]
    fn to_double(self) -> f64 {
        self.value.to_double()
    }

    #[inline(always)]
    fn widen(self) -> Dual<T::Wide> {
        Dual { value: self.value.widen(), tangent: self.tangent.widen() }
    }

    #[inline(always)]
    fn narrow(wide: Dual<T::Wide>) -> Self {
        Self { value: T::narrow(wide.value), tangent: T::narrow(wide.tangent) }
    }

    #[inline(always)]
    fn vanishes(self) -> bool {
        self.value.vanishes() && self.tangent.vanishes()
    }

    #[inline(always)]
    fn product_or_zero(self, term: Self) -> Self {
        let tangent = self.tangent.product_or_zero(term.value) + self.value.product_or_zero(term.tangent);
        Self { value: self.value.product_or_zero(term.value), tangent }
    }

    #[inline(always)]
    fn map_floats<F: FnMut(f64) -> f64 + ?Sized>(self, map: &mut F) -> Self {
        let value = self.value.map_floats(map);
        Self { value, tangent: self.tangent.map_floats(map) }
    }

    #[inline(always)]
    fn inner_product_of_floats(self, other: Self) -> f64 {
        self.value.inner_product_of_floats(other.value) + self.tangent.inner_product_of_floats(other.tangent)
    }
}
