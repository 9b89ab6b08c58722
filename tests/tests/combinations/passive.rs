//! Values that do not vary with the arguments: the derivative computes them as the function does.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::agrees;

/// The right side of a compound assignment is taken as a whole.
#[differentiable]
#[allow(clippy::misrefactored_assign_op)]
fn divided_by_a_sum(x: f64) -> f64 {
    let mut scale: f64 = -1.05;
    if x < 0.87 {
        scale /= scale.sin() + 1.5;
        scale *= scale - 0.5;
        scale -= scale - 0.25;
    }
    scale * x
}

/// The type of a literal is written beside it, and not where its method is called.
#[differentiable]
fn types_of_literals(x: &Array1<f64>) -> f64 {
    let mut rate: f64 = -0.5;
    rate = rate.mul_add(rate, rate);
    let (low, high): (f64, f64) = (2.0 * 0.5, if rate > 0.0 { -1.0 } else { 2.0 });
    rate + high.sin() * x.sum() + low.max(0.0)
}

/// What a variable was before says the type of the literal that it is set to.
#[differentiable]
fn assigned_literals(mut rate: f64, x: f64) -> f64 {
    if x > 0.0 {
        rate = 1.23;
        rate -= rate.softplus().sin();
    }
    rate * x
}

#[differentiable]
fn tuple_of_literals(x: &Array1<f64>) -> f64 {
    let mut weight: f64 = 0.5;
    let pair = (weight, weight);
    weight = x.sum() * (pair.0 - (pair.1 * x[0]));
    weight
}

/// A closure's parameter is not the argument of the same name.
#[differentiable]
fn closure_over_constants(t: f64) -> f64 {
    let scale = (Array1::<f64>::ones(2) * 1.14).mapv(|t| 2.0 * t);
    let k = 0.5;
    let halves = scale.mapv(|k| k * 0.5) * k;
    (scale + halves).sum() * t
}

#[test]
fn as_the_function_computes_them() {
    agrees!(divided_by_a_sum(0.3));
    agrees!(types_of_literals(&array![0.3, 0.5]));
    agrees!(assigned_literals(0.3, 0.4), wrt 2);
    agrees!(assigned_literals(0.3, -0.4), wrt 2);
    agrees!(tuple_of_literals(&array![0.3, 0.5]));
    agrees!(closure_over_constants(0.7));
}
