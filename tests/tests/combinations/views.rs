//! Views of fields, of temporaries, of what a branch makes.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[derive(Clone, Differentiable)]
struct Pair {
    w: Array2<f64>,
    b: Array1<f64>,
}

#[differentiable]
fn view_of_a_field(q: &Pair) -> f64 {
    let v = q.w.dot(&q.w.t());
    v[[1, 1]].sin() + q.b.sum()
}

#[differentiable]
fn view_of_a_temporary(q: &Array1<f64>) -> f64 {
    Array2::<f64>::ones((2, 2)).t().dot(q).sum()
}

#[differentiable]
fn field_twice(c: f64, a: &Pair) -> f64 {
    let w = a.w.logsumexp(Axis(1));
    a.w.t().dot(&w).sum() - a.w.sum() * c
}

#[differentiable(wrt(a))]
fn view_in_a_branch(a: &Array1<f64>, m: &Array2<f64>) -> f64 {
    let mut v = a.clone();
    if a[0] > 0.01 {
        let k = m.tanh();
        v = k.t().dot(a);
    }
    v.sum()
}

#[test]
fn views() {
    let q = Pair { w: matrix(1, 2, 2), b: numbers(2, 2) };
    agrees!(view_of_a_field(&q));
    agrees!(view_of_a_temporary(&q.b));
    agrees!(field_twice(0.3, &q), wrt 2);
    agrees!(view_in_a_branch(&array![0.4, 0.6], &q.w));
    agrees!(view_in_a_branch(&array![-0.4, 0.6], &q.w));
}
