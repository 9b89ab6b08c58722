//! An elementwise expression that is summed, with its gradient with respect to all operands.

mod hand;
mod plain;

use ndarray::Array1;
use odyssey_runtime::prelude::*;

use crate::support::{Bench, assert_close, assert_within, candidate, noise};

/// `-x` of a generic array is nothing that Rust knows: once for each type.
macro_rules! chain {
    ($name:ident, $T:ident) => {
        #[differentiable]
        fn $name(x: &Array1<$T>, a: $T, b: $T) -> $T {
            ((a * x + b * (-x * x).exp()).tanh() / (1.0 + x * x)).sum()
        }
    };
}
chain!(chain_f32, f32);
chain!(chain_f64, f64);

pub(crate) fn rows(bench: &mut Bench) {
    for length in [1_000, 100_000, 10_000_000] {
        row::<f32>(bench, length, "f32", chain_f32, chain_f32::value_and_grad, chain_f32::value_and_grad_into);
        row::<f64>(bench, length, "f64", chain_f64, chain_f64::value_and_grad, chain_f64::value_and_grad_into);
    }
}

type Gradient<T> = (Array1<T>, T, T);

fn row<T: Real>(
    bench: &mut Bench,
    length: usize,
    float: &str,
    value: impl Fn(&Array1<T>, T, T) -> T,
    chain: impl Fn(&Array1<T>, T, T) -> (T, Gradient<T>),
    into: impl Fn(&mut Workspace, &mut Gradient<T>, &Array1<T>, T, T) -> T,
) {
    let row = format!("chain {length:e} {float}");
    if !bench.wants(&row) {
        return;
    }
    let x = noise::<T, _>(length, 1) * T::lit(2.0);
    let (a, b) = (T::lit(0.7), T::lit(-1.3));
    let mut d_x = vec![T::zero(); length];

    let alone = value(&x, a, b);
    let (value, (ours, d_a, d_b)) = chain(&x, a, b);
    let scale = T::lit(length as f64).recip();
    // ndarray adds ten million numbers of single precision up in eight lanes of that precision.
    let plain_sums = T::epsilon().to_double() * (length as f64).max(1e6) * 1e-3;
    assert_within(plain_sums, &[alone * scale], &[value * scale]);
    let ours_scalars = [value * scale, d_a * scale, d_b * scale];
    let (value, d_a, d_b) = hand::step(x.as_slice().expect("contiguous"), a, b, &mut d_x);
    assert_close(&[value * scale, d_a * scale, d_b * scale], &ours_scalars);
    assert_close(&d_x, ours.as_slice().expect("contiguous"));
    let (value, (d, d_a, d_b)) = plain::step(&x, a, b);
    assert_within(plain_sums, &[value * scale, d_a * scale, d_b * scale], &ours_scalars);
    assert_close(&d_x, d.as_slice().expect("contiguous"));
    drop((ours, d));
    let (mut workspace, mut gradient) = (Workspace::default(), (Array1::zeros(length), T::zero(), T::zero()));

    bench.row(
        &row,
        vec![
            candidate("ours", || chain(&x, a, b)),
            candidate("ours, into", || into(&mut workspace, &mut gradient, &x, a, b)),
            candidate("hand", || {
                let x = x.as_slice().expect("contiguous");
                hand::step(x, a, b, &mut d_x)
            }),
            candidate("hand, new", || {
                let x = x.as_slice().expect("contiguous");
                hand::step_new(x, a, b)
            }),
            candidate("plain", || plain::step(&x, a, b)),
        ],
    );
}
