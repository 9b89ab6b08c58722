//! `Vec` of structs, arrays, slices and sub-slices, tuples and nested patterns, `Box`.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[derive(Clone, Differentiable)]
struct Layer {
    weights: Array2<f64>,
    bias: Array1<f64>,
}

#[derive(Clone, Differentiable)]
struct Model {
    layers: Vec<Layer>,
    temperature: f64,
    #[differentiable(skip)]
    name: String,
}

#[differentiable]
fn dense(layer: &Layer, x: &Array1<f64>) -> Array1<f64> {
    layer.weights.dot(x) + &layer.bias
}

/// A loop over a `Vec` of layers.
#[differentiable(wrt(model))]
fn predict(model: &Model, x: &Array1<f64>) -> f64 {
    let mut h = x.to_owned();
    for layer in &model.layers {
        h = dense(layer, &h).tanh();
    }
    let shout = if model.name.starts_with("loud") { 2.0 } else { 1.0 };
    (h / model.temperature).sum() * shout
}

/// The last layer is treated apart.
#[differentiable(wrt(layers))]
fn split_last(layers: &[Layer], x: &Array1<f64>) -> f64 {
    let mut h = x.clone();
    let last = layers.len() - 1;
    for layer in &layers[..last] {
        h = dense(layer, &h).relu();
    }
    let out = dense(&layers[last], &h);
    out.dot(&out)
}

/// Sub-slices of a flat parameter list, by a cursor.
#[differentiable(wrt(parameters))]
fn packed_polynomials(parameters: &[f64], degrees: &[usize], x: f64) -> f64 {
    let mut cursor = 0;
    let mut value = 1.0;
    for &degree in degrees {
        let coefficients = &parameters[cursor..=cursor + degree];
        let mut p = 0.0;
        for c in coefficients.iter().rev() {
            p = p * x + c;
        }
        value *= p;
        cursor += degree + 1;
    }
    value
}

/// An array of arrays, by value.
#[differentiable]
fn determinant(m: [[f64; 3]; 3]) -> f64 {
    let [[a, b, c], [d, e, f], [g, h, i]] = m;
    a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
}

/// Array literals, and an array that a function returns.
#[differentiable]
fn rotated(p: [f64; 2], angle: f64) -> [f64; 2] {
    let (s, c) = angle.sin_cos();
    [c * p[0] - s * p[1], s * p[0] + c * p[1]]
}

#[differentiable]
fn spiral(start: [f64; 2], angle: f64) -> f64 {
    let mut p = start;
    let mut length = 0.0;
    for i in 0..5 {
        let q = rotated(p, angle * (i + 1) as f64);
        let step = [q[0] - p[0], q[1] - p[1]];
        length += (step[0] * step[0] + step[1] * step[1]).sqrt();
        p = [q[0] * 0.9, q[1] * 0.9];
    }
    length
}

/// Tuples in tuples, in arguments and in `let`.
#[differentiable]
fn nested_patterns((a, (b, c)): (f64, (f64, f64)), [d, e]: [f64; 2]) -> f64 {
    let ((p, q), r) = ((a * b, c), d - e);
    let (x, _, [y, z]) = (p + q, "passive", [q * r, r * a]);
    x * y + z
}

/// A `Vec` of tuples.
#[differentiable(wrt(line))]
fn least_squares(line: (f64, f64), data: &[(f64, f64)]) -> f64 {
    let (slope, intercept) = line;
    let mut sum = 0.0;
    for &(x, y) in data {
        let residual = slope * x + intercept - y;
        sum += residual * residual;
    }
    sum
}

/// A list of differentiated tuples, changed as a whole.
#[differentiable]
fn bodies(start: &[(f64, f64)]) -> f64 {
    let mut list = start.to_vec();
    for i in 0..list.len() {
        let (x, v) = list[i];
        list[i] = (x + 0.1 * v, v - 0.1 * x);
        list[i].1 *= list[0].0;
    }
    let mut sum = 0.0;
    for (x, v) in &list {
        sum += x * v;
    }
    sum
}

