//! Failures on their way out: made another one, or made of nothing.

use std::num::ParseFloatError;

use odyssey_runtime::prelude::*;

use crate::fallible::agrees_ok;
use crate::support::agrees;

#[derive(Debug, PartialEq)]
enum Failure {
    Missing(usize),
    Negative(String),
}

/// No `Clone`.
#[derive(Debug)]
struct Outside(f64);

#[differentiable]
fn root(x: f64) -> Result<f64, Outside> {
    if x < 0.0 { Err(Outside(x)) } else { Ok(x.sqrt()) }
}

#[differentiable]
fn positive(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x * x) } else { None }
}

/// A closure whose parameter has no type, a value, a closure without parameters.
#[differentiable]
fn made_another(x: &[f64], i: usize) -> Result<f64, Failure> {
    let a = x.get(i).ok_or(Failure::Missing(i))?;
    let b = x.get(i + 1).copied().ok_or_else(|| Failure::Missing(i + 1))?;
    let c = root(b).map_err(|outside| Failure::Negative(outside.0.to_string()))?;
    let d = positive(*a).ok_or(Failure::Missing(0))?;
    Ok(a.sin() * c + d * positive(b).ok_or_else(|| Failure::Negative(b.to_string()))?)
}

#[differentiable]
fn made_nothing(x: &[f64], i: usize) -> Option<f64> {
    let (a, b) = (x.get(i)?, x.first().copied()?);
    Some(a * b + root(*a).ok()? * x.last()?)
}

/// As an `Option` that is looked into.
#[differentiable]
fn without_the_error(x: f64, y: f64) -> f64 {
    let a = root(x).ok().map_or(y, |v| v * y);
    let b = root(y).ok();
    if let Some(b) = b { a * b } else { a }
}

/// Passive parsing among it, in a loop.
#[differentiable(wrt(k))]
fn read(text: &str, k: f64) -> Result<f64, ParseFloatError> {
    let mut sum = 0.0;
    for word in text.split(' ') {
        let number: f64 = word.parse()?;
        let _same: f32 = word.parse()?;
        sum += (number * k).sin();
    }
    Ok(sum)
}

#[test]
fn on_their_way_out() {
    agrees_ok!(made_another(&[0.3, 1.2, 0.7], 1));
    assert_eq!(made_another::grad(&[0.3], 3), Err(Failure::Missing(3)));
    assert_eq!(made_another::grad(&[0.3], 0), Err(Failure::Missing(1)));
    assert_eq!(made_another::grad(&[0.3, -1.0], 0), Err(Failure::Negative("-1".into())));
    assert_eq!(made_another::grad(&[-0.3, 1.0], 0), Err(Failure::Missing(0)));
    agrees_ok!(made_nothing(&[0.3, 1.2, 0.7], 1));
    assert_eq!(made_nothing::grad(&[0.3], 1), None);
    assert_eq!(made_nothing::grad(&[0.3, -1.2], 1), None);
    agrees!(without_the_error(0.3, 0.9), wrt 2);
    agrees!(without_the_error(-0.3, -0.9), wrt 2);
    agrees_ok!(read("0.3 1.5 2", 0.7));
    assert!(read::grad("0.3 x", 0.7).is_err());
}
