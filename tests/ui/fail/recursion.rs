//! Recursion that the function's own text does not show.

use odyssey_runtime::prelude::*;

#[derive(Clone, Differentiable)]
struct Node {
    value: f64,
    below: Vec<Node>,
}

impl Node {
    /// The method may be another type's.
    #[differentiable]
    fn total(&self, n: usize) -> f64 {
        let mut total = self.value;
        for i in 0..n {
            let node = &self.below[i];
            total += node.total(n);
        }
        total
    }
}

fn main() {}
