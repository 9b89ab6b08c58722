//! Large and small arguments, in single precision too: values and derivatives are finite, and the limits.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

#[differentiable]
fn sigmoid_of<T: Real>(x: &Array1<T>) -> Array1<T> {
    x.sigmoid()
}

#[differentiable]
fn softplus_of<T: Real>(x: &Array1<T>) -> Array1<T> {
    x.softplus()
}

#[differentiable]
fn log_sigmoid<T: Real>(x: T) -> T {
    -(-x).softplus()
}

/// Value and slopes at ±1e4, in all forms.
macro_rules! limits {
    ($($test:ident, $array:ident, $function:ident, $float:ty: $values:expr, $slopes:expr;)*) => {$(
        #[test]
        fn $test() {
            let x: Array1<$float> = array![-1e4, 1e4];
            let (y, pullback) = $array::vjp(&x);
            assert_eq!(y, array![$values[0], $values[1]]);
            assert_eq!(pullback(Array1::ones(2)), array![$slopes[0], $slopes[1]]);
            for i in 0..2 {
                assert_eq!($function::value_and_grad(x[i]), ($values[i], $slopes[i]));
            }
        }
    )*};
}

limits! {
    sigmoid_single, sigmoid_of, sigmoid, f32: [0.0, 1.0], [0.0, 0.0];
    sigmoid_double, sigmoid_of, sigmoid, f64: [0.0, 1.0], [0.0, 0.0];
    softplus_single, softplus_of, softplus, f32: [0.0, 1e4], [0.0, 1.0];
    softplus_double, softplus_of, softplus, f64: [0.0, 1e4], [0.0, 1.0];
}

#[test]
fn composed_of_stable_functions() {
    assert_eq!(log_sigmoid::value_and_grad(1e4f32), (0.0, 0.0));
    assert_eq!(log_sigmoid::value_and_grad(-1e4f32), (-1e4, 1.0));
}

/// The functions of the prelude over all magnitudes: no derivative is NaN or infinite where the value is finite.
macro_rules! sweep {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident $(, $number:ident)?) -> $names:tt = $value:tt $(, $rule:tt)*;
    )*) => {$(
        #[test]
        fn $name() {
            $(let $number = 0.5;)?
            for exponent in -36..=36 {
                for x in [10f32.powi(exponent), -(10f32.powi(exponent))] {
                    let gamma = ["lgamma", "digamma"].contains(&stringify!($name));
                    // These have poles below 0, and a slope above the largest float near 0.
                    if gamma && x < 1e-15 {
                        continue;
                    }
                    let at = array![x];
                    let (y, pullback) = odyssey_runtime::prelude::$name::vjp(&at $(, $number)?);
                    let sweep!(@d d_x $($number)?) = pullback(array![1.0]);
                    if y[0].is_finite() {
                        assert!(d_x[0].is_finite(), "slope {} at {x}, where the value is {}", d_x[0], y[0]);
                    }
                }
            }
        }
    )*};
    (@d $d_x:ident) => { $d_x };
    (@d $d_x:ident $number:ident) => { ($d_x, _) };
}

mod all_magnitudes {
    use ndarray::array;

    odyssey_macros::for_each_elementwise_function!(sweep);
}
