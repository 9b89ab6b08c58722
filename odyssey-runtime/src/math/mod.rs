//! Elementary and special functions of `f32` and `f64` that the loop vectoriser understands.
//!
//! The functions are straight-line arithmetic with selects: inlined into a loop over a slice they become vector
//! instructions of whatever width the loop is compiled for. They do not rely on a fused multiply-add: the bounds of
//! their errors hold without ([`plain`]) and with it ([`fused`]).
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

/// A float type with the functions of this module: `f32` and `f64`.
pub trait Math: float::Float {}

impl Math for f32 {}
impl Math for f64 {}

/// The public functions, by the modules they are defined in, with their arguments: floats, then integers.
macro_rules! functions {
    (
        each { $($module:ident: $($name:ident($($x:ident),* $(; $n:ident)*))*;)* }
        same { $($other:ident: $($same:ident)*;)* }
    ) => {
        /// The functions as any target computes them: without fused multiply-adds unless it has them by default.
        pub mod plain {
            $(pub use super::$module::{$($name),*};)*
            $(pub use super::$other::{$($same),*};)*
        }

        /// The same functions with fused multiply-adds: the faster ones where these are instructions, as inside of a
        /// function with the target feature `fma`; elsewhere they are calls into libm.
        pub mod fused {
            use super::Math;
            use super::fused_float::Fused;

            $(pub use super::$other::{$($same),*};)*
            $($(
                #[doc = concat!("[`", stringify!($name), "`](super::plain::", stringify!($name), "), fused.")]
                #[inline(always)]
                pub fn $name<T: Math>($($x: T,)* $($n: i32),*) -> T {
                    super::$module::$name($(Fused($x),)* $($n),*).0
                }
            )*)*
        }
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
        activation: hardtanh relu;
        gamma: digamma lgamma polygamma;
        power: pow2 recip sqrt;
        rounding: abs ceil copysign floor fract rem rem_euclid round sgn signum trunc;
        selection: abs_sub clamp if_eq if_ge if_gt max min;
    }
}

pub use plain::*;
