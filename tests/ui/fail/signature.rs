//! Signatures without a derivative; the mistakes of one signature are reported together.

use odyssey_runtime::prelude::*;

#[differentiable]
async fn later(x: f64) -> f64 {
    x
}

#[differentiable]
unsafe fn dangerous(x: f64) -> f64 {
    x
}

#[differentiable]
fn anonymous_type(x: impl Into<f64>) -> f64 {
    x.into()
}

#[differentiable]
fn configured(#[cfg(all())] x: f64) -> f64 {
    x
}

#[differentiable]
fn no_float(n: usize) -> f64 {
    n as f64
}

#[differentiable]
fn no_result(x: f64) {
    println!("{x}");
}

#[differentiable]
fn integer_result(x: f64) -> usize {
    x as usize
}

#[differentiable]
fn anonymous_result(x: f64) -> impl Fn(f64) -> f64 {
    move |y| x * y
}

#[differentiable]
fn borrowed_result(x: &[f64]) -> &f64 {
    &x[0]
}

#[differentiable]
fn fallible_count(x: f64) -> Result<usize, String> {
    Ok(x as usize)
}

#[differentiable]
fn borrowed_option(x: &[f64]) -> Option<&f64> {
    x.first()
}

#[differentiable]
fn several(#[cfg(all())] x: f64, y: impl Into<f64>) -> Option<usize> {
    Some((x + y.into()) as usize)
}

#[differentiable]
fn two_floats<T: Real, U: Real>(x: T, y: U) -> T {
    let _ = y;
    x
}

#[differentiable]
fn unnamed_result(x: f64) -> impl Into<f64> {
    x
}

#[differentiable]
fn ends_without_a_value(x: f64) -> f64 {
    let _y = x * 2.0;
}

#[differentiable]
fn views_to_change(a: ndarray::ArrayViewMut1<f64>, b: &mut ndarray::ArrayViewMut2<'_, f64>) -> f64 {
    a.sum() + b.sum()
}

fn main() {}
