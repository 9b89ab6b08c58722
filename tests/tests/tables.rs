//! The tables of `docs/OPERATIONS.md`: what stands there is what is computed here, row by row.

#![allow(clippy::float_cmp, reason = "what stands at an edge is exact")]

use std::collections::BTreeSet;

use ndarray::prelude::*;
use odyssey_runtime::losses::{bce_loss, cross_entropy_loss, mse_loss};
use odyssey_runtime::prelude::*;
use odyssey_runtime::{Tangent, check};

const PAGE: &str = include_str!("../../docs/OPERATIONS.md");

/// The rows of the table in the section with this title, cell by cell, without the marks of code.
fn rows(section: &str) -> Vec<Vec<String>> {
    let (_, text) = PAGE.split_once(&format!("## {section}\n")).expect("the section is there");
    let text = text.split("\n## ").next().expect("a section has a text");
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(2);
    let cell = |cell: &str| cell.trim().trim_matches('`').to_owned();
    rows.map(|row| row.trim_matches('|').split(" | ").map(cell).collect()).collect()
}

/// Without white space, in which formatters differ.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A function by its name there: how it is written here, and its gradients.
macro_rules! backward_functions {
    ($($name:ident: ($($x:ident: $X:ty = $value:expr),+) -> $Y:ty { $($body:tt)* } by |$dy:ident| [$($d:expr),+];)+) => {
        mod functions {
            use super::*;

            $(
                #[differentiable]
                fn $name($($x: &$X),+) -> $Y {
                    $($body)*
                }
            )+

            #[test]
            fn are_those_of_the_page() {
                let names: BTreeSet<_> = [$(stringify!($name)),+].into();
                assert_eq!(names.len(), 27);
                let rows = rows("Backward functions");
                assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<BTreeSet<_>>(), names);
                $(
                    let row = rows.iter().find(|row| row[0] == stringify!($name)).expect("there is one");
                    assert_eq!(squeezed(&row[1]), squeezed(stringify!($($body)*)), "{}", stringify!($name));
                    {
                        $(let $x: $X = $value;)+
                        let (y, pullback) = $name::vjp($(&$x),+);
                        let $dy = weights(&y);
                        let gradients = pullback($dy.clone());
                        let along = |$($x: &$X),+| $name($($x),+).inner_product(&$dy);
                        backward_functions!(@check $name, along, gradients, [$($x)+], [$($d),+]);
                    }
                )+
            }
        }
    };
    (@check $name:ident, $along:ident, $gradients:ident, [$x:ident], [$d:expr]) => {
        assert_close(&$gradients, &$d, stringify!($name));
        check::argument(stringify!($x), &&$x, |$x: &_| $along($x), &$gradients).unwrap();
    };
    (@check $name:ident, $along:ident, $gradients:ident, [$x:ident $y:ident], [$d:expr, $e:expr]) => {
        assert_close(&$gradients.0, &$d, stringify!($name));
        assert_close(&$gradients.1, &$e, stringify!($name));
        check::argument(stringify!($x), &&$x, |$x: &_| $along($x, &$y), &$gradients.0).unwrap();
        check::argument(stringify!($y), &&$y, |$y: &_| $along(&$x, $y), &$gradients.1).unwrap();
    };
}

/// A cotangent of this value that is not the same everywhere.
fn weights<Y: Weights>(y: &Y) -> Y {
    y.weights()
}

trait Weights {
    fn weights(&self) -> Self;
}

impl Weights for f64 {
    fn weights(&self) -> f64 {
        0.7
    }
}

impl<D: Dimension> Weights for Array<f64, D> {
    fn weights(&self) -> Self {
        let mut n = 0.0;
        self.mapv(|_| {
            n += 1.0;
            f64::cos(1.3 * n)
        })
    }
}

#[track_caller]
fn assert_close<Y: Tangent>(a: &Y, b: &Y, name: &str) {
    let mut difference = a.clone();
    difference.add_scaled(-1.0, b);
    assert!(difference.norm() <= 1e-12 * (1.0 + b.norm()), "{name}: {a:?} is not {b:?}");
}

fn numbers(seed: f64) -> Array2<f64> {
    Array2::from_shape_fn((3, 4), |(i, j)| (seed + 1.7 * i as f64 + 0.9 * (j * j) as f64).sin() * 1.5)
}

fn positive(seed: f64) -> Array2<f64> {
    numbers(seed).mapv(|x| 0.2 + x * x)
}

fn shares(seed: f64) -> Array2<f64> {
    numbers(seed).mapv(|x| 0.5 + 0.3 * x)
}

/// `x` where `x` is positive, else `slope`.
fn step(x: &Array2<f64>, slope: f64) -> Array2<f64> {
    x.mapv(|x| if x > 0.0 { 1.0 } else { slope })
}

/// 1 where an element is the one in its row, else 0, times the row's number.
fn where_it_is(x: &Array2<f64>, one: &Array1<f64>, dy: &Array1<f64>) -> Array2<f64> {
    Array2::from_shape_fn(x.dim(), |(i, j)| if x[[i, j]] == one[i] { dy[i] } else { 0.0 })
}