/// `vec!` of differentiated values, both ways.
#[differentiable]
fn vec_macro(x: f64, y: f64) -> f64 {
    let list = vec![x, x * y, y.sin()];
    let mut filled = vec![x; 3];
    filled[1] += list[2];
    let mut sum = 0.0;
    for i in 0..3 {
        sum += list[i] * filled[i];
    }
    sum
}

fn layers(sizes: &[usize]) -> Vec<Layer> {
    let pairs = sizes.windows(2).enumerate();
    pairs.map(|(i, w)| Layer { weights: matrix(i, w[1], w[0]), bias: numbers(i + 7, w[1]) }).collect()
}

#[derive(Clone, Debug, Differentiable)]
struct Weighted {
    w: f64,
    x: f64,
}
#[derive(Clone, Debug, Differentiable)]
struct Book {
    items: Vec<Weighted>,
}
/// Sorted by values and by what is made of them.
#[differentiable]
fn sorted(x: &[f64], book: &Book, k: f64) -> f64 {
    let mut v = x.to_vec();
    v.sort_by(f64::total_cmp);
    let least = v[0] * k;
    v.sort_unstable_by(|a, b| b.partial_cmp(a).unwrap());
    let greatest = v[0];
    v.sort_by_key(|a| (*a * 10.0).abs() as i64);
    let mut book = book.clone();
    book.items.sort_by(|a, b| (b.w * k).partial_cmp(&(a.w * k)).unwrap_or(std::cmp::Ordering::Equal));
    let mut of_three = [k, k * 2.0, -k];
    of_three.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let mut pairs: Vec<(f64, usize)> = x.iter().enumerate().map(|(i, x)| (x * k, i)).collect();
    pairs.sort_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap());
    let score = |i: usize| x[i] * k;
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
    least * greatest + v[0] * book.items[0].x + of_three[0] * of_three[2] + pairs[0].0 * pairs[1].1 as f64 + x[order[1]]
}
/// Kept, joined, filled up and turned.
#[differentiable]
fn rearranged(x: &[f64], book: &Book, k: f64) -> f64 {
    let mut v = x.to_vec();
    v.retain(|x| *x > k);
    let mut book = book.clone();
    book.items.retain(|item| item.w > 0.1);
    let mut u = vec![k];
    u.append(&mut v);
    u.resize(6, k * 0.5);
    u.rotate_right(2);
    let mut turned = [k, x[0], x[1]];
    turned.rotate_left(1);
    let weights: f64 = u.iter().enumerate().map(|(i, x)| x * i as f64).sum();
    weights * turned[0] + book.items.iter().map(|item| item.w * item.x).sum::<f64>() + v.len() as f64
}

#[test]
fn lists_of_structs() {
    let model = Model { layers: layers(&[2, 3, 3]), temperature: 1.3, name: "loud one".into() };
    agrees!(predict(&model, &numbers(1, 2)));
    agrees!(split_last(&layers(&[2, 4, 3, 2]), &numbers(1, 2)));
    agrees!(bodies(&[(0.3, 0.7), (0.9, -0.4), (0.5, 0.2)]));
}

#[test]
fn slices_and_arrays() {
    agrees!(packed_polynomials(&[0.3, 0.9, 0.4, 0.7, 0.2, 0.8], &[1, 0, 2], 1.2));
    agrees!(determinant([[0.9, 0.2, 0.4], [0.3, 1.1, 0.5], [0.6, 0.7, 1.3]]));
    agrees!(spiral([0.6, 0.9], 0.3), wrt 2);
}

#[test]
fn patterns_and_macros() {
    agrees!(nested_patterns((0.3, (0.7, 0.9)), [0.4, 0.8]), wrt 2);
    agrees!(least_squares((0.7, 0.2), &[(0.1, 0.3), (0.5, 0.6), (0.9, 0.8)]));
    agrees!(vec_macro(0.7, 1.2), wrt 2);
}

#[test]
fn orders() {
    let book = Book { items: [(0.5, 0.3), (0.05, 0.1), (0.8, 0.2)].map(|(w, x)| Weighted { w, x }).to_vec() };
    for k in [0.25, -0.6] {
        agrees!(sorted(&[0.3, -0.4, 0.7], &book, k), wrt 3);
        agrees!(rearranged(&[0.3, -0.4, 0.7], &book, k), wrt 3);
    }
}
