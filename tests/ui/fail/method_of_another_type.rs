//! A type without a derivative as `self`, and a companion that is not there.

use odyssey_runtime::prelude::*;

struct Table {
    entries: Vec<f64>,
}

impl Table {
    #[differentiable]
    fn entry(&self, x: f64) -> f64 {
        self.entries[0] * x
    }

    #[differentiable(wrt(x))]
    fn fixed(&self, x: f64) -> f64 {
        x * x
    }

    #[differentiable(wrt(x))]
    fn pair(&self, x: f64) -> (f64, f64) {
        (x, x)
    }
}

fn main() {
    let table = Table { entries: vec![1.0] };
    table.fixed_grad(1.0);
    table.pair_grad(1.0);
}
