//! Trains a network to read handwritten digits, and draws how that went: `digits [digits.csv]`.

use std::process::ExitCode;

use odyssey_examples::digits::train::Recipe;
use odyssey_examples::digits::{Mlp, program};

fn main() -> ExitCode {
    program::run(|rng| Mlp::random(128, rng), &Recipe::default(), 0.97, "digits.png")
}
