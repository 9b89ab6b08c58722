//! `if` in all its places.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[differentiable]
fn huber(error: f64, delta: f64) -> f64 {
    if error.abs() <= delta { 0.5 * error * error } else { delta * (error.abs() - 0.5 * delta) }
}

/// Income tax: steps with different rates.
#[differentiable(wrt(income, rate))]
fn tax(income: f64, rate: f64, is_married: bool) -> f64 {
    let allowance = if is_married { 20.0 } else { 10.0 };
    let taxed = income - allowance;
    let mut tax = 0.0;
    if taxed > 0.0 {
        tax += rate * taxed;
        if taxed > 50.0 {
            let above = taxed - 50.0;
            tax += 0.2 * above * above / income;
        } else if taxed > 25.0 {
            tax += 0.1 * (taxed - 25.0);
        } else {
            tax *= 0.9;
        }
    }
    tax
}

#[differentiable]
fn nested(x: f64, y: f64) -> f64 {
    let a = if x > 0.0 {
        if y > 0.0 { x * y } else { x - y }
    } else if y > x {
        let t = y.exp();
        t * x
    } else {
        1.0
    };
    a * a + y
}

#[differentiable]
fn both_sides(x: f64, y: f64) -> f64 {
    let mut u = x;
    let mut v = y;
    if u * v > 1.0 {
        let t = u;
        u = v;
        v = t * t;
    } else {
        v += u;
    }
    u * 2.0 + v.sin()
}

/// The root of a negative number is on the side that is not taken.
#[differentiable]
fn guarded(x: f64) -> f64 {
    let root = if x > 0.0 { x.sqrt() } else { 0.0 };
    root + x
}

#[differentiable]
fn in_a_condition(x: &[f64], flags: &[bool]) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        if flags[i] && !x[i].is_nan() && (x[i] > 0.0 || i == 0) {
            total += x[i] * x[i];
        }
    }
    total
}

#[differentiable]
fn as_an_operand(x: f64, left: bool) -> f64 {
    3.0 * (if left { x } else { x * x }) + (if x > 1.0 { 2.0 } else { 0.5 }) * x
}

#[differentiable]
fn tuple_of_branch(x: f64, y: f64) -> f64 {
    let (a, b) = if x < y { (x, y) } else { (y, x) };
    (b - a) / (1.0 + a * a)
}

#[test]
fn branches() {
    for error in [-3.0, 0.2, 0.4, 2.0] {
        agrees!(huber(error, 1.0), wrt 2);
    }
    for income in [5.0, 25.0, 40.0, 90.0] {
        agrees!(tax(income, 0.3, true), wrt 2);
        agrees!(tax(income, 0.3, false), wrt 2);
    }
    for (x, y) in [(1.0, 2.0), (1.0, -2.0), (-1.0, 0.5), (-1.0, -2.0)] {
        agrees!(nested(x, y), wrt 2);
        agrees!(both_sides(x, y), wrt 2);
        agrees!(tuple_of_branch(x, y), wrt 2);
    }
    agrees!(guarded(2.0));
    agrees!(guarded(-2.0));
    agrees!(as_an_operand(0.7, true));
    agrees!(as_an_operand(1.7, false));
    agrees!(in_a_condition(&[-0.5, 0.3, -0.2, 0.9], &[true, true, true, false]));
}

#[test]
#[allow(clippy::float_cmp, reason = "exact by construction")]
fn the_branch_not_taken_contributes_nothing() {
    assert_eq!(guarded::grad(0.0), 1.0);
    assert_eq!(in_a_condition::grad(&[-0.5, 0.25, f64::NAN, -0.25], &[true; 4]), vec![-1.0, 0.5, 0.0, 0.0]);
}
