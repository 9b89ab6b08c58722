//! Elementary and special functions of `f32` and `f64` that the loop vectoriser understands.
//!
//! The functions are straight-line arithmetic with selects: inlined into a loop over a slice they become vector
//! instructions of whatever width the loop is compiled for. They do not rely on a fused multiply-add: the same
//! results hold their error bounds with and without (`double_word::fma`).
//!
//! Bounds are in units in the last place (ulp) against the exact result, and hold over the whole range of the type,
//! subnormals included. Scalar, with loops and branches: `lgamma`, `digamma`, `polygamma`, `rem`.

// Inlining is what vectorisation rests on; `&` and `|` of conditions, since `&&` and `||` branch.
#![allow(clippy::inline_always, clippy::needless_bitwise_bool)]
// Edges are exact values, and a value leaves double precision where its rounding is meant.
#![allow(clippy::float_cmp, clippy::cast_possible_truncation)]

mod activation;
mod double_word;
mod error_function;
mod exponential;
mod float;
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

pub use activation::{
    elu, gelu_tanh, hardsigmoid, hardswish, hardtanh, leaky_relu, mish, relu, selu, sigmoid, silu,
    softplus, softsign,
};
pub use error_function::{erf, erfc, gelu};
pub use exponential::{exp, exp_m1, exp2};
pub use gamma::{digamma, lgamma, polygamma};
pub use hyperbolic::{acosh, asinh, atanh, cosh, sinh, tanh};
pub use inverse_trigonometric::{acos, asin, atan, atan2};
pub use logarithm::{ln, ln_1p, log, log2, log10};
pub use power::{cbrt, hypot, pow2, powf, powi, recip, sqrt};
pub use rounding::{abs, ceil, copysign, floor, fract, rem, round, sgn, signum, trunc};
pub use selection::{abs_sub, clamp, if_eq, if_ge, if_gt, max, min, mul_add};
pub use trigonometric::{cos, sin, tan, to_degrees, to_radians};

/// A float type with the functions of this module: `f32` and `f64`.
pub trait Math: float::Float {}

impl Math for f32 {}
impl Math for f64 {}
