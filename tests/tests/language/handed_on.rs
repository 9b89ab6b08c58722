//! References, slices and views that branches and loops hand on.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn chosen(x: &Array1<f64>, y: &Array1<f64>, k: f64) -> f64 {
    let z = x + y;
    let r = if k > 0.0 { x } else { y };
    let s = if k > 0.5 { &z } else { x };
    let t = match x.len() {
        2 => &z,
        _ => y,
    };
    r.dot(s) * k + t.sum() * z[0]
}
#[differentiable]
fn total(a: ArrayView1<f64>) -> f64 {
    a.sum()
}
#[differentiable]
fn views(x: &Array2<f64>, k: f64) -> f64 {
    let r = if k > 0.0 { x.row(1) } else { x.row(0) };
    let s = if k > 0.0 { x.t() } else { x.view() };
    let best;
    if k > 1.0 {
        best = x.row(0);
    } else {
        best = x.column(1);
    }
    let scaled = (if k > 0.0 { r } else { best }).mapv(|v| v * k);
    total(r) + total(r.view()) * s.row(0).sum() + s.dot(&best).sum() * scaled.sum()
}
#[differentiable]
fn rows_in_turn(x: &Array2<f64>, k: f64) -> f64 {
    let mut row = x.row(0);
    let mut sum = 0.0;
    for i in 0..x.nrows() {
        sum += row.dot(&row) * k;
        row = x.row(i);
    }
    let mut best = x.row(0);
    for r in x.outer_iter() {
        if r.sum() > best.sum() {
            best = r;
        }
    }
    let mut rest = x.view();
    while rest.nrows() > 1 {
        let (head, tail) = rest.split_at(Axis(0), 1);
        sum += head.sum() * tail.row(0).sum();
        rest = tail;
    }
    sum + row.sum() * best.product()
}
#[differentiable]
fn slices(x: &[f64], y: &[f64]) -> f64 {
    let (short, long) = if x.len() < y.len() { (x, y) } else { (y, x) };
    let half = if x[0] > 0.0 { &x[1..] } else { &y[..2] };
    let mut sum = short[0] * long[1] + half[0] * half[1];
    let (mut rest, mut k) = (x, 1.0);
    while let Some((head, tail)) = rest.split_first() {
        sum += head * head * k;
        k *= 0.5;
        rest = tail;
    }
    let mut pairs = y;
    while pairs.len() > 1 {
        let (a, b) = pairs.split_at(2);
        sum += a[0] * a[1];
        pairs = b;
    }
    let mut longest: &[f64] = &[];
    for i in 0..x.len() {
        if x[i..].len() > longest.len() {
            longest = &x[i..];
        }
    }
    let mut least = &x[0];
    for v in x {
        if v < least {
            least = v;
        }
    }
    sum * longest[0] + least
}
#[differentiable]
fn halved(x: &[f64], n: usize) -> f64 {
    if n == 0 || x.is_empty() {
        return 0.0;
    }
    let middle = x.len() / 2;
    let half = if n.is_multiple_of(2) { &x[..middle] } else { &x[middle..] };
    x.iter().sum::<f64>().sin() + halved(half, n - 1)
}

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    w: Array2<f64>,
}
impl Layer {
    #[differentiable]
    fn forward(&self, x: &Array1<f64>) -> Array1<f64> {
        self.w.dot(x).mapv(f64::tanh)
    }
}
#[differentiable]
fn layers(first: &Layer, others: &[Layer], x: &Array1<f64>) -> f64 {
    let mut h = x.clone();
    let mut last = first;
    for i in 0..=others.len() {
        let layer = if i == 0 { first } else { &others[i - 1] };
        h = layer.forward(&h);
        if i % 2 == 1 {
            last = layer;
        }
    }
    let (start, y) = (x.view(), first.forward(x));
    let mut current = start;
    for _ in 0..2 {
        current = y.view();
    }
    h.sum() * current.dot(x) + last.w.sum()
}

/// What may not be there yet, with a type that nothing but its declaration says.
#[differentiable]
fn not_there_yet(x: &[f64], k: f64) -> f64 {
    let mut before: Option<f64> = None;
    let mut largest: Option<(usize, f64)> = None;
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        if let Some(b) = before {
            sum += (b - v).abs() + b.sin();
        }
        before = Some(v * k);
        match largest {
            Some((_, l)) if l.abs() > v.abs() => {}
            _ => largest = Some((i, *v)),
        }
    }
    let (i, l) = largest.unwrap();
    sum + l * i as f64
}

#[test]
fn by_branches() {
    for k in [-0.3, 0.3, 0.8, 1.4] {
        agrees!(chosen(&numbers(1, 2), &numbers(2, 2), k), wrt 3);
        agrees!(views(&matrix(1, 2, 2), k), wrt 2);
    }
    agrees!(halved(&[0.3, 0.2, 0.7, 0.1, 0.5], 3));
}

#[test]
fn by_loops() {
    agrees!(rows_in_turn(&matrix(1, 4, 3), 0.7), wrt 2);
    agrees!(slices(&[0.3, -0.2, 0.7], &[0.1, 0.5]), wrt 2);
    agrees!(slices(&[-0.3, 0.2], &[0.1, 0.5, 0.9, 0.4]), wrt 2);
    let layer = |k| Layer { w: matrix(k, 2, 2) };
    agrees!(layers(&layer(1), &[layer(2), layer(3)], &numbers(4, 2)), wrt 3);
    agrees!(not_there_yet(&[0.3, -0.9, 0.4], 0.7), wrt 2);
}
