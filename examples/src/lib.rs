//! Real programs, each the shortest honest path to something useful.
//!
//! - `digits`: a multi-layer perceptron learns to read handwritten digits.
//! - `digits_cnn`: a convolutional network learns the same.
//! - `allocations`: how often training steps ask the system for memory.
//! - `regression`: a linear model by gradient descent, beside the closed-form solution.
//! - `bundle_adjustment`: cameras and points from pictures, by least squares with a sparse Jacobian.
//! - `checkpoint`: the gradient of an LSTM over 10 000 steps, in a hundredth of the memory.

/// The programs of the README are documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

pub mod bundle;
pub mod counting;
pub mod digits;
pub mod lstm;
pub mod regression;
pub mod table;

use std::path::{Path, PathBuf};

/// The data set `name` that comes with the examples.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

/// Where the examples leave the file `name`; the directory is made.
///
/// # Errors
/// The directory cannot be made.
pub fn output(name: &str) -> std::io::Result<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
    std::fs::create_dir_all(&directory)?;
    Ok(directory.join(name))
}

/// The data file that the command line names: its only argument, or else `default`.
///
/// # Errors
/// There are more arguments.
pub fn data_argument(mut arguments: impl Iterator<Item = String>, default: &str) -> Result<PathBuf, String> {
    let program = arguments.next().unwrap_or_default();
    let path = arguments.next().map_or_else(|| data(default), PathBuf::from);
    match arguments.next() {
        None => Ok(path),
        Some(extra) => Err(format!("unexpected argument `{extra}`\nusage: {program} [{default}]")),
    }
}
