//! The perceptron, its loss, and what it reads.

use ndarray::{Array1, Array2, ArrayView1};
use odyssey_runtime::losses::cross_entropy_loss;
use odyssey_runtime::prelude::*;
use rand::{Rng, RngExt};

use super::data::{CLASSES, PIXELS};
use super::train::{Memory, Network};

/// An affine map: one row of `weight` an input, one column an output.
#[derive(Clone, Debug, Differentiable)]
pub struct Linear<T: Real> {
    /// `[inputs, outputs]`.
    pub weight: Array2<T>,
    /// `[outputs]`.
    pub bias: Array1<T>,
}

/// A perceptron with one hidden layer.
#[derive(Clone, Debug, Differentiable)]
pub struct Mlp<T: Real> {
    /// From pixels to hidden units.
    pub hidden: Linear<T>,
    /// From hidden units to the scores of the digits.
    pub output: Linear<T>,
}

/// `x weight + bias`, for each row of `x`.
#[differentiable]
pub fn linear<T: Real>(layer: &Linear<T>, x: &Array2<T>) -> Array2<T> {
    x.dot(&layer.weight) + &layer.bias
}

/// The score of each digit, for each image.
#[differentiable]
pub fn scores<T: Real>(model: &Mlp<T>, images: &Array2<T>) -> Array2<T> {
    let hidden = linear(&model.hidden, images).tanh();
    linear(&model.output, &hidden)
}

/// How far the scores are from the labels: the mean cross entropy.
#[differentiable(wrt(model))]
pub fn loss<T: Real>(model: &Mlp<T>, images: &Array2<T>, labels: &[usize]) -> T {
    cross_entropy_loss(&scores(model, images), labels)
}

impl<T: Real> Linear<T> {
    /// Random weights of a variance that keeps that of the signal (He et al. 2015).
    pub fn random(inputs: usize, outputs: usize, rng: &mut impl Rng) -> Self {
        let bound = (6.0 / inputs as f64).sqrt();
        Self {
            weight: Array2::from_shape_simple_fn((inputs, outputs), || T::lit(rng.random_range(-bound..bound))),
            bias: Array1::zeros(outputs),
        }
    }
}

impl<T: Real> Mlp<T> {
    /// A network with random weights.
    pub fn random(hidden: usize, rng: &mut impl Rng) -> Self {
        Self { hidden: Linear::random(PIXELS, hidden, rng), output: Linear::random(hidden, CLASSES, rng) }
    }
}

impl Network for Mlp<f32> {
    fn scores(&self, images: &Array2<f32>) -> Array2<f32> {
        scores(self, images)
    }

    fn loss_and_gradient(&self, memory: &mut Memory<Self>, images: &Array2<f32>, labels: &[usize]) -> f32 {
        loss::value_and_grad_into(&mut memory.workspace, &mut memory.gradient, self, images, labels)
    }
}

/// The digit with the highest score, for each row of scores.
pub fn read<T: Real>(scores: &Array2<T>) -> Vec<usize> {
    let highest = |row: ArrayView1<'_, T>| {
        let compare = |&a: &usize, &b: &usize| row[a].partial_cmp(&row[b]);
        (0..row.len()).max_by(|a, b| compare(a, b).expect("scores are numbers"))
    };
    let rows = scores.rows().into_iter();
    rows.map(|row| highest(row).expect("there are digits")).collect()
}
