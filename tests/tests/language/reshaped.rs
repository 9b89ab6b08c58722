//! Parts of variables that get a value of another shape after they were read: lists of another length, arrays of another shape,
//! options that were something or nothing, other variants.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::agrees;

/// An element that is a list.
#[differentiable]
fn list_of_lists(x: &[f64]) -> f64 {
    let mut m = vec![vec![x[0], x[1]], vec![x[2]]];
    let s = m[0][0] * m[0][1];
    m[0] = vec![s];
    let t = m[0][0] * m[1][0];
    m[1] = vec![t, s * x[1], x[2].sin()];
    m[0][0] * m[1][0] + m[1][1] * m[1][2]
}

#[derive(Clone, Differentiable)]
struct State {
    list: Vec<f64>,
    weights: Array2<f64>,
    last: Option<f64>,
    scale: f64,
    #[differentiable(skip)]
    name: String,
    count: usize,
}

fn state() -> State {
    State {
        list: vec![0.4, 0.9, -0.3],
        weights: array![[0.3, -0.7], [1.1, 0.2]],
        last: Some(0.6),
        scale: 1.2,
        name: "first".to_owned(),
        count: 2,
    }
}

/// What is taken, and what is replaced.
#[differentiable]
fn taken(s: &State, k: f64) -> f64 {
    let mut s = s.clone();
    let was = std::mem::take(&mut s.list);
    let empty = s.list.len() as f64;
    let weights = std::mem::replace(&mut s.weights, array![[k, k * k, 1.0]]);
    let last = s.last.take();
    let y = was.iter().map(|v| v * v * s.scale).sum::<f64>() + weights.sum() * s.weights.sum();
    y + last.map_or(k, |last| last * last * k) + empty
}

/// Nothing is read of what was there, and what comes does not vary.
#[differentiable]
fn forgotten(s: &State, k: f64) -> f64 {
    let mut s = s.clone();
    s.list = vec![1.0; 5];
    s.weights = Array2::ones((1, 3));
    s.last = None;
    s.name = String::new();
    s.count = 7;
    s.scale * k * s.list.iter().sum::<f64>() + s.weights.sum() * s.count as f64
}

/// Only where a condition holds, and in the other order.
#[differentiable]
fn sometimes(s: &State, k: f64) -> f64 {
    let mut s = s.clone();
    let first = s.list[0] * s.list[2];
    if k > 0.5 {
        s.weights = s.weights.dot(&array![[k], [first]]);
        s.last = None;
    } else {
        s.list = vec![first * k];
    }
    let sum = s.weights.mapv(|w| w * w).sum();
    s.list = s.list.iter().chain(&[sum]).map(|v| v.sin()).collect();
    s.list.iter().product::<f64>() + s.weights.sum() + s.last.unwrap_or(k)
}

/// In a loop, a list that grows in a list, and one that shrinks.
#[differentiable]
fn in_loops(x: &[f64], n: usize) -> f64 {
    let mut rows = vec![vec![x[0]], x.to_vec()];
    let mut total = 0.0;
    for k in 0..n {
        for i in 0..2 {
            let sum = rows[i].iter().map(|v| v * v).sum::<f64>();
            let row = rows[1 - i].iter().map(|v| v * 0.5 + sum.sin()).collect::<Vec<_>>();
            if row.len() > k {
                rows[i] = row[k..].to_vec();
            }
            total += sum * rows[i][0];
        }
        rows[0] = vec![total * x[1], rows[1][0]];
    }
    total + rows[0][0] * rows[1][0]
}

/// `&mut` arguments, a field of one, and what is behind the reference.
#[differentiable]
fn replace_all(s: &mut State, list: &mut Vec<f64>, k: f64) -> f64 {
    let product = s.list.iter().product::<f64>() * list[0];
    s.list = vec![product, k * s.scale];
    s.last = match s.last {
        Some(_) => None,
        None => Some(k),
    };
    let sum = list.iter().sum::<f64>();
    *list = vec![sum * k; 3];
    s.weights = s.weights.row(0).insert_axis(Axis(0)).to_owned() * product;
    product * k
}

#[differentiable]
fn lent(s: &State, x: &[f64], k: f64) -> f64 {
    let mut pair = (s.clone(), x.to_vec());
    let before = pair.0.list[1] * pair.1[1];
    let mut y = 0.0;
    for _ in 0..2 {
        y += replace_all(&mut pair.0, &mut pair.1, k) * before;
    }
    y + pair.0.list[1] * pair.1[2] + pair.0.weights.sum() + pair.0.last.unwrap_or(0.0)
}

/// A list that grows where it is lent.
#[differentiable]
fn grow(list: &mut Vec<f64>, by: f64) {
    let last = list[list.len() - 1];
    list.push(last * by);
}

#[differentiable]
fn grown(s: &State, k: f64) -> f64 {
    let mut s = s.clone();
    let mut lists = vec![s.list.clone(), vec![k]];
    grow(&mut s.list, k);
    for i in 0..4 {
        let first = lists[i % 2][0];
        grow(&mut lists[i % 2], k * first);
    }
    let rest = &mut s;
    grow(&mut rest.list, 2.0);
    s.list[3] * s.list[4] * s.scale + lists[0][4] * lists[1][2]
}

