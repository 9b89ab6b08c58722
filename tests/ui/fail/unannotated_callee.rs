//! A function that is called with differentiated values needs the attribute as well.

use odyssey_runtime::prelude::*;

fn plain(x: f64) -> f64 {
    x * x
}

mod nn {
    pub fn plain(x: f64) -> f64 {
        x * x
    }
}

struct Model {
    scale: f64,
}

impl Model {
    fn associated(x: f64) -> f64 {
        x
    }
}

#[differentiable]
fn caller(x: f64) -> f64 {
    plain(x) + nn::plain(x)
}

#[differentiable]
fn caller_of_associated(x: f64) -> f64 {
    Model::associated(x)
}

fn main() {}
