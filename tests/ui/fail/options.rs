//! What the attribute may say.

use odyssey_runtime::prelude::*;

#[differentiable(with_respect_to(x))]
fn unknown_option(x: f64) -> f64 {
    x
}

#[differentiable(aux)]
fn auxiliary(x: f64) -> f64 {
    x
}

#[differentiable(aux)]
fn passive_first(x: f64) -> (usize, f64) {
    (1, x)
}

#[differentiable(aux, vjp = my_rule)]
fn auxiliary_with_a_rule(x: f64) -> (f64, f64) {
    (x, x)
}

#[differentiable(vjp)]
fn without_the_rule(x: f64) -> f64 {
    x
}

#[differentiable(vjp = (my_forward, my_backward, my_other))]
fn in_thirds(x: f64) -> f64 {
    x
}

#[differentiable(jvp)]
fn without_the_forward_rule(x: f64) -> f64 {
    x
}

#[differentiable(wrt(x), name)]
fn nameless(x: f64) -> f64 {
    x
}

#[differentiable(wrt = x)]
fn not_a_list(x: f64) -> f64 {
    x
}

#[differentiable(wrt(x), wrt(y))]
fn twice(x: f64, y: f64) -> f64 {
    x * y
}

#[differentiable(order = 4)]
fn four_times(x: f64) -> f64 {
    x
}

#[differentiable(order = 2)]
fn without_a_rule(x: f64) -> f64 {
    x
}

fn main() {}
