//! A companion beside a method must be an item of the trait: the attribute stands on the block.

use std::ops::Neg;

use odyssey_runtime::prelude::*;

#[derive(Clone, Differentiable)]
struct Model {
    scale: f64,
}

impl Neg for Model {
    type Output = Model;

    #[differentiable]
    fn neg(self) -> Model {
        self
    }
}

fn main() {}
