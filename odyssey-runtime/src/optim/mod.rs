//! Optimizers: how parameters follow their gradients.
//!
//! ```
//! use ndarray::{Array1, Array2, array};
//! use odyssey_runtime::losses::mse_loss;
//! use odyssey_runtime::optim::{Adam, Optimizer, Schedule, clip_grad_norm};
//! use odyssey_runtime::prelude::*;
//!
//! #[differentiable(wrt(w, b))]
//! fn loss(w: &Array1<f64>, b: f64, x: &Array2<f64>, y: &Array1<f64>) -> f64 {
//!     mse_loss(&(x.dot(w) + b), y)
//! }
//!
//! # fn main() {
//! let x = array![[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [1.0, 3.0]];
//! let y = x.dot(&array![2.0, -1.0]) + 0.5;
//! let (mut w, mut b) = (Array1::zeros(2), 0.0);
//! let (mut adam, schedule) = (Adam::new(0.1), Schedule::cosine(0.1, 0.0, 500).warmup(20));
//! for step in 0..500 {
//!     let mut gradient = loss::grad(&w, b, &x, &y);
//!     clip_grad_norm(&mut gradient, 1.0);
//!     adam.set_learning_rate(schedule.at(step));
//!     adam.step(&mut (&mut w, &mut b), &gradient);
//! }
//! assert!(loss(&w, b, &x, &y) < 1e-6);
//! # }
//! ```
//!
//! Parameters are anything whose numbers can be changed in place ([`Parameters`]), above all structs with
//! `#[derive(Differentiable)]`; what an optimizer remembers and computes is in the precision of each parameter. Where parts of a
//! model want other settings, biases that do not decay, each has an optimizer of its own:
//! `decaying.step(&mut model.weights, &gradient.weights)`.

mod adagrad;
mod adam;
mod adamw;
mod clip;
mod rmsprop;
mod schedule;
mod settings;
mod sgd;
mod state;

pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adamw::AdamW;
pub use clip::{clip_grad_norm, clip_grad_value};
pub use rmsprop::RmsProp;
pub use schedule::Schedule;
pub use sgd::Sgd;

use crate::differentiable::Parameters;

/// A way to change parameters by their gradients.
///
/// Settings that are out of their range panic. A clone of an optimizer goes on from where the original was.
pub trait Optimizer {
    /// One step down `grads`, in place.
    ///
    /// What the optimizer remembers of earlier steps belongs to one set of parameters, made at the first step. Panics if
    /// the parameters have another number of scalars than at the first step, or `grads` other shapes than `params`.
    /// A gradient that is `None` counts as zero: momentum and weight decay go on.
    fn step<P: Parameters + ?Sized>(&mut self, params: &mut P, grads: &P::Tangent);

    /// The learning rate of the next step.
    fn learning_rate(&self) -> f64;

    /// Changes the learning rate, by a [`Schedule`] for example. What is remembered of earlier steps stays as it is.
    #[track_caller]
    fn set_learning_rate(&mut self, lr: f64);
}
