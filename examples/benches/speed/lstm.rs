//! A training step of a recurrent network: with memory from the system, and with a workspace.

use odyssey_examples::lstm::{Lstm, loss, random};
use odyssey_runtime::{Differentiable, Workspace};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use crate::support::{Bench, candidate};

pub(crate) fn rows(bench: &mut Bench) {
    for (steps, batch, hidden) in [(20, 1, 32), (20, 32, 32), (100, 64, 128)] {
        let row = format!("lstm {steps} steps batch {batch} hidden {hidden} f32");
        if !bench.wants(&row) {
            continue;
        }
        let mut rng = Pcg64Mcg::seed_from_u64(0);
        let net = Lstm::random(16, hidden, 10, &mut rng);
        let xs: Vec<_> = (0..steps).map(|_| random((batch, 16), &mut rng)).collect();
        let labels: Vec<usize> = (0..batch).map(|i| i % 10).collect();
        let (mut workspace, mut gradient) = (Workspace::default(), net.zero_tangent());
        let value = loss::value_and_grad_into(&mut workspace, &mut gradient, &net, &xs, &labels);
        let (expected, of_expected) = loss::value_and_grad(&net, &xs, &labels);
        assert_eq!((value, &gradient), (expected, &of_expected));
        bench.row(
            &row,
            vec![
                candidate("ours", || loss::value_and_grad(&net, &xs, &labels)),
                candidate("ours, into", || loss::value_and_grad_into(&mut workspace, &mut gradient, &net, &xs, &labels)),
            ],
        );
    }
}
