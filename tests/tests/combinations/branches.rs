//! Choices between arrays, and between elements.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, numbers};

#[differentiable]
fn arrays_in_if(a: &Array1<f64>, c: f64) -> f64 {
    let b = if c > 0.0 { a * c } else { a.exp() };
    let mut d = b.clone();
    if a.sum() > -100.0 {
        d = &d * &b + a;
    }
    (&d * &b).sum()
}

#[differentiable]
fn choices_in_a_closure(x: &Array1<f64>) -> f64 {
    x.mapv(|v| {
        if v > 0.0 && v < 10.0 {
            v * v
        } else if v > -0.5 {
            0.1 * v
        } else {
            v.exp()
        }
    })
    .sum()
}

#[differentiable]
fn logarithm_where_positive(x: &Array1<f64>) -> f64 {
    x.mapv(|v| if v > 0.0 { v.ln() } else { 3.0 * v }).sum()
}

#[test]
fn between_arrays() {
    agrees!(arrays_in_if(&numbers(1, 3), 0.4), wrt 2);
    agrees!(arrays_in_if(&numbers(1, 3), -0.4), wrt 2);
}

#[test]
fn between_elements() {
    agrees!(choices_in_a_closure(&array![0.3, -0.2, -0.7, 1.5]));
    let x = array![0.0, 2.0];
    assert_eq!(logarithm_where_positive::grad(&x), array![3.0, 0.5]);
    let (_, pullback) = logarithm_where_positive::vjp(&x);
    assert_eq!(pullback(1.0), array![3.0, 0.5]);
}
