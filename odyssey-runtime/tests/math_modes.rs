//! The macros that write a closure for both kinds of arithmetic, as generated code calls them from another crate.
#![forbid(unused_imports, warnings)]
#![forbid(unused_qualifications, unused_results)]

use ndarray::{Array1, Array2, arr1, arr2};
use odyssey_runtime::rt;

/// An item that has the name of a function of `math`.
fn exp(_: f64) -> f64 {
    f64::NAN
}

#[test]
fn functions_go_by_their_bare_names() {
    let x = arr2(&[[0.5, -1.0], [2.0, 0.25]]);
    let b = arr1(&[0.125, 1.0]);
    let y: Array2<f64> = rt::map!((&x, &b), |(x, b)| tanh(x + b));
    assert!((y[[1, 0]] - 2.125_f64.tanh()).abs() < 1e-15);
    assert_eq!(y.shape(), [2, 2]);
}

#[test]
fn nothing_around_hides_them() {
    let tanh = 2.0;
    let max = |a: f64, _: f64| a * 1000.0;
    let x = arr1(&[0.5_f64, 3.0]);
    let y = rt::map!((&x, rt::sc(tanh)), |(x, k)| exp(x) + max(x, k));
    assert!((y[0] - (0.5_f64.exp() + 2.0)).abs() < 1e-15);
    let z = rt::map!((&x,), |(x,)| {
        let abs = abs(x);
        if abs > 1.0 { -abs } else { tanh(abs) }
    });
    assert_eq!(z[1], -3.0);
    assert!((z[0] - 0.5_f64.tanh()).abs() < 1e-15);
    assert!(max(1.0, 2.0) > 999.0 && exp(0.0).is_nan());
}

#[test]
fn variables_are_captured() {
    let (shift, x) = (1.5_f32, arr1(&[1.0_f32, 2.0]));
    let y = rt::map!((&x,), |(x,)| x * shift);
    assert_eq!(y, arr1(&[1.5, 3.0]));
    let total: f32 = rt::map_sum!((&x,), |(x,)| x - shift);
    assert_eq!(total, 0.0);
}

#[test]
fn all_kinds_of_outputs() {
    let x: Array2<f64> = Array2::from_shape_fn((3, 20), |(i, j)| (i * 20 + j) as f64 / 60.0);
    let b = Array1::from_elem(20, 0.5);
    let operands = || (&x, &b);
    let sum = rt::map_sum!(operands(), |(x, b)| exp(x * b));
    let like = rt::map_like!(&b, operands(), |(x, b)| exp(x * b));
    let (full, like_b, also_sum) = rt::map_to!(operands(), (rt::Full, rt::like(&b), rt::Sum), |(x, b)| {
        let y = exp(x * b);
        (y, y, y)
    });
    let expected = Array2::from_shape_fn((3, 20), |(i, j)| (x[[i, j]] * 0.5).exp());
    assert!((&full - &expected).iter().all(|d| d.abs() < 1e-15));
    assert!((sum - expected.sum()).abs() < 1e-13 && (also_sum - sum).abs() < 1e-13);
    let columns = expected.sum_axis(ndarray::Axis(0));
    assert!((&like - &columns).iter().all(|d| d.abs() < 1e-14));
    assert!((&like_b - &columns).iter().all(|d| d.abs() < 1e-14));
}

#[test]
fn scalars_alone_are_computed_in_plain_arithmetic() {
    let (x, k) = (0.3_f64, 3.0);
    let y = rt::map!((rt::sc(x), rt::sc(k)), |(x, k)| sigmoid(x) * powi(x, 2) + mul_add(x, k, 0.1));
    let plain = rt::plain::sigmoid(x) * x * x + rt::plain::mul_add(x, k, 0.1);
    assert!((y - plain).abs() < 1e-16);
}

#[test]
fn one_closure_serves_both() {
    let x = arr1(&[1.0, 4.0]);
    let y = rt::map((&x,), |(x,)| rt::sqrt(x));
    assert_eq!(y, arr1(&[1.0, 2.0]));
    let total: f64 = rt::map_sum((&x,), |(x,)| x);
    assert_eq!(total, 5.0);
}
