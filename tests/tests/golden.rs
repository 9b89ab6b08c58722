//! The functions whose expansions are under review in `odyssey-macros/golden`, compiled and checked.

#![allow(clippy::needless_range_loop, reason = "written as their users would")]

use ndarray::{Array1, Array2};
use odyssey_runtime::losses::cross_entropy_loss;
use odyssey_runtime::prelude::*;

#[derive(Clone, Differentiable)]
struct Layer {
    w: Array2<f64>,
    b: Array1<f64>,
}

#[derive(Clone, Differentiable)]
struct Network {
    hidden: Layer,
    output: Layer,
}

include!("../../odyssey-macros/golden/scalar.rs");
include!("../../odyssey-macros/golden/chain.rs");
include!("../../odyssey-macros/golden/loss.rs");
include!("../../odyssey-macros/golden/energy.rs");
include!("../../odyssey-macros/golden/recurrence.rs");
include!("../../odyssey-macros/golden/branch.rs");
include!("../../odyssey-macros/golden/layer.rs");
include!("../../odyssey-macros/golden/network.rs");
include!("../../odyssey-macros/golden/settle.rs");
include!("../../odyssey-macros/golden/diffuse.rs");
include!("../../odyssey-macros/golden/checkpoint.rs");
include!("../../odyssey-macros/golden/swing.rs");
include!("../../odyssey-macros/golden/valley.rs");

fn matrix(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| (0.7 * i as f64 - 0.9 * j as f64 + 0.2).sin())
}

fn vector(len: usize) -> Array1<f64> {
    Array1::from_shape_fn(len, |i| (1.3 * i as f64 + 0.4).cos())
}

#[test]
fn scalar() {
    pendulum::check_grad(0.3, 1.2, 0.8).unwrap();
}

#[test]
fn chain_of_functions() {
    for len in [0, 1, 16, 37, 1300] {
        let x = vector(len);
        chain::check_grad(&x, 0.7, -1.3).unwrap();
        let (value, _) = chain::value_and_grad(&x, 0.7, -1.3);
        assert!((value - chain(&x, 0.7, -1.3)).abs() <= 1e-12 * len as f64);
    }
}

#[test]
fn loss_of_arrays() {
    loss::check_grad(&matrix(4, 3), &vector(3), &matrix(5, 4), &matrix(5, 3)).unwrap();
}

#[test]
fn loops() {
    let x = [0.4, -0.3, 1.1, 0.2];
    energy::check_grad(&x, 1.7).unwrap();
    recurrence::check_grad(0.6, &x).unwrap();
    damped::check_grad(0.6, &x).unwrap();
    assert_eq!(energy::grad(&x[..1], 1.7), (vec![0.0], 0.0));
    assert_eq!(recurrence::grad(0.6, &[]), (0.0, Vec::new()));
}

#[test]
fn both_sides_of_a_branch() {
    for x in [-2.0, -0.3, 0.4, 1.9] {
        huber::check_grad(x, 1.0).unwrap();
    }
}

#[test]
fn calls() {
    let layer_of = |rows, columns| Layer { w: matrix(rows, columns), b: vector(columns) };
    let net = Network { hidden: layer_of(4, 5), output: layer_of(5, 3) };
    network::check_grad(&net, &matrix(6, 4), &[0, 2, 1, 1, 0, 2]).unwrap();
    let (hidden, x) = (&net.hidden, matrix(2, 4));
    let (value, pullback) = layer::vjp(hidden, &x);
    assert!((value - layer(hidden, &x)).iter().all(|e| e.abs() < 1e-14), "the vectorised tanh is within 2 ulp of the library's");
    let (d_hidden, d_x) = pullback(Array2::ones((2, 5)));
    assert_eq!((d_hidden.w.dim(), d_hidden.b.dim(), d_x.dim()), ((4, 5), 5, (2, 4)));
}

#[test]
fn loops_of_unknown_length() {
    for a in [0.2, 2.0, 1e4] {
        settle::check_grad(a, 1e-12 * a).unwrap();
        let (root, d_a) = settle::value_and_grad(a, 1e-12 * a);
        assert!((root - a.sqrt()).abs() <= 1e-12 * root && (d_a - 0.5 / a.sqrt()).abs() <= 1e-9 * d_a);
    }
}

#[test]
fn loops_in_place() {
    let heat = vector(9).to_vec();
    for steps in [0, 1, 6] {
        diffuse::check_grad(&heat, 0.2, steps).unwrap();
    }
}

#[test]
fn columns_of_a_trajectory() {
    let jacobian = swing::jacobian([0.5, 0.2], 7);
    for (column, unit) in [[1.0, 0.0], [0.0, 1.0]].into_iter().enumerate() {
        let (_, tangent) = swing::jvp([0.5, 0.2], 7, unit);
        assert!(jacobian.column(column).iter().zip(&tangent).all(|(a, b)| (a - b).abs() <= 1e-15));
    }
}

#[test]
fn hessian_of_a_valley() {
    let (a, b, c) = (0.3, -0.5, 0.7);
    let want = ndarray::array![
        [1200.0 * a * a - 400.0 * b + 2.0, -400.0 * a, 0.0],
        [-400.0 * a, 1200.0 * b * b - 400.0 * c + 202.0, -400.0 * b],
        [0.0, -400.0 * b, 200.0]
    ];
    let hessian = valley::hessian(&[a, b, c]);
    assert!((&hessian - &want).iter().all(|difference| difference.abs() < 1e-11), "{hessian}");
}
