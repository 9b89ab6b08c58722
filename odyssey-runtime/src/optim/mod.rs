//! Optimizers: how parameters follow their gradients.

mod sgd;
mod state;

pub use sgd::Sgd;

use crate::differentiable::Parameters;

/// A way to change parameters by their gradients.
pub trait Optimizer {
    /// One step down `grads`, in place.
    ///
    /// What the optimizer remembers of earlier steps belongs to one set of parameters, made at the first step. Panics if
    /// the parameters have another number of scalars than at the first step, or `grads` other shapes than `params`.
    fn step<P: Parameters + ?Sized>(&mut self, params: &mut P, grads: &P::Tangent);
}
