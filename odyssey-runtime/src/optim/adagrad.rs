//! Gradients over the root of the sum of their squares.

use super::state::{Rule, State};
use super::{Optimizer, settings};
use crate::differentiable::Parameters;
use crate::real::Real;

/// Adagrad: steps along the gradient, over the root of the sum of its squares so far.
///
/// With the gradient `g` of the parameters `p`, at step `t = 1, 2, …`
///
/// ```text
/// g ← g + weight_decay · p
/// s ← s + g²                                 (s begins with initial_accumulator)
/// p ← p - lr / (1 + (t - 1) · lr_decay) · g / (√s + eps)
/// ```
///
/// Duchi, Hazan and Singer, [Adaptive subgradient methods for online learning and stochastic
/// optimization](https://jmlr.org/papers/v12/duchi11a.html) (2011). The same as `torch.optim.Adagrad`, whose defaults these are.
#[derive(Clone, Debug)]
pub struct Adagrad {
    lr: f64,
    lr_decay: f64,
    eps: f64,
    initial_accumulator: f64,
    weight_decay: f64,
    state: State<1>,
}

impl Adagrad {
    /// With eps = 1e-10, and nothing else.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        let (lr, state) = (settings::learning_rate(lr), State::default());
        Self { lr, lr_decay: 0.0, eps: 1e-10, initial_accumulator: 0.0, weight_decay: 0.0, state }
    }

    /// How fast the learning rate falls with the steps.
    #[must_use]
    #[track_caller]
    pub fn lr_decay(mut self, lr_decay: f64) -> Self {
        self.lr_decay = settings::not_negative("a decay of the learning rate", lr_decay);
        self
    }

    /// What is added to the denominator. It must be positive: the gradient of a parameter may be zero from the first step on.
    #[must_use]
    #[track_caller]
    pub fn eps(mut self, eps: f64) -> Self {
        self.eps = settings::positive("an eps", eps);
        self
    }

    /// What the sums of squares begin with, at the first step.
    #[must_use]
    #[track_caller]
    pub fn initial_accumulator(mut self, value: f64) -> Self {
        self.initial_accumulator = settings::not_negative("an initial accumulator", value);
        self
    }

    /// The factor of the parameters themselves in their gradient.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = settings::weight_decay(weight_decay);
        self
    }
}

impl Optimizer for Adagrad {
    fn step<P: Parameters + ?Sized>(&mut self, params: &mut P, grads: &P::Tangent) {
        let Self { lr, lr_decay, eps, initial_accumulator, weight_decay, ref mut state } = *self;
        let rate = lr / (1.0 + state.steps() * lr_decay);
        state.step(params, grads, &Formula { rate, eps, initial_accumulator, weight_decay });
    }

    fn learning_rate(&self) -> f64 {
        self.lr
    }

    #[track_caller]
    fn set_learning_rate(&mut self, lr: f64) {
        self.lr = settings::learning_rate(lr);
    }
}

struct Formula {
    rate: f64,
    eps: f64,
    initial_accumulator: f64,
    weight_decay: f64,
}

impl Rule<1> for Formula {
    fn memory(&self) -> [Option<f64>; 1] {
        [Some(self.initial_accumulator)]
    }

    fn update<T: Real>(&self) -> impl Fn(&mut T, T, [&mut T; 1]) + Copy {
        let [rate, eps, weight_decay] = [self.rate, self.eps, self.weight_decay].map(T::lit);
        move |p, g, [sum]| {
            let g = g + weight_decay * *p;
            *sum += g * g;
            *p -= rate * g / (sum.sqrt() + eps);
        }
    }
}
