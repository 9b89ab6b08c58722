//! A training step of a perceptron, without the optimizer: the loss of a batch and its gradient with respect to all
//! weights.

mod hand;
mod odyssey;
mod plain;

use ndarray::{Array1, Array2};
use odyssey_runtime::{Differentiable, Real, Workspace};

use crate::support::gemm::Gemm;
use crate::support::{Bench, assert_close, candidate, noise};
use hand::Hand;
use odyssey::{Affine, Deep, Shallow};

/// Between layers, and with which loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// tanh, and the mean cross entropy.
    Tanh,
    /// The positive part, and the mean squared error.
    Relu,
}

/// What the network is shown.
pub(crate) struct Batch<T> {
    x: Array2<T>,
    labels: Vec<usize>,
    targets: Array2<T>,
}

pub(crate) fn rows(bench: &mut Bench) {
    for kind in [Kind::Tanh, Kind::Relu] {
        for batch in [64, 256] {
            shallow::<f32>(bench, kind, batch, "f32");
            shallow::<f64>(bench, kind, batch, "f64");
            deep::<f32>(bench, kind, batch, "f32");
            deep::<f64>(bench, kind, batch, "f64");
        }
    }
}

fn affine<T: Real>(inputs: usize, outputs: usize, seed: u64) -> Affine<T> {
    let scale = T::lit((3.0 / inputs as f64).sqrt());
    let w = noise::<T, _>((inputs, outputs), seed) * scale;
    Affine { w, b: noise(outputs, seed + 1) * T::lit(0.1) }
}

fn batch<T: Real>(size: usize, inputs: usize, outputs: usize) -> Batch<T> {
    let x = noise((size, inputs), 1);
    let labels = (0..size).map(|i| i * 7 % outputs).collect();
    let targets = noise((size, outputs), 2);
    Batch { x, labels, targets }
}

/// All numbers of a gradient, layer by layer.
fn flat<'a, T: Real>(layers: impl IntoIterator<Item = (&'a Array2<T>, &'a Array1<T>)>) -> Vec<T> {
    layers.into_iter().flat_map(|(w, b)| w.iter().chain(b).copied()).collect()
}

fn shallow<T: Gemm>(bench: &mut Bench, kind: Kind, size: usize, float: &str) {
    let row = format!("mlp 64-128-10 {kind:?} batch {size} {float}");
    if !bench.wants(&row) {
        return;
    }
    let net = Shallow { hidden: affine::<T>(64, 128, 3), output: affine(128, 10, 5) };
    let batch = batch(size, 64, 10);
    let (Affine { w: w1, b: b1 }, Affine { w: w2, b: b2 }) = (&net.hidden, &net.output);
    let (x, labels, targets) = (&batch.x, &batch.labels[..], &batch.targets);

    let nested = || match kind {
        Kind::Tanh => odyssey::shallow_tanh::value_and_grad(&net, x, labels),
        Kind::Relu => odyssey::shallow_relu::value_and_grad(&net, x, targets),
    };
    let one = || match kind {
        Kind::Tanh => odyssey::shallow_tanh_flat::value_and_grad(w1, b1, w2, b2, x, labels),
        Kind::Relu => odyssey::shallow_relu_flat::value_and_grad(w1, b1, w2, b2, x, targets),
    };
    let value_alone = match kind {
        Kind::Tanh => [odyssey::shallow_tanh(&net, x, labels), odyssey::shallow_tanh_flat(w1, b1, w2, b2, x, labels)],
        Kind::Relu => [odyssey::shallow_relu(&net, x, targets), odyssey::shallow_relu_flat(w1, b1, w2, b2, x, targets)],
    };
    let (mut workspace, mut gradient) = (Workspace::default(), net.zero_tangent());
    let into = || match kind {
        Kind::Tanh => odyssey::shallow_tanh::value_and_grad_into(&mut workspace, &mut gradient, &net, x, labels),
        Kind::Relu => odyssey::shallow_relu::value_and_grad_into(&mut workspace, &mut gradient, &net, x, targets),
    };
    let layers = [&net.hidden, &net.output];
    let mut hand = Hand::new(&layers, size);

    let (value, d) = nested();
    let nested_result = flat([(&d.hidden.w, &d.hidden.b), (&d.output.w, &d.output.b)]);
    let (flat_value, (d_w1, d_b1, d_w2, d_b2)) = one();
    let flat_result = flat([(&d_w1, &d_b1), (&d_w2, &d_b2)]);
    assert_close(&[flat_value, value], &value_alone);
    assert_close(&flat_result, &nested_result);
    check_others(&mut hand, &layers, &batch, kind, value, &nested_result);

    bench.row(
        &row,
        vec![
            candidate("ours", nested),
            candidate("ours, into", into),
            candidate("ours flat", one),
            candidate("hand", || hand.step(&layers, &batch, kind)),
            candidate("plain", || plain::step(&layers, &batch, kind)),
        ],
    );
}

