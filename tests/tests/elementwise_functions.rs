//! Every function that the prelude adds, called by its name in differentiated code: on numbers of either precision, on
//! arrays, on views and in loops.

#![allow(clippy::float_cmp, reason = "small integers are exact")]

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

macro_rules! rows {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident $(, $number:ident)?) -> $names:tt = $value:tt $(, $rule:tt)*;
    )*) => {$(
        mod $name {
            use ndarray::prelude::*;
            use odyssey_runtime::prelude::*;

            #[differentiable]
            fn number<T: Real>($x: T $(, $number: T)?) -> T {
                let y = $name($x + $x $(, $number)?);
                y * $name(y * $x $(, $number)?) + y
            }

            #[differentiable]
            fn array($x: &Array2<f64>, row: &Array1<f64> $(, $number: f64)?) -> f64 {
                ($name(&($x * row) $(, $number)?) * $x + $name($x $(, $number)?)).sum()
            }

            #[differentiable]
            fn view($x: ArrayView2<f64> $(, $number: f64)?) -> f64 {
                let y = $name(&$x $(, $number)?);
                $name(&y $(, $number)?).sum()
            }

            #[differentiable]
            fn repeated($x: &Array2<f64>, row: &Array1<f64> $(, $number: f64)?) -> f64 {
                let mut y = $x.clone();
                for _ in 0..3 {
                    y = $name(&y $(, $number)?) * row;
                }
                y.sum()
            }

            #[test]
            fn gradients() {
                $(let $number = 0.4;)?
                for $x in [0.35, 0.3] {
                    number::check_grad($x $(, $number)?).unwrap();
                }
                let $x = array![[0.35, 0.7, 0.2], [0.6, 0.15, 0.8]];
                let row = array![0.5, 0.9, 0.7];
                array::check_grad(&$x, &row $(, $number)?).unwrap();
                repeated::check_grad(&$x, &row $(, $number)?).unwrap();
                view::check_grad($x.slice(s![..;-1, ..2]) $(, $number)?).unwrap();
            }

            #[test]
            fn single_precision() {
                $(let $number = 0.4;)?
                number::check_grad(0.35f32 $(, $number)?).unwrap();
            }
        }
    )*};
}

mod each {
    odyssey_macros::for_each_elementwise_function!(rows);
}

/// Only the gradient that is asked for.
#[differentiable(wrt(alpha))]
fn slope_alone(x: &Array2<f64>, alpha: f64) -> f64 {
    leaky_relu(x, alpha).sum()
}

#[differentiable(wrt(x))]
fn array_alone(x: &Array2<f64>, alpha: f64) -> f64 {
    leaky_relu(x, alpha).sum()
}

#[differentiable]
fn literal(x: &Array2<f64>) -> f64 {
    (leaky_relu(x, 0.1) + x.elu(0.5)).sum()
}

/// A user's own function of the name is the one that is called and differentiated.
mod own {
    use odyssey_runtime::prelude::*;

    #[differentiable]
    pub(super) fn sigmoid(x: f64) -> f64 {
        2.0 * x
    }

    #[differentiable]
    pub(super) fn caller(x: f64) -> f64 {
        sigmoid(x) * x
    }
}

#[differentiable]
fn detached(x: f64, y: &Array1<f64>) -> f64 {
    let constant = detach(x) * 2.0;
    (y * y.detach() * constant + x.detach()).sum() * x
}

#[test]
fn wanted_gradients() {
    let x = array![[-1.0, 2.0], [-3.0, 4.0]];
    assert_eq!(slope_alone::grad(&x, 0.25), -4.0);
    assert_eq!(array_alone::grad(&x, 0.25), array![[0.25, 1.0], [0.25, 1.0]]);
    literal::check_grad(&x).unwrap();
}

#[test]
fn a_users_function_hides_the_preludes() {
    assert_eq!(own::caller::value_and_grad(3.0), (18.0, 12.0));
    assert_eq!(own::sigmoid::grad(3.0), 2.0);
}

#[test]
fn detached_values_are_constants() {
    let (x, y) = (3.0, array![1.0, 2.0]);
    let (value, (d_x, d_y)) = detached::value_and_grad(x, &y);
    assert_eq!(value, 36.0 * 3.0);
    assert_eq!(d_x, 36.0);
    assert_eq!(d_y, array![18.0, 36.0]);
}
