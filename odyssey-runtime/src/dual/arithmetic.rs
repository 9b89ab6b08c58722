//! Operators, comparisons and sums.
#![allow(clippy::inline_always, reason = "what is not inlined into a kernel is not compiled for its instruction set")]

use std::cmp::Ordering;
use std::fmt::{Debug, Display, Formatter};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

use num_traits::{One, Zero};

use super::Dual;
use crate::real::Real;

/// The contribution of an operand along `dot`: nothing of one that does not vary, even where its derivative is infinite.
#[inline(always)]
pub(super) fn along<T: Real>(dot: T, contribution: impl FnOnce(T) -> T) -> T {
    let contribution = contribution(dot);
    if dot.vanishes() { T::zero() } else { contribution }
}

impl<T: Real> Add for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, tangent: self.tangent + other.tangent }
    }
}

impl<T: Real> Sub for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, tangent: self.tangent - other.tangent }
    }
}

impl<T: Real> Mul for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let tangent = along(self.tangent, |d| d * other.value) + along(other.tangent, |d| self.value * d);
        Self { value: self.value * other.value, tangent }
    }
}

impl<T: Real> Div for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        let tangent = along(self.tangent, |d| d / other.value) - along(other.tangent, |d| d / other.value * value);
        Self { value, tangent }
    }
}

impl<T: Real> Rem for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn rem(self, other: Self) -> Self {
        let tangent = self.tangent - along(other.tangent, |d| d * (self.value / other.value).trunc());
        Self { value: self.value % other.value, tangent }
    }
}

impl<T: Real> Neg for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self { value: -self.value, tangent: -self.tangent }
    }
}

macro_rules! assigning {
    ($($Trait:ident $method:ident $operator:tt)*) => {$(
        impl<T: Real> $Trait for Dual<T> {
            #[inline(always)]
            fn $method(&mut self, other: Self) {
                *self = *self $operator other;
            }
        }
    )*};
}
assigning!(AddAssign add_assign + SubAssign sub_assign - MulAssign mul_assign * DivAssign div_assign / RemAssign rem_assign %);

impl<T: Real> Zero for Dual<T> {
    #[inline(always)]
    fn zero() -> Self {
        Self::constant(T::zero())
    }

    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.vanishes()
    }
}

impl<T: Real> One for Dual<T> {
    #[inline(always)]
    fn one() -> Self {
        Self::constant(T::one())
    }
}

impl<T: Real> Sum for Dual<T> {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), Add::add)
    }
}

impl<'a, T: Real> Sum<&'a Self> for Dual<T> {
    fn sum<I: Iterator<Item = &'a Self>>(numbers: I) -> Self {
        numbers.copied().sum()
    }
}

impl<T: PartialEq> PartialEq for Dual<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: PartialOrd> PartialOrd for Dual<T> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Display> Display for Dual<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "({} + {} ε)", self.value, self.tangent)
    }
}

impl<T: Debug> Debug for Dual<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "({:?} + {:?} ε)", self.value, self.tangent)
    }
}
