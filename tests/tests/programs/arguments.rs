//! One body, arguments of every ownership and layout.

use ndarray::prelude::*;
use ndarray::{ArrayRef1, ArrayRef2};
use odyssey_runtime::prelude::*;

use crate::support::{agrees, assert_close, assert_same_gradient, matrix, numbers};

#[differentiable]
fn borrowed(w: &Array2<f64>, x: &Array1<f64>) -> f64 {
    let y = w.dot(x) + 0.5;
    (&y * &y).sum() * w[[0, 0]]
}

#[differentiable]
fn owned(w: Array2<f64>, x: Array1<f64>) -> f64 {
    let y = w.dot(&x) + 0.5;
    (&y * &y).sum() * w[[0, 0]]
}

#[differentiable]
fn views(w: ArrayView2<f64>, x: ArrayView1<'_, f64>) -> f64 {
    let y = w.dot(&x) + 0.5;
    (&y * &y).sum() * w[[0, 0]]
}

#[differentiable]
fn references(w: &ArrayRef2<f64>, x: &ArrayRef1<f64>) -> f64 {
    let y = w.dot(x) + 0.5;
    (&y * &y).sum() * w[[0, 0]]
}

#[differentiable]
fn borrowed_views<'a>(w: &ArrayView2<'a, f64>, x: &'a ArrayView1<'a, f64>) -> f64 {
    let y = w.dot(x) + 0.5;
    (&y * &y).sum() * w[[0, 0]]
}

/// The body uses up its argument.
#[differentiable]
fn consumed(x: Array1<f64>, y: Array1<f64>) -> f64 {
    let z = x + y;
    z.exp().sum()
}

#[differentiable]
fn scalar_reference(x: &f64, y: &f64) -> f64 {
    *x * y + (*y).sin()
}

#[differentiable]
fn higher(x: &Array3<f64>, y: &ArrayD<f64>) -> f64 {
    let z = x * 2.0;
    z.sum_axis(Axis(1)).tanh().sum() + (y * y).sum()
}

#[differentiable]
fn no_gradient(x: f64, #[no_grad] scale: f64, #[no_grad] shift: &Array1<f64>) -> f64 {
    x * scale + (shift * x).sum()
}

#[test]
fn ownership() {
    let (w, x) = (matrix(1, 3, 3), numbers(2, 3));
    agrees!(borrowed(&w, &x), wrt 2);
    agrees!(owned(w.clone(), x.clone()), wrt 2);
    agrees!(views(w.view(), x.view()), wrt 2);
    agrees!(references(&w, &x), wrt 2);
    let (w_view, x_view) = (w.view(), x.view());
    let (value, pullback) = borrowed_views::vjp(&w_view, &x_view);
    assert_close(value, borrowed(&w, &x));
    assert_same_gradient(pullback(1.0), &borrowed::grad(&w, &x), f64::EPSILON);
    assert_same_gradient(borrowed_views::grad(&w_view, &x_view), &borrowed::grad(&w, &x), f64::EPSILON);
    agrees!(consumed(x.clone(), x.clone()), wrt 2);
    agrees!(scalar_reference(&0.4, &0.9), wrt 2);
    let expected = borrowed::grad(&w, &x);
    assert_eq!(owned::grad(w.clone(), x.clone()), expected);
    assert_eq!(views::grad(w.view(), x.view()), expected);
    assert_eq!(references::grad(&w, &x), expected);
}

#[test]
fn layouts() {
    let (w, x): (Array2<f64>, Array1<f64>) = (matrix(1, 3, 3), numbers(2, 6));
    agrees!(views(w.t(), x.slice(s![..;2])), wrt 2);
    agrees!(views(w.slice(s![..;-1, ..;-1]), x.slice(s![3..;-1]).slice(s![..3])), wrt 2);
    let one = Array1::from_elem(1, 0.5);
    agrees!(views(w.view(), one.broadcast(3).unwrap()), wrt 2);
}

#[test]
fn higher_ranks() {
    let x = numbers(1, 24).into_shape_with_order((2, 3, 4)).unwrap();
    let y = matrix(2, 2, 3).into_dyn();
    agrees!(higher(&x, &y), wrt 2);
}

#[test]
fn left_out() {
    agrees!(no_gradient(0.4, 2.0, &numbers(1, 3)));
}
