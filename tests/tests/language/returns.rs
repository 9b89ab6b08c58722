//! Early `return`, `?`, functions that may fail, recursion.

use odyssey_runtime::prelude::*;

use crate::fallible::agrees_ok;
use crate::support::agrees;

/// Three ways out of one function.
#[differentiable]
fn guarded_division(a: f64, b: f64) -> f64 {
    if b == 0.0 {
        return 0.0;
    }
    let q = a / b;
    if q > 10.0 {
        return 10.0 + (q - 9.0).ln();
    }
    q
}

/// Out of the middle of a loop.
#[differentiable(wrt(x))]
fn first_passage(x: &[f64], barrier: f64) -> f64 {
    let mut level = 0.0;
    for i in 0..x.len() {
        level += x[i];
        if level > barrier {
            return (level - barrier) * (i + 1) as f64;
        }
    }
    -level
}

/// Out of two loops at once.
#[differentiable(wrt(m))]
fn pivot(m: &[[f64; 3]; 3], threshold: f64) -> f64 {
    for i in 0..3 {
        let mut row = 0.0;
        for j in 0..3 {
            row += m[i][j].abs();
            if m[i][j] > threshold {
                return m[i][j] / row;
            }
        }
    }
    m[0][0] + m[1][1] + m[2][2]
}

#[derive(Clone, Debug, PartialEq)]
enum Failure {
    Negative(usize),
    Singular,
}

#[differentiable]
fn checked_sqrt(x: f64, place: usize) -> Result<f64, Failure> {
    if x < 0.0 {
        return Err(Failure::Negative(place));
    }
    Ok(x.sqrt())
}

/// `?` in a loop, the result in a `Result`.
#[differentiable]
fn sum_of_roots(x: &[f64]) -> Result<f64, Failure> {
    let mut sum = 0.0;
    for (i, &value) in x.iter().enumerate() {
        sum += checked_sqrt(value, i)?;
    }
    if sum == 0.0 {
        return Err(Failure::Singular);
    }
    Ok(1.0 / sum)
}

/// An error is dealt with by the caller.
#[differentiable]
fn with_a_fallback(x: &[f64], fallback: f64) -> f64 {
    match sum_of_roots(x) {
        Ok(value) => value * 2.0,
        Err(Failure::Negative(place)) => fallback * place as f64,
        Err(_) => fallback * fallback,
    }
}

#[differentiable]
fn log_of_positive(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.ln()) } else { None }
}

/// `?` on an `Option`.
#[differentiable]
fn log_ratio(a: f64, b: f64) -> Option<f64> {
    let ratio = log_of_positive(a)? - log_of_positive(b)?;
    Some(ratio * ratio)
}

/// An `Option` of a differentiated value is looked into.
#[differentiable]
fn penalised_log_ratio(a: f64, b: f64) -> f64 {
    let Some(ratio) = log_ratio(a, b) else {
        return a * a + b * b;
    };
    if let Some(log) = log_of_positive(ratio - 0.1) { log + a } else { ratio }
}

/// `x^n` by squaring: a function that calls itself.
#[differentiable(wrt(x))]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 {
        return 1.0;
    }
    let half = power(x, n / 2);
    if n % 2 == 0 { half * half } else { half * half * x }
}

/// Adaptive Simpson quadrature of `exp(-a x²)`.
#[differentiable(wrt(a))]
fn adaptive(a: f64, left: f64, right: f64, depth: u32) -> f64 {
    let middle = 0.5 * (left + right);
    let f = |x: f64| (-a * x * x).exp();
    let whole = (right - left) / 6.0 * (f(left) + 4.0 * f(middle) + f(right));
    let (first, second) = (0.5 * (left + middle), 0.5 * (middle + right));
    let halves = (right - left) / 12.0 * (f(left) + 4.0 * f(first) + 2.0 * f(middle) + 4.0 * f(second) + f(right));
    if depth == 0 || (whole - halves).abs() < 1e-7 {
        return halves;
    }
    adaptive(a, left, middle, depth - 1) + adaptive(a, middle, right, depth - 1)
}

/// Recursion over slices.
#[differentiable]
fn product_tree(x: &[f64]) -> f64 {
    match x.len() {
        0 => 1.0,
        1 => x[0],
        n => product_tree(&x[..n / 2]) * product_tree(&x[n / 2..]),
    }
}

#[test]
fn early_returns() {
    agrees!(guarded_division(1.2, 0.7), wrt 2);
    agrees!(guarded_division(1.2, 0.07), wrt 2);
    agrees!(first_passage(&[0.3, 0.4, 0.5, 0.6], 1.0));
    agrees!(first_passage(&[0.3, 0.4, 0.5, 0.6], 9.0));
    let m = [[0.1, 0.2, 0.3], [0.4, 0.95, 0.6], [0.7, 0.8, 0.9]];
    agrees!(pivot(&m, 0.9));
    agrees!(pivot(&m, 2.0));
}

#[test]
fn results_and_options() {
    agrees_ok!(sum_of_roots(&[0.3, 0.9, 1.7]));
    assert_eq!(sum_of_roots::value_and_grad(&[0.3, -0.9]).unwrap_err(), Failure::Negative(1));
    agrees!(with_a_fallback(&[0.3, 0.9, 1.7], 0.4), wrt 2);
    agrees!(with_a_fallback(&[0.3, 0.9, -1.7], 0.4), wrt 2);
    agrees!(with_a_fallback(&[], 0.4), wrt 2);
    agrees_ok!(log_ratio(1.3, 0.4));
    assert!(log_ratio::grad(1.3, -0.4).is_none());
    agrees!(penalised_log_ratio(1.3, 0.4), wrt 2);
    agrees!(penalised_log_ratio(1.3, 1.2), wrt 2);
    agrees!(penalised_log_ratio(1.3, -1.2), wrt 2);
}

#[test]
fn recursion() {
    agrees!(power(1.3, 11));
    agrees!(adaptive(1.3, 0.0, 2.0, 6));
    agrees!(product_tree(&[0.3, 1.2, 0.7, 1.9, 0.8]));
}
