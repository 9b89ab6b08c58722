//! The report of a failed gradient check.

use std::error::Error;
use std::fmt;

/// A derivative that does not agree with central differences.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientMismatch {
    path: String,
    disagreement: Disagreement,
}

/// The two values of one derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Disagreement {
    pub(super) computed: f64,
    pub(super) difference: f64,
    pub(super) tolerance: f64,
}

impl GradientMismatch {
    pub(super) fn new(path: String, disagreement: Disagreement) -> Self {
        Self { path, disagreement }
    }

    /// Which number of which argument, as it is written in Rust: `w[2, 3]`, `model.layers[0].bias[1]`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The derivative that was checked.
    pub fn computed(&self) -> f64 {
        self.disagreement.computed
    }

    /// The central difference.
    pub fn difference(&self) -> f64 {
        self.disagreement.difference
    }

    /// How far apart the two may be.
    pub fn tolerance(&self) -> f64 {
        self.disagreement.tolerance
    }
}

impl fmt::Display for GradientMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Disagreement { computed, difference, tolerance } = self.disagreement;
        write!(
            f,
            "the gradient with respect to `{}` is {computed:e}, but central differences give {difference:e} (tolerance {tolerance:.1e})",
            self.path
        )
    }
}

impl Error for GradientMismatch {}
