//! A convolutional network for the same images.

use ndarray::{Array1, Array2, Array4};
use odyssey_runtime::losses::cross_entropy_loss;
use odyssey_runtime::prelude::*;
use rand::{Rng, RngExt};

use super::data::{CLASSES, SIDE};
use super::model::{Linear, linear};
use super::train::{Memory, Network};

/// The sides of what every element of a kernel sees of an image.
const KERNEL: usize = 3;

/// What a kernel sees at each place of an image.
#[derive(Clone, Debug, Differentiable)]
pub struct Convolution<T: Real> {
    /// `[outputs, inputs, rows, columns]`.
    pub kernel: Array4<T>,
    /// `[outputs]`.
    pub bias: Array1<T>,
}

/// Two convolutions, each followed by `relu` and by pooling, and one affine map.
#[derive(Clone, Debug, Differentiable)]
pub struct Cnn<T: Real> {
    /// From pixels to edges.
    pub first: Convolution<T>,
    /// From edges to shapes.
    pub second: Convolution<T>,
    /// From shapes to the scores of the digits.
    pub output: Linear<T>,
}

/// Of each image another one of the same size, and of each four pixels the largest.
#[differentiable]
fn stage<T: Real>(layer: &Convolution<T>, images: &Array4<T>) -> Array4<T> {
    let same_size = Conv2d { padding: (1, 1), ..Conv2d::default() };
    let bias = layer.bias.view().insert_axis(Axis(1)).insert_axis(Axis(2));
    (images.conv2d(&layer.kernel, same_size) + bias).relu().max_pool2d((2, 2), (2, 2))
}

/// The score of each digit, for each image.
#[differentiable]
pub fn scores<T: Real>(model: &Cnn<T>, images: &Array2<T>) -> Array2<T> {
    let count = images.nrows();
    let images = images.to_shape((count, 1, SIDE, SIDE)).expect("an image is square").into_owned();
    let shapes = stage(&model.second, &stage(&model.first, &images));
    let width = shapes.len() / count;
    let features = shapes.to_shape((count, width)).expect("as many elements").into_owned();
    linear(&model.output, &features)
}

/// How far the scores are from the labels: the mean cross entropy.
#[differentiable(wrt(model))]
pub fn loss<T: Real>(model: &Cnn<T>, images: &Array2<T>, labels: &[usize]) -> T {
    cross_entropy_loss(&scores(model, images), labels)
}

impl<T: Real> Convolution<T> {
    /// Random weights of a variance that keeps that of the signal (He et al. 2015).
    fn random(inputs: usize, outputs: usize, rng: &mut impl Rng) -> Self {
        let bound = (6.0 / (inputs * KERNEL * KERNEL) as f64).sqrt();
        let shape = (outputs, inputs, KERNEL, KERNEL);
        Self {
            kernel: Array4::from_shape_simple_fn(shape, || T::lit(rng.random_range(-bound..bound))),
            bias: Array1::zeros(outputs),
        }
    }
}

impl<T: Real> Cnn<T> {
    /// A network with random weights, with so many channels behind each convolution.
    pub fn random(channels: [usize; 2], rng: &mut impl Rng) -> Self {
        // Two times, pooling halves the sides.
        let features = channels[1] * (SIDE / 4) * (SIDE / 4);
        Self {
            first: Convolution::random(1, channels[0], rng),
            second: Convolution::random(channels[0], channels[1], rng),
            output: Linear::random(features, CLASSES, rng),
        }
    }
}

impl Network for Cnn<f32> {
    fn scores(&self, images: &Array2<f32>) -> Array2<f32> {
        scores(self, images)
    }

    fn loss_and_gradient(&self, memory: &mut Memory<Self>, images: &Array2<f32>, labels: &[usize]) -> f32 {
        loss::value_and_grad_into(&mut memory.workspace, &mut memory.gradient, self, images, labels)
    }
}
