//! Adaptive moment estimation.

use super::state::{Rule, State};
use super::{Optimizer, settings};
use crate::differentiable::Parameters;
use crate::real::Real;

/// Adam: steps along the mean gradient, over the root of the mean square.
///
/// With the gradient `g` of the parameters `p`, at step `t = 1, 2, …`
///
/// ```text
/// g ← g + weight_decay · p
/// m ← β₁ · m + (1 - β₁) · g      (m and s begin with 0)
/// s ← β₂ · s + (1 - β₂) · g²
/// p ← p - lr · m / (1 - β₁ᵗ) / (√(s / (1 - β₂ᵗ)) + eps)
/// ```
///
/// With [`amsgrad`](Self::amsgrad), the greatest `s` so far takes the place of `s` in the last line.
///
/// Algorithm 1 of Kingma and Ba, [Adam: a method for stochastic optimization](https://arxiv.org/abs/1412.6980) (2015), and
/// Reddi, Kale and Kumar, [On the convergence of Adam and beyond](https://arxiv.org/abs/1904.09237) (2018). The same as
/// `torch.optim.Adam`, whose defaults these are: `eps` is added behind the root, and the weight decay goes into the gradient and through both means;
/// for a decay of the parameters themselves, take [`AdamW`](super::AdamW).
#[derive(Clone, Debug)]
pub struct Adam {
    lr: f64,
    betas: (f64, f64),
    eps: f64,
    weight_decay: f64,
    decoupled: bool,
    amsgrad: bool,
    state: State<3>,
}

impl Adam {
    /// With β = (0.9, 0.999), eps = 1e-8 and no weight decay.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        let lr = settings::learning_rate(lr);
        let (betas, eps, state) = ((0.9, 0.999), 1e-8, State::default());
        Self { lr, betas, eps, weight_decay: 0.0, decoupled: false, amsgrad: false, state }
    }

    /// With a decay of the parameters in the place of one of the gradient.
    #[track_caller]
    pub(super) fn decoupled(lr: f64) -> Self {
        Self { decoupled: true, ..Self::new(lr) }
    }

    /// The shares of the past in the mean of the gradients and in that of their squares.
    #[must_use]
    #[track_caller]
    pub fn betas(mut self, first: f64, second: f64) -> Self {
        self.betas = (settings::share("a first beta", first), settings::share("a second beta", second));
        self
    }

    /// What is added to the denominator. It must be positive: the gradient of a parameter may be zero from the first step on.
    #[must_use]
    #[track_caller]
    pub fn eps(mut self, eps: f64) -> Self {
        self.eps = settings::positive("an eps", eps);
        self
    }

    /// The factor of the parameters themselves in their gradient.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = settings::weight_decay(weight_decay);
        self
    }

    /// Whether to divide by the root of the greatest mean square so far, so that steps do not grow again.
    #[must_use]
    pub fn amsgrad(mut self, amsgrad: bool) -> Self {
        self.amsgrad = amsgrad;
        self
    }
}

impl Optimizer for Adam {
    fn step<P: Parameters + ?Sized>(&mut self, params: &mut P, grads: &P::Tangent) {
        let (t, (first, second)) = (self.state.steps() + 1.0, self.betas);
        let (pull, left) = if self.decoupled { (0.0, 1.0 - self.lr * self.weight_decay) } else { (self.weight_decay, 1.0) };
        let formula = Formula {
            pull,
            left,
            betas: self.betas,
            rate: self.lr / (1.0 - first.powf(t)),
            correction: 1.0 / (1.0 - second.powf(t)).sqrt(),
            eps: self.eps,
            amsgrad: self.amsgrad,
        };
        self.state.step(params, grads, &formula);
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
    /// The factor of the parameters in their gradient.
    pull: f64,
    /// What is left of the parameters before the step.
    left: f64,
    betas: (f64, f64),
    /// The learning rate, for a mean that began with 0.
    rate: f64,
    /// The same for the root of the mean square.
    correction: f64,
    eps: f64,
    amsgrad: bool,
}

impl Rule<3> for Formula {
    fn memory(&self) -> [Option<f64>; 3] {
        [Some(0.0), Some(0.0), self.amsgrad.then_some(0.0)]
    }

    fn update<T: Real>(&self) -> impl Fn(&mut T, T, [&mut T; 3]) + Copy {
        let (first, second) = self.betas;
        let [past, new, past_square, new_square] = [first, 1.0 - first, second, 1.0 - second].map(T::lit);
        let [pull, left, rate, correction, eps] = [self.pull, self.left, self.rate, self.correction, self.eps].map(T::lit);
        let amsgrad = self.amsgrad;
        move |p, g, [mean, square, greatest]| {
            let g = g + pull * *p;
            *mean = past * *mean + new * g;
            *square = past_square * *square + new_square * g * g;
            *greatest = greatest.max(*square);
            let scale = if amsgrad { *greatest } else { *square };
            *p = left * *p - rate * *mean / (scale.sqrt() * correction + eps);
        }
    }
}
