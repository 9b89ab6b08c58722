//! The step as an expert writes it: buffers that stay, a bias and what follows it in one pass over the product, gradients
//! where their factors were.
#![allow(unsafe_code, reason = "functions for an instruction set are unsafe to call")]
#![allow(clippy::inline_always, reason = "what is not inlined does not get the instruction set")]

use super::odyssey::Affine;
use super::{Batch, Kind};
use crate::support::gemm::{Gemm, rows};
use crate::support::simd::vectorised;

/// The buffers of a network of this shape and batch.
pub(super) struct Hand<T> {
    /// What each layer puts out; in the end, the derivative with respect to the scores.
    outputs: Vec<Vec<T>>,
    /// The derivatives with respect to the outputs of all layers but the last.
    d_hidden: Vec<Vec<T>>,
    d_w: Vec<Vec<T>>,
    d_b: Vec<Vec<T>>,
}

impl<T: Gemm> Hand<T> {
    pub(super) fn new(layers: &[&Affine<T>], batch: usize) -> Self {
        let zeros =
            |of: fn(&Affine<T>) -> usize, factor: usize| layers.iter().map(|layer| vec![T::zero(); of(layer) * factor]).collect();
        Self {
            outputs: zeros(|layer| layer.b.len(), batch),
            d_hidden: zeros(|layer| layer.b.len(), batch),
            d_w: zeros(|layer| layer.w.len(), 1),
            d_b: zeros(|layer| layer.b.len(), 1),
        }
    }

    /// All numbers of the gradient, layer by layer.
    pub(super) fn gradient(&self) -> Vec<T> {
        let layers = self.d_w.iter().zip(&self.d_b);
        layers.flat_map(|(d_w, d_b)| d_w.iter().chain(d_b).copied()).collect()
    }

    /// The loss; the gradient is left in the buffers.
    pub(super) fn step(&mut self, layers: &[&Affine<T>], batch: &Batch<T>, kind: Kind) -> T {
        let x = slice(&batch.x);
        let last = layers.len() - 1;
        for (k, layer) in layers.iter().enumerate() {
            let (before, output) = self.outputs.split_at_mut(k);
            let (inputs, outputs) = layer.w.dim();
            let input = before.last().map_or(x, Vec::as_slice);
            T::product(&mut output[0], rows(input, inputs), rows(slice(&layer.w), outputs));
            match kind {
                _ if k == last => {}
                Kind::Tanh => bias_tanh(&mut output[0], slice(&layer.b)),
                Kind::Relu => bias_relu(&mut output[0], slice(&layer.b)),
            }
        }
        let (scores, bias, d_bias) = (&mut self.outputs[last], slice(&layers[last].b), &mut self.d_b[last]);
        let value = match kind {
            Kind::Tanh => cross_entropy(scores, bias, &batch.labels, d_bias),
            Kind::Relu => squared_error(scores, bias, slice(&batch.targets), d_bias),
        };
        for (k, layer) in layers.iter().enumerate().rev() {
            let (inputs, outputs) = layer.w.dim();
            let d_output = if k == last { &self.outputs[k] } else { &self.d_hidden[k] };
            let input = if k == 0 { x } else { &self.outputs[k - 1] };
            T::product(&mut self.d_w[k], rows(input, inputs).t(), rows(d_output, outputs));
            if k > 0 {
                let (before, d_output) = self.d_hidden.split_at_mut(k);
                let d_output = if k == last { &self.outputs[k] } else { &d_output[0] };
                let d_input = &mut before[k - 1];
                T::product(d_input, rows(d_output, outputs), rows(slice(&layer.w), outputs).t());
                let backward = if kind == Kind::Tanh { d_tanh } else { d_relu };
                backward(d_input, &self.outputs[k - 1], &mut self.d_b[k - 1]);
            }
        }
        value
    }
}

fn slice<T, D: ndarray::Dimension>(array: &ndarray::Array<T, D>) -> &[T] {
    array.as_slice().expect("arrays of weights are contiguous")
}

vectorised! {
    fn bias_tanh<T: Real>(z: &mut [T], b: &[T]) {
        for z in z.chunks_exact_mut(b.len()) {
            for (z, &b) in z.iter_mut().zip(b) {
                *z = math::tanh(*z + b);
            }
        }
    }
}

vectorised! {
    fn bias_relu<T: Real>(z: &mut [T], b: &[T]) {
        for z in z.chunks_exact_mut(b.len()) {
            for (z, &b) in z.iter_mut().zip(b) {
                *z = math::relu(*z + b);
            }
        }
    }
}

vectorised! {
    /// `d *= 1 - h²`, and the sum over rows.
    fn d_tanh<T: Real>(d: &mut [T], h: &[T], d_b: &mut [T]) {
        d_b.fill(T::zero());
        for (d, h) in d.chunks_exact_mut(d_b.len()).zip(h.chunks_exact(d_b.len())) {
            for ((d, &h), d_b) in d.iter_mut().zip(h).zip(&mut *d_b) {
                *d *= math::mul_add(-h, h, T::one());
                *d_b += *d;
            }
        }
    }
}

vectorised! {
    /// `d = 0` where h is 0, and the sum over rows.
    fn d_relu<T: Real>(d: &mut [T], h: &[T], d_b: &mut [T]) {
        d_b.fill(T::zero());
        for (d, h) in d.chunks_exact_mut(d_b.len()).zip(h.chunks_exact(d_b.len())) {
            for ((d, &h), d_b) in d.iter_mut().zip(h).zip(&mut *d_b) {
                *d = if h > T::zero() { *d } else { T::zero() };
                *d_b += *d;
            }
        }
    }
}

vectorised! {
    /// The mean cross entropy of the scores `z + b`; z becomes its derivative.
    fn cross_entropy<T: Real>(z: &mut [T], b: &[T], labels: &[usize], d_b: &mut [T]) -> T {
        let mut value = T::zero();
        for (z, &label) in z.chunks_exact_mut(b.len()).zip(labels) {
            let mut largest = T::neg_infinity();
            for (z, &b) in z.iter_mut().zip(b) {
                *z += b;
                largest = if *z > largest { *z } else { largest };
            }
            for z in &mut *z {
                *z -= largest;
            }
            value -= z[label];
        }
        for z in &mut *z {
            *z = math::exp(*z);
        }
        let factor = T::one() / T::lit(labels.len() as f64);
        d_b.fill(T::zero());
        for (z, &label) in z.chunks_exact_mut(b.len()).zip(labels) {
            let sum: T = z.iter().copied().sum();
            value += math::ln(sum);
            let scale = factor / sum;
            for z in &mut *z {
                *z *= scale;
            }
            z[label] -= factor;
            for (d_b, &z) in d_b.iter_mut().zip(&*z) {
                *d_b += z;
            }
        }
        value * factor
    }
}

vectorised! {
    /// The mean squared error of the scores `z + b`; z becomes its derivative.
    fn squared_error<T: Real>(z: &mut [T], b: &[T], targets: &[T], d_b: &mut [T]) -> T {
        let mut value = T::zero();
        let factor = T::lit(2.0 / z.len() as f64);
        d_b.fill(T::zero());
        for (z, targets) in z.chunks_exact_mut(b.len()).zip(targets.chunks_exact(b.len())) {
            for (((z, &b), &target), d_b) in z.iter_mut().zip(b).zip(targets).zip(&mut *d_b) {
                let error = *z + b - target;
                value = math::mul_add(error, error, value);
                *z = error * factor;
                *d_b += *z;
            }
        }
        value * factor * T::lit(0.5)
    }
}
