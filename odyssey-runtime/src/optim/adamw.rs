//! Adam with a decay of the parameters themselves.

use super::{Adam, Optimizer};
use crate::differentiable::Parameters;

/// [`Adam`] with decoupled weight decay.
///
/// At each step, `p ← (1 - lr · weight_decay) · p`, and then the step of [`Adam`] without a weight decay. So all parameters decay
/// alike, however large their gradients are.
///
/// Loshchilov and Hutter, [Decoupled weight decay regularization](https://arxiv.org/abs/1711.05101) (2019). The same as
/// `torch.optim.AdamW`, whose defaults these are: the decay is multiplied by the learning rate.
#[derive(Clone, Debug)]
pub struct AdamW(Adam);

impl AdamW {
    /// With β = (0.9, 0.999), eps = 1e-8 and a weight decay of 0.01.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        Self(Adam::decoupled(lr).weight_decay(0.01))
    }

    /// As of [`Adam`].
    #[must_use]
    #[track_caller]
    pub fn betas(self, first: f64, second: f64) -> Self {
        Self(self.0.betas(first, second))
    }

    /// As of [`Adam`].
    #[must_use]
    #[track_caller]
    pub fn eps(self, eps: f64) -> Self {
        Self(self.0.eps(eps))
    }

    /// What is taken off the parameters at each step, over the learning rate.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self(self.0.weight_decay(weight_decay))
    }

    /// As of [`Adam`].
    #[must_use]
    pub fn amsgrad(self, amsgrad: bool) -> Self {
        Self(self.0.amsgrad(amsgrad))
    }
}

impl Optimizer for AdamW {
    fn step<P: Parameters + ?Sized>(&mut self, params: &mut P, grads: &P::Tangent) {
        self.0.step(params, grads);
    }

    fn learning_rate(&self) -> f64 {
        self.0.learning_rate()
    }

    #[track_caller]
    fn set_learning_rate(&mut self, lr: f64) {
        self.0.set_learning_rate(lr);
    }
}