fn deep<T: Gemm>(bench: &mut Bench, kind: Kind, size: usize, float: &str) {
    let row = format!("mlp 784-256-128-10 {kind:?} batch {size} {float}");
    if !bench.wants(&row) {
        return;
    }
    let net = Deep { first: affine::<T>(784, 256, 3), second: affine(256, 128, 5), output: affine(128, 10, 7) };
    let batch = batch(size, 784, 10);
    let Deep { first: l1, second: l2, output: l3 } = &net;
    let (x, labels, targets) = (&batch.x, &batch.labels[..], &batch.targets);

    let nested = || match kind {
        Kind::Tanh => odyssey::deep_tanh::value_and_grad(&net, x, labels),
        Kind::Relu => odyssey::deep_relu::value_and_grad(&net, x, targets),
    };
    let one = || match kind {
        Kind::Tanh => odyssey::deep_tanh_flat::value_and_grad(&l1.w, &l1.b, &l2.w, &l2.b, &l3.w, &l3.b, x, labels),
        Kind::Relu => odyssey::deep_relu_flat::value_and_grad(&l1.w, &l1.b, &l2.w, &l2.b, &l3.w, &l3.b, x, targets),
    };
    let value_alone = match kind {
        Kind::Tanh => {
            [odyssey::deep_tanh(&net, x, labels), odyssey::deep_tanh_flat(&l1.w, &l1.b, &l2.w, &l2.b, &l3.w, &l3.b, x, labels)]
        }
        Kind::Relu => {
            [odyssey::deep_relu(&net, x, targets), odyssey::deep_relu_flat(&l1.w, &l1.b, &l2.w, &l2.b, &l3.w, &l3.b, x, targets)]
        }
    };
    let (mut workspace, mut gradient) = (Workspace::default(), net.zero_tangent());
    let into = || match kind {
        Kind::Tanh => odyssey::deep_tanh::value_and_grad_into(&mut workspace, &mut gradient, &net, x, labels),
        Kind::Relu => odyssey::deep_relu::value_and_grad_into(&mut workspace, &mut gradient, &net, x, targets),
    };
    let layers = [l1, l2, l3];
    let mut hand = Hand::new(&layers, size);

    let (value, d) = nested();
    let nested_result = flat([(&d.first.w, &d.first.b), (&d.second.w, &d.second.b), (&d.output.w, &d.output.b)]);
    let (flat_value, (d_w1, d_b1, d_w2, d_b2, d_w3, d_b3)) = one();
    let flat_result = flat([(&d_w1, &d_b1), (&d_w2, &d_b2), (&d_w3, &d_b3)]);
    assert_close(&[flat_value, value], &value_alone);
    assert_close(&flat_result, &nested_result);
    check_others(&mut hand, &layers, &batch, kind, value, &nested_result);

    bench.row(
        &row,
        vec![
            candidate("ours", nested),
            candidate("ours, into", into),
            candidate("ours flat", one),
            candidate("hand", || hand.step(&layers, &batch, kind)),
            candidate("plain", || plain::step(&layers, &batch, kind)),
        ],
    );
}

fn check_others<T: Gemm>(hand: &mut Hand<T>, layers: &[&Affine<T>], batch: &Batch<T>, kind: Kind, value: T, gradient: &[T]) {
    assert_close(&[hand.step(layers, batch, kind)], &[value]);
    assert_close(&hand.gradient(), gradient);
    let (plain_value, plain) = plain::step(layers, batch, kind);
    assert_close(&[plain_value], &[value]);
    assert_close(&flat(plain.iter().map(|(w, b)| (w, b))), gradient);
}
