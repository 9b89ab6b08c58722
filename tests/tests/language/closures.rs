//! Closures and function items: local ones that capture, and those given to `map`, `mapv`, `fold`, `Zip`.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

/// A closure called several times, capturing a differentiated value.
#[differentiable]
fn simpson(a: f64, b: f64, k: f64) -> f64 {
    let f = |x: f64| (k * x).sin() * x;
    let h = (b - a) / 6.0;
    let mut sum = f(a) + f(b);
    for i in 1..6 {
        let weight = if i % 2 == 0 { 2.0 } else { 4.0 };
        sum += weight * f(a + i as f64 * h);
    }
    sum * h / 3.0
}

/// A closure with a block, several arguments and a tuple as its result.
#[differentiable]
fn rotations(x: f64, y: f64, angle: f64) -> f64 {
    let rotate = |p: (f64, f64), by: f64| {
        let (s, c) = (by.sin(), by.cos());
        (c * p.0 - s * p.1, s * p.0 + c * p.1)
    };
    let p = rotate((x, y), angle);
    let (u, v) = rotate(p, 2.0 * angle);
    u * v + p.0
}

/// A closure that calls a closure.
#[differentiable]
fn composed(x: f64, k: f64) -> f64 {
    let square = |v| v * v;
    let wave = |v: f64| square(v.sin()) + k * v;
    wave(wave(x)) + square(k)
}

/// A closure that changes what it captured.
#[differentiable]
fn counting(x: f64, y: f64) -> f64 {
    let mut total = 0.0;
    let mut add = |v: f64| total += v * x;
    add(y);
    add(y * y);
    add(1.0);
    total * total
}

/// Closures over arrays.
#[differentiable]
fn over_arrays(x: &Array1<f64>, k: f64) -> f64 {
    let layer = |v: &Array1<f64>| (v * k + x).tanh();
    let once = layer(x);
    let twice = layer(&once);
    twice.dot(&once)
}

#[differentiable]
fn swish(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

/// Function items and paths as arguments.
#[differentiable]
fn items_as_arguments(x: &Array1<f64>) -> f64 {
    let a = x.mapv(f64::tanh);
    let b = x.mapv(swish);
    let c: f64 = x.iter().copied().map(swish).sum();
    (a * b).sum() + c
}

/// `mapv`, `map`, with captured values and branches.
#[differentiable]
fn mapped(x: &Array2<f64>, k: f64) -> f64 {
    let a = x.mapv(|v| if v > 0.0 { v * k } else { 0.1 * v * v });
    let b = x.map(|v| v.powi(2) + k);
    let c = x.mapv(|v| {
        let s = (v * k).sin();
        s * s
    });
    (a + b * c).sum()
}

/// A closure argument of the function itself is passive, and used on passive values.
#[differentiable(wrt(x))]
fn weighted_by(x: &[f64], weight: impl Fn(usize) -> f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += weight(i) * x[i] * x[i];
    }
    sum
}

/// The caller gives a closure of its own, and one that it got.
#[differentiable(wrt(x, k))]
fn weighted_twice<F: Fn(usize) -> f64>(x: &[f64], k: f64, weight: F) -> f64 {
    weighted_by(x, |i| 1.0 / (i as f64 + 1.0)) * k + weighted_by(x, weight)
}

#[differentiable]
fn cubed(x: f64) -> f64 {
    x * x * x
}

/// A closure that a variable holds, for every element; a function as well, whose cotangent not everybody wants.
#[differentiable]
fn every_element(x: &Array1<f64>, k: f64) -> f64 {
    let f = |v: f64| v * v * k + v.sin();
    let g = |v: &f64| v.exp() * k;
    let y = x.mapv(f) + x.mapv(cubed) * k + x.map(g);
    y.dot(&y)
}

/// Sorting by a key is passive; the order is then used.
#[differentiable]
fn trimmed_mean(x: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&i, &j| x[i].total_cmp(&x[j]));
    let mut sum = 0.0;
    for &i in &order[1..order.len() - 1] {
        sum += x[i];
    }
    sum / (order.len() - 2) as f64 + x[order[0]] * x[order[order.len() - 1]]
}

/// Closures over differentiated values where nothing is differentiated: in conditions, guards, counts and texts. What they capture is not what
/// has the same name there.
#[differentiable]
fn looked_at(x: &[f64], a: f64, k: f64) -> f64 {
    let f = |e: f64| e * k + 1.0;
    let k = 2.0;
    let g = move |e: f64| f(e) + k;
    let (mut low, mut turns) = (0.0, 0);
    while f(low) < a && turns < 5 {
        low += 0.3 * a;
        turns += 1;
    }
    let mut sum = 0.0;
    for v in x {
        if g(*v) > f(k) && f(k) > 0.0 {
            sum += g(*v);
        }
        assert!(sum < 100.0, "{sum} is more than {:.1}", f(*v));
    }
    let weight = match turns {
        _ if f(a) > 2.0 => 1.5,
        _ => 2.5,
    };
    let many = x.iter().filter(|v| f(**v) > 1.0).count();
    low * weight * a + sum * f(x[0]) + many as f64 * a
}

#[test]
fn local_closures() {
    agrees!(simpson(0.2, 1.4, 1.7), wrt 3);
    agrees!(rotations(0.4, 0.9, 0.3), wrt 3);
    agrees!(composed(0.4, 0.9), wrt 2);
    agrees!(counting(0.4, 0.9), wrt 2);
    agrees!(over_arrays(&numbers(1, 3), 0.8), wrt 2);
}

#[test]
fn arguments() {
    agrees!(items_as_arguments(&numbers(1, 4)));
    agrees!(mapped(&matrix(1, 2, 3), 1.3), wrt 2);
    agrees!(every_element(&numbers(1, 4), 0.8), wrt 2);
    agrees!(weighted_by(&[0.3, 0.9, 0.4], |i| 1.0 / (i + 1) as f64));
    agrees!(weighted_twice(&[0.3, 0.9, 0.4], 0.7, |i| i as f64), wrt 2);
    agrees!(trimmed_mean(&[0.3, 0.9, -0.4, 0.7, 0.1]));
}

#[test]
fn closures_in_passive_places() {
    agrees!(looked_at(&[0.3, -0.4, 2.0], 2.3, 1.4), wrt 3);
    agrees!(looked_at(&[0.3, 0.4], 1.1, 0.4), wrt 3);
}