fn softmax_of(x: &Array2<f64>) -> Array2<f64> {
    let e = x.exp();
    &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1))
}

const LABELS: [usize; 3] = [2, 0, 3];

backward_functions! {
    add: (a: Array2<f64> = numbers(0.1), b: Array2<f64> = numbers(0.2)) -> Array2<f64> { a + b } by |dy| [dy.clone(), dy.clone()];
    subtract: (a: Array2<f64> = numbers(0.1), b: Array2<f64> = numbers(0.2)) -> Array2<f64> { a - b } by |dy| [dy.clone(), -dy.clone()];
    multiply: (a: Array2<f64> = numbers(0.1), b: Array2<f64> = numbers(0.2)) -> Array2<f64> { a * b } by |dy| [&dy * &b, &dy * &a];
    divide: (a: Array2<f64> = numbers(0.1), b: Array2<f64> = positive(0.2)) -> Array2<f64> { a / b }
        by |dy| [&dy / &b, -(&dy * &a / (&b * &b))];
    matmul: (a: Array2<f64> = numbers(0.1), b: Array2<f64> = numbers(0.2).reversed_axes()) -> Array2<f64> { a.dot(b) }
        by |dy| [dy.dot(&b.t()), a.t().dot(&dy)];
    transpose: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.t().to_owned() } by |dy| [dy.t().to_owned()];
    sum: (x: Array2<f64> = numbers(0.1)) -> f64 { x.sum() } by |dy| [x.mapv(|_| dy)];
    mean: (x: Array2<f64> = numbers(0.1)) -> f64 { x.mean().unwrap() } by |dy| [x.mapv(|_| dy / 12.0)];
    max_reduce: (x: Array2<f64> = numbers(0.1)) -> Array1<f64> { x.max_axis(Axis(1)) }
        by |dy| [where_it_is(&x, &x.max_axis(Axis(1)), &dy)];
    min_reduce: (x: Array2<f64> = numbers(0.1)) -> Array1<f64> { x.min_axis(Axis(1)) }
        by |dy| [where_it_is(&x, &x.min_axis(Axis(1)), &dy)];
    exp: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.exp() } by |dy| [&dy * &x.exp()];
    log: (x: Array2<f64> = positive(0.1)) -> Array2<f64> { x.ln() } by |dy| [&dy / &x];
    sqrt: (x: Array2<f64> = positive(0.1)) -> Array2<f64> { x.sqrt() } by |dy| [&dy / &(x.sqrt() * 2.0)];
    abs: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.abs() } by |dy| [&dy * &step(&x, -1.0)];
    clip: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.clamp(-1.0, 1.0) }
        by |dy| [&dy * &x.mapv(|x| if x.abs() <= 1.0 { 1.0 } else { 0.0 })];
    log10: (x: Array2<f64> = positive(0.1)) -> Array2<f64> { x.log10() } by |dy| [&dy / &(&x * std::f64::consts::LN_10)];
    log2: (x: Array2<f64> = positive(0.1)) -> Array2<f64> { x.log2() } by |dy| [&dy / &(&x * std::f64::consts::LN_2)];
    relu: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.relu() } by |dy| [&dy * &step(&x, 0.0)];
    leaky_relu: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.leaky_relu(0.01) } by |dy| [&dy * &step(&x, 0.01)];
    prelu: (x: Array2<f64> = numbers(0.1), alpha: Array1<f64> = array![0.1, 0.2, 0.3, 0.4]) -> Array2<f64> { x.max(0.0) + alpha * x.min(0.0) }
        by |dy| [
            &dy * &(step(&x, 0.0) + &alpha * &step(&(-&x), 0.0)),
            (&dy * &x.mapv(|x| x.min(0.0))).sum_axis(Axis(0))
        ];
    sigmoid: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.sigmoid() }
        by |dy| [&dy * &x.mapv(|x| 1.0 / (2.0 + x.exp() + (-x).exp()))];
    tanh: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.tanh() } by |dy| [&dy * &x.mapv(|x| 1.0 / (x.cosh() * x.cosh()))];
    gelu: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.gelu() }
        by |dy| [&dy * &x.mapv(|x| {
            let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
            0.5 * erfc(-x * std::f64::consts::FRAC_1_SQRT_2) + x * density
        })];
    softmax: (x: Array2<f64> = numbers(0.1)) -> Array2<f64> { x.softmax(Axis(1)) }
        by |dy| [{
            let y = softmax_of(&x);
            let along = (&dy * &y).sum_axis(Axis(1)).insert_axis(Axis(1));
            &y * &(&dy - &along)
        }];
    binary_cross_entropy: (p: Array2<f64> = shares(0.1), t: Array2<f64> = shares(0.2)) -> f64 { bce_loss(p, t) }
        by |dy| [
            (&p - &t) / (&p * &(1.0 - &p)) * (dy / 12.0),
            p.mapv(|p| ((1.0 - p) / p).ln() * dy / 12.0)
        ];
    mean_squared_error: (y: Array2<f64> = numbers(0.1), t: Array2<f64> = numbers(0.2)) -> f64 { mse_loss(y, t) }
        by |dy| [(&y - &t) * (dy / 6.0), (&t - &y) * (dy / 6.0)];
    cross_entropy: (x: Array2<f64> = numbers(0.1)) -> f64 { cross_entropy_loss(x, &LABELS) }
        by |dy| [{
            let mut p = softmax_of(&x);
            LABELS.iter().enumerate().for_each(|(i, label)| p[[i, *label]] -= 1.0);
            p * (dy / 3.0)
        }];
}

