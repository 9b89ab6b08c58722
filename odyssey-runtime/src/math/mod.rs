//! Elementary and special functions of `f32` and `f64` that the loop vectoriser understands.
//!
//! The functions are straight-line arithmetic with selects: inlined into a loop over a slice they become vector
//! instructions of whatever width the loop is compiled for. They do not rely on a fused multiply-add: the bounds of
//! their errors hold without ([`plain`]) and with it ([`fused`]).
//!
//! What is a number to them, and how they are computed, is for the type of the number to say ([`Math`]): floats have the
//! algorithms, dual numbers ([`Dual`](crate::dual::Dual)) the derivative rules over the functions of their parts.
//!
//! Bounds are in units in the last place (ulp) against the exact result, and hold over the whole range of the type,
//! subnormals included. Scalar, with loops and branches: `lgamma`, `digamma`, `polygamma`, `rem`, `rem_euclid`.

// Inlining is what vectorisation rests on; `&` and `|` of conditions, since `&&` and `||` branch.
#![allow(clippy::inline_always, clippy::needless_bitwise_bool)]
// Edges are exact values, and a value leaves double precision where its rounding is meant.
#![allow(clippy::float_cmp, clippy::cast_possible_truncation)]

mod activation;
mod double_word;
mod error_function;
mod exponential;
mod float;
mod fused_float;
mod gamma;
mod hyperbolic;
mod inverse_trigonometric;
mod ln_table;
mod logarithm;
mod power;
mod quadrants;
mod rounding;
mod selection;
mod trigonometric;

/// The functions as any target computes them.
#[derive(Debug)]
pub struct Plain;

/// The functions with fused multiply-adds.
#[derive(Debug)]
pub struct Fused;

/// A number with the functions of this module.
pub trait Math: Copy + PartialOrd {
    /// What [`plain`] calls.
    type Plain: Functions<Self>;
    /// What [`fused`] calls.
    type Fused: Functions<Self>;
}

impl Math for f32 {
    type Plain = Plain;
    type Fused = Fused;
}

impl Math for f64 {
    type Plain = Plain;
    type Fused = Fused;
}

/// The public functions, by the modules they are defined in, with their arguments: numbers, and integers behind `;`, or in
/// brackets where they come first. `same` are those that have no use for fused multiply-adds, `any` what numbers of every type
/// have in common.
macro_rules! functions {
    (
        each { $($module:ident: $($name:ident($($x:ident),* $(; $n:ident)*))*;)* }
        same { $($other:ident: $($same:ident($([$m:ident])? $($y:ident),*))*;)* }
        any { $($third:ident: $($any:ident)*;)* }
    ) => {
        /// The functions on numbers of type `T`, in one kind of arithmetic.
        pub trait Functions<T> {
            $($(
                #[doc = concat!("[`", stringify!($name), "`](plain::", stringify!($name), ")")]
                fn $name($($x: T,)* $($n: i32),*) -> T;
            )*)*
            $($(
                #[doc = concat!("[`", stringify!($same), "`](plain::", stringify!($same), ")")]
                fn $same($($m: i32,)? $($y: T),*) -> T;
            )*)*
        }

        impl<T: float::Float> Functions<T> for Plain {
            $($(
                #[inline(always)]
                fn $name($($x: T,)* $($n: i32),*) -> T {
                    $module::$name($($x,)* $($n),*)
                }
            )*)*
            $($(
                #[inline(always)]
                fn $same($($m: i32,)? $($y: T),*) -> T {
                    $other::$same($($m,)? $($y),*)
                }
            )*)*
        }

        impl<T: float::Float> Functions<T> for Fused {
            $($(
                #[inline(always)]
                fn $name($($x: T,)* $($n: i32),*) -> T {
                    $module::$name($(fused_float::Fused($x),)* $($n),*).0
                }
            )*)*
            $($(
                #[inline(always)]
                fn $same($($m: i32,)? $($y: T),*) -> T {
                    $other::$same($($m,)? $($y),*)
                }
            )*)*
        }

        /// The functions as any target computes them: without fused multiply-adds unless it has them by default.
        pub mod plain {
            use super::{Functions, Math};

            $(pub use super::$third::{$($any),*};)*
            functions! { @mode Plain { $($($name($($x),* $(; $n)*))*)* } { $($($same($([$m])? $($y),*))*)* } }
        }

        /// The same functions with fused multiply-adds: the faster ones where these are instructions, as inside of a
        /// function with the target feature `fma`; elsewhere they are calls into libm.
        pub mod fused {
            use super::{Functions, Math};

            $(pub use super::$third::{$($any),*};)*
            functions! { @mode Fused { $($($name($($x),* $(; $n)*))*)* } { $($($same($([$m])? $($y),*))*)* } }
        }
    };
    (
        @mode $Mode:ident
        { $($name:ident($($x:ident),* $(; $n:ident)*))* }
        { $($same:ident($([$m:ident])? $($y:ident),*))* }
    ) => {
        $(
            #[doc = concat!("The function of this name: see the `", stringify!($name), "` of the algorithms.")]
            #[inline(always)]
            pub fn $name<T: Math>($($x: T,)* $($n: i32),*) -> T {
                <T::$Mode as Functions<T>>::$name($($x,)* $($n),*)
            }
        )*
        $(
            #[doc = concat!("The function of this name: see the `", stringify!($same), "` of the algorithms.")]
            #[inline(always)]
            pub fn $same<T: Math>($($m: i32,)? $($y: T),*) -> T {
                <T::$Mode as Functions<T>>::$same($($m,)? $($y),*)
            }
        )*
    };
}

functions! {
    each {
        activation: elu(x, alpha) gelu_tanh(x) hardsigmoid(x) hardswish(x) leaky_relu(x, alpha) mish(x) selu(x) sigmoid(x)
            silu(x) softplus(x) softsign(x);
        error_function: erf(x) erfc(x) gelu(x);
        exponential: exp(x) exp_m1(x) exp2(x);
        hyperbolic: acosh(x) asinh(x) atanh(x) cosh(x) sinh(x) tanh(x);
        inverse_trigonometric: acos(x) asin(x) atan(x) atan2(y, x);
        logarithm: ln(x) ln_1p(x) log(x, base) log2(x) log10(x);
        power: cbrt(x) hypot(x, y) powf(x, p) powi(x; n) powi_slope(x; n; k);
        selection: mul_add(a, b, c);
        trigonometric: cos(x) sin(x) tan(x) to_degrees(x) to_radians(x);
    }
    same {
        activation: hardtanh(x) relu(x);
        gamma: digamma(x) lgamma(x) polygamma([n] x);
        power: pow2(x) recip(x) sqrt(x);
        rounding: abs(x) ceil(x) copysign(x, sign) floor(x) fract(x) rem(x, y) rem_euclid(x, y) round(x) sgn(x) signum(x) trunc(x);
        selection: abs_sub(a, b) clamp(x, lo, hi) max(a, b) min(a, b);
    }
    any {
        selection: if_eq if_ge if_gt;
    }
}

pub use plain::*;
