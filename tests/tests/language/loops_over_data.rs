//! `for` over what is not a range: slices, arrays, rows, columns, windows, pairs.

use std::collections::VecDeque;

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// Elements by reference and by value.
#[differentiable]
fn elements(x: &[f64], y: [f64; 3]) -> f64 {
    let mut a = 1.0;
    for v in x {
        a = a * v + 1.0;
    }
    for &v in x.iter().rev() {
        a += v * a;
    }
    for v in y {
        a -= v * v;
    }
    a
}

/// Indices that `enumerate` counts.
#[differentiable]
fn moments(x: &Array1<f64>) -> f64 {
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        sum += v.powi(i as i32 + 1);
    }
    sum
}

/// Two and three lists at once.
#[differentiable(wrt(x, y))]
fn paired(x: &[f64], y: &[f64], signs: &[i32]) -> f64 {
    let mut product = 1.0;
    for ((a, b), sign) in x.iter().zip(y).zip(signs) {
        product *= a + *sign as f64 * b;
    }
    for (i, (a, b)) in x.iter().zip(y.iter()).enumerate().skip(1) {
        product += a * b / i as f64;
    }
    product
}

/// Rows and columns of a matrix.
#[differentiable]
fn rows_and_columns(m: &Array2<f64>) -> f64 {
    let mut total = 0.0;
    for row in m.rows() {
        total += row.dot(&row).sqrt();
    }
    for column in m.columns() {
        total *= 1.0 + column.sum().sin();
    }
    total
}

/// Along an axis, and the outermost one.
#[differentiable(wrt(frames, w))]
fn over_time(frames: &Array2<f64>, w: &Array2<f64>) -> f64 {
    let mut state = Array1::zeros(w.nrows());
    for frame in frames.outer_iter() {
        state = (w.dot(&state) + frame).tanh();
    }
    let mut sum = state.sum();
    for (t, column) in frames.axis_iter(Axis(1)).enumerate() {
        sum += (t + 1) as f64 * column.product();
    }
    sum
}

/// Neighbours by `windows`, groups by `chunks` and `chunks_exact`.
#[differentiable]
fn neighbours(x: &[f64]) -> f64 {
    let mut length = 0.0;
    for w in x.windows(2) {
        length += (1.0 + (w[1] - w[0]).powi(2)).sqrt();
    }
    for pair in x.chunks(2) {
        let mut product = 1.0;
        for v in pair {
            product *= v;
        }
        length += product;
    }
    for pair in x.chunks_exact(2) {
        length -= pair[0] / pair[1];
    }
    length
}

/// Groups that are changed in place.
#[differentiable]
fn groups(x: &[f64], k: f64) -> f64 {
    let mut v = x.to_vec();
    for (i, pair) in v.chunks_exact_mut(2).enumerate() {
        let first = pair[0];
        pair[0] = pair[1] * k;
        pair[1] = first.sin() * i as f64 + pair[0];
    }
    for group in v.chunks_mut(3) {
        group[0] = group[0].exp() * 0.1;
        for z in group.iter_mut() {
            *z *= k;
        }
    }
    v.iter().zip(x).map(|(a, b)| a * b).sum()
}

#[derive(Clone, Differentiable)]
struct Charge {
    q: f64,
    at: (f64, f64),
}

/// Pairs of structs out of a list.
#[differentiable]
fn coulomb(charges: &[Charge]) -> f64 {
    let mut energy = 0.0;
    for (i, a) in charges.iter().enumerate() {
        for b in &charges[i + 1..] {
            let r = (a.at.0 - b.at.0).hypot(a.at.1 - b.at.1);
            energy += a.q * b.q / r;
        }
    }
    energy
}

/// Structs changed in place.
#[differentiable]
fn relax(charges: &[Charge], rate: f64) -> f64 {
    let mut charges = charges.to_vec();
    for step in 0..3 {
        for charge in charges.iter_mut() {
            charge.q *= 1.0 - rate;
            charge.at.0 += rate * charge.q * step as f64;
        }
        for charge in &mut charges {
            charge.at.1 -= charge.at.0 * rate;
        }
    }
    coulomb(&charges)
}