/// Functions of one number, and their derivative at each of some points.
macro_rules! edges {
    (of $x:ident: $($name:ident: { $($body:tt)* } at $($at:expr => $slope:expr),+;)+) => {
        mod edges {
            use super::*;

            $(
                #[differentiable]
                fn $name($x: f64) -> f64 {
                    $($body)*
                }
            )+

            #[test]
            fn are_those_of_the_page() {
                let rows: BTreeSet<Vec<String>> = rows("At the edges").into_iter().map(|row| row.iter().map(|cell| squeezed(cell)).collect()).collect();
                let mut tested = BTreeSet::new();
                $({
                    let code = squeezed(stringify!($($body)*));
                    for (at, slope) in [$(($at, $slope)),+] {
                        tested.insert(vec![code.clone(), f64::to_string(&at), f64::to_string(&slope)]);
                        for computed in [$name::grad(at), $name::vjp(at).1(1.0), $name::jvp(at, 1.0).1] {
                            assert_eq!(computed, slope, "{} at {at}", stringify!($name));
                        }
                    }
                })+
                assert_eq!(rows, tested, "the table of the page, and what is tested");
            }
        }
    };
}

const INF: f64 = f64::INFINITY;

edges! {
    of x:
    abs: { x.abs() } at 0.0 => 0.0;
    relu: { x.relu() } at 0.0 => 0.0;
    leaky_relu: { x.leaky_relu(0.25) } at 0.0 => 0.25;
    signum: { x.signum() } at 0.0 => 0.0;
    floor: { x.floor() } at 1.0 => 0.0;
    ceil: { x.ceil() } at 1.0 => 0.0;
    round: { x.round() } at 0.5 => 0.0;
    trunc: { x.trunc() } at 1.0 => 0.0;
    fract: { x.fract() } at 1.0 => 1.0;
    clamp: { x.clamp(0.0, 1.0) } at 0.0 => 1.0, 0.5 => 1.0, 1.0 => 1.0, 1.1 => 0.0;
    hardtanh: { x.hardtanh() } at 1.0 => 1.0, 1.1 => 0.0;
    max: { x.max(1.0) } at 1.0 => 0.5;
    min: { x.min(1.0) } at 1.0 => 0.5;
    sqrt: { x.sqrt() } at 0.0 => INF;
    cbrt: { x.cbrt() } at 0.0 => INF;
    ln: { x.ln() } at 0.0 => INF;
    powi_0: { x.powi(0) } at 0.0 => 0.0;
    powi_1: { x.powi(1) } at 0.0 => 1.0;
    powf_0: { x.powf(0.0) } at 0.0 => 0.0;
    powf_1: { x.powf(1.0) } at 0.0 => 1.0;
    powf_2: { x.powf(2.0) } at 0.0 => 0.0;
    hypot: { x.hypot(0.0) } at 0.0 => 0.0;
    norm_l1: { array![x, 1.0].norm_l1() } at 0.0 => 0.0;
    norm_l2: { array![x, 0.0].norm_l2() } at 0.0 => 0.0;
    product: { array![x, 0.0, 3.0].product() } at 2.0 => 0.0;
    product_at_zero: { array![x, 2.0, 3.0].product() } at 0.0 => 6.0;
    cumprod: { array![x, 2.0, 3.0].cumprod(Axis(0)).sum() } at 0.0 => 9.0;
    max_axis: { array![x, 1.0].max_axis(Axis(0)).into_scalar() } at 1.0 => 0.5;
    min_axis: { array![x, 1.0].min_axis(Axis(0)).into_scalar() } at 1.0 => 0.5;
    pool_first: { array![x, 1.0].into_shape_with_order((1, 1, 1, 2)).unwrap().max_pool2d((1, 2), (1, 2)).sum() } at 1.0 => 1.0;
    pool_second: { array![1.0, x].into_shape_with_order((1, 1, 1, 2)).unwrap().max_pool2d((1, 2), (1, 2)).sum() } at 1.0 => 0.0;
    branch: { if x > 0.0 { x.ln() } else { 3.0 * x } } at 0.0 => 3.0;
    select: { select_where(&array![false], &array![x].ln(), &array![3.0 * x]).sum() } at 0.0 => 3.0;
    sigmoid: { x.sigmoid() } at 1e4 => 0.0, -1e4 => 0.0;
    softplus: { x.softplus() } at 1e4 => 1.0, -1e4 => 0.0;
}
