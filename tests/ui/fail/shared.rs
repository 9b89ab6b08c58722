//! Values that change where the compiler does not see it, and what it does not look into.

#![allow(unused)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Mutex, RwLock};

use odyssey_runtime::prelude::*;

static mut COUNT: f64 = 0.0;

thread_local! {
    static LOCAL: Cell<f64> = const { Cell::new(0.0) };
}

struct Meter {
    total: Cell<f64>,
}

#[differentiable]
fn made_here(x: f64) -> f64 {
    let a = RefCell::new(x);
    let b = Mutex::new(x);
    let c = std::sync::RwLock::new(x);
    let d = Rc::new(x);
    x
}

#[differentiable]
fn made_by_a_function(x: f64) -> f64 {
    let a = Cell::new(x);
    a.get() * 2.0
}

#[differentiable]
fn of_a_thread(x: f64) -> f64 {
    LOCAL.set(x);
    LOCAL.with(|local| local.set(x));
    LOCAL.get() * 2.0
}

#[differentiable]
fn of_the_program(x: f64) -> f64 {
    unsafe {
        COUNT = x;
    }
    x
}

#[differentiable]
fn of_the_caller(x: f64, #[no_grad] meter: &Meter) -> f64 {
    meter.total.set(x);
    meter.total.get() * 2.0
}

static TOTAL: Mutex<f64> = Mutex::new(0.0);

#[differentiable]
fn behind_a_guard(x: f64, #[no_grad] log: &RefCell<Vec<f64>>) -> f64 {
    let mut total = TOTAL.lock().unwrap();
    *total += x;
    *TOTAL.lock().unwrap() += x;
    *TOTAL.lock().unwrap() = x;
    let mut entries = log.borrow_mut();
    entries.push(x);
    log.borrow_mut()[0] = x;
    x
}


fn main() {}
