//! What is another way of writing: let chains, jumps in assignments, `..` in patterns, attributes.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

/// A jump inside of an assignment.
#[differentiable]
fn until_negative(x: &[f64]) -> f64 {
    let mut y = 1.0;
    let mut s = 0.0;
    for v in x {
        y = if *v < 0.0 { break } else { v * y };
        s += y;
    }
    s * y
}

/// Jumps inside of compound assignments.
#[differentiable]
fn skipping(x: &[f64]) -> f64 {
    let mut y = 1.0;
    let mut s = 0.0;
    for v in x {
        y += if *v < 0.0 { continue } else { v * y };
        s += match v {
            v if *v > 2.0 => return s,
            v => v * y,
        };
    }
    s * y
}

/// Parts that are not named.
#[differentiable]
fn ends(p: (f64, f64, f64)) -> f64 {
    let (a, ..) = p;
    let (.., c) = p;
    let (x, .., z) = (a * c, 3, c);
    x * z
}

#[derive(Clone, Differentiable)]
struct Four(f64, f64, f64, f64);

/// Of structs and lists.
#[differentiable]
fn of_lists(p: &Four, v: &[f64; 4]) -> f64 {
    let Four(a, ..) = p;
    let Four(_, d, ..) = p;
    let [x, .., y] = v;
    let [q, rest @ ..] = v;
    let [inner @ .., _] = rest;
    a * d * x * y + q * rest[1] + inner.iter().sum::<f64>()
}

/// A pattern and a condition.
#[differentiable]
fn positive(x: Option<f64>, k: f64) -> f64 {
    if let Some(a) = x
        && a > 0.0
    {
        a * k
    } else {
        k * k
    }
}

/// Several, after one another.
#[differentiable]
fn chained(x: Option<f64>, y: Option<f64>, k: f64) -> f64 {
    let mut s = k;
    if k > 0.1
        && let Some(a) = x
        && let Some(b) = y
        && a < b
    {
        s += a * b;
    } else if let Some(b) = y
        && b > 2.0
    {
        s *= b;
    }
    if k > 0.1
        && let Some(a) = x
    {
        s *= a;
    }
    s
}

/// In a loop.
#[differentiable]
fn popped(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    let mut s = 1.0;
    while let Some(a) = v.pop()
        && a > 0.0
    {
        s = s * a + 1.0;
    }
    s + v.iter().sum::<f64>()
}

/// What is popped is dropped, looked at, or not there.
#[differentiable]
fn dropped(x: &[f64]) -> f64 {
    let mut v = x.to_vec();
    v.pop();
    let last = v.pop();
    let value = match last {
        Some(l) if l > 10.0 => 1.0,
        Some(l) => l * l,
        None => 2.0,
    };
    for _ in 0..2 {
        if let Some(z) = v.pop() {
            v.push(z * value);
        }
    }
    value + v.iter().sum::<f64>()
}

/// Attributes for lints change nothing.
#[differentiable]
fn attributed(x: &[f64]) -> f64 {
    let mut s = 0.0;
    #[allow(clippy::needless_range_loop)]
    for i in 0..x.len() {
        s += x[i] * x[i];
    }
    #[allow(clippy::while_float)]
    while s < 0.1 {
        s += 0.3 * s * s + 0.1;
    }
    #[allow(clippy::neg_multiply)]
    if s > 0.0 {
        s *= 2.0;
    }
    #[rustfmt::skip]
    let y = s * s;
    y * s
}

#[test]
fn of_jumps() {
    let x = [0.3, 0.7, -0.4];
    agrees!(until_negative(&x));
    agrees!(skipping(&x));
    agrees!(skipping(&[0.3, 2.5]));
    agrees!(attributed(&x));
}

#[test]
fn of_patterns() {
    agrees!(ends((0.3, 0.2, 0.5)));
    agrees!(of_lists(&Four(0.1, 0.2, 0.3, 0.4), &[0.1, 0.2, 0.3, 0.5]), wrt 2);
    agrees!(positive(Some(0.3), 0.4), wrt 2);
    agrees!(positive(Some(-0.3), 0.4), wrt 2);
    agrees!(positive(None::<f64>, 0.4), wrt 2);
    for k in [0.05, 0.3] {
        for x in [None, Some(0.3)] {
            for y in [None, Some(0.1), Some(0.6), Some(2.6)] {
                agrees!(chained(x, y, k), wrt 3);
            }
        }
    }
}

#[test]
fn of_popping() {
    agrees!(popped(&[0.3, 0.7, -0.4]));
    agrees!(popped(&[-0.2, 0.3, 0.6]));
    agrees!(popped(&[0.3, 0.6]));
    agrees!(dropped(&[0.2]));
    agrees!(dropped(&[0.2, 0.3]));
    agrees!(dropped(&[0.4, 0.2, 0.3]));
    agrees!(dropped(&[0.2, 11.0, 0.3]));
}
