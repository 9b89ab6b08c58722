//! Every elementwise function of one number, summed, with its gradient, beside the same loop over the functions of `libm`: those of the
//! standard library, which call it; and beside a copy of the array, which moves as much memory and computes nothing.

use ndarray::Array1;
use odyssey_runtime::prelude::*;

use crate::support::{Bench, assert_within, candidate, noise};

const LENGTH: usize = 10_000;

/// The function as a method; of `libm`, with its derivative in terms of the argument and the value; where to compute it.
macro_rules! functions {
    ($($name:ident: |$x:ident, $y:ident| $slope:expr, on $low:literal..$high:literal;)*) => {
        pub(crate) fn rows(bench: &mut Bench) {
            $({
                #[differentiable]
                fn function(x: &Array1<f64>) -> f64 {
                    x.$name().sum()
                }

                let row = concat!("function ", stringify!($name), " 1e4 f64");
                if bench.wants(row) {
                    let x = noise::<f64, _>(LENGTH, 1).mapv(|x| $low + ($high - $low) * (0.5 + 0.5 * x));
                    let hand = || {
                        let mut sum = 0.0;
                        let d_x = x.mapv(|$x| {
                            let $y = f64::$name($x);
                            sum += $y;
                            $slope
                        });
                        (sum, d_x)
                    };
                    let ((_, ours), (_, by_hand)) = (function::value_and_grad(&x), hand());
                    assert_within(1e-11, ours.as_slice().expect("contiguous"), by_hand.as_slice().expect("contiguous"));
                    bench.row(
                        row,
                        vec![
                            candidate("ours", || function::value_and_grad(&x)),
                            candidate("value", || function(&x)),
                            candidate("hand", hand),
                            candidate("copy", || x.to_owned()),
                        ],
                    );
                }
            })*
        }
    };
}

functions! {
    exp: |x, y| y, on -3.0..3.0;
    exp2: |x, y| y * std::f64::consts::LN_2, on -3.0..3.0;
    exp_m1: |x, y| y + 1.0, on -2.0..2.0;
    ln: |x, y| 1.0 / x, on 0.2..4.0;
    ln_1p: |x, y| 1.0 / (1.0 + x), on -0.7..3.0;
    log2: |x, y| std::f64::consts::LOG2_E / x, on 0.2..4.0;
    log10: |x, y| std::f64::consts::LOG10_E / x, on 0.2..4.0;
    sqrt: |x, y| 0.5 / y, on 0.2..4.0;
    cbrt: |x, y| 1.0 / (3.0 * y * y), on 0.2..4.0;
    sin: |x, y| x.cos(), on -3.0..3.0;
    cos: |x, y| -x.sin(), on -3.0..3.0;
    tan: |x, y| 1.0 + y * y, on -1.2..1.2;
    asin: |x, y| 1.0 / ((1.0 - x) * (1.0 + x)).sqrt(), on -0.9..0.9;
    acos: |x, y| -1.0 / ((1.0 - x) * (1.0 + x)).sqrt(), on -0.9..0.9;
    atan: |x, y| 1.0 / (1.0 + x * x), on -3.0..3.0;
    sinh: |x, y| x.cosh(), on -3.0..3.0;
    cosh: |x, y| x.sinh(), on -3.0..3.0;
    tanh: |x, y| 1.0 - y * y, on -3.0..3.0;
    asinh: |x, y| 1.0 / x.hypot(1.0), on -3.0..3.0;
    acosh: |x, y| 1.0 / ((x - 1.0) * (x + 1.0)).sqrt(), on 1.2..4.0;
    atanh: |x, y| 1.0 / ((1.0 - x) * (1.0 + x)), on -0.9..0.9;
}
