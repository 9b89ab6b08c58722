//! Closures that are given to differentiated functions, with what they capture.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[differentiable]
fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    x * x * f(0.5)
}

#[differentiable]
fn apply_twice<F: Fn(f64, usize) -> f64>(x: f64, f: F) -> f64 {
    apply(|t| f(t, 1), x) + apply(|t| f(t, 2), x)
}

/// Of numbers, arrays, lists, slices and text, by reference and by value.
#[differentiable(wrt(x))]
fn capturing(x: f64, weights: &Array1<f64>, counts: &[usize], label: &str) -> f64 {
    let factor = 3.0;
    let doubled = weights * 2.0;
    let list = vec![1.0, 2.0];
    let first = apply(|t| t * factor, x);
    let second = apply(
        |t| {
            let length = weights.len();
            t * length as f64 + doubled[0] + list[1]
        },
        x,
    );
    let third = apply_twice(x, |t, i| t * weights[i % weights.len()] + counts[0] as f64 + label.len() as f64 + doubled[0]);
    first + second * third + apply(|weights| weights * 2.0, x)
}

/// A closure with a name, given twice; the name of what it captures means something else by then.
#[differentiable(wrt(x))]
fn named(x: f64, weights: &Array1<f64>) -> f64 {
    let scale = weights[0];
    let f = |t: f64| t * weights[1] * scale;
    let scale = apply(f, x);
    scale + apply(f, x * scale)
}

/// The captured index is gone when the gradient comes back.
#[differentiable(wrt(x))]
fn in_a_loop(x: f64, weights: &Array1<f64>) -> f64 {
    let mut total = 0.0;
    for i in 0..weights.len() {
        let own = weights * i as f64;
        total += apply(|t| t * weights[i] + own[0], x * total + 1.0);
    }
    total
}

#[differentiable]
fn through_callers(x: f64) -> f64 {
    let weights = array![0.1, 0.2];
    capturing(x, &weights, &[3], "label") * in_a_loop(x, &weights) * named(x, &weights)
}

#[derive(Clone, Differentiable)]
struct Gain {
    by: f64,
}

impl Gain {
    #[differentiable]
    fn apply(&self, f: impl Fn(f64) -> f64, x: f64) -> f64 {
        self.by * x * f(0.5)
    }
}

#[differentiable]
fn of_methods(gain: &Gain, x: f64, weights: &[f64]) -> f64 {
    let mut total = 0.0;
    for i in 0..3 {
        total += gain.apply(|t| t * i as f64, x) * weights[i];
    }
    total
}

#[test]
fn closures_own_what_their_pullbacks_keep() {
    let weights = array![0.3, 0.4];
    agrees!(capturing(0.3, &weights, &[1], "text"));
    agrees!(named(0.3, &weights));
    agrees!(in_a_loop(0.3, &weights));
    agrees!(through_callers(0.3));
    agrees!(of_methods(&Gain { by: 0.7 }, 0.3, &[0.2, 0.5, 0.1]), wrt 3);
    Gain { by: 0.7 }.apply_check_grad(|t| 2.0 * t, 0.3).unwrap();
}
