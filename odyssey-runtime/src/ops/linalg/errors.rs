//! What a matrix may not allow.

use std::fmt::{self, Display};

/// Why a matrix has no inverse, no factor or no logarithm of its determinant. Of a stack, the first that has none counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinalgError {
    /// Elimination finds no pivot but zero at this step, or no number.
    Singular {
        /// The step, from 0.
        pivot: usize,
    },
    /// The leading minor with so many rows is not positive, or no number.
    NotPositiveDefinite {
        /// The number of rows.
        minor: usize,
    },
    /// The determinant is negative.
    NegativeDeterminant,
}

impl Display for LinalgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Singular { pivot } => write!(f, "the matrix is singular: pivot {pivot} is zero or not a number"),
            Self::NotPositiveDefinite { minor } => {
                write!(f, "the matrix is not positive definite: its leading minor of {minor} rows is not positive")
            }
            Self::NegativeDeterminant => f.write_str("the determinant is negative and has no logarithm"),
        }
    }
}

impl std::error::Error for LinalgError {}
