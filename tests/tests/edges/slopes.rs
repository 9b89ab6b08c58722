//! Functions of one number.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

const INF: f64 = f64::INFINITY;

/// A slope at each of some points: as a gradient, through a pullback, of an array, and in single precision.
macro_rules! slopes {
    ($name:ident: |$x:ident| {$($body:tt)*} at $($at:expr => $slope:expr),+ $(,)?) => {
        mod $name {
            use super::*;

            #[differentiable]
            fn double($x: f64) -> f64 {
                $($body)*
            }

            #[differentiable]
            fn single($x: f32) -> f32 {
                $($body)*
            }

            #[differentiable]
            fn array(x: &Array1<f64>) -> Array1<f64> {
                x.mapv(|$x| $($body)*)
            }

            #[test]
            fn slopes() {
                let points: &[(f64, f64)] = &[$(($at, $slope)),+];
                for &(at, slope) in points {
                    assert_same(double::grad(at), slope, at);
                    assert_same(double::vjp(at).1(1.0), slope, at);
                    assert_same(f64::from(single::grad(at as f32)), f64::from(slope as f32), at);
                }
                let x: Array1<f64> = points.iter().map(|point| point.0).collect();
                let (_, pullback) = array::vjp(&x);
                let slopes = pullback(Array1::ones(x.len()));
                for (&(at, slope), &d) in points.iter().zip(&slopes) {
                    assert_same(d, slope, at);
                }
            }
        }
    };
}

/// Equal up to rounding, or both NaN.
#[track_caller]
fn assert_same(a: f64, b: f64, at: f64) {
    let is_close = a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-6 * b.abs();
    assert!(is_close, "slope {a} at {at}, expected {b}");
}

slopes! { abs: |x| { x.abs() } at 0.0 => 0.0, -0.0 => 0.0, 3.0 => 1.0, -3.0 => -1.0, INF => 1.0, -INF => -1.0 }
slopes! { relu: |x| { x.relu() } at 0.0 => 0.0, -0.0 => 0.0, 1e-30 => 1.0, -1e-30 => 0.0, INF => 1.0, -INF => 0.0 }
slopes! { leaky_relu: |x| { x.leaky_relu(0.25) } at 0.0 => 0.25, -1.0 => 0.25, 1.0 => 1.0, INF => 1.0, -INF => 0.25 }
slopes! { elu: |x| { x.elu(0.5) } at 0.0 => 0.5, 2.0 => 1.0, -1e4 => 0.0, 1e4 => 1.0, INF => 1.0, -INF => 0.0 }
slopes! { selu: |x| { x.selu() } at 2.0 => 1.050_700_987_355_480_5, -1e4 => 0.0, INF => 1.050_700_987_355_480_5, -INF => 0.0 }
slopes! { hardtanh: |x| { x.hardtanh() } at 0.5 => 1.0, 1.5 => 0.0, -1.5 => 0.0, INF => 0.0, -INF => 0.0 }
slopes! { hardsigmoid: |x| { x.hardsigmoid() } at 0.0 => 1.0 / 6.0, 4.0 => 0.0, -4.0 => 0.0, INF => 0.0, -INF => 0.0 }
slopes! { hardswish: |x| { x.hardswish() } at 0.0 => 0.5, 4.0 => 1.0, -4.0 => 0.0, 1e4 => 1.0, -1e4 => 0.0 }

slopes! { signum: |x| { x.signum() } at 0.0 => 0.0, -0.0 => 0.0, 2.0 => 0.0, INF => 0.0 }
slopes! { floor: |x| { x.floor() } at 0.0 => 0.0, 1.0 => 0.0, -0.5 => 0.0, INF => 0.0 }
slopes! { ceil: |x| { x.ceil() } at 0.0 => 0.0, 1.0 => 0.0, -0.5 => 0.0, INF => 0.0 }
slopes! { round: |x| { x.round() } at 0.5 => 0.0, 1.0 => 0.0, -0.5 => 0.0, INF => 0.0 }
slopes! { trunc: |x| { x.trunc() } at 0.0 => 0.0, 1.0 => 0.0, -0.5 => 0.0, INF => 0.0 }
slopes! { fract: |x| { x.fract() } at 0.0 => 1.0, 1.0 => 1.0, -0.5 => 1.0 }

