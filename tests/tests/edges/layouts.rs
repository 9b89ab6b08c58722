//! Views of any layout give what contiguous arrays give; arrays without elements and without axes.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

#[differentiable]
fn chain(x: ArrayView2<f64>, y: ArrayView2<f64>, row: ArrayView1<f64>) -> Array2<f64> {
    let z = (&x * &row + 0.3).tanh();
    (&z * &y).sigmoid() + z * 2.0
}

#[differentiable]
fn total(x: ArrayView2<f64>, y: ArrayView2<f64>, row: ArrayView1<f64>) -> f64 {
    (&x * &y * row).exp().sum()
}

fn values(rows: usize, columns: usize, seed: f64) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| (seed + 1.7 * i as f64 + 0.31 * j as f64).sin())
}

#[track_caller]
fn assert_equal<D: ndarray::Dimension>(a: &Array<f64, D>, b: &Array<f64, D>) {
    assert_eq!(a.shape(), b.shape());
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-13 * b.abs().max(1.0)), "{a} and {b}");
}

/// The function of views and of contiguous copies of them.
#[track_caller]
fn check(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, row: ArrayView1<'_, f64>) {
    let copies = (x.as_standard_layout(), y.as_standard_layout(), row.to_vec());
    let (x_copy, y_copy, row_copy) = (copies.0.view(), copies.1.view(), aview1(&copies.2));
    let d = values(x.nrows(), x.ncols(), 0.7);

    let (value, pullback) = chain::vjp(x, y, row);
    let (wanted, pullback_of_copies) = chain::vjp(x_copy, y_copy, row_copy);
    assert_equal(&value, &wanted);
    assert_equal(&value, &chain(x, y, row));
    let ((d_x, d_y, d_row), wanted) = (pullback(d.clone()), pullback_of_copies(d.clone()));
    assert_equal(&d_x, &wanted.0);
    assert_equal(&d_y, &wanted.1);
    assert_equal(&d_row, &wanted.2);

    // A cotangent of another layout.
    let (_, pullback) = chain::vjp(x, y, row);
    let mut reversed = d.clone().reversed_axes().as_standard_layout().into_owned().reversed_axes();
    reversed.assign(&d);
    assert_equal(&pullback(reversed).0, &wanted.0);

    let (value, gradient) = total::value_and_grad(x, y, row);
    let (wanted, wanted_gradient) = total::value_and_grad(x_copy, y_copy, row_copy);
    assert!((value - wanted).abs() <= 1e-13 * wanted.abs().max(1.0));
    assert_equal(&gradient.0, &wanted_gradient.0);
    assert_equal(&gradient.1, &wanted_gradient.1);
    assert_equal(&gradient.2, &wanted_gradient.2);
}

#[test]
fn views() {
    for (rows, columns) in [(1, 1), (3, 5), (7, 64), (2, 129), (0, 3), (3, 0), (1, 300), (40, 1)] {
        let (x, y) = (values(rows, columns, 0.1), values(rows, columns, 0.5));
        let long = values(2 * rows, 3 * columns, 0.2);
        let flipped = values(columns, rows, 0.3);
        let row = values(1, columns, 0.9).remove_axis(Axis(0));
        let wide_row = values(1, 2 * columns, 0.4).remove_axis(Axis(0));
        let one = array![[0.6]];

        let reversed = x.slice(s![..;-1, ..;-1]);
        let strided = long.slice(s![..;2, ..;3]);
        let transposed = flipped.t();
        let repeated_row = row.broadcast((rows, columns)).unwrap();
        let repeated_number = one.broadcast((rows, columns)).unwrap();
        let operands = [x.view(), reversed, strided, transposed, repeated_row, repeated_number];
        for x in operands {
            check(x, y.view(), row.view());
            check(x, y.slice(s![.., ..;-1]), wide_row.slice(s![..;2]));
            check(y.view(), x, row.slice(s![..;-1]));
            check(x, x, row.view());
        }
    }
}

#[differentiable]
fn without_axes(x: &Array0<f64>, k: f64) -> Array0<f64> {
    x.softplus() * k + x
}

#[differentiable]
fn any_rank<D: ndarray::Dimension>(x: &Array<f64, D>) -> Array<f64, D> {
    x.mapv(|v| v * v.tanh())
}

#[differentiable]
fn broadcast(x: &Array2<f64>, row: &Array1<f64>, k: f64) -> f64 {
    (x * row + k).sum()
}

#[test]
fn arrays_without_axes() {
    let x = arr0(0.5);
    let (y, pullback) = without_axes::vjp(&x, 2.0);
    assert!((y[()] - (2.0 * 0.5f64.exp().ln_1p() + 0.5)).abs() < 1e-14);
    let (d_x, d_k) = pullback(arr0(3.0));
    let slope = 1.0 / (1.0 + (-0.5f64).exp());
    assert!((d_x[()] - 3.0 * (2.0 * slope + 1.0)).abs() < 1e-14);
    assert!((d_k - 3.0 * 0.5f64.exp().ln_1p()).abs() < 1e-14);
}

#[test]
fn any_rank_and_no_elements() {
    let number = 0.8f64;
    let slope = number.tanh() + number * (1.0 - number.tanh().powi(2));
    let x = arr0(number);
    let (_, pullback) = any_rank::vjp(&x);
    assert!((pullback(arr0(1.0))[()] - slope).abs() < 1e-14);
    let x = ArrayD::from_elem(IxDyn(&[2, 1, 3, 1, 2]), number);
    let (_, pullback) = any_rank::vjp(&x);
    assert!(pullback(ArrayD::ones(x.raw_dim())).iter().all(|d| (d - slope).abs() < 1e-14));
    let empty = Array3::zeros((2, 0, 3));
    let (y, pullback) = any_rank::vjp(&empty);
    assert_eq!((y.dim(), pullback(empty.clone()).dim()), ((2, 0, 3), (2, 0, 3)));
}

#[test]
fn gradients_of_nothing_are_zeros() {
    let (value, (d_x, d_row, d_k)) = broadcast::value_and_grad(&Array2::zeros((0, 3)), &array![1.0, 2.0, 3.0], 4.0);
    assert_eq!(value, 0.0);
    assert_eq!((d_x, d_row, d_k), (Array2::zeros((0, 3)), Array1::zeros(3), 0.0));
}
