//! Arrays in another shape where the compiler cannot follow.

#![allow(unused)]

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

#[differentiable]
fn a_part(x: &Array3<f64>) -> f64 {
    let mut y = x.clone();
    y.index_axis_mut(Axis(0), 0).swap_axes(0, 1);
    y.sum()
}

#[differentiable]
fn without_the_rank(x: &ArrayD<f64>) -> f64 {
    let y: Array2<f64> = x.clone().into_dimensionality().unwrap();
    y.sum()
}

#[differentiable]
fn perhaps(x: &Array2<f64>) -> f64 {
    match x.broadcast((2, 3, 4)) {
        Some(y) => y.sum(),
        None => 0.0,
    }
}

#[differentiable]
fn of_a_variable_axis(x: &Array2<f64>) -> f64 {
    x.cumsum(Axis(x[[0, 0]] as usize)).sum() + x.var(x[[0, 0]])
}

#[differentiable]
fn a_list_of_views(x: &Array2<f64>) -> f64 {
    let parts = [x.view(), x.view()];
    ndarray::concatenate(Axis(0), &parts).unwrap().sum()
}

fn main() {}
