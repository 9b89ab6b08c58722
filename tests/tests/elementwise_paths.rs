//! The functions of `std` by their paths, on numbers and as what is mapped: what the methods give, and the gradients of central differences.

use ndarray::Array1;
use odyssey_runtime::prelude::*;

macro_rules! of_one {
    ($($name:ident on $low:literal..$high:literal;)*) => {$(
        mod $name {
            use super::*;

            #[differentiable]
            fn number(x: f64) -> f64 {
                f64::$name(x * x) * x
            }

            #[differentiable]
            fn array(x: &Array1<f64>) -> f64 {
                (x.mapv(f64::$name) * x).sum()
            }

            #[differentiable]
            fn single(x: f32) -> f32 {
                f32::$name(x)
            }

            #[test]
            fn agrees() {
                for i in 1..8 {
                    let x = $low + ($high - $low) * f64::from(i) / 8.0;
                    number::check_grad(x.abs().sqrt() + 0.05).unwrap();
                    single::check_grad(x as f32).unwrap();
                }
                array::check_grad(&Array1::linspace($low + 0.03, $high - 0.04, 7)).unwrap();
            }
        }
    )*};
}

of_one! {
    exp on -2.0..2.0; exp2 on -2.0..2.0; exp_m1 on -2.0..2.0; ln on 0.2..3.0; ln_1p on -0.5..2.0; log2 on 0.2..3.0; log10 on 0.2..3.0;
    sqrt on 0.2..3.0; cbrt on 0.2..3.0; recip on 0.4..3.0; sin on -2.0..2.0; cos on -2.0..2.0; tan on -1.1..1.1; asin on -0.8..0.8;
    acos on -0.8..0.8; atan on -2.0..2.0; sinh on -2.0..2.0; cosh on -2.0..2.0; tanh on -2.0..2.0; asinh on -2.0..2.0; acosh on 1.3..3.0;
    atanh on -0.8..0.8; abs on 0.1..2.0; signum on 0.1..2.0; floor on 0.1..0.9; ceil on 0.1..0.9; round on 0.6..1.4; trunc on 0.1..0.9;
    fract on 0.1..0.9; to_radians on -90.0..90.0; to_degrees on -1.0..1.0;
}

#[differentiable]
fn of_several(x: f64, y: f64, z: f64) -> f64 {
    let sums = f64::powf(x, y) + f64::powi(x, 3) + f64::log(x, y) + f64::atan2(x, y) + f64::hypot(x, y) + f64::rem_euclid(x, y);
    sums + f64::max(x, y) + f64::min(x, z) * f64::clamp(z, -1.0, 1.0) + f64::mul_add(x, y, z) + f64::copysign(x, z)
}

#[test]
fn of_several_numbers() {
    for (x, y, z) in [(1.3, 2.1, 0.4), (2.7, 1.2, -0.6), (0.4, 3.1, 1.7)] {
        assert!(of_several::check_grad(x, y, z).is_ok(), "{:?}", of_several::check_grad(x, y, z));
    }
}
