//! The functions of [`math`](crate::math), with the derivative rules of the compiler's table.
#![allow(clippy::inline_always, reason = "what is not inlined into a kernel is not compiled for its instruction set")]

use super::Dual;
use super::arithmetic::along;
use crate::math::{Functions, Fused, Math, Plain};
use crate::real::Real;

impl<T: Real> Math for Dual<T> {
    type Plain = Plain;
    type Fused = Fused;
}

macro_rules! functions {
    ($(
        $name:ident($($argument:ident: $kind:ident),*) -> ($y:ident, $dy:ident) = {$($value:tt)*}
            $(, $operand:ident along $dot:ident {$($rule:tt)*})*;
    )*) => {
        functions!(@mode plain Plain $($name($($argument: $kind),*) ($y, $dy) {$($value)*} {$($operand $dot {$($rule)*})*})*);
        functions!(@mode fused Fused $($name($($argument: $kind),*) ($y, $dy) {$($value)*} {$($operand $dot {$($rule)*})*})*);
    };
    (@mode $mode:ident $Mode:ident $(
        $name:ident($($argument:ident: $kind:ident),*) ($y:ident, $dy:ident) $value:block
            {$($operand:ident $dot:ident $rule:block)*}
    )*) => {
        #[allow(unused_variables, reason = "not every rule reads every value")]
        #[allow(clippy::approx_constant, reason = "the rules come with their constants as numbers")]
        impl<T: Real> Functions<Dual<T>> for $Mode {
            $(
                #[inline(always)]
                fn $name($($argument: functions!(@type $kind)),*) -> Dual<T> {
                    use crate::math::$mode as math;
                    $(let $dot = $operand.tangent;)*
                    $(let $argument = functions!(@value $kind $argument);)*
                    let $y = $value;
                    let tangent = T::zero() $(+ along($dot, |$dy| $rule))*;
                    Dual { value: $y, tangent }
                }
            )*

            #[inline(always)]
            fn rem(x: Dual<T>, y: Dual<T>) -> Dual<T> {
                x % y
            }
        }
    };
    (@type number) => { Dual<T> };
    (@type integer) => { i32 };
    (@value number $argument:ident) => { $argument.value };
    (@value integer $argument:ident) => { $argument };
}

odyssey_macros::for_each_elementwise_rule!(functions);
