//! Counts how often a training step asks the system for memory: `allocations`.

use ndarray::Array2;
use odyssey_examples::counting::{Counting, allocations};
use odyssey_examples::digits::{Cnn, Mlp, cnn, model};
use odyssey_examples::lstm::{self, Lstm};
use odyssey_runtime::prelude::*;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

#[global_allocator]
static HEAP: Counting = Counting;

/// How often `step` allocates, once it has run before.
fn once_warm<R>(mut step: impl FnMut() -> R) -> usize {
    step();
    allocations(step).0
}

macro_rules! print_row {
    ($name:literal, { $value_and_grad:path, $into:path }, ($model:expr, $($argument:expr),*)) => {{
        let (mut workspace, mut gradient) = (Workspace::default(), $model.zero_tangent());
        let ordinary = once_warm(|| $value_and_grad($model, $($argument),*));
        let with_workspace = once_warm(|| $into(&mut workspace, &mut gradient, $model, $($argument),*));
        println!("{:36}{ordinary:>16}{with_workspace:>22}", $name);
    }};
}

fn main() {
    let mut rng = Pcg64Mcg::seed_from_u64(0);
    let labels: Vec<usize> = (0..32).map(|i| i % 10).collect();
    let images: Array2<f32> = lstm::random((32, 64), &mut rng);
    let sequence: Vec<_> = (0..20).map(|_| lstm::random((32, 16), &mut rng)).collect();
    println!("{:36}{:>16}{:>22}", "allocations of a training step", "value_and_grad", "value_and_grad_into");
    let mlp = Mlp::random(128, &mut rng);
    print_row!("perceptron", { model::loss::value_and_grad, model::loss::value_and_grad_into }, (&mlp, &images, &labels));
    let network = Cnn::random([8, 16], &mut rng);
    print_row!("convolutional network", { cnn::loss::value_and_grad, cnn::loss::value_and_grad_into }, (&network, &images, &labels));
    let network = Lstm::random(16, 32, 10, &mut rng);
    print_row!("LSTM, 20 steps", { lstm::loss::value_and_grad, lstm::loss::value_and_grad_into }, (&network, &sequence, &labels));
}
