//! Guards that only rustc knows.

#![allow(unused)]

use std::sync::{Mutex, MutexGuard};

use odyssey_runtime::prelude::*;

static TOTAL: Mutex<f64> = Mutex::new(0.0);

fn total() -> MutexGuard<'static, f64> {
    TOTAL.lock().unwrap()
}

#[differentiable]
fn of_a_function(x: f64) -> f64 {
    let mut total = total();
    *total = x;
    x * x
}

#[differentiable]
fn in_a_pattern(x: f64) -> f64 {
    if let Ok(mut total) = TOTAL.lock() {
        *total += x;
    }
    x * x
}

fn main() {}
