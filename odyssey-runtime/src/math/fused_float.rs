//! Arithmetic with fused multiply-adds, for code that is compiled for instruction sets that have them.

use super::float::Float;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// A float whose `v_mul_add` is one instruction: the functions of this module over it are those over the float itself
/// with one instruction for each product that is added.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Fused<T>(pub(super) T);

impl<T: PartialEq> PartialEq for Fused<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

// Each comparison by itself: those that follow from `partial_cmp` are not one instruction.
impl<T: PartialOrd> PartialOrd for Fused<T> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        self.0.partial_cmp(&other.0)
    }
    #[inline(always)]
    fn lt(&self, other: &Self) -> bool {
        self.0 < other.0
    }
    #[inline(always)]
    fn le(&self, other: &Self) -> bool {
        self.0 <= other.0
    }
    #[inline(always)]
    fn gt(&self, other: &Self) -> bool {
        self.0 > other.0
    }
    #[inline(always)]
    fn ge(&self, other: &Self) -> bool {
        self.0 >= other.0
    }
}

impl<T: Neg<Output = T>> Neg for Fused<T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Fused(-self.0)
    }
}

macro_rules! operators {
    ($($Operator:ident $method:ident),*) => { $(
        impl<T: $Operator<Output = T>> $Operator for Fused<T> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Fused(self.0.$method(other.0))
            }
        }
    )* };
}

operators!(Add add, Sub sub, Mul mul, Div div);

/// Constants, and methods of floats that return one, by those of `T`.
macro_rules! same {
    ([$($name:ident)*] $($method:ident $([$D:ident])? ($($arg:ident),*);)*) => {
        $(const $name: Self = Fused(T::$name);)*
        $(
            #[inline(always)]
            fn $method$(<$D: Float>)?(self $(, $arg: Self)*) -> Self {
                Fused(self.0.$method$(::<$D>)?($($arg.0),*))
            }
        )*
    };
}

impl<T: Float> Float for Fused<T> {
    same! {
        [ROUNDER POWER_ROUNDER ALL_INTEGERS SMALLEST_NORMAL NORMALISER NORMALISER_EXPONENT V_INFINITY V_NAN V_EPSILON BELOW_HALF
            LN_2_HEAD LN_2_TAIL EXP_MAX EXP_MIN]
        v_abs();
        v_sqrt();
        v_copysign(sign);
        v_head();
        v_exponent();
        v_negate_if_bit1(n);
        v_rem(b);
        v_min(b);
        v_max(b);
        v_sin[D]();
        v_cos[D]();
        v_tan[D]();
        v_powf[D](p);
    }

    const SINGLE: bool = T::SINGLE;
    const HAS_FMA: bool = true;
    type Double = Fused<f64>;

    #[inline(always)]
    fn v_lit(x: f64) -> Self {
        Fused(T::v_lit(x))
    }
    #[inline(always)]
    fn v_lit_rest(x: f64, rest: f64) -> Self {
        Fused(T::v_lit_rest(x, rest))
    }
    #[inline(always)]
    fn v_mul_add(self, b: Self, c: Self) -> Self {
        Fused(self.0.v_mul_add(b.0, c.0))
    }
    #[inline(always)]
    fn v_exp2i(k: Self) -> Self {
        Fused(T::v_exp2i(k.0))
    }
    #[inline(always)]
    fn v_exp2i_factors(rounded: Self) -> (Self, Self) {
        let (a, b) = T::v_exp2i_factors(rounded.0);
        (Fused(a), Fused(b))
    }
    #[inline(always)]
    fn v_split_exponent(self) -> (Self, Self) {
        let (k, m) = self.0.v_split_exponent();
        (Fused(k), Fused(m))
    }
    #[inline(always)]
    fn v_is_odd(self) -> bool {
        self.0.v_is_odd()
    }
    #[inline(always)]
    fn v_powi<D: Float>(self, n: i32) -> Self {
        Fused(self.0.v_powi::<D>(n))
    }
    #[inline(always)]
    fn v_f64(self) -> f64 {
        self.0.v_f64()
    }
    #[inline(always)]
    fn v_from_f64(x: f64) -> Self {
        Fused(T::v_from_f64(x))
    }
}