/// A list of index pairs steers the reads.
#[differentiable(wrt(x))]
fn springs(x: &[f64], edges: &[(usize, usize, f64)]) -> f64 {
    let mut energy = 0.0;
    for &(i, j, rest) in edges {
        let stretch = (x[i] - x[j]).abs() - rest;
        energy += 0.5 * stretch * stretch;
    }
    energy
}

/// Over a map of names, whose values are passive: order does not matter, and nothing is differentiated in it.
#[differentiable(wrt(price))]
fn basket(price: &[f64], counts: &std::collections::BTreeMap<usize, u32>) -> f64 {
    let mut total = 0.0;
    for (item, count) in counts {
        total += price[*item] * f64::from(*count);
    }
    total * total
}

/// Arrays whose rank the function does not say.
#[differentiable]
fn any_rank<D: Dimension>(x: &Array<f64, D>, y: &ArrayD<f64>) -> f64 {
    let mut product = 1.0;
    for v in x {
        product *= 1.0 + v * v;
    }
    let mut scaled = y.clone();
    for (v, w) in scaled.iter_mut().zip(x) {
        *v *= w.sin();
    }
    product + y.iter().fold(0.0, |sum, v| sum * v + 1.0) + scaled.iter().map(|v| v.exp()).sum::<f64>()
}

/// Windows of an array of one dimension, which are views.
#[differentiable]
fn smoothness(x: &Array1<f64>) -> f64 {
    let mut sum = x.windows(2).into_iter().map(|pair| (pair[1] - pair[0]).powi(2)).sum::<f64>();
    for window in x.windows(3) {
        sum += window.sum().sin() * window[1];
    }
    sum
}

struct Collections {
    queue: VecDeque<f64>,
    matrix: Array2<f64>,
    names: Vec<String>,
    factors: [f64; 2],
}
/// Passive collections of any kind, in a struct that says nothing of them here.
#[differentiable(wrt(k))]
fn over_collections(given: &Collections, k: f64) -> f64 {
    let mut sum = 0.0;
    for v in given.queue.iter() {
        sum += v * k;
    }
    for v in &given.matrix {
        sum += v * k * k;
    }
    for (name, factor) in given.names.iter().zip(&given.factors) {
        sum += name.len() as f64 * factor * k;
    }
    sum
}

#[test]
fn arrays_of_any_rank() {
    let y = matrix(2, 2, 3).into_dyn();
    agrees!(any_rank(&matrix(1, 3, 2).reversed_axes(), &y), wrt 2);
    agrees!(any_rank(&y, &y), wrt 2);
    agrees!(any_rank(&arr0(0.3), &y), wrt 2);
    agrees!(any_rank(&numbers(1, 6), &ArrayD::zeros(vec![0, 2])), wrt 2);
    agrees!(smoothness(&numbers(4, 5)));
    agrees!(smoothness(&numbers(4, 1)));
}

#[test]
fn lists() {
    let (x, y) = (numbers(1, 6).to_vec(), numbers(2, 6).to_vec());
    agrees!(elements(&x, [0.3, 0.9, 0.4]), wrt 2);
    agrees!(moments(&numbers(3, 4)));
    agrees!(paired(&x, &y, &[1, -1, 1, 1, -1, 2]), wrt 2);
    agrees!(neighbours(&x));
    agrees!(groups(&x[..5], 0.7), wrt 2);
    agrees!(springs(&x, &[(0, 1, 0.3), (2, 5, 0.1), (1, 4, 0.7)]));
    agrees!(basket(&x, &[(1, 3), (4, 2)].into_iter().collect()));
}

#[test]
fn matrices() {
    agrees!(rows_and_columns(&matrix(1, 3, 2)));
    agrees!(over_time(&matrix(2, 4, 3), &matrix(3, 3, 3)), wrt 2);
}

#[test]
fn structs() {
    let charges = [Charge { q: 1.0, at: (0.3, 0.9) }, Charge { q: -0.5, at: (0.8, 0.1) }, Charge { q: 0.7, at: (-0.4, 0.2) }];
    agrees!(coulomb(&charges));
    agrees!(relax(&charges, 0.1), wrt 2);
}

#[test]
fn passive_collections() {
    let names = vec!["a".into(), "ab".into()];
    let given = Collections { queue: [0.3, 0.9].into(), matrix: matrix(1, 2, 2), names, factors: [0.4, 0.7] };
    agrees!(over_collections(&given, 0.6), wrt 1 behind 1);
}
