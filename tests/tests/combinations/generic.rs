//! Generic functions, lifetimes and ranks.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, assert_same_gradient, matrix, numbers};

#[differentiable]
fn damped<T: Real>(x: &Array1<T>, k: T) -> T {
    let y = (x * k).tanh();
    let mut acc = T::lit(0.0);
    for i in 0..x.len() {
        acc += y[i] * x[i] * T::lit(0.5);
    }
    acc + (&y * &y).sum().sqrt()
}

#[differentiable]
fn product<T: Real>(a: T, b: T) -> T {
    a * b
}

#[differentiable]
fn twice<T: Real>(x: T, k: T) -> T {
    product(x, k) + product(k, x)
}

#[differentiable]
fn smooth<T: Real>(x: &[T], weight: T) -> T {
    let mut total = T::zero();
    for i in 1..x.len() {
        total += product(T::one() + x[i], weight);
    }
    total
}

#[differentiable]
fn any_rank<D: Dimension>(x: &Array<f64, D>) -> f64 {
    x.sum()
}

#[differentiable]
fn of_views(w: ArrayView1<f64>, x: ArrayView1<f64>) -> f64 {
    w.dot(&x)
}

#[differentiable]
fn of_a_borrowed_view<'a>(x: &'a ArrayView1<'a, f64>) -> f64 {
    x.dot(x)
}

#[test]
fn over_floats() {
    agrees!(damped(&numbers(1, 4), 0.8), wrt 2);
    agrees!(twice(0.3, 0.8), wrt 2);
    agrees!(smooth(&[0.3, 0.2], 0.5), wrt 2);
}

#[test]
fn over_ranks_and_lifetimes() {
    assert_eq!(any_rank::grad(&matrix::<f64>(1, 2, 2)), Array2::<f64>::ones((2, 2)));
    let v = numbers::<f64>(1, 3);
    agrees!(of_views(v.view(), v.view()), wrt 2);
    assert_same_gradient(of_a_borrowed_view::grad(&v.view()), &(&v * 2.0), f64::EPSILON);
}
