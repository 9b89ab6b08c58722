//! Passive code in a closure over the elements of an array, beside a differentiated number: it runs for each element.

#![allow(clippy::let_and_return, reason = "programs as people write them")]

use ndarray::{Array1, Zip, array};
use odyssey_runtime::prelude::*;

#[differentiable]
fn constructed(error: f64) -> f64 {
    let r = error;
    let x = Array1::<f64>::ones(3).mapv(|a| if (if a < 0.5 { a } else { 2.0 * a }) < r { r } else { r * r });
    x.sum()
}

#[differentiable]
fn a_condition_of_a_choice(x: &Array1<f64>) -> f64 {
    x.mapv(|a| if (if a < 0.5 { a } else { 2.0 * a }) < 0.7 { a } else { a * a }).sum()
}

#[differentiable(wrt(r))]
fn a_number_of_elements(x: &Array1<f64>, r: f64) -> f64 {
    x.mapv(|a| {
        let b = if a < 0.3 { a } else { 2.0 * a };
        if b < r { r } else { r * a }
    })
    .sum()
}

#[differentiable(wrt(r))]
fn elements_that_are_lent(x: &Array1<f64>, r: f64) -> f64 {
    x.map(|a| {
        let b = if *a < 0.3 { *a } else { 2.0 * a };
        if b < r { r * b } else { r * a }
    })
    .sum()
}

#[differentiable(wrt(r))]
fn of_two_arrays(x: &Array1<f64>, y: &Array1<f64>, r: f64) -> f64 {
    Zip::from(x).and(y).map_collect(|&a, &b| if a.max(b) < r { r * (a + b).powi(2) } else { r * r + a.powf(b) }).sum()
}

fn odd(a: f64) -> f64 {
    if (a * 10.0) as i64 % 2 == 0 { a } else { -a }
}

#[differentiable(wrt(r))]
fn a_function_and_a_match(x: &Array1<f64>, r: f64) -> f64 {
    x.mapv(|a| {
        odd(a) * r
            + match a {
                a if a > 0.5 => 1.0,
                _ => 2.0,
            } * r
    })
    .sum()
}

#[differentiable]
fn a_power_of_itself(h: f64) -> f64 {
    Array1::ones(3).mapv(|v: f64| v.powf(v) - h).sum()
}

#[differentiable(wrt(r))]
fn several_numbers_of_elements(x: &Array1<f64>, r: f64) -> f64 {
    x.mapv(|a| {
        let b = a * 2.0;
        let c = b.sin() + a;
        if c > b { r * c } else { r * b }
    })
    .sum()
}

#[differentiable(wrt(r))]
fn an_array_that_is_read_again(x: Array1<f64>, r: f64) -> f64 {
    (x.mapv(|a| a * a * r) + &x).sum()
}

#[differentiable(wrt(r))]
fn the_array_itself(x: &Array1<f64>, r: f64) -> f64 {
    x.mapv(|a| {
        let b = x[0] * a;
        r * b
    })
    .sum()
}

#[differentiable(wrt(r))]
fn the_array_under_another_name(x: &Array1<f64>, r: f64) -> f64 {
    let v = x;
    x.mapv(|x| {
        let b = v[0];
        if x > b { r * x } else { r * b * v.len() as f64 }
    })
    .sum()
}

macro_rules! assert_differentiated {
    ($($function:ident($($argument:expr),*)),*) => {$(
        let want = $function($($argument),*);
        assert!(($function::value_and_grad($($argument),*).0 - want).abs() < 1e-14, stringify!($function));
        assert!(($function::vjp($($argument),*).0 - want).abs() < 1e-14, stringify!($function));
        $function::check_grad($($argument),*).unwrap();
    )*};
}

#[test]
fn as_it_was_written() {
    let (x, y) = (array![0.2, 0.6, 0.9], array![0.5, 0.1, 0.7]);
    assert_differentiated!(
        constructed(0.7),
        the_array_itself(&x, 0.7),
        the_array_under_another_name(&x, 0.7),
        a_condition_of_a_choice(&x),
        a_number_of_elements(&x, 0.7),
        elements_that_are_lent(&x, 0.7),
        of_two_arrays(&x, &y, 0.65),
        a_function_and_a_match(&x, 0.7),
        a_power_of_itself(0.4),
        several_numbers_of_elements(&x, 0.7),
        an_array_that_is_read_again(x.clone(), 0.7)
    );
}
