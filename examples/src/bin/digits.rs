//! Trains a network to read handwritten digits, and draws how that went: `digits [digits.csv]`.

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use odyssey_examples::digits::model::{read, scores};
use odyssey_examples::digits::train::{Progress, Recipe, train};
use odyssey_examples::digits::{Digits, Mlp, picture};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

const SEED: u64 = 0;
const TESTS: usize = 450;
const GOAL: f64 = 0.97;

fn main() -> ExitCode {
    match run() {
        Ok(accuracy) if accuracy > GOAL => ExitCode::SUCCESS,
        Ok(_) => {
            eprintln!("error: the test accuracy is not above {} %", 100.0 * GOAL);
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The accuracy on the test images.
fn run() -> Result<f64, Box<dyn Error>> {
    let path = odyssey_examples::data_argument(std::env::args(), "digits.csv")?;
    let digits = Digits::read(&path)?;
    let mut rng = Pcg64Mcg::seed_from_u64(SEED);
    let (training, test) = digits.split(TESTS, &mut rng)?;
    println!("{} images to learn from, {} to test with", training.len(), test.len());

    let recipe = Recipe::default();
    let mut model = Mlp::random(recipe.hidden, &mut rng);
    let mut history = Vec::new();
    let bar = progress_bar(recipe.epochs)?;
    let start = Instant::now();
    train(&mut model, (&training, &test), &recipe, &mut rng, |progress| {
        bar.set_message(summary(progress));
        bar.inc(1);
        history.push(progress);
    });
    bar.finish();

    let last = *history.last().ok_or("no epochs")?;
    println!("{} epochs in {:.1?}: {}", recipe.epochs, start.elapsed(), summary(last));
    let picture = odyssey_examples::output("digits.png")?;
    picture::write(&picture, &history, &test, &read(&scores(&model, &test.images)))?;
    println!("picture: {}", picture.display());
    Ok(last.test.accuracy)
}

fn progress_bar(epochs: usize) -> Result<ProgressBar, Box<dyn Error>> {
    let style = "epoch {pos:>2}/{len} {wide_bar:.cyan/blue} {msg}";
    Ok(ProgressBar::new(epochs as u64).with_style(ProgressStyle::with_template(style)?))
}

fn summary(Progress { train, test }: Progress) -> String {
    let (loss, accuracy) = (train.loss, 100.0 * test.accuracy);
    format!("training loss {loss:.4}, test accuracy {accuracy:.2} %")
}
