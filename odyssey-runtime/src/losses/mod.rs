//! Losses: scalar functions of predictions and what they should have been.
//!
//! Each is a differentiable function with its companions: `cross_entropy_loss::value_and_grad(&logits, &labels)`. The
//! plain form is the mean; `…_with` takes a [`Reduction`].

mod bce;
mod cross_entropy;
mod focal;
mod hinge;
mod huber;
mod kl_div;
mod label_loss;
mod mae;
mod mse;
mod nll;
mod target_loss;
mod weighted_cross_entropy;

pub use bce::{bce_loss, bce_loss_with, bce_with_logits_loss, bce_with_logits_loss_with};
pub use cross_entropy::{cross_entropy_loss, cross_entropy_loss_with};
pub use focal::{focal_loss, focal_loss_with};
pub use hinge::{hinge_loss, hinge_loss_with};
pub use huber::{huber_loss, huber_loss_with};
pub use kl_div::{kl_div_loss, kl_div_loss_with};
pub use label_loss::Logits;
pub use mae::{mae_loss, mae_loss_with};
pub use mse::{mse_loss, mse_loss_with};
pub use nll::{nll_loss, nll_loss_with};
pub use target_loss::Predictions;
pub use weighted_cross_entropy::{weighted_cross_entropy_loss, weighted_cross_entropy_loss_with};

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
