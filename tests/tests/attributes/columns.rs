//! Several columns of a Jacobian in one forward pass: programs with more results than arguments, column by column the tangents
//! that `jvp` gives, and those of central differences.

#![allow(clippy::ptr_arg, clippy::useless_vec, clippy::vec_init_then_push, reason = "programs as people write them")]

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::jacobians::{assert_near, differences};

/// Numbers in a row, from and to what functions take and give.
trait Row: Clone {
    fn row(&self) -> Vec<f64>;
    fn of(row: Vec<f64>) -> Self;
}

impl Row for Vec<f64> {
    fn row(&self) -> Vec<f64> {
        self.clone()
    }

    fn of(row: Vec<f64>) -> Vec<f64> {
        row
    }
}

impl<const N: usize> Row for [f64; N] {
    fn row(&self) -> Vec<f64> {
        self.to_vec()
    }

    fn of(row: Vec<f64>) -> [f64; N] {
        row.try_into().expect("as many numbers")
    }
}

impl Row for Array1<f64> {
    fn row(&self) -> Vec<f64> {
        self.to_vec()
    }

    fn of(row: Vec<f64>) -> Array1<f64> {
        Array1::from(row)
    }
}

impl Row for f64 {
    fn row(&self) -> Vec<f64> {
        vec![*self]
    }

    fn of(row: Vec<f64>) -> f64 {
        row[0]
    }
}

fn assert_columns<X: Row, Y: Row>(x: &X, jacobian: &Array2<f64>, function: impl Fn(&X) -> Y, jvp: impl Fn(&X, X) -> (Y, Y)) {
    let row = x.row();
    let rows = function(x).row().len();
    assert_eq!(jacobian.dim(), (rows, row.len()));
    assert!(row.len() <= rows, "it goes backwards");
    assert_near(jacobian, &differences(&row, |x| function(&X::of(x.to_vec())).row()));
    for number in 0..row.len() {
        let mut unit = vec![0.0; row.len()];
        unit[number] = 1.0;
        let tangent = jvp(x, X::of(unit)).1.row();
        for (entry, tangent) in jacobian.column(number).iter().zip(&tangent) {
            assert!((entry - tangent).abs() <= 1e-13 * (1.0 + entry.abs()), "{jacobian}: {tangent} in column {number}");
        }
    }
}

/// The Jacobian of a function of one argument that is lent, beside others that are not differentiated.
macro_rules! assert_columns {
    ($function:ident($x:expr $(, $other:expr)*)) => {
        let x = $x;
        let jacobian = $function::jacobian(&x $(, $other)*);
        assert_columns(&x, &jacobian, |x| $function(x $(, $other)*), |x, x_dot| $function::jvp(x $(, $other)*, x_dot));
    };
}

/// A recurrence in scalars, with a list that is written number by number.
#[differentiable]
fn wave(x: &[f64; 9]) -> Vec<f64> {
    let mut s = x[0];
    let mut c = x[1];
    let mut out = vec![0.0; 20];
    for i in 0..20 {
        let k = x[i % 9];
        let e = (s * k).sin();
        s = e.exp() / (1.0 + c * c).sqrt();
        c = e + s;
        out[i] += s * c;
    }
    out
}

#[differentiable]
fn as_array(x: &[f64; 3]) -> Array1<f64> {
    Array1::from(x.to_vec())
}

#[differentiable]
fn product(a: f64, b: f64) -> f64 {
    a * b
}

/// A copy that was made before the list was changed, read behind a call.
#[differentiable]
fn copied(x: &[f64; 3]) -> Vec<f64> {
    let mut v = x.to_vec();
    let y = as_array(x);
    let z = (x[0], v.clone());
    v[0] *= x[0].cos();
    let e = product(v[0], 0.4);
    let mut out = vec![z.0 * z.1[0], e, y[0]];
    for _ in 0..4 {
        out.push(v[0] * z.1[0]);
    }
    out
}

