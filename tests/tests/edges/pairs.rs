//! Functions of several numbers, where their operands are equal, zero or out of order.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

macro_rules! pairs {
    ($name:ident: |$a:ident, $b:ident| {$($body:tt)*} at $($at:expr => $slopes:expr),+ $(,)?) => {
        mod $name {
            use super::*;

            #[differentiable]
            fn double($a: f64, $b: f64) -> f64 {
                $($body)*
            }

            #[differentiable]
            fn array($a: &Array1<f64>, $b: f64) -> f64 {
                $a.mapv(|$a| $($body)*).sum()
            }

            #[test]
            fn slopes() {
                for ((a, b), slopes) in [$(($at, $slopes)),+] {
                    assert_same(double::grad(a, b), slopes, (a, b));
                    assert_same(double::vjp(a, b).1(1.0), slopes, (a, b));
                    let (d_a, d_b) = array::grad(&array![a], b);
                    assert_same((d_a[0], d_b), slopes, (a, b));
                }
            }
        }
    };
}

#[track_caller]
fn assert_same(a: (f64, f64), b: (f64, f64), at: (f64, f64)) {
    let is_close = |a: f64, b: f64| a == b || (a - b).abs() <= 1e-14 * b.abs();
    assert!(is_close(a.0, b.0) && is_close(a.1, b.1), "slopes {a:?} at {at:?}, expected {b:?}");
}

const INF: f64 = f64::INFINITY;

pairs! { max: |a, b| { a.max(b) } at
(1.0, 1.0) => (0.5, 0.5), (0.0, -0.0) => (0.5, 0.5), (2.0, 1.0) => (1.0, 0.0), (1.0, 2.0) => (0.0, 1.0),
(INF, INF) => (0.5, 0.5), (-INF, 1.0) => (0.0, 1.0), (f64::NAN, 1.0) => (0.0, 1.0), (1.0, f64::NAN) => (1.0, 0.0) }
pairs! { min: |a, b| { a.min(b) } at
(1.0, 1.0) => (0.5, 0.5), (0.0, -0.0) => (0.5, 0.5), (2.0, 1.0) => (0.0, 1.0), (1.0, 2.0) => (1.0, 0.0),
(-INF, -INF) => (0.5, 0.5), (INF, 1.0) => (0.0, 1.0), (f64::NAN, 1.0) => (0.0, 1.0) }
pairs! { hypot: |a, b| { a.hypot(b) } at
(0.0, 0.0) => (0.0, 0.0), (-0.0, 0.0) => (0.0, 0.0), (3.0, 4.0) => (0.6, 0.8), (0.0, 2.0) => (0.0, 1.0),
(3e300, 4e300) => (0.6, 0.8), (3e-300, -4e-300) => (0.6, -0.8) }
pairs! { powf: |a, b| { a.powf(b) } at
(0.0, 2.0) => (0.0, 0.0), (0.0, 1.0) => (1.0, 0.0), (0.0, 0.0) => (0.0, 0.0), (0.0, 0.5) => (INF, 0.0),
(2.0, 0.0) => (0.0, std::f64::consts::LN_2), (1.0, 3.0) => (3.0, 0.0) }
pairs! { clamp_below: |a, b| { a.clamp(b, b + 1.0) } at
(0.5, 0.5) => (1.0, 0.0), (0.0, 0.5) => (0.0, 1.0), (1.5, 0.5) => (1.0, 0.0), (2.0, 0.5) => (0.0, 1.0) }
pairs! { product_at_zero: |a, b| { a * b } at (0.0, 3.0) => (3.0, 0.0), (0.0, 0.0) => (0.0, 0.0) }
pairs! { quotient_at_zero: |a, b| { a / b } at (0.0, 2.0) => (0.5, 0.0) }
pairs! { atan2: |a, b| { a.atan2(b) } at (0.0, 1.0) => (1.0, 0.0), (0.0, -2.0) => (-0.5, 0.0), (1.0, 0.0) => (0.0, -1.0) }
pairs! { rem_euclid: |a, b| { a.rem_euclid(b) } at
(5.0, 3.0) => (1.0, -1.0), (-5.0, 3.0) => (1.0, 2.0), (-6.0, 3.0) => (1.0, 2.0), (-5.0, -3.0) => (1.0, -2.0) }
pairs! { leaky_relu: |a, b| { a.leaky_relu(b) } at (2.0, 0.1) => (1.0, 0.0), (-2.0, 0.1) => (0.1, -2.0), (0.0, 0.1) => (0.1, 0.0) }
pairs! { elu: |a, b| { a.elu(b) } at (2.0, 0.1) => (1.0, 0.0), (0.0, 0.1) => (0.1, 0.0), (-1e4, 0.1) => (0.0, -1.0) }
