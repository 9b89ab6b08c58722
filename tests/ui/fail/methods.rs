//! Methods whose signature has no derivative.

use odyssey_runtime::prelude::*;

#[derive(Clone, Differentiable)]
struct Model {
    scale: f64,
}

impl Model {
    #[differentiable(wrt(this))]
    fn unknown(&self, by: f64) -> f64 {
        self.scale * by
    }

    #[differentiable(wrt(by))]
    fn contradiction(#[no_grad] &self, by: f64) -> f64 {
        self.scale * by
    }

    #[differentiable]
    fn all_left_out(#[no_grad] &self, times: usize) -> f64 {
        self.scale * times as f64
    }

    #[differentiable]
    async fn later(&self) -> f64 {
        self.scale
    }

    #[differentiable]
    fn count(&self) -> usize {
        self.scale as usize
    }
}

fn main() {}
