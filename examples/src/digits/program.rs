//! What the programs that read digits have in common.

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::data::Digits;
use super::model::read;
use super::picture;
use super::train::{Network, Progress, Recipe, train};

const SEED: u64 = 0;
const TESTS: usize = 450;

/// Trains a network on the digits that the command line names, and draws how that went into the file `picture`: a success
/// if the accuracy on the test images is above `goal`.
pub fn run<N: Network>(network: impl FnOnce(&mut Pcg64Mcg) -> N, recipe: &Recipe, goal: f64, picture: &str) -> ExitCode {
    match learn(network, recipe, picture) {
        Ok(accuracy) if accuracy > goal => ExitCode::SUCCESS,
        Ok(_) => {
            eprintln!("error: the test accuracy is not above {} %", 100.0 * goal);
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The accuracy on the test images.
fn learn<N: Network>(network: impl FnOnce(&mut Pcg64Mcg) -> N, recipe: &Recipe, picture: &str) -> Result<f64, Box<dyn Error>> {
    let path = crate::data_argument(std::env::args(), "digits.csv")?;
    let digits = Digits::read(&path)?;
    let mut rng = Pcg64Mcg::seed_from_u64(SEED);
    let (training, test) = digits.split(TESTS, &mut rng)?;
    println!("{} images to learn from, {} to test with", training.len(), test.len());

    let mut model = network(&mut rng);
    let mut history = Vec::new();
    let bar = progress_bar(recipe.epochs)?;
    let start = Instant::now();
    train(&mut model, (&training, &test), recipe, &mut rng, |progress| {
        bar.set_message(summary(progress));
        bar.inc(1);
        history.push(progress);
    });
    bar.finish();

    let last = *history.last().ok_or("no epochs")?;
    println!("{} epochs in {:.1?}: {}", recipe.epochs, start.elapsed(), summary(last));
    let picture = crate::output(picture)?;
    picture::write(&picture, &history, &test, &read(&model.scores(&test.images)))?;
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