/// A list that is changed while it is read.
#[differentiable]
fn diffused(heat: &Vec<f64>, #[no_grad] rate: f64, steps: usize) -> Vec<f64> {
    let mut rod = heat.to_owned();
    let n = rod.len();
    for _ in 0..steps {
        let mut left = rod[0];
        for i in 1..n - 1 {
            let here = rod[i];
            rod[i] += rate * (left - 2.0 * here + rod[i + 1]);
            left = here;
        }
    }
    rod
}

/// Arrays as wholes, and a branch on what they say.
#[differentiable]
fn layers(x: &Array1<f64>, #[no_grad] w: &Array2<f64>, #[no_grad] bias: &Array1<f64>) -> Array1<f64> {
    let mut h = x.clone();
    for _ in 0..3 {
        h = (w.dot(&h) + bias).tanh() + &h * x.sum();
        if h[0] > 0.2 {
            h[1] *= h[0];
        } else {
            h = h.softmax(Axis(0)) * 2.0;
        }
    }
    h
}

struct Data {
    rows: Vec<Array1<f64>>,
    table: Array2<f64>,
}

/// Data that is not differentiated, in places of a struct of the user's.
#[differentiable]
fn fitted(x: &Array1<f64>, #[no_grad] data: &Data) -> Array1<f64> {
    let mut y = x * &data.rows[0];
    for i in 0..data.rows.len() {
        let along = x.dot(&data.rows[i]);
        y = y * &data.rows[i] + along * data.table[[i, 0]] + data.table.dot(x) * data.rows.len() as f64;
    }
    y
}

#[differentiable]
fn polar(r: f64, phi: f64) -> [f64; 2] {
    [r * phi.cos(), r * phi.sin()]
}

/// Calls, whose results are of any type, and pushes.
#[differentiable]
fn arms(x: &[f64; 3]) -> Vec<f64> {
    let p = polar(x[0], x[2]);
    let q = polar(x[1], p[0] * 0.5);
    let mut v = Vec::new();
    v.push(p[0] + q[0]);
    v.push(p[1] + q[1]);
    v.push(0.0);
    v.push(p[0] * q[1]);
    v.swap(0, 2);
    v
}

#[derive(Clone, Differentiable)]
struct Parts {
    a: f64,
    list: Vec<f64>,
    array: Array1<f64>,
}

#[differentiable]
fn parts(x: &[f64; 3]) -> Parts {
    Parts { a: x[0], list: vec![x[1], x[0] * x[1]], array: array![x[2], x[0]] }
}

/// Structs, with parts that are changed, and what is there of a struct in another one.
#[differentiable]
fn of_parts(x: &[f64; 3]) -> Vec<f64> {
    let mut p = parts(x);
    p.list[0] += x[2] * p.a;
    p.array[1] = x[1] * p.list[0];
    let q = Parts { a: p.a * 2.0, ..p.clone() };
    vec![p.list[0] * q.array[0], p.list[1] * q.array[1], q.a * p.array[0], q.a]
}

/// A method of somebody's: it may change what it is called on, and the columns come one at a time.
#[differentiable]
fn one_at_a_time(x: &[f64; 3]) -> Vec<f64> {
    let p = parts(x);
    vec![p.array.sum() * p.a, p.list[0], p.a * p.list[1]]
}

/// A matrix, element by element; a loop that ends by a value.
#[differentiable]
fn powers(x: &Array1<f64>) -> Array1<f64> {
    let mut m = Array2::<f64>::zeros((3, 3));
    for i in 0..3 {
        for j in 0..3 {
            m[[i, j]] = x[i] * x[j] + if i == j { x[i] } else { 0.0 };
        }
    }
    let (mut s, mut k) = (0.0, 0);
    while s < 4.05 {
        s += m[[k % 3, 0]].abs() + 0.1;
        k += 1;
    }
    let mut y = m.row(1).to_owned();
    y[0] = s;
    y
}

