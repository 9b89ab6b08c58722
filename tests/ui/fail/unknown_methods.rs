//! Methods of the standard library's lists and options that are not differentiated.

#![allow(unused)]

use odyssey_runtime::prelude::*;

#[differentiable]
fn lists(x: &[f64], k: f64) -> f64 {
    let mut v: Vec<f64> = x.iter().map(|x| x * k).collect();
    v.dedup();
    let first: Vec<f64> = v.drain(..2).collect();
    let rest = v.split_off(1);
    v.fill_with(|| k);
    k
}

#[differentiable]
fn options(o: Option<f64>, p: Option<f64>, k: f64) -> f64 {
    let mut o = o;
    let a = o.xor(p);
    o.insert(k);
    *o.get_or_insert(k)
}

fn main() {}
