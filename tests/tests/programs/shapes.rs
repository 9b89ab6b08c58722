//! Arrays in another shape, and parts of arrays: views wherever ndarray has views.

use ndarray::prelude::*;
use ndarray::{Order, concatenate, stack};
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

fn cube() -> Array3<f64> {
    matrix(5, 6, 4).into_shape_with_order((2, 3, 4)).unwrap()
}

#[differentiable]
fn axes_of_views(x: &Array3<f64>) -> f64 {
    let y = x.view().permuted_axes([2, 0, 1]);
    let z = &y * &y.exp();
    let w = x.view().reversed_axes();
    (&z * &y).sum() + z.sum_axis(Axis(0)).norm_l2() + (&w * &w.exp()).sum()
}

#[differentiable]
fn axes_of_arrays(x: Array2<f64>) -> f64 {
    let y = (&x * 2.0).sin().reversed_axes();
    y.dot(&x).norm_l2() + x.permuted_axes([1, 0]).column(0).product()
}

#[differentiable]
fn axes_in_place(x: &Array3<f64>) -> f64 {
    let mut y = x.exp();
    y.swap_axes(0, 1);
    y.invert_axis(Axis(2));
    y[[0, 1, 2]] *= 3.0;
    y.permute_axes([2, 1, 0]);
    y.reverse_axes();
    let mut seen = x.view();
    seen.swap_axes(1, 2);
    y.sum_axis(Axis(0)).norm_l2() + seen.sum_axis(Axis(2)).norm_l2()
}

#[differentiable]
fn turned_in_a_loop(x: &Array2<f64>) -> f64 {
    let mut y = x.clone();
    for _ in 0..4 {
        y = (y * 0.5).reversed_axes();
        y[[0, 1]] *= 1.5;
    }
    y.norm_l2()
}

#[differentiable]
fn turned_in_a_branch(x: &Array2<f64>) -> f64 {
    let y = if x[[0, 1]] > 0.0 { x.exp().reversed_axes() } else { x.t().to_owned() };
    y.dot(x).norm_l2()
}

#[differentiable]
fn moved_parts(x: Array3<f64>) -> f64 {
    let matrix = x.index_axis_move(Axis(1), 1);
    let part = matrix.slice_move(s![..;-1, 1..]);
    let square = part.view().slice_move(s![.., ..2]).into_diag();
    (&part * &part * &part).sum() + square.product()
}

#[differentiable]
fn axis_removed(x: &Array2<f64>) -> f64 {
    let first = x.view().remove_axis(Axis(0));
    let last = x.exp().slice_move(s![-1.., ..]).remove_axis(Axis(0));
    first.dot(&last)
}

#[differentiable]
fn reshaped(x: &Array2<f64>) -> f64 {
    let n = x.len();
    let y = x.exp().into_shape_with_order((2, 6)).unwrap();
    let flat = y.view().into_shape_with_order(12).expect("as many elements");
    let columns = x.to_shape(((n / 2, 2), Order::ColumnMajor)).unwrap();
    let any = x.to_shape(IxDyn(&[2, n / 2])).unwrap();
    flat.dot(&flat) * y.sum() + columns.column(0).dot(&columns.column(1)) + (&any * &any * &any).sum()
}

#[differentiable]
fn flattened(x: Array2<f64>) -> f64 {
    let y = x.flatten();
    let product = y.dot(&x.t().flatten());
    product + (x * 3.0).into_flat().norm_l2()
}

#[differentiable]
fn repeated(x: &Array1<f64>, m: &Array2<f64>) -> f64 {
    let y = x.broadcast((3, 4)).unwrap();
    (&y * m * y).sum() + y.dot(x).norm_l2()
}

#[differentiable]
fn overlapping(x: &Array2<f64>) -> f64 {
    let (a, b) = (x.slice(s![..;-1, 1..]), x.slice(s![.., ..3;-1]));
    (&a * &b).sum() + x.row(0).dot(&x.row(1)) * x.column(2).dot(&x.column(2)) + x.diag().product()
}

#[differentiable]
fn with_a_diagonal(x: &Array1<f64>, m: &Array2<f64>) -> f64 {
    let scaled = m.dot(&Array2::from_diag(x));
    let square = Array2::from_diag(&x.exp());
    scaled.norm_l2() + square.dot(x).product() + Array2::from_diag(&m.row(0)).column(1).sum()
}

