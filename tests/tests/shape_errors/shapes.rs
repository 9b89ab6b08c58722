//! Shapes that do not fit.

use ndarray::{Array1, Array2, Axis};
use odyssey_runtime::losses::mse_loss;
use odyssey_runtime::prelude::*;

use crate::support::{blames, ones};

#[differentiable(wrt(w))]
fn product_of(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let h = x.dot(w);
    h.dot(&h)
}

#[differentiable(wrt(w))]
fn sum_of(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    let h = w * 2.0;
    let k = &h + x;
    k.sum()
}

#[differentiable(wrt(w))]
fn fused(w: &Array1<f64>, x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let h = (w * x).tanh();
    let k = h.exp() - y;
    (&k * &k).sum()
}

#[differentiable(wrt(w))]
fn along_axis(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let s = h.sum_axis(Axis(1));
    s.sum()
}

#[differentiable(wrt(w))]
fn over_axes(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let h = x * w;
    let s = sum_keep(&h, [Axis(1), Axis(1)]);
    s.sum()
}

#[differentiable(wrt(w))]
fn softmaxed(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let s = h.softmax(Axis(2));
    s.sum()
}

#[differentiable(wrt(w))]
pub(crate) fn scattered(w: &Array1<f64>, ids: &[usize], x: &Array1<f64>) -> f64 {
    let h = w * w;
    let t = h.scatter_add(Axis(0), ids, x);
    t.sum()
}

#[differentiable(wrt(w))]
fn reshaped(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let t = h.to_shape((2, 3)).unwrap();
    t.sum()
}

#[differentiable(wrt(w))]
fn inner(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    w.dot(x)
}

#[differentiable(wrt(w))]
fn called(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    let h = w * w;
    inner(&h, x)
}

#[differentiable(wrt(w))]
fn lossy(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    let h = w * w;
    mse_loss(&h, x)
}

#[differentiable(wrt(w))]
fn joined(w: &Array2<f64>, x: &Array2<f64>) -> f64 {
    let h = w * w;
    let k = x * 2.0;
    let t = ndarray::concatenate![Axis(0), h, k];
    t.sum()
}

#[differentiable(wrt(w))]
fn added(w: &Array1<f64>, x: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    let mut row = h.row_mut(1);
    row += &(w * 2.0);
    h.sum() + x.sum()
}

#[differentiable(wrt(w))]
fn assigned(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let mut h = x * 2.0;
    let k = w * w;
    h.row_mut(1).assign(&k);
    h.sum()
}

/// A gradient is added to one of another shape.
#[differentiable]
fn squares(w: &Array1<f64>) -> f64 {
    (w * w).sum()
}

in_every_mode! {
    contraction: product_of(&ones(2), &Array2::ones((3, 5))) along (ones(2)), "x.dot(w)", "[3, 5] and [2] do not contract in x.dot(w) at ";
    operator: sum_of(&ones(2), &ones(3)) along (ones(2)), "&h + x", "[2] and [3] do not broadcast in &h + x at ";
    first_of_a_pass: fused(&ones(2), &ones(3), &ones(3)) along (ones(2)), "w * x", "[2] and [3] do not broadcast in w * x at ";
    last_of_a_pass: fused(&ones(2), &ones(2), &ones(3)) along (ones(2)), "h.exp() - y", "[2] and [3] do not broadcast in h.exp() - y at ";
    reduction: along_axis(&ones(2)) along (ones(2)), "h.sum_axis(Axis(1))", "[2]", "in h.sum_axis(Axis(1)) at ";
    axes: over_axes(&ones(2), &Array2::ones((3, 2))) along (ones(2)), "sum_keep(&h, [Axis(1), Axis(1)])", "axis 1 is given twice", "in sum_keep(&h, [Axis(1), Axis(1)]) at ";
    axis: softmaxed(&ones(2)) along (ones(2)), "h.softmax(Axis(2))", "[2]", "in h.softmax(Axis(2)) at ";
    scattered_slices: scattered(&ones(3), &[0, 1], &ones(4)) along (ones(3)), "h.scatter_add(Axis(0), ids, x)", "[4]", "2 slices", "[3]", "in h.scatter_add(Axis(0), ids, x) at ";
    new_shape: reshaped(&ones(2)) along (ones(2)), "h.to_shape((2, 3))", "[2]", "[2, 3]", "in h.to_shape((2, 3)) at ";
    inside_of_a_call: called(&ones(2), &ones(3)) along (ones(2)), "w.dot(x)", "[2] and [3]", "in w.dot(x) at ";
    loss: lossy(&ones(2), &ones(3)) along (ones(2)), "mse_loss(&h, x)", "[2]", "[3]", "in mse_loss(&h, x) at ";
    compound_assignment: added(&ones(3), &ones(2)) along (ones(3)), "row += &(w * 2.0)", "[2] and [3]", "in row += &(w * 2.0) at ";
    assignment: assigned(&ones(3), &Array2::ones((3, 2))) along (ones(3)), "h.row_mut(1).assign(&k)", "[2] and [3]", "in h.row_mut(1).assign(&k) at ";
    parts: joined(&Array2::ones((1, 2)), &Array2::ones((3, 5))) along (Array2::ones((1, 2))), "ndarray::concatenate![Axis(0), h, k]", "[1, 2]", "[3, 5]", "in ndarray::concatenate![Axis(0), h, k] at ";
}

#[test]
fn a_gradient_of_another_shape_is_the_callers_fault() {
    let (mut workspace, mut gradient) = (Workspace::default(), ones(3));
    let call = "squares::accumulate_grad_into(&mut workspace, &mut gradient, &ones(2))";
    blames("accumulate", call, &["[3]", "[2]"], || {
        let _ = squares::accumulate_grad_into(&mut workspace, &mut gradient, &ones(2));
    });
}
