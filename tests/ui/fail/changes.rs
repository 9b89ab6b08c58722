//! Changes that the compiler does not follow.

#![allow(unused)]

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

#[derive(Clone, Differentiable)]
struct Counter {
    total: f64,
}

impl Counter {
    fn next(&mut self) -> f64 {
        self.total += 1.0;
        self.total
    }

    fn part(&mut self) -> &mut f64 {
        &mut self.total
    }
}

#[differentiable]
fn inside_of_a_condition(x: f64) -> f64 {
    let mut d = x;
    if { d += x; d > 1.0 } {
        d *= 2.0;
    }
    d
}

#[differentiable]
fn inside_of_an_expression(x: f64, n: usize) -> f64 {
    let mut count = n;
    let mut y = x;
    let added = y += x;
    y * f64::from({ count += 1; count } as u32)
}

#[differentiable]
fn behind_a_call(counter: &Counter, x: f64) -> f64 {
    let mut counter = counter.clone();
    *counter.part() = x;
    *counter.part() += x;
    counter.total
}

#[differentiable]
fn by_a_method(n: usize, x: f64) -> f64 {
    let mut counter = Counter { total: 0.0 };
    let mut names = vec![n];
    if names.pop().is_some() {
        return x;
    }
    x * counter.next()
}

#[differentiable]
fn borrowed(mut x: f64, mut y: Array1<f64>, z: &Array1<f64>) -> f64 {
    let both = (&mut x, 1.0);
    make(&y).assign(z);
    std::mem::swap(&mut y, make(z));
    let old = std::mem::replace(make(&y), z.clone());
    y.sum()
}

fn make(_: &Array1<f64>) -> &'static mut Array1<f64> {
    Box::leak(Box::default())
}

#[differentiable]
fn elementwise_in_place(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let mut z = x.clone();
    z.map_inplace(double);
    z.zip_mut_with(y, add);
    Zip::from(&mut z).and(y).for_each(add);
    Zip::from(&mut z).and(y).for_each(|a| *a = 1.0);
    ndarray::azip!((index i, a in &mut z) *a += i as f64);
    z.sum()
}

fn double(x: &mut f64) {
    *x *= 2.0;
}

fn add(x: &mut f64, y: &f64) {
    *x += *y;
}

fn main() {}