/// What is chosen: options, a `match`, an early end of a loop, a number that does not vary.
#[differentiable]
fn chosen(x: &[f64; 3]) -> [f64; 4] {
    let largest = if x[0] > x[1] { Some(x[0] * x[2]) } else { None };
    let first = match largest {
        Some(z) => z.sin(),
        None => x[1],
    };
    let mut total = 1.0;
    for i in 0..10 {
        if total > 3.0 {
            break;
        }
        total += x[i % 3];
    }
    let still = if x[2] > 100.0 { x[0] } else { 7.0 };
    [first, total * x[0], still, still * x[1]]
}

/// A struct of passive state that changes between reads of tangents, and lists of lists.
#[differentiable]
fn tables(x: &Vec<f64>) -> Vec<f64> {
    let mut grid = vec![vec![1.0; 2]; 2];
    let mut at = 0;
    for i in 0..x.len() {
        grid[at][i % 2] *= x[i];
        at = (at + 1) % 2;
    }
    let row = grid[1].clone();
    grid[1][0] = row[1] * grid[0][0];
    let mut all = Vec::new();
    for list in &grid {
        for number in list {
            all.push(*number * row[0]);
        }
    }
    all
}

/// The rows of a loop whose states are not all kept.
#[differentiable]
fn checkpointed(x: &[f64; 2], steps: usize) -> Vec<f64> {
    let (mut a, mut b) = (x[0], x[1]);
    #[checkpoint]
    for _ in 0..steps {
        a += 0.1 * b;
        b -= 0.1 * a.sin();
    }
    vec![a, b, a * b]
}

/// A callee with a rule, and one that calls itself.
#[differentiable(vjp = twice_vjp, jvp = twice_jvp)]
fn twice(x: f64) -> f64 {
    2.0 * x
}

fn twice_vjp(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (2.0 * x, |d| 2.0 * d)
}

fn twice_jvp(x: f64, x_dot: f64) -> (f64, f64) {
    (2.0 * x, 2.0 * x_dot)
}

#[differentiable]
fn power(x: f64, n: usize) -> f64 {
    if n == 0 { 1.0 } else { x * power(x, n - 1) }
}

#[differentiable]
fn called(x: &[f64; 2]) -> [f64; 3] {
    [twice(x[0]) * x[1], power(x[1], 3), power(twice(x[0]), 2)]
}

/// What it gives is what its loop carries: the sweep begins with it, and is lent it.
#[differentiable(wrt(x))]
fn settled(x: &Array1<f64>, mix: &Array2<f64>, steps: usize) -> Array1<f64> {
    let mut y = x.clone();
    for _ in 0..steps {
        y = mix.dot(&y).tanh();
    }
    y
}

/// More results of a block than are told apart at once.
#[differentiable]
fn many(x: &[f64; 2], steps: usize) -> [f64; 14] {
    let (mut a, mut b, mut c, mut d, mut e) = (x[0], x[1], 0.1, 0.2, 0.3);
    let (mut f, mut g, mut h, mut i, mut j) = (0.4, 0.5, 0.6, 0.7, 0.8);
    let (mut k, mut l, mut m, mut n) = (0.9_f64, 1.0, 1.1, 1.2);
    for _ in 0..steps {
        (a, b, c, d, e) = (b * 0.9, a + c * 0.1, d, e, a.sin());
        (f, g, h, i, j) = (e + g, h * 0.5, i + a, j, b);
        (k, l, m, n) = (l * a, m, n + 0.1 * f, k.cos());
    }
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n]
}

