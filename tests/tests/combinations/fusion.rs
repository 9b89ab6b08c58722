//! Elementwise expressions and reductions over several shapes: what may share a pass, and what must not.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn broadcast(a: &Array1<f64>, m: &Array2<f64>, c: f64) -> f64 {
    let t = a * c;
    let u = &t * m;
    let v = t.sum();
    let w = (&u + &t).exp();
    w.sum() * v + u.mean().unwrap()
}

#[differentiable]
fn along_axes(a: &Array2<f64>, b: &Array1<f64>) -> f64 {
    let p = (a + b).softmax(Axis(1));
    let q = (a * b).log_softmax(Axis(0));
    let l = a.logsumexp(Axis(1));
    (&p * &q).sum() + (&l * &l).sum() + a.sum_axis(Axis(0)).dot(b) + a.mean_axis(Axis(1)).unwrap().sum() * 2.0
}

#[differentiable]
fn with_a_transpose(g: &Array2<f64>, x: &Array1<f64>) -> f64 {
    let y = g.dot(x);
    (&y + &g.t()).sum()
}

#[differentiable]
fn written_twice(x: &Array2<f64>) -> f64 {
    x.t().dot(&x.sum_axis(Axis(0))).sum() + x.sum_axis(Axis(0)).sin().sum()
}

#[differentiable]
fn many_operands(
    a: &Array1<f64>,
    b: &Array1<f64>,
    c: &Array1<f64>,
    d: &Array1<f64>,
    e: &Array1<f64>,
    f: &Array1<f64>,
    g: &Array1<f64>,
) -> f64 {
    let (h, i, j, k) = (a.dot(b), b.dot(c), c.dot(d), d.dot(e));
    let (l, m, n) = (e.dot(f), f.dot(g), g.dot(a));
    ((a * b + c * d * h + i * e.sin()) * (f * j + g * k).tanh() + (a * l + b * m - c * n) * (d + e * f)).sum()
}

#[differentiable]
fn scaled_by_its_sum(p: &Array1<f64>) -> f64 {
    let s = p.sum();
    (p * s).sum()
}

#[differentiable]
fn softmax_by_hand(x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let e = x.exp();
    let total = e.sum();
    let p = &e / total;
    (p * y * x.sin()).sum() + (y * total.cos()).sum()
}

#[differentiable]
fn sums_of_sums(x: &Array2<f64>, row: &Array1<f64>) -> f64 {
    let a = x * row;
    let b = row * a.sum() + row.sin();
    let c = &b * x + &a;
    let d = &c * row.sum() + &b;
    (&d * &b).sum() + (&c * &d).sum() * b.sum()
}

/// The contributions to one gradient: at an element, from a sum over the argument's shape, from one over another's.
#[differentiable]
fn one_sum_over_two_shapes(v: &Array1<f64>) -> f64 {
    let rate = Array1::<f64>::ones(3) * v.sum();
    v[1] / v.sum() + v.sum() + rate.sum()
}

/// A cotangent made of constants alone.
#[differentiable]
fn constant_cotangent(p: &Array1<f64>, mut weight: Array1<f64>, is_scaled: bool) -> f64 {
    weight -= p;
    if is_scaled {
        weight /= &(p + 0.5);
    }
    let same = &weight;
    (&weight - same).sum() + weight.sum() * 0.0
}

/// Two arrays of whose elements one statement is the last reader; their shapes are read later.
#[differentiable]
fn one_last_reader(m: &Array2<f64>, a: &Array1<f64>) -> f64 {
    let mut t = -a;
    t += &m.sum_axis(Axis(0));
    t = t.softmax(Axis(0));
    a.dot(&t)
}

#[test]
fn several_shapes() {
    agrees!(broadcast(&numbers(1, 3), &matrix(2, 4, 3), 0.7), wrt 3);
    agrees!(along_axes(&matrix(1, 3, 4), &numbers(2, 4)), wrt 2);
    agrees!(with_a_transpose(&matrix(1, 2, 2), &numbers(2, 2)), wrt 2);
    agrees!(written_twice(&matrix(1, 2, 2)));
    agrees!(one_last_reader(&matrix(1, 3, 2), &numbers(2, 2)), wrt 2);
    agrees!(one_sum_over_two_shapes(&numbers(1, 2)));
    agrees!(constant_cotangent(&numbers(1, 3), numbers(2, 3), true), wrt 2);
    agrees!(constant_cotangent(&numbers(1, 3), numbers(2, 3), false), wrt 2);
    let v = |seed| numbers(seed, 3);
    agrees!(many_operands(&v(1), &v(2), &v(3), &v(4), &v(5), &v(6), &v(7)), wrt 7);
}

#[test]
fn sums_that_cannot_be_put_off() {
    let (x, row) = (matrix(1, 3, 2), numbers(2, 2));
    agrees!(scaled_by_its_sum(&row));
    agrees!(softmax_by_hand(&x, &row), wrt 2);
    agrees!(sums_of_sums(&x, &row), wrt 2);
}
