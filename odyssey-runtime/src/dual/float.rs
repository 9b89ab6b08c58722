//! What generic code over floats asks for: values and decisions by the number, functions with their tangents.

use std::num::FpCategory;

use num_traits::{Float, FloatConst, FromPrimitive, Num, NumCast, ToPrimitive};

use super::Dual;
use crate::math::plain;
use crate::real::Real;

impl<T: Real> Num for Dual<T> {
    type FromStrRadixErr = T::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, T::FromStrRadixErr> {
        T::from_str_radix(text, radix).map(Self::constant)
    }
}

/// Integers are of the value. A float would have lost the tangent: there is none unless that is zero.
impl<T: Real> ToPrimitive for Dual<T> {
    fn to_i64(&self) -> Option<i64> {
        self.value.to_i64()
    }

    fn to_u64(&self) -> Option<u64> {
        self.value.to_u64()
    }

    fn to_f32(&self) -> Option<f32> {
        self.tangent.vanishes().then(|| self.value.to_f32())?
    }

    fn to_f64(&self) -> Option<f64> {
        self.tangent.vanishes().then(|| self.value.to_f64())?
    }
}

impl<T: Real> FromPrimitive for Dual<T> {
    fn from_i64(n: i64) -> Option<Self> {
        T::from_i64(n).map(Self::constant)
    }

    fn from_u64(n: u64) -> Option<Self> {
        T::from_u64(n).map(Self::constant)
    }

    fn from_f64(n: f64) -> Option<Self> {
        T::from_f64(n).map(Self::constant)
    }
}

impl<T: Real> NumCast for Dual<T> {
    fn from<N: ToPrimitive>(n: N) -> Option<Self> {
        <T as NumCast>::from(n).map(Self::constant)
    }
}

macro_rules! constants {
    ($Trait:ident: $($name:ident)*) => {
        impl<T: Real> $Trait for Dual<T> {
            $(
                fn $name() -> Self {
                    Self::constant(T::$name())
                }
            )*
        }
    };
}
constants! {
    FloatConst: E FRAC_1_PI FRAC_1_SQRT_2 FRAC_2_PI FRAC_2_SQRT_PI FRAC_PI_2 FRAC_PI_3 FRAC_PI_4 FRAC_PI_6 FRAC_PI_8 LN_10 LN_2
        LOG10_E LOG2_E PI SQRT_2 TAU LOG10_2 LOG2_10
}

/// The methods of a float.
macro_rules! float {
    (
        constants: $($constant:ident)*;
        decisions: $($decision:ident -> $Decision:ty),*;
        functions: $($function:ident($($argument:ident),*))*;
    ) => {
        impl<T: Real> Float for Dual<T> {
            $(
                #[inline]
                fn $constant() -> Self {
                    Self::constant(T::$constant())
                }
            )*
            $(
                #[inline]
                fn $decision(self) -> $Decision {
                    self.value.$decision()
                }
            )*
            $(
                #[inline]
                fn $function(self $(, $argument: Self)*) -> Self {
                    plain::$function(self $(, $argument)*)
                }
            )*

            #[inline]
            fn powi(self, n: i32) -> Self {
                plain::powi(self, n)
            }

            #[inline]
            fn sin_cos(self) -> (Self, Self) {
                (plain::sin(self), plain::cos(self))
            }
        }
    };
}
float! {
    constants: nan infinity neg_infinity neg_zero min_value min_positive_value max_value epsilon;
    decisions: is_nan -> bool, is_infinite -> bool, is_finite -> bool, is_normal -> bool, is_subnormal -> bool,
        is_sign_positive -> bool, is_sign_negative -> bool, classify -> FpCategory, integer_decode -> (u64, i16, i8);
    functions: floor() ceil() round() trunc() fract() abs() signum() mul_add(a, b) recip() powf(p) sqrt() exp() exp2() ln()
        log(base) log2() log10() to_degrees() to_radians() max(other) min(other) clamp(low, high) abs_sub(other) cbrt() hypot(other)
        sin() cos() tan() asin() acos() atan() atan2(x) exp_m1() ln_1p() sinh() cosh() tanh() asinh() acosh() atanh()
        copysign(sign);
}
