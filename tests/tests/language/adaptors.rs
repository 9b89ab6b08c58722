//! Adaptors of iterators, parts of lists, and loops over what is passive.

use std::collections::BTreeMap;

use ndarray::prelude::*;
use ndarray::{Zip, s};
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// One list behind the other, with positions.
#[differentiable]
fn chained(a: &[f64], b: &[f64]) -> f64 {
    let mut t = 1.0;
    for (i, x) in a.iter().chain(b.iter()).enumerate() {
        t = t * x + i as f64;
    }
    t + a.iter().chain(b).rev().skip(1).map(|v| v * v).sum::<f64>()
}

/// A padded signal.
#[differentiable]
fn padded(a: &[f64], b: f64) -> f64 {
    let v: Vec<f64> = std::iter::once(b).chain(a.iter().copied()).chain(std::iter::repeat_n(b * b, 2)).collect();
    v.windows(2).map(|w| w[0] * w[1]).sum()
}

/// Weights that repeat.
#[differentiable]
fn periodic(x: &[f64], weights: &[f64]) -> f64 {
    let seasonal: f64 = x.iter().zip(weights.iter().cycle()).map(|(x, w)| x * w).sum();
    let constant: f64 = x.iter().zip(std::iter::repeat(weights[0])).map(|(x, w)| (x * w).sin()).sum();
    seasonal * constant
}

/// The logarithms of what has one.
#[differentiable]
fn logs(x: &[f64]) -> f64 {
    x.iter().filter_map(|v| if *v > 0.0 { Some(v.ln()) } else { None }).sum()
}

/// The last one, plain and mapped.
#[differentiable]
fn lasts(a: &[f64]) -> f64 {
    let last = a.iter().last().unwrap();
    let square = a.iter().map(|x| x * x).last().unwrap();
    let second = if let Some(v) = a.iter().map(|x| 2.0 * x).nth(1) { v * last } else { 0.0 };
    last * square + second
}

/// The head and the tail.
#[differentiable]
fn split_first(a: &[f64]) -> f64 {
    let (head, tail) = a.split_first().unwrap();
    let mut s = *head;
    for t in tail {
        s = (s * t).sin();
    }
    s
}

/// The end and the rest.
#[differentiable]
fn split_last(a: &[f64]) -> f64 {
    if let Some((last, init)) = a.split_last() {
        let mut s = *last;
        for t in init {
            s = (s * t).sin();
        }
        s
    } else {
        0.0
    }
}

/// Parts that may not be there.
#[differentiable]
fn maybe(a: &[f64]) -> f64 {
    match a.first() {
        None => 0.0,
        Some(f) => {
            let l = a.last().copied().unwrap_or(1.0);
            let g = a.get(1).map_or(0.5, |g| g * g);
            f * l + g
        }
    }
}

/// Horner's scheme.
#[differentiable]
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    let Some((lead, rest)) = coefficients.split_first() else { return 0.0 };
    rest.iter().fold(*lead, |acc, k| acc * x + k)
}

/// Two halves of one array.
#[differentiable]
fn halves(x: &Array1<f64>) -> f64 {
    let mut y = x.clone();
    {
        let (mut a, b) = y.view_mut().split_at(Axis(0), 2);
        a += &b;
    }
    let (a, b) = y.view().split_at(Axis(0), 1);
    y.dot(x) + a.sum() * b.sum()
}

/// Rows and columns are iterated over as they are.
#[differentiable]
fn lanes(m: &Array2<f64>) -> f64 {
    let mut s = 0.0;
    for v in m.row(0) {
        s += v * v;
    }
    for v in &m.row(1) {
        s += v.sin();
    }
    for &v in m.row(1) {
        s *= v;
    }
    for &v in &m.column(0) {
        s += v * s;
    }
    for row in m.rows() {
        for (v, w) in row.iter().zip(&m.row(0)) {
            s += v * w;
        }
    }
    s
}

/// Elements of several arrays.
#[differentiable]
fn zipped(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let z = Zip::from(x).and(y).map_collect(|a, b| a * b + a.sin());
    let larger = Zip::from(&z).and(x).map_collect(|&a, &b| if a > b { a * a } else { b });
    larger.dot(x)
}

/// Passive loops, and passive iterators in loops that are not.
#[differentiable(wrt(k))]
fn letters(text: &str, counts: &BTreeMap<String, usize>, k: f64) -> f64 {
    let mut vowels = 0;
    for c in text.chars() {
        if "aeiou".contains(c) {
            vowels += 1;
        }
    }
    let mut s = k * vowels as f64;
    for c in text.chars() {
        if c == 'a' {
            s *= k;
        } else {
            s += 1.0;
        }
    }
    for (name, n) in counts {
        s = if name.len() == 1 { s * k } else { s + *n as f64 };
    }
    for n in counts.values() {
        s += k * *n as f64;
    }
    for word in "a bc".split(' ') {
        s = s * k + word.len() as f64;
    }
    s
}

/// Columns by slices, with their types written or not.
#[differentiable]
fn columns(m: &Array2<f64>) -> f64 {
    let a: ArrayView1<f64> = m.slice(s![.., 0]);
    let b: ArrayView1<f64> = m.slice(s![.., -1]);
    let c: ArrayView1<'_, f64> = m.index_axis(Axis(0), 1);
    a[0] * a[1] + b[0] * c[1] + b.dot(&m.column(1))
}

#[test]
fn of_lists() {
    let (a, b) = ([0.3, 0.7, -0.4], [1.2, 0.8]);
    agrees!(chained(&a, &b), wrt 2);
    agrees!(chained(&a, &[]), wrt 2);
    agrees!(padded(&a, 0.3), wrt 2);
    agrees!(periodic(&a, &b), wrt 2);
    agrees!(logs(&a));
    agrees!(lasts(&a));
    agrees!(lasts(&[0.7]));
    agrees!(split_first(&a));
    agrees!(split_last(&a));
    agrees!(split_last(&[]));
    agrees!(maybe(&a));
    agrees!(maybe(&[0.7]));
    agrees!(maybe(&[]));
    agrees!(polynomial(&a, 0.7), wrt 2);
    agrees!(polynomial(&[], 0.7), wrt 2);
}

#[test]
fn of_arrays() {
    let (x, m) = (numbers(1, 4), matrix(2, 3, 3));
    agrees!(halves(&x));
    agrees!(lanes(&m));
    agrees!(zipped(&x, &numbers(2, 4)), wrt 2);
    agrees!(columns(&m));
}

#[test]
fn of_passive_values() {
    let counts = [("a".to_owned(), 3), ("bc".to_owned(), 2)].into_iter().collect();
    agrees!(letters("banana", &counts, 0.4), wrt 1 behind 2);
}