#[test]
fn columns_are_tangents() {
    let x3 = array![0.3, 0.7, 0.9];
    assert_columns!(copied([0.7, -0.4, 1.1]));
    assert_columns!(wave([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 0.2]));
    assert_columns!(diffused(vec![0.1, 0.9, -0.3, 0.4, 0.2], 0.2, 7));
    let w = array![[0.1, 0.5, -0.2], [0.7, 0.3, 0.1], [-0.4, 0.6, 0.2]];
    for sign in [1.0, -1.0] {
        assert_columns!(layers(&x3 * sign, &w, &array![0.1, 0.2, 0.3]));
    }
    let data = Data { rows: vec![array![0.3, 0.5, 0.1], array![1.3, 0.2, 0.4]], table: w.clone() };
    assert_columns!(fitted(x3.clone(), &data));
    assert_columns!(arms([1.2, 0.5, 0.3]));
    assert_columns!(of_parts([0.3, 0.7, 0.9]));
    assert_columns!(one_at_a_time([0.3, 0.7, 0.9]));
    assert_columns!(powers(x3));
    assert_columns!(chosen([0.8, 0.7, 0.9]));
    assert_columns!(chosen([0.3, 0.7, 0.9]));
    assert_columns!(tables(vec![0.3, 0.7, 0.9, 1.1]));
    assert_columns!(checkpointed([0.3, 0.7], 20));
    assert_columns!(called([0.3, 0.7]));
    assert_columns!(many([0.3, 0.7], 9));
    assert_columns!(settled(array![0.3, 0.7, 0.9], &w, 5));
}

#[test]
fn rows_are_cotangents() {
    let (x, mix) = (array![0.3, 0.7, 0.9], array![[0.1, 0.5, -0.2], [0.7, 0.3, 0.1], [-0.4, 0.6, 0.2]]);
    let jacobian = settled::jacobian(&x, &mix, 5);
    let (value, pullback) = settled::vjp(&x, &mix, 5);
    assert!((value - settled(&x, &mix, 5)).iter().all(|error| error.abs() < 1e-15));
    let cotangent = array![0.3, -1.1, 0.7];
    assert!((pullback(cotangent.clone()) - cotangent.dot(&jacobian)).iter().all(|error| error.abs() < 1e-14));
}

/// Several arguments, whose columns share passes; generic floats, `f32`, and a method.
#[differentiable]
fn mixed<T: Real>(x: &[T], k: T, weights: &Array1<T>) -> Vec<T> {
    let mut sums = vec![k; 8];
    for (i, v) in x.iter().enumerate() {
        sums[i % 8] = sums[i % 8] * *v + k.sin();
    }
    let scale = weights.sum();
    sums.iter().map(|sum| *sum / scale).collect()
}

#[test]
fn arguments_share_passes() {
    let (x, k, weights) = ([0.3, 0.7, 0.9], 0.4, array![0.5, 1.5]);
    let (by_x, by_k, by_weights) = mixed::jacobian(&x, k, &weights);
    assert_columns(&x, &by_x, |x| mixed(x, k, &weights), |x, d| mixed::jvp(x, k, &weights, d.to_vec(), 0.0, Array1::zeros(2)));
    assert_columns(
        &k,
        &by_k,
        |k| mixed(&x, *k, &weights),
        |k, d| mixed::jvp(&x, *k, &weights, vec![0.0; 3], d, Array1::zeros(2)),
    );
    assert_columns(&weights, &by_weights, |w| mixed(&x, k, w), |w, d| mixed::jvp(&x, k, w, vec![0.0; 3], 0.0, d));
    let (single, ..) = mixed::jacobian(&[0.3f32, 0.7, 0.9], 0.4, &array![0.5, 1.5]);
    assert!(single.iter().zip(&by_x).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6));
    assert_eq!(mixed::jacobian(&[], k, &weights).0.dim(), (8, 0));
}

#[derive(Clone, Differentiable)]
struct Gain {
    by: f64,
}

impl Gain {
    #[differentiable(wrt(x))]
    fn applied<const N: usize>(&self, x: [f64; N]) -> [f64; N] {
        let mut y = x;
        for i in 1..N {
            y[i] = self.by * y[i - 1] * x[i];
        }
        y
    }
}

#[test]
fn columns_of_a_method() {
    let (gain, x) = (Gain { by: 0.3 }, [0.3, 0.7, 0.9, 1.1, 1.3]);
    assert_columns(&x, &gain.applied_jacobian(x), |x| gain.applied(*x), |x, d| gain.applied_jvp(*x, d));
}
