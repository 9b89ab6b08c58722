//! The gradient of every row of the table of elementwise operations, written as users write it, against central
//! differences over the row's domain. The tests are made of the rows: a new one is tested by being there.

#![allow(deprecated, reason = "`abs_sub` has a row")]
#![allow(unstable_name_collisions, reason = "`erf` on numbers")]
#![allow(clippy::cast_possible_truncation, reason = "points in single precision")]

#[path = "elementwise_table/support.rs"]
mod support;

macro_rules! rows {
    ($(
        $(#[$doc:meta])*
        $name:ident($($operand:ident),+ $(; $($parameter:ident),+)?) = $kernel:tt, on [$($domain:expr),+];
    )*) => {
        $(row! { $name [$($operand)+] [$($domain),+] })*
    };
}

/// How users write a row: on numbers, and on arrays.
macro_rules! row {
    // Derivatives alone have these.
    (sgn $operands:tt $domains:tt) => {};
    (powi_slope $operands:tt $domains:tt) => {};
    (polygamma $operands:tt $domains:tt) => {};
    (if_gt $operands:tt $domains:tt) => {};
    (if_ge $operands:tt $domains:tt) => {};
    (if_eq $operands:tt $domains:tt) => {};

    (neg [$x:ident] $domains:tt) => { method! { neg [$x] $domains {-$x} {-$x} } };
    (add [$a:ident $b:ident] $domains:tt) => { operator! { add [$a $b] $domains {$a + $b} } };
    (sub [$a:ident $b:ident] $domains:tt) => { operator! { sub [$a $b] $domains {$a - $b} } };
    (mul [$a:ident $b:ident] $domains:tt) => { operator! { mul [$a $b] $domains {$a * $b} } };
    (div [$a:ident $b:ident] $domains:tt) => { operator! { div [$a $b] $domains {$a / $b} } };
    (rem [$a:ident $b:ident] $domains:tt) => { operator! { rem [$a $b] $domains {$a % $b} } };

    (powi [$x:ident] $domains:tt) => { method! { powi [$x] $domains {$x.powi(3)} {$x.powi(-2)} } };
    (pow2 [$x:ident] $domains:tt) => { mod pow2 { arrays! { [$x] $domains {$x.pow2()} } } };

    // The prelude has these for pairs of arrays.
    (atan2 $operands:tt $domains:tt) => { row! { @pair atan2 $operands $domains } };
    (min $operands:tt $domains:tt) => { row! { @pair min $operands $domains } };
    (max $operands:tt $domains:tt) => { row! { @pair max $operands $domains } };
    (rem_euclid $operands:tt $domains:tt) => { row! { @pair rem_euclid $operands $domains } };
    (copysign $operands:tt $domains:tt) => { row! { @pair copysign $operands $domains } };
    (@pair $name:ident [$a:ident $b:ident] $domains:tt) => {
        mod $name {
            broadcast! { [$a $b] $domains {$a.$name($b)} }

            mod with_numbers {
                method! { row [$a $b] $domains {$a.$name($b)} {$a.$name($b)} }
            }
        }
    };
    // `ndarray` has this on numbers only.
    (mul_add [$a:ident $b:ident $c:ident] $domains:tt) => {
        method! { mul_add [$a $b $c] $domains {$a.mul_add($b, $c)} {$a.mapv(|a| a.mul_add($b, $c))} }
    };

    ($name:ident [$x:ident $($rest:ident)*] $domains:tt) => {
        method! { $name [$x $($rest)*] $domains {$x.$name($($rest),*)} {$x.$name($($rest),*)} }
    };
}

macro_rules! method {
    ($name:ident $operands:tt $domains:tt $number:tt $array:tt) => {
        mod $name {
            numbers! { $operands $domains $number }
            arrays! { $operands $domains $array }
        }
    };
}

/// Operators are written alike for numbers and arrays.
macro_rules! operator {
    ($name:ident [$a:ident $b:ident] [$of_a:expr, $of_b:expr] $body:tt) => {
        mod $name {
            numbers! { [$a $b] [$of_a, $of_b] $body }
            broadcast! { [$a $b] [$of_a, $of_b] $body }
        }
    };
}

/// Of two arrays whose shapes broadcast.
macro_rules! broadcast {
    ([$a:ident $b:ident] [$of_a:expr, $of_b:expr] $body:tt) => {
            mod broadcast {
                use crate::support::*;

                #[differentiable]
                fn array($a: &Array2<f64>, $b: &Array1<f64>) -> Array2<f64> $body

                #[differentiable]
                fn mirrored($a: &Array1<f64>, $b: &Array2<f64>) -> Array2<f64> $body

                #[test]
                fn gradient() {
                    let function = |a: &Array2<f64>, []: [f64; 0], b: &Array1<f64>| array(a, b);
                    check_arrays($of_a, [], $of_b, function, |a, [], b, d| array::vjp(a, b).1(d).list());
                    let function = |b: &Array2<f64>, []: [f64; 0], a: &Array1<f64>| mirrored(a, b);
                    check_arrays($of_b, [], $of_a, function, |b, [], a, d| {
                        let (d_a, d_b) = mirrored::vjp(a, b).1(d);
                        (d_b, d_a).list()
                    });
                }
            }
    };
}

/// On numbers: the value and the gradient, a result that is used twice, and generic code in single precision.
macro_rules! numbers {
    ([$x:ident $($rest:ident)*] $domains:tt $body:tt) => {
        mod numbers {
            use crate::support::*;

            #[differentiable]
            fn number($x: f64 $(, $rest: f64)*) -> f64 $body

            #[differentiable]
            fn twice($x: f64 $(, $rest: f64)*) -> f64 {
                let y = $body;
                y * $x + y * y
            }

            #[differentiable]
            fn generic<T: Real>($x: T $(, $rest: T)*) -> T $body

            #[test]
            fn gradient() {
                for point in points($domains) {
                    let [$x $(, $rest)*] = point;
                    let value = number($x $(, $rest)*);
                    let (y, gradient) = number::value_and_grad($x $(, $rest)*);
                    assert_close(y, value);
                    check(point, |[$x $(, $rest)*]| number($x $(, $rest)*), &gradient.list());
                    let (y, pullback) = number::vjp($x $(, $rest)*);
                    assert_close(y, value);
                    check(point, |[$x $(, $rest)*]| -1.7 * number($x $(, $rest)*), &pullback(-1.7).list());
                }
            }

            #[test]
            fn gradient_of_a_value_used_twice() {
                for point in points($domains) {
                    let [$x $(, $rest)*] = point;
                    check(point, |[$x $(, $rest)*]| twice($x $(, $rest)*), &twice::grad($x $(, $rest)*).list());
                    let (_, pullback) = twice::vjp($x $(, $rest)*);
                    check(point, |[$x $(, $rest)*]| 0.6 * twice($x $(, $rest)*), &pullback(0.6).list());
                }
            }

            #[test]
            fn single_precision() {
                for point in points($domains) {
                    let [$x $(, $rest)*] = point;
                    let double = generic::grad($x $(, $rest)*).list();
                    let [$x $(, $rest)*] = point.map(|x| x as f32);
                    assert_single(&generic::grad($x $(, $rest)*).list(), &double);
                }
            }
        }
    };
}

/// On an array, with numbers for the other operands and a row that is broadcast.
macro_rules! arrays {
    ([$x:ident $($rest:ident)*] [$domain:expr $(, $domains:expr)*] {$($body:tt)*}) => {
        mod arrays {
            use crate::support::*;

            #[differentiable]
            fn array($x: &Array2<f64> $(, $rest: f64)*, row: &Array1<f64>) -> Array2<f64> {
                $($body)* * row
            }

            #[test]
            fn gradient() {
                let function = |x: &Array2<f64>, [$($rest),*]: [f64; _], row: &Array1<f64>| array(x $(, $rest)*, row);
                check_arrays($domain, [$($domains),*], 0.5..1.5, function, |x, [$($rest),*], row, d| {
                    array::vjp(x $(, $rest)*, row).1(d).list()
                });
            }
        }
    };
}

odyssey_macros::for_each_elementwise!(rows);
