//! Positions that are not there. Those of elements are checked by `ndarray` and `std`, in whose words they have no expression.

use ndarray::{Array1, Array2, Axis, Slice, s};
use odyssey_runtime::prelude::*;

use crate::shapes::scattered;
use crate::support::ones;

#[differentiable(wrt(w))]
fn element(w: &Array1<f64>) -> f64 {
    let h = w * w;
    h[5] * 2.0
}

#[differentiable(wrt(w))]
fn sliced(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let t = h.slice(s![1..7]);
    t.sum()
}

#[differentiable(wrt(w))]
fn row(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let h = x * w;
    let t = h.row(4);
    t.sum()
}

#[differentiable(wrt(w))]
fn gathered(w: &Array1<f64>) -> f64 {
    let h = w * w;
    let t = h.select(Axis(0), &[1, 4]);
    t.sum()
}

#[differentiable(wrt(w))]
fn looked_up(w: &Array2<f64>) -> f64 {
    let h = w * w;
    let t = h.embedding(&[0, 7]);
    t.sum()
}

#[differentiable(wrt(w))]
fn element_of_a_list(w: &[f64]) -> f64 {
    let h: Vec<f64> = w.iter().map(|x| x * x).collect();
    h[5] * 2.0
}

#[differentiable(wrt(w))]
fn set(w: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    h[[3, 1]] = 2.0 * w[0];
    h.sum()
}

#[differentiable(wrt(w))]
fn row_assigned(w: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    h.row_mut(4).assign(&(w * 2.0));
    h.sum()
}

#[differentiable(wrt(w))]
fn row_under_a_name(w: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    let mut r = h.row_mut(3);
    r += w;
    h.sum()
}

#[differentiable(wrt(w))]
fn column_filled(w: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    h.column_mut(2).fill(w[0]);
    h.sum()
}

#[differentiable(wrt(w))]
fn slice_assigned(w: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    h.slice_mut(s![4, ..]).assign(w);
    h.sum()
}

#[differentiable(wrt(w))]
fn part_of_a_part(w: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    h.slice_mut(s![..2, ..]).row_mut(2).assign(w);
    h.sum()
}

#[differentiable(wrt(w))]
fn axis_assigned(w: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    let n = h.nrows();
    h.index_axis_mut(Axis(0), n).assign(w);
    h.sum()
}

#[differentiable(wrt(w))]
fn slice_along_an_axis(w: &Array1<f64>) -> f64 {
    let mut h = w * w;
    h.slice_axis_mut(Axis(0), Slice::from(1..9)).fill(w[0]);
    h.sum()
}

#[differentiable]
fn doubled(x: &mut f64) {
    *x *= 2.0;
}

#[differentiable(wrt(w))]
fn row_lent(w: &Array1<f64>) -> f64 {
    let mut h = Array2::zeros((3, 2));
    h.row_mut(1).assign(w);
    doubled(&mut h.row_mut(7)[0]);
    h.sum()
}

#[differentiable(wrt(w))]
fn swapped(w: &[f64]) -> f64 {
    let mut h = w.to_vec();
    h.swap(0, 7);
    h[0] * h[0]
}

in_every_mode! {
    index: element(&ones(2)) along (ones(2)), "h[5]", "5", "[2]";
    slice: sliced(&ones(2)) along (ones(2)), "h.slice(s![1..7])", "[2]", "in h.slice(s![1..7]) at ";
    row_of_a_matrix: row(&ones(2), &Array2::ones((3, 2))) along (ones(2)), "h.row(4)", "[3, 2]", "in h.row(4) at ";
    selection: gathered(&ones(3)) along (ones(3)), "h.select(Axis(0), &[1, 4])", "index 4", "[3]", "in h.select(Axis(0), &[1, 4]) at ";
    row_of_a_table: looked_up(&Array2::ones((3, 2))) along (Array2::ones((3, 2))), "h.embedding(&[0, 7])", "row 7", "[3, 2]", "in h.embedding(&[0, 7]) at ";
    scattered_outside: scattered(&ones(3), &[0, 5], &ones(2)) along (ones(3)), "h.scatter_add(Axis(0), ids, x)", "index 5", "[3]", "in h.scatter_add(Axis(0), ids, x) at ";
    index_of_a_list: element_of_a_list(&[1.0, 2.0]) along (vec![1.0, 1.0]), "h[5]", "5", "2";
    index_of_what_is_set: set(&ones(2)) along (ones(2)), "h[[3, 1]]", "[3, 1]", "[3, 2]";
    row_to_assign: row_assigned(&ones(2)) along (ones(2)), "h.row_mut(4)", "no row 4", "[3, 2]", "in h.row_mut(4) at ";
    row_with_a_name: row_under_a_name(&ones(2)) along (ones(2)), "h.row_mut(3)", "no row 3", "[3, 2]", "in h.row_mut(3) at ";
    column_to_fill: column_filled(&ones(2)) along (ones(2)), "h.column_mut(2)", "no column 2", "[3, 2]", "in h.column_mut(2) at ";
    slice_to_assign: slice_assigned(&ones(2)) along (ones(2)), "h.slice_mut(s![4, ..])", "[3, 2]", "no slice [4, ..]", "in h.slice_mut(s![4, ..]) at ";
    row_of_a_slice: part_of_a_part(&ones(2)) along (ones(2)), "row_mut(2)", "no row 2", "[2, 2]", "in h.slice_mut(s![..2, ..]).row_mut(2) at ";
    axis_to_assign: axis_assigned(&ones(2)) along (ones(2)), "h.index_axis_mut(Axis(0), n)", "no 3 along axis 0", "[3, 2]", "in h.index_axis_mut(Axis(0), n) at ";
    slice_axis_to_fill: slice_along_an_axis(&ones(2)) along (ones(2)), "h.slice_axis_mut(Axis(0), Slice::from(1..9))", "no slice [1..9]", "[2]", "in h.slice_axis_mut(Axis(0), Slice::from(1..9)) at ";
    row_to_lend: row_lent(&ones(2)) along (ones(2)), "h.row_mut(7)", "no row 7", "[3, 2]", "in h.row_mut(7) at ";
    places_to_swap: swapped(&[1.0, 2.0]) along (vec![1.0, 1.0]), "h.swap(0, 7)", "7", "2";
}
