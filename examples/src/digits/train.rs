//! Minibatch gradient descent with momentum.

use ndarray::Array2;
use odyssey_runtime::losses::cross_entropy_loss;
use odyssey_runtime::optim::{Optimizer, Sgd};
use odyssey_runtime::{Parameters, Workspace};
use rand::Rng;

use super::data::{Digits, shuffled};
use super::model::read;

/// What learns to read digits.
pub trait Network: Parameters {
    /// The score of each digit, for each image.
    fn scores(&self, images: &Array2<f32>) -> Array2<f32>;

    /// The loss of a batch; its gradient takes the place of what was in `gradient`.
    fn loss_and_gradient(&self, memory: &mut Memory<Self>, images: &Array2<f32>, labels: &[usize]) -> f32;
}

/// What is used again from one step to the next.
#[derive(Debug)]
pub struct Memory<N: Network + ?Sized> {
    /// Where the intermediate values are.
    pub workspace: Workspace,
    /// The gradient of the last step.
    pub gradient: N::Tangent,
}

impl<N: Network> Memory<N> {
    /// For the training of a network.
    pub fn of(network: &N) -> Self {
        Self { workspace: Workspace::default(), gradient: network.zero_tangent() }
    }
}

/// How to train.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// How often to go through the training data.
    pub epochs: usize,
    /// The images of a step.
    pub batch: usize,
    /// The learning rate of the first epoch; it falls to zero in a straight line.
    pub learning_rate: f64,
    /// The share of a step's direction that goes into the next.
    pub momentum: f64,
    /// The pull of the weights towards zero.
    pub weight_decay: f64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self { epochs: 80, batch: 32, learning_rate: 0.1, momentum: 0.9, weight_decay: 1e-3 }
    }
}

/// How well a network does on some data.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    /// The mean loss.
    pub loss: f32,
    /// The share of the images that are read right.
    pub accuracy: f64,
}

/// The scores after one epoch.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// On the data that it learns from.
    pub train: Score,
    /// On data that it has not seen.
    pub test: Score,
}

/// Trains a network, and calls `after_epoch` with its scores after each epoch.
pub fn train<N: Network>(
    model: &mut N,
    (train, test): (&Digits, &Digits),
    recipe: &Recipe,
    rng: &mut impl Rng,
    mut after_epoch: impl FnMut(Progress),
) {
    let mut optimizer = Sgd::new(recipe.learning_rate).momentum(recipe.momentum).weight_decay(recipe.weight_decay);
    let mut memory = Memory::of(model);
    for done in 0..recipe.epochs {
        let left = 1.0 - done as f64 / recipe.epochs as f64;
        optimizer.set_learning_rate(recipe.learning_rate * left);
        epoch(model, &mut optimizer, &mut memory, train, recipe.batch, rng);
        after_epoch(Progress { train: score(model, train), test: score(model, test) });
    }
}

/// One pass through the data, in random order and with the images moved a little.
pub fn epoch<N: Network>(
    model: &mut N,
    optimizer: &mut Sgd,
    memory: &mut Memory<N>,
    data: &Digits,
    batch: usize,
    rng: &mut impl Rng,
) {
    for indices in shuffled(data.len(), rng).chunks(batch) {
        let mut batch = data.select(indices);
        batch.jitter(rng);
        step(model, optimizer, memory, &batch);
    }
}

fn step<N: Network>(model: &mut N, optimizer: &mut Sgd, memory: &mut Memory<N>, batch: &Digits) {
    model.loss_and_gradient(memory, &batch.images, &batch.labels);
    optimizer.step(model, &memory.gradient);
}

/// How well `model` does on `data`.
pub fn score(model: &impl Network, data: &Digits) -> Score {
    let scores = model.scores(&data.images);
    let read = read(&scores);
    let right = read.iter().zip(&data.labels).filter(|(read, label)| read == label);
    Score { loss: cross_entropy_loss(&scores, &data.labels), accuracy: right.count() as f64 / data.len() as f64 }
}