#[differentiable]
fn gathered(x: &Array2<f64>, ids: &[usize]) -> f64 {
    let y = x.select(Axis(0), ids);
    let z = x.select(Axis(1), &[3, 0, 3]);
    (&y * &y * &y).sum() + z.norm_l2() + (x * x).sum()
}

#[differentiable]
fn joined(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let along = concatenate(Axis(0), &[x.view(), y.view(), x.slice(s![..1, ..])]).unwrap();
    let beside = ndarray::stack(Axis(1), &[x.view(), y.view()]).expect("of one shape");
    let same = stack![Axis(0), *x, *y];
    (&along * &along * &along).sum() + beside.sum_axis(Axis(0)).norm_l2() * same.norm_l2()
}

#[differentiable]
fn split(x: &Array2<f64>) -> f64 {
    let (a, b) = x.view().split_at(Axis(0), 1);
    a.sum() * (&b * &b).sum()
}

#[differentiable]
fn of_any_rank(x: &Array2<f64>, y: ArrayD<f64>) -> f64 {
    let dynamic = x.view().into_dyn();
    let sums = (&dynamic * &dynamic).sum_axis(Axis(0)).into_dimensionality::<Ix1>().unwrap();
    let product = y.view().into_dimensionality::<Ix2>().unwrap().dot(&sums);
    product.norm_l2() + x.exp().into_dyn().product()
}

#[differentiable]
fn longer(x: Array1<f64>, m: &Array2<f64>) -> f64 {
    let row = x.view().insert_axis(Axis(0));
    let scaled = (&row * m).norm_l2();
    let column = x.insert_axis(Axis(1));
    scaled + column.dot(&column.t()).norm_l2()
}

#[differentiable]
fn one_number(x: &Array1<f64>) -> f64 {
    x.sum_axis(Axis(0)).into_scalar().exp()
}

#[differentiable]
fn cubes(a: &Array2<f64>) -> f64 {
    (a * a * a).sum()
}

#[differentiable]
fn cubes_of_own(a: Array2<f64>) -> f64 {
    (&a * &a * &a).sum()
}

#[differentiable]
fn turned(a: Array2<f64>) -> Array2<f64> {
    a.reversed_axes()
}

#[differentiable]
fn refolded(a: &Array2<f64>) -> Array2<f64> {
    (a * 2.0).into_shape_with_order((4, 3)).unwrap()
}

/// What has been moved is an array of its own to whoever gets it.
#[differentiable]
fn through_calls(x: &Array2<f64>) -> f64 {
    let y = x.sin().reversed_axes();
    let mut kept = Vec::new();
    for i in 0..3 {
        kept.push((x * (i as f64 + 1.0)).reversed_axes());
    }
    let own = cubes_of_own(turned(x.exp())) + cubes_of_own(refolded(x)) + refolded(x).column(1).norm_l2();
    cubes(&y) + cubes_of_own(y) + cubes(&x.exp().reversed_axes()) + own + kept[2].dot(x).norm_l2()
}

#[test]
fn gradients() {
    let (x, m) = (numbers(1, 4), matrix(2, 3, 4));
    agrees!(axes_of_views(&cube()));
    agrees!(axes_of_arrays(m.clone()));
    agrees!(axes_in_place(&cube()));
    agrees!(turned_in_a_loop(&m));
    agrees!(turned_in_a_branch(&m));
    agrees!(moved_parts(cube()));
    agrees!(axis_removed(&m));
    agrees!(reshaped(&m));
    agrees!(flattened(m.clone()));
    agrees!(repeated(&x, &m), wrt 2);
    agrees!(overlapping(&m));
    agrees!(with_a_diagonal(&x, &m), wrt 2);
    agrees!(gathered(&m, &[1, 0, 1]));
    agrees!(joined(&m, &matrix(3, 3, 4)), wrt 2);
    agrees!(split(&m));
    agrees!(of_any_rank(&m, matrix(4, 2, 4).into_dyn()), wrt 2);
    agrees!(longer(x.clone(), &m), wrt 2);
    agrees!(one_number(&x));
    agrees!(through_calls(&m));
}
