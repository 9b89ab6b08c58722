//! Functions that can fail, and what their companions do then.

use std::fmt;

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, assert_close, assert_same_gradient, matrix, numbers};

#[derive(Debug, PartialEq)]
enum Error {
    NotPositive(String),
    TooLong(usize),
}

impl From<usize> for Error {
    fn from(length: usize) -> Error {
        Error::TooLong(length)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Error {}

#[differentiable]
fn square_root(x: f64) -> Result<f64, Error> {
    if x <= 0.0 {
        return Err(Error::NotPositive(format!("{x}")));
    }
    Ok(x.sqrt())
}

/// `?` in a loop, with a conversion of the error.
#[differentiable]
fn nested(x: f64, w: &Array1<f64>) -> Result<f64, Box<dyn std::error::Error>> {
    let mut y = x;
    for i in 0..w.len() {
        y = square_root(y + w[i])? * 1.5;
    }
    Ok(y * w.sum())
}

#[differentiable]
fn checked(x: &[f64], most: usize) -> Result<f64, Error> {
    let length = length(x.len(), most)?;
    let mut total = 0.0;
    for i in 0..length {
        total += x[i] * x[i];
    }
    let root = square_root(total)?;
    Ok(root + total)
}

fn length(length: usize, most: usize) -> Result<usize, usize> {
    if length > most { Err(length) } else { Ok(length) }
}

/// An alias of which the last segment says what it is.
mod io {
    pub(super) type Result<T> = std::result::Result<T, super::Error>;
}

#[differentiable(wrt(w))]
fn prediction(w: &Array2<f64>, x: &Array1<f64>) -> io::Result<Array1<f64>> {
    let y = w.dot(x);
    let norm = square_root(y.dot(&y))?;
    Ok(y / norm)
}

#[differentiable]
fn logarithm(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.ln()) } else { None }
}

#[differentiable]
fn difference(x: f64, y: f64) -> Option<f64> {
    let a = logarithm(x)?;
    let b = logarithm(y)?;
    Some(a * a - b)
}

#[differentiable]
fn reciprocal_root(x: f64) -> Result<f64, String> {
    if x <= 0.0 {
        return Err(format!("no root of {x}"));
    }
    Ok(1.0 / x.sqrt())
}

/// What fails does not matter to the caller.
#[differentiable]
fn forgiving(x: f64, y: f64) -> f64 {
    let first = match reciprocal_root(x) {
        Ok(root) => root * 2.0,
        Err(_) => y * y,
    };
    let second = if let Some(value) = difference(y, x) { value } else { x };
    first * second
}

#[differentiable]
fn unwrapped(x: f64) -> f64 {
    square_root(x).unwrap() + logarithm(x).expect("positive")
}

#[differentiable(aux)]
fn with_a_note(x: f64, y: f64) -> Result<(f64, String), Error> {
    let root = square_root(x * y)?;
    let note = format!("{root:.1}");
    Ok((root * x, note))
}

#[derive(Clone, Differentiable)]
struct Covariance {
    diagonal: Array1<f64>,
}

impl Covariance {
    #[differentiable]
    fn log_likelihood(&self, x: &Array1<f64>) -> Result<f64, Error> {
        let mut total = 0.0;
        for i in 0..x.len() {
            let deviation = square_root(self.diagonal[i])?;
            let z = x[i] / deviation;
            total -= 0.5 * z * z + deviation.ln();
        }
        Ok(total)
    }
}

#[test]
fn results() {
    let value = square_root(2.0).unwrap();
    assert_eq!(square_root::value_and_grad(2.0), Ok((value, 0.5 / value)));
    assert_eq!(square_root::grad(-1.0), Err(Error::NotPositive("-1".to_owned())));
    let w = numbers(1, 3) + 1.0;
    nested::check_grad(0.7, &w).unwrap().unwrap();
    assert_close(nested::value_and_grad(0.7, &w).unwrap().0, nested(0.7, &w).unwrap());
    assert_eq!(nested::grad(-9.0, &w).unwrap_err().to_string(), nested(-9.0, &w).unwrap_err().to_string());
    checked::check_grad(&[0.3, 0.8], 2).unwrap().unwrap();
    assert_eq!(checked::value_and_grad(&[0.3, 0.8], 1), Err(Error::TooLong(2)));
    assert_eq!(checked::grad(&[0.0], 1), Err(Error::NotPositive("0".to_owned())));
}

#[test]
fn pullbacks() {
    let (w, x) = (matrix(1, 3, 2), numbers(2, 2));
    let (value, pullback) = prediction::vjp(&w, &x).unwrap();
    assert_same_gradient(value.clone(), &prediction(&w, &x).unwrap(), f64::EPSILON);
    // The value has length 1: its own direction is one in which it does not change.
    let gradient = pullback(value);
    assert!(gradient.iter().all(|entry| entry.abs() < 1e-12));
    assert!(prediction::vjp(&(0.0 * &w), &x).is_err());
}

#[test]
fn options() {
    difference::check_grad(0.7, 0.3).unwrap().unwrap();
    let (_, (d_x, d_y)) = difference::value_and_grad(0.7, 0.3).unwrap();
    assert_close(d_x, 2.0 * 0.7_f64.ln() / 0.7);
    assert_close(d_y, -1.0 / 0.3);
    assert_eq!(difference::grad(0.7, -0.3), None);
    assert!(difference::vjp(-0.7, 0.3).is_none());
}

#[test]
fn callers() {
    agrees!(forgiving(0.7, 0.4), wrt 2);
    agrees!(forgiving(-0.7, 0.4), wrt 2);
    agrees!(forgiving(0.7, -0.4), wrt 2);
    agrees!(unwrapped(0.7));
}

#[test]
fn with_further_results() {
    let ((value, note), (d_x, d_y)) = with_a_note::value_and_grad(0.5, 2.0).unwrap();
    assert_eq!((value, note.as_str()), (0.5, "1.0"));
    assert_close(d_x, 1.5 * 1.0);
    assert_close(d_y, 0.25 / 2.0);
    with_a_note::check_grad(0.5, 2.0).unwrap().unwrap();
    assert!(with_a_note::grad(0.5, -2.0).is_err());
}

#[test]
fn methods() {
    let (covariance, x) = (Covariance { diagonal: numbers(1, 3) + 1.5 }, numbers(2, 3));
    covariance.log_likelihood_check_grad(&x).unwrap().unwrap();
    assert!(Covariance { diagonal: -covariance.diagonal }.log_likelihood_grad(&x).is_err());
}
