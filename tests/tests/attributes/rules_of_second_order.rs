//! Second order through rules of functions that change their arguments, or can fail, against central differences of gradients.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::numbers;

/// `hvp` along `u`, and the difference of gradients.
#[track_caller]
fn agree(hvp: &Array1<f64>, gradient: impl Fn(f64) -> Array1<f64>) {
    let difference = (gradient(1e-5) - gradient(-1e-5)) / 2e-5;
    let is_near = hvp.iter().zip(&difference).all(|(a, b)| (a - b).abs() <= 1e-6 * (1e-1 + b.abs()));
    assert!(is_near, "{hvp} is not {difference}");
}

/// A step in place, whose rule is in halves.
#[differentiable(vjp = (stepped, stepped_back), jvp = stepped_along, order = 2)]
fn step(state: &mut Array1<f64>, rate: f64) -> f64 {
    stepped(state, rate).0
}

fn stepped(state: &mut Array1<f64>, rate: f64) -> (f64, Array1<f64>) {
    let before = state.clone();
    state.mapv_inplace(|x| x - rate * x * x);
    (before.sum() * rate, before)
}

fn stepped_back(rate: &f64, _y: &f64, before: Array1<f64>, d: f64, left: Array1<f64>) -> (Array1<f64>, f64) {
    let of_rate = d * before.sum() - (&left * &before * &before).sum();
    (left * before.mapv(|x| 1.0 - 2.0 * rate * x) + d * rate, of_rate)
}

#[differentiable]
fn stepped_along(state: &mut Array1<f64>, rate: f64, state_dot: Array1<f64>, rate_dot: f64) -> (f64, f64, Array1<f64>) {
    let before = state.clone();
    *state = &before - &before * &before * rate;
    let sum_dot = state_dot.sum() * rate + before.sum() * rate_dot;
    let state_dot = &state_dot * (1.0 - &before * (2.0 * rate)) - &before * &before * rate_dot;
    (before.sum() * rate, sum_dot, state_dot)
}

#[differentiable]
fn steps(x: &Array1<f64>, rate: f64, times: usize) -> f64 {
    let mut state = x.clone();
    let mut sum = 0.0;
    for _ in 0..times {
        sum += step(&mut state, rate) * rate;
    }
    sum * state.dot(x)
}

/// Without a result, of a list.
#[differentiable(vjp = (squared, squared_back), jvp = squared_along, order = 2)]
fn square(list: &mut [f64]) {
    squared(list);
}

fn squared(list: &mut [f64]) -> ((), Vec<f64>) {
    let before = list.to_vec();
    list.iter_mut().for_each(|x| *x *= *x);
    ((), before)
}

fn squared_back(_y: &(), before: Vec<f64>, left: Vec<f64>) -> Vec<f64> {
    before.iter().zip(left).map(|(x, d)| 2.0 * x * d).collect()
}

#[differentiable]
fn squared_along(list: &mut [f64], list_dot: Vec<f64>) -> ((), Vec<f64>) {
    let mut left = Vec::new();
    for i in 0..list_dot.len() {
        left.push(2.0 * list[i] * list_dot[i]);
        list[i] *= list[i];
    }
    ((), left)
}

#[differentiable]
fn squares(x: &[f64]) -> f64 {
    let mut list = x.to_vec();
    square(&mut list);
    square(&mut list);
    list[0] * list[1] + list[2] * x[0]
}

/// Not `Clone`.
#[derive(Debug)]
struct Negative;

#[differentiable(vjp = root_vjp, jvp = root_jvp, order = 2)]
fn root(x: f64) -> Result<f64, Negative> {
    if x < 0.0 { Err(Negative) } else { Ok(x.sqrt()) }
}

fn root_vjp(x: f64) -> Result<(f64, impl FnOnce(f64) -> f64), Negative> {
    let value = root(x)?;
    Ok((value, move |d| d / (2.0 * value)))
}

#[differentiable]
fn root_jvp(x: f64, x_dot: f64) -> Result<(f64, f64), Negative> {
    let value = root(x)?;
    Ok((value, x_dot / (2.0 * value)))
}

#[differentiable]
fn distance(x: &Array1<f64>) -> Result<f64, Negative> {
    let y = root(x.dot(x))?;
    let mut sum = y * x[1];
    match root(x[0] - 10.0) {
        Ok(never) => sum += never,
        Err(Negative) => sum *= x[2],
    }
    Ok(sum + root(y)?)
}

/// Both, and an `Option`.
#[differentiable(vjp = (divided, divided_back), jvp = divided_along, order = 2)]
fn divide(state: &mut f64, by: f64) -> Option<()> {
    divided(state, by).map(|_| ())
}

fn divided(state: &mut f64, by: f64) -> Option<((), f64)> {
    if by == 0.0 {
        return None;
    }
    *state /= by;
    Some(((), *state))
}

fn divided_back(by: &f64, _y: &(), quotient: f64, left: f64) -> (f64, f64) {
    (left / by, -left * quotient / by)
}

#[differentiable]
fn divided_along(state: &mut f64, by: f64, state_dot: f64, by_dot: f64) -> Option<((), f64)> {
    if by == 0.0 {
        return None;
    }
    *state /= by;
    Some(((), (state_dot - *state * by_dot) / by))
}

#[differentiable]
fn quotient(x: &Array1<f64>) -> Option<f64> {
    let mut state = x[0];
    divide(&mut state, x[1])?;
    divide(&mut state, x[2])?;
    Some(state * x[1])
}

#[test]
fn of_changes() {
    let (x, u) = (numbers(1, 4), numbers(2, 4));
    let (along_x, along_rate) = steps::hvp(&x, 0.3, 3, u.clone(), 0.5);
    agree(&along_x, |t| steps::grad(&(&x + &(&u * t)), 0.3 + 0.5 * t, 3).0);
    agree(&array![along_rate], |t| array![steps::grad(&(&x + &(&u * t)), 0.3 + 0.5 * t, 3).1]);
    let hvp = squares::hvp(x.as_slice().unwrap(), u.to_vec());
    agree(&Array1::from(hvp), |t| Array1::from(squares::grad((&x + &(&u * t)).as_slice().unwrap())));
}

#[test]
fn of_failures() {
    let (x, u) = (numbers(1, 3) + 0.1, numbers(2, 3));
    agree(&distance::hvp(&x, u.clone()).unwrap(), |t| distance::grad(&(&x + &(&u * t))).unwrap());
    assert!((root::hvp(4.0, 1.0).unwrap() + 1.0 / 32.0).abs() < 1e-15);
    assert!(root::hvp(-4.0, 1.0).is_err());
}

#[test]
fn of_both() {
    let (x, u) = (array![0.4, 0.8, -0.5], numbers(2, 3));
    agree(&quotient::hvp(&x, u.clone()).unwrap(), |t| quotient::grad(&(&x + &(&u * t))).unwrap());
    assert_eq!(quotient::hvp(&array![1.0, 1.0, 0.0], u), None);
}
