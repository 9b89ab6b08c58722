//! Gradients over the root of their mean square.

use super::state::{Rule, State};
use super::{Optimizer, settings};
use crate::differentiable::Parameters;
use crate::real::Real;

/// `RMSprop`: steps along the gradient, over the root of its mean square, with momentum.
///
/// With the gradient `g` of the parameters `p`, at each step
///
/// ```text
/// g ← g + weight_decay · p
/// s ← α · s + (1 - α) · g²                  (s, m and v begin with 0)
/// v ← momentum · v + g / (√s + eps)
/// p ← p - lr · v
/// ```
///
/// With [`centered`](Self::centered), the variance takes the place of the mean square in the third line: `s - m²`, where
/// `m ← α · m + (1 - α) · g`.
///
/// Tieleman and Hinton, [lecture 6e](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf) (2012), and
/// Graves, [Generating sequences with recurrent neural networks](https://arxiv.org/abs/1308.0850) (2013), for the variance. The
/// same as `torch.optim.RMSprop`, whose defaults these are: `eps` is added behind the root. The variance is computed from its
/// own past, `s ← α · (s + (1 - α) · (g - m)²)` with the `m` before, which is the same number without the cancellation that
/// makes it negative, and its root NaN, where gradients hardly change.
#[derive(Clone, Debug)]
pub struct RmsProp {
    formula: Formula,
    state: State<3>,
}

impl RmsProp {
    /// With α = 0.99, eps = 1e-8, and nothing else.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        let lr = settings::learning_rate(lr);
        Self {
            formula: Formula { lr, alpha: 0.99, eps: 1e-8, momentum: 0.0, centered: false, weight_decay: 0.0 },
            state: State::default(),
        }
    }

    /// The share of the past in the mean of the squares.
    #[must_use]
    #[track_caller]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.formula.alpha = settings::share("an alpha", alpha);
        self
    }

    /// What is added to the denominator. It must be positive: the gradient of a parameter may be zero from the first step on.
    #[must_use]
    #[track_caller]
    pub fn eps(mut self, eps: f64) -> Self {
        self.formula.eps = settings::positive("an eps", eps);
        self
    }

    /// The share of the last step's direction that goes into the next.
    #[must_use]
    #[track_caller]
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.formula.momentum = settings::not_negative("a momentum", momentum);
        self
    }

    /// Whether to divide by the root of the variance in the place of the mean square.
    #[must_use]
    pub fn centered(mut self, centered: bool) -> Self {
        self.formula.centered = centered;
        self
    }

    /// The factor of the parameters themselves in their gradient.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.formula.weight_decay = settings::weight_decay(weight_decay);
        self
    }
}

impl Optimizer for RmsProp {
    fn step<P: Parameters + ?Sized>(&mut self, params: &mut P, grads: &P::Tangent) {
        self.state.step(params, grads, &self.formula);
    }

    fn learning_rate(&self) -> f64 {
        self.formula.lr
    }

    #[track_caller]
    fn set_learning_rate(&mut self, lr: f64) {
        self.formula.lr = settings::learning_rate(lr);
    }
}

/// The settings.
#[derive(Clone, Copy, Debug)]
struct Formula {
    lr: f64,
    alpha: f64,
    eps: f64,
    momentum: f64,
    centered: bool,
    weight_decay: f64,
}

impl Rule<3> for Formula {
    fn memory(&self) -> [Option<f64>; 3] {
        [Some(0.0), self.centered.then_some(0.0), (self.momentum != 0.0).then_some(0.0)]
    }

    fn update<T: Real>(&self) -> impl Fn(&mut T, T, [&mut T; 3]) + Copy {
        let Self { lr, alpha, eps, momentum, centered, weight_decay } = *self;
        let new = 1.0 - alpha;
        // Without a mean, what is off it is the gradient itself.
        let (new, new_square) = if centered { (new, alpha * new) } else { (0.0, new) };
        let [new, new_square, alpha, lr, eps] = [new, new_square, alpha, lr, eps].map(T::lit);
        let [momentum, weight_decay] = [momentum, weight_decay].map(T::lit);
        move |p, g, [square, mean, velocity]| {
            let g = g + weight_decay * *p;
            let off = g - *mean;
            *mean += new * off;
            *square = alpha * *square + new_square * off * off;
            *velocity = momentum * *velocity + g / (square.sqrt() + eps);
            *p -= lr * *velocity;
        }
    }
}
