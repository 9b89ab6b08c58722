//! Losses: scalar functions of predictions and what they should have been.
//!
//! Each is a differentiable function with its companions: `cross_entropy_loss::value_and_grad(&logits, &labels)`. The
//! plain form is the mean; `…_with` takes a [`Reduction`].

mod cross_entropy;
mod label_loss;
mod mse;
mod target_loss;

pub use cross_entropy::{cross_entropy_loss, cross_entropy_loss_with};
pub use label_loss::Logits;
pub use mse::{mse_loss, mse_loss_with};
pub use target_loss::{Like, Predictions};

use crate::real::Real;

/// How the losses of the examples, or of the elements, become one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean; NaN if there are none.
    #[default]
    Mean,
    /// Their sum.
    Sum,
}

impl Reduction {
    /// What a sum over `n` is multiplied by.
    fn factor<T: Real>(self, n: usize) -> T {
        match self {
            Self::Mean => T::lit(1.0 / n as f64),
            Self::Sum => T::one(),
        }
    }
}

impl crate::differentiable::Differentiable for Reduction {
    type Tangent = ();
    type Partial = ();

    fn zero_tangent(&self) {}

    fn complete(&self, (): ()) {}

    fn arrived((): ()) {}
}
