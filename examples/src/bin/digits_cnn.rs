//! Trains a convolutional network to read handwritten digits, and draws how that went: `digits_cnn [digits.csv]`.

use std::process::ExitCode;

use odyssey_examples::digits::train::Recipe;
use odyssey_examples::digits::{Cnn, program};

fn main() -> ExitCode {
    let recipe = Recipe { epochs: 20, learning_rate: 0.05, ..Recipe::default() };
    program::run(|rng| Cnn::random([16, 32], rng), &recipe, 0.98, "digits_cnn.png")
}
