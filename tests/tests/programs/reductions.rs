//! Reductions over all elements and along axes.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn products(x: &Array1<f64>) -> f64 {
    x.product() * x.sum()
}

#[differentiable]
fn products_along_axes(x: &Array2<f64>) -> f64 {
    x.product_axis(Axis(0)).dot(&x.cumprod(Axis(1)).row(1))
}

/// A sample's coefficient of variation, and a score with it.
#[differentiable]
fn variation(x: &Array1<f64>) -> f64 {
    let spread = x.std(1.0) / (2.0 + x.mean().unwrap());
    spread.exp() + x.var(0.0) * spread
}

#[differentiable]
fn standardised(x: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let mean = x.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1));
    let deviation = x.std_axis(Axis(1), 0.0).insert_axis(Axis(1));
    let z = (x - &mean) / &deviation;
    (z.dot(w)).sin().sum() + x.var_axis(Axis(0), 1.0).dot(w)
}

#[differentiable]
fn spans(x: &Array2<f64>) -> f64 {
    let span = x.max_axis(Axis(1)) - x.min_axis(Axis(1));
    (&span * &span).sum() + max_axis(x, Axis(0)).product()
}

#[differentiable]
fn norms(x: &Array2<f64>) -> f64 {
    let rows = x.row(0).norm_l2() * x.row(1).norm_l1();
    rows + norm_l2(&(x * 2.0)) * x.norm_l1()
}

#[differentiable]
fn running(x: &Array2<f64>) -> f64 {
    let path = x.cumsum(Axis(0));
    let last = path.row(path.nrows() - 1);
    (&path * &path).sum() + cumsum(&last, Axis(0)).norm_l2()
}

/// The largest entry of each row, by its position.
#[differentiable]
fn picked(x: &Array2<f64>) -> f64 {
    let best = x.argmax_axis(Axis(1));
    let mut total = x[[0, argmax(&x.row(0))]];
    for (row, column) in best.iter().enumerate() {
        total += x[[row, *column]].exp();
    }
    let i = x.column(0).argmax();
    total * x[[i, 0]]
}

#[derive(Clone, Differentiable)]
struct Layer<W> {
    w: W,
}

/// Of fields, whose types the compiler does not see.
#[differentiable]
fn of_a_field(layer: &Layer<Array2<f64>>) -> f64 {
    let w = &layer.w;
    let whole = w.product() + w.var(0.0) * w.std(1.0) + w.norm_l1() * layer.w.norm_l2();
    let along = w.product_axis(Axis(0)) + w.var_axis(Axis(0), 0.0) * w.std_axis(Axis(0), 0.5);
    let extremes = w.max_axis(Axis(1)).sum() * layer.w.min_axis(Axis(1)).product();
    whole + along.norm_l2() + extremes + w.cumsum(Axis(1)).norm_l2() + w.cumprod(Axis(0)).norm_l1()
}

#[differentiable]
fn generic<T: Real>(x: &Array2<T>) -> T {
    x.var(T::lit(1.0)) + x.max_axis(Axis(0)).norm_l2() + x.std_axis(Axis(1), T::lit(0.0)).product()
}

#[differentiable]
fn of_any_rank(x: &ArrayD<f64>) -> f64 {
    x.max_axis(Axis(0)).cumsum(Axis(1)).norm_l2() + x.var_axis(Axis(1), 0.0).product_axis(Axis(0)).sum()
}

/// Through calls, in a loop.
#[differentiable]
fn through_calls(x: &Array2<f64>) -> f64 {
    let mut total = 0.0;
    for row in x.outer_iter() {
        total += variation(&row.to_owned()) * row.norm_l2();
    }
    total + spans(x) * norms(x)
}

#[test]
fn gradients() {
    let (x, m) = (numbers(1, 5), matrix(2, 3, 4));
    agrees!(products(&x));
    agrees!(products(&array![0.5, 0.0, 2.0]));
    agrees!(products_along_axes(&m));
    agrees!(variation(&x));
    agrees!(standardised(&m, &numbers(3, 4)), wrt 2);
    agrees!(spans(&m));
    agrees!(norms(&m));
    agrees!(running(&m));
    agrees!(picked(&m));
    agrees!(of_a_field(&Layer { w: m.clone() }));
    agrees!(generic(&m));
    agrees!(of_any_rank(&m.clone().into_shape_with_order(IxDyn(&[3, 2, 2])).unwrap()));
    agrees!(through_calls(&m));
}

#[differentiable]
fn length(x: &Array1<f64>) -> f64 {
    x.norm_l2() + x.std(0.0)
}

#[differentiable]
fn highest(x: &Array1<f64>) -> f64 {
    x.max_axis(Axis(0)).into_scalar()
}

/// The published choices at kinks.
#[test]
fn at_the_edges() {
    assert_eq!(length::grad(&array![0.0, 0.0]), array![0.0, 0.0]);
    assert_eq!(highest::grad(&array![2.0, 1.0, 2.0]), array![0.5, 0.0, 0.5]);
}
