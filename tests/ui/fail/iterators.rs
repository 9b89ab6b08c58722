//! Iterators over differentiated values.

#![allow(unused)]

use odyssey_runtime::prelude::*;

#[differentiable]
fn consumed(x: &[f64], y: &[f64]) -> f64 {
    let a = x.iter().filter(|v| **v > 0.0).last().unwrap();
    let b: f64 = x.iter().skip_while(|v| **v < 0.0).sum();
    let c = x.iter().copied().reduce(|a, b| a + b).unwrap();
    let d = x.iter().max_by(|a, b| b.abs().partial_cmp(&a.abs()).unwrap()).unwrap();
    let e = x.iter().map(|v| v * 2.0).collect::<std::collections::VecDeque<f64>>();
    let f: f64 = x.iter().scan(0.0, |state, v| { *state += v; Some(*state) }).sum();
    x[0]
}

#[differentiable]
fn filtered(x: &[f64], y: &[f64]) -> f64 {
    let a: f64 = x.iter().filter(is_positive).sum();
    let b: f64 = x.iter().filter(|v| **v > 0.0).enumerate().map(|(i, v)| v * i as f64).sum();
    let c: f64 = x.iter().filter(|v| **v > 0.0).zip(y).map(|(a, b)| a * b).sum();
    a + b + c
}

fn is_positive(x: &&f64) -> bool {
    **x > 0.0
}

#[differentiable]
fn loops(x: &[f64], y: &[f64], words: &str) -> f64 {
    let mut sum = 0.0;
    for v in x.iter().map_while(|v| (*v > 0.0).then_some(*v)) {
        sum += v;
    }
    for v in x.split(|v| *v > 1.0) {
        sum += v[0];
    }
    for v in std::iter::successors(Some(x[0]), |v| Some(v * 2.0)) {
        sum += v;
    }
    sum
}

#[differentiable]
fn parts(x: &[f64]) -> f64 {
    let first = x.first();
    let mut items = x.iter();
    let y = match x.last() {
        Some(last) if *last > 0.0 => *last,
        _ => 1.0,
    };
    y
}

fn main() {}
