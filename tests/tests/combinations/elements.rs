//! Single elements and fields beside the wholes that they are parts of; scalar functions.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn element_of_an_argument(w: &Array2<f64>, x: &Array1<f64>) -> f64 {
    let y = w.dot(x);
    y.sum() * w[[0, 0]]
}

#[differentiable]
fn fan_out(a: &Array2<f64>) -> f64 {
    let t = a.t();
    let g = t.dot(a);
    let h = g.mapv(|v| v.sin() * v + 0.1);
    let s = h.sum();
    let r = h.dot(&g);
    (&r * s).sum() + a[[0, 1]] * a[[1, 0]]
}

#[derive(Clone, Differentiable)]
struct Shifted {
    b: Array1<f64>,
    k: f64,
}

#[differentiable]
fn copy_of_a_field(p: &Shifted, c: f64) -> f64 {
    let v = p.b.clone();
    v[1] + v.sum() + c + p.k
}

#[differentiable]
fn powers(x: f64) -> f64 {
    x.powi(3) + x.powf(1.7) + 2.0f64.powf(x) + x.hypot(2.0) + x.max(0.3) + x.atan2(0.5) + x.clamp(0.0, 5.0) + (x * 2.0) % 1.7
}

#[differentiable]
fn exponent_in_a_variable(x: f64) -> f64 {
    let n = 3;
    x.powi(n)
}

#[differentiable]
fn right_side_first(x: f64) -> f64 {
    let mut a = x;
    a -= {
        a = a * 3.0;
        a * x
    };
    a
}

/// The sweep reads an element of one factor, and its shape.
#[differentiable]
fn element_and_shape(z: &Array1<f64>) -> f64 {
    let z = z.gelu();
    z[1] * (Array2::<f64>::ones((2, 2)) * &z)[[0, 1]]
}

#[test]
fn beside_wholes() {
    agrees!(element_of_an_argument(&matrix(1, 2, 2), &numbers(2, 2)), wrt 2);
    agrees!(fan_out(&matrix(1, 3, 3)));
    agrees!(element_and_shape(&numbers(1, 2)));
    agrees!(copy_of_a_field(&Shifted { b: numbers(1, 3), k: 0.4 }, 0.4), wrt 2);
}

#[test]
fn scalars() {
    agrees!(powers(0.77));
    agrees!(exponent_in_a_variable(0.7));
    agrees!(right_side_first(0.7));
    assert_eq!(right_side_first::value_and_grad(0.7).0, right_side_first(0.7));
}
