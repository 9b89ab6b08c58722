//! The step as ndarray expressions: its own matrix product, one pass and one array an operation, the functions of the
//! standard library.

use std::borrow::Cow;

use ndarray::{Array1, Array2, Axis};
use odyssey_runtime::Real;

use super::odyssey::Affine;
use super::{Batch, Kind};

/// The gradient of one layer.
type Layer<T> = (Array2<T>, Array1<T>);

pub(super) fn step<T: Real>(layers: &[&Affine<T>], batch: &Batch<T>, kind: Kind) -> (T, Vec<Layer<T>>) {
    let mut inputs = vec![Cow::Borrowed(&batch.x)];
    let (last, hidden) = layers.split_last().expect("there are layers");
    for layer in hidden {
        let z = inputs[inputs.len() - 1].dot(&layer.w) + &layer.b;
        inputs.push(Cow::Owned(match kind {
            Kind::Tanh => z.mapv(T::tanh),
            Kind::Relu => z.mapv(|z| z.max(T::zero())),
        }));
    }
    let z = inputs[inputs.len() - 1].dot(&last.w) + &last.b;
    let (value, mut d_z) = match kind {
        Kind::Tanh => cross_entropy(z, &batch.labels),
        Kind::Relu => {
            let error = z - &batch.targets;
            let n = T::lit(error.len() as f64);
            ((&error * &error).sum() / n, error * (T::lit(2.0) / n))
        }
    };
    let mut gradient = Vec::new();
    for (k, (layer, input)) in layers.iter().zip(&inputs).enumerate().rev() {
        gradient.push((input.t().dot(&d_z), d_z.sum_axis(Axis(0))));
        if k > 0 {
            let d_h = d_z.dot(&layer.w.t());
            d_z = match kind {
                Kind::Tanh => d_h * input.mapv(|h| T::one() - h * h),
                Kind::Relu => d_h * input.mapv(|h| if h > T::zero() { T::one() } else { T::zero() }),
            };
        }
    }
    gradient.reverse();
    (value, gradient)
}

/// The mean cross entropy, and its derivative.
fn cross_entropy<T: Real>(z: Array2<T>, labels: &[usize]) -> (T, Array2<T>) {
    let n = T::lit(labels.len() as f64);
    let largest = z.map_axis(Axis(1), |row| row.fold(T::neg_infinity(), |m, &z| m.max(z)));
    let z = z - &largest.insert_axis(Axis(1));
    let e = z.mapv(T::exp);
    let sums = e.sum_axis(Axis(1));
    let mut value = sums.mapv(T::ln).sum();
    let mut d_z = e / &sums.insert_axis(Axis(1));
    for (i, &label) in labels.iter().enumerate() {
        value -= z[[i, label]];
        d_z[[i, label]] -= T::one();
    }
    (value / n, d_z / n)
}
