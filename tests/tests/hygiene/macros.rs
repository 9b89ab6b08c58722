//! Functions that `macro_rules!` write.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

/// The function's name, types and an expression come from the caller.
macro_rules! function {
    ($name:ident($x:ident: $t:ty) = $e:expr) => {
        #[differentiable]
        fn $name($x: $t) -> $t {
            $e
        }
    };
}

function!(cubed(x: f64) = x * x * x);
function!(single(y: f32) = (y + 1.0).sin());

/// Two variables of one name: the macro's `x` and the caller's.
macro_rules! two_origins {
    ($name:ident, $x:ident, $e:expr) => {
        #[differentiable]
        fn $name($x: f64, y: f64) -> f64 {
            let x = y * 10.0;
            let z = $e + x;
            let x = z * x;
            x + $e
        }
    };
}

two_origins!(by_hygiene, x, x * x);

/// The same in a loop: both are carried.
macro_rules! accumulate {
    ($name:ident, $sum:ident, $n:expr, $body:expr) => {
        #[differentiable]
        fn $name($sum: f64) -> f64 {
            let mut sum = 1.0;
            let mut $sum = $sum;
            for i in 0..$n {
                sum += $sum * i as f64;
                $sum = $body;
            }
            sum * $sum
        }
    };
}

accumulate!(two_sums, sum, 3, sum * sum + 0.1);

/// A type fragment inside of others.
macro_rules! with_types {
    ($name:ident, $float:ty, $array:ty) => {
        #[differentiable(wrt(w))]
        fn $name(w: &$array, x: &Array1<$float>, scale: $float) -> $float {
            let factor: $float = 1.5;
            (w.dot(x) * scale * factor).sum()
        }
    };
}

with_types!(typed, f64, Array2<f64>);
with_types!(typed_single, f32, Array2<f32>);

macro_rules! function_in_a_function {
    ($at:expr) => {{
        #[differentiable]
        fn local(x: f64) -> f64 {
            let y = x * 3.0;
            y * x
        }
        local::grad($at)
    }};
}

/// The whole function is the caller's tokens.
macro_rules! pass_through {
    ($($item:item)*) => { $($item)* };
}

pass_through! {
    #[differentiable]
    fn passed(x: f64) -> f64 {
        let twice = 2.0 * x;
        twice.exp()
    }
}

/// Operator and operand fragments keep their grouping: `$a * $b` with `1 + x` is `(1 + x) * …`.
macro_rules! product {
    ($name:ident, $x:ident, $a:expr, $b:expr) => {
        #[differentiable]
        fn $name($x: f64) -> f64 {
            $a * $b - -$a
        }
    };
}

product!(grouped, x, 1.0 + x, x - 2.0);

#[test]
fn fragments() {
    cubed::check_grad(0.7).unwrap();
    single::check_grad(0.7).unwrap();
    assert!((cubed::grad(2.0) - 12.0).abs() < 1e-12);
    let (w, x) = (array![[1.0, 2.0], [3.0, 4.0]], array![0.5, -0.5]);
    assert_eq!(typed::grad(&w, &x, 2.0), array![[1.5, -1.5], [1.5, -1.5]]);
    assert_eq!(typed_single::grad(&w.mapv(|v: f64| v as f32), &array![0.5, -0.5], 2.0), array![[1.5, -1.5], [1.5, -1.5]]);
    assert!((grouped(3.0) - 8.0).abs() < 1e-12);
    grouped::check_grad(3.0).unwrap();
    assert!((grouped::grad(3.0) - 6.0).abs() < 1e-12);
}

#[test]
fn names_that_differ_by_hygiene_alone() {
    assert!((by_hygiene(3.0, 0.5) - ((9.0 + 5.0) * 5.0 + 9.0)).abs() < 1e-12);
    by_hygiene::check_grad(3.0, 0.5).unwrap();
    let (_, pullback) = by_hygiene::vjp(3.0, 0.5);
    let (dx, dy) = pullback(1.0);
    assert!((dx - (2.0 * 3.0 * 5.0 + 2.0 * 3.0)).abs() < 1e-12);
    assert!((dy - (9.0 * 10.0 + 2.0 * 5.0 * 10.0)).abs() < 1e-12);
    two_sums::check_grad(0.4).unwrap();
    let (_, pullback) = two_sums::vjp(0.4);
    assert!((pullback(1.0) - two_sums::grad(0.4)).abs() < 1e-12);
}

#[test]
fn functions_inside() {
    assert!((function_in_a_function!(2.0) - 12.0).abs() < 1e-12);
    passed::check_grad(0.3).unwrap();
}
