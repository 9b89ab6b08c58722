use odyssey_runtime::prelude::*;

fn table(x: f64) -> f64 {
    x.floor()
}

#[differentiable(wrt(x))]
fn tabled(x: f64, k: f64) -> f64 {
    x * table(k)
}

#[differentiable(order = 3)]
fn of_a_function_without(x: f64) -> f64 {
    tabled(2.0 * x, 0.5) + x
}

#[differentiable(wrt(x), order = 3)]
fn of_passive_code(x: f64, k: f64) -> f64 {
    x * table(k)
}

struct Config {
    rate: f64,
}

const CONFIG: Config = Config { rate: 0.5 };

#[differentiable(order = 3)]
fn of_a_constant(x: f64) -> f64 {
    x * CONFIG.rate
}

fn main() {}