slopes! { sqrt: |x| { x.sqrt() } at 0.0 => INF, 4.0 => 0.25, INF => 0.0, -1.0 => f64::NAN }
slopes! { ln: |x| { x.ln() } at 0.0 => INF, INF => 0.0 }
slopes! { exp: |x| { x.exp() } at -INF => 0.0, INF => INF, 0.0 => 1.0 }
slopes! { recip: |x| { x.recip() } at 0.0 => -INF, INF => 0.0, -INF => 0.0 }
slopes! { tanh: |x| { x.tanh() } at 0.0 => 1.0, 1e4 => 0.0, -1e4 => 0.0, INF => 0.0, -INF => 0.0 }
slopes! { not_a_number: |x| { x.sin() * x } at f64::NAN => f64::NAN, 0.0 => 0.0 }

slopes! { power_0: |x| { x.powi(0) } at 0.0 => 0.0, 2.0 => 0.0, -INF => 0.0 }
slopes! { power_1: |x| { x.powi(1) } at 0.0 => 1.0, -2.0 => 1.0 }
slopes! { power_2: |x| { x.powi(2) } at 0.0 => 0.0, -0.0 => 0.0, -2.0 => -4.0 }
slopes! { power_3: |x| { x.powi(3) } at 0.0 => 0.0, -2.0 => 12.0 }
slopes! { power_minus_1: |x| { x.powi(-1) } at 0.0 => -INF, -2.0 => -0.25 }
slopes! { real_power_0: |x| { x.powf(0.0) } at 0.0 => 0.0, 2.0 => 0.0 }
slopes! { real_power_1: |x| { x.powf(1.0) } at 0.0 => 1.0, -2.0 => 1.0 }
slopes! { real_power_2: |x| { x.powf(2.0) } at 0.0 => 0.0, -2.0 => -4.0 }
slopes! { real_power_half: |x| { x.powf(0.5) } at 0.0 => INF, 4.0 => 0.25 }

slopes! { clamp: |x| { x.clamp(0.0, 1.0) } at 0.0 => 1.0, -0.0 => 1.0, 1.0 => 1.0, 0.5 => 1.0, -0.1 => 0.0, 1.1 => 0.0, INF => 0.0 }
slopes! { max_with_itself: |x| { x.max(x) } at 2.0 => 1.0, 0.0 => 1.0 }
slopes! { hypot: |x| { x.hypot(x) } at 0.0 => 0.0, 1e30 => std::f64::consts::SQRT_2, -2.0 => -std::f64::consts::SQRT_2 }

// What is not taken contributes nothing.
slopes! { branch_ln: |x| { if x > 0.0 { x.ln() } else { 3.0 * x } } at 0.0 => 3.0, 2.0 => 0.5 }
slopes! { branch_sqrt: |x| { if x == 0.0 { 0.0 } else { x.sqrt() } } at 0.0 => 0.0, 4.0 => 0.25 }
slopes! { branch_recip: |x| { if x.abs() < 1e-8 { x } else { 1.0 / x } } at 0.0 => 1.0, 2.0 => -0.25 }
slopes! { branch_overflow: |x| { if x > 10.0 { x } else { x.exp().ln_1p() } } at 1e4 => 1.0, 0.0 => 0.5 }
slopes! { gelu_tanh: |x| { x.gelu_tanh() } at 0.0 => 0.5, 1e4 => 1.0, -1e4 => 0.0, INF => 1.0, -INF => 0.0 }
slopes! { gelu: |x| { x.gelu() } at 0.0 => 0.5, 30.0 => 1.0, 1e4 => 1.0, -1e4 => 0.0, 1e30 => 1.0, INF => 1.0, -INF => 0.0 }
slopes! { silu: |x| { x.silu() } at 0.0 => 0.5, -20.0 => -3.916_191_87e-8, 1e4 => 1.0, -1e4 => 0.0, INF => 1.0, -INF => 0.0 }
slopes! { mish: |x| { x.mish() } at 0.0 => 0.6, 1e4 => 1.0, -1e4 => 0.0, 1e30 => 1.0, INF => 1.0, -INF => 0.0 }
slopes! { softsign: |x| { x.softsign() } at 0.0 => 1.0, 1.0 => 0.25, INF => 0.0, -INF => 0.0 }
slopes! { sigmoid: |x| { x.sigmoid() } at 0.0 => 0.25, 1e4 => 0.0, -1e4 => 0.0, INF => 0.0, -INF => 0.0 }
slopes! { softplus: |x| { x.softplus() } at 0.0 => 0.5, 1e4 => 1.0, -1e4 => 0.0, INF => 1.0, -INF => 0.0 }