/// Of a struct with the rest of another one.
#[differentiable]
fn rest_of(s: &State, k: f64) -> f64 {
    let empty = State { list: vec![0.5], last: None, ..s.clone() };
    let t = State { list: vec![s.list[0] * k], weights: array![[s.scale]], count: 3, name: String::new(), ..empty.clone() };
    t.list[0] * t.weights[[0, 0]] + empty.weights.sum() * empty.list[0] + empty.scale * t.count as f64
}

#[derive(Clone, Differentiable)]
enum Shape {
    Circle(f64),
    Polygon { sides: Vec<f64> },
    Point,
}

#[differentiable]
fn size(shape: &Shape) -> f64 {
    match shape {
        Shape::Circle(r) => r * r,
        Shape::Polygon { sides } => sides.iter().map(|side| side.sin()).sum(),
        Shape::Point => 0.0,
    }
}

/// A part that becomes another variant.
#[differentiable]
fn variants(r: f64, sides: &[f64]) -> f64 {
    let mut shapes = vec![Shape::Circle(r), Shape::Polygon { sides: sides.to_vec() }];
    let mut total = 0.0;
    for k in 0..3 {
        let (a, b) = (size(&shapes[0]), size(&shapes[1]));
        total += a * b;
        shapes[0] = match k {
            0 => Shape::Polygon { sides: vec![b, a * r] },
            1 => Shape::Point,
            _ => Shape::Circle(total),
        };
        shapes.swap(0, 1);
    }
    total + size(&shapes[0]) * size(&shapes[1])
}

/// Two parts exchanged, and a part of a part.
#[differentiable]
fn exchanged(s: &State, x: &[f64]) -> f64 {
    let mut both = [(s.clone(), x.to_vec()), (s.clone(), vec![x[0] * x[1]])];
    let before = both[0].1[1] * both[1].1[0];
    let (a, b) = both.split_at_mut(1);
    std::mem::swap(&mut a[0].1, &mut b[0].1);
    std::mem::swap(&mut a[0].0.list, &mut a[0].1);
    a[0].0.list[0] * before + b[0].1[2] * a[0].1[2]
}

/// Of names that pattern give to what changes.
#[differentiable]
fn matched(s: &State, x: &[f64]) -> f64 {
    let mut slot = (Some(x.to_vec()), s.list.clone());
    let before = slot.1[0] * x[1];
    if let (Some(list), other) = &mut slot {
        let sum = list.iter().sum::<f64>();
        *list = vec![sum * before];
        other.push(sum);
        *other = other.iter().map(|v| v * sum).skip(1).collect();
    }
    slot.0.unwrap()[0] * slot.1[2]
}

/// What runs again.
#[differentiable]
fn checkpointed(x: &[f64], n: usize) -> f64 {
    let mut rows = vec![x.to_vec(), vec![x[0]]];
    #[checkpoint]
    for k in 0..n {
        let sum = rows[k % 2].iter().map(|v| v.sin()).sum::<f64>();
        rows[1 - k % 2] = rows[k % 2].iter().map(|v| v * sum).chain([sum]).collect();
    }
    #[checkpoint(slots = 2)]
    for k in 0..n {
        let product = rows[k % 2][0] * rows[1 - k % 2][0];
        rows[k % 2] = vec![product; k + 1];
    }
    rows[0].iter().chain(&rows[1]).sum()
}

/// Of a type that is not known before.
#[differentiable]
fn generic<T: Real>(x: &Array1<T>, k: T) -> T {
    let mut parts = (x.clone(), vec![k], k);
    let dot = parts.0.dot(x);
    parts.0 = x.slice(ndarray::s![1..]).mapv(|v| v * dot);
    parts.1 = vec![parts.1[0] * dot, k];
    parts.2 = parts.1[0];
    parts.0.sum() * parts.1[0] * parts.1[1] + parts.2
}

#[test]
fn lists_of_another_length() {
    let x = [0.7, 1.3, 0.4];
    agrees!(list_of_lists(&x));
    agrees!(in_loops(&x, 0));
    agrees!(in_loops(&x, 3));
    agrees!(checkpointed(&x, 5));
}

#[test]
fn fields_of_another_shape() {
    let nothing = State { list: vec![0.8], last: None, ..state() };
    agrees!(taken(&state(), 0.7), wrt 2);
    agrees!(taken(&nothing, 0.7), wrt 2);
    agrees!(forgotten(&state(), 0.7), wrt 2);
    agrees!(sometimes(&state(), 0.7), wrt 2);
    agrees!(sometimes(&state(), 0.3), wrt 2);
    agrees!(rest_of(&state(), 0.7), wrt 2);
    agrees!(generic(&array![0.3, 0.8, -0.4], 0.7), wrt 2);
    assert_eq!(forgotten::grad(&nothing, 0.7).0.last, None);
    assert_eq!(forgotten::grad(&state(), 0.7).0.list, [0.0; 3]);
}

#[test]
fn lent_and_changed() {
    let nothing = State { last: None, ..state() };
    agrees!(lent(&state(), &[0.7, 1.3, 0.4], 0.6), wrt 3);
    agrees!(lent(&nothing, &[0.7, 1.3, 0.4], 0.6), wrt 3);
    agrees!(grown(&state(), 0.6), wrt 2);
    agrees!(exchanged(&state(), &[0.7, 1.3, 0.4]), wrt 2);
    agrees!(matched(&state(), &[0.7, 1.3, 0.4]), wrt 2);
}

#[test]
fn other_variants() {
    agrees!(variants(0.7, &[0.3, 1.1, 0.5]), wrt 2);
}
