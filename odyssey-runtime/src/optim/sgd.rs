//! Stochastic gradient descent.

use super::state::{Rule, State};
use super::{Optimizer, settings};
use crate::differentiable::Parameters;
use crate::real::Real;

/// Stochastic gradient descent, with momentum, Nesterov's variant and weight decay.
///
/// With the gradient `g` of the parameters `p`, at each step
///
/// ```text
/// g ← g + weight_decay · p
/// v ← momentum · v + g          (v begins with 0)
/// p ← p - lr · v                (Nesterov: p - lr · (g + momentum · v))
/// ```
///
/// Sutskever, Martens, Dahl and Hinton, [On the importance of initialization and momentum in deep
/// learning](https://proceedings.mlr.press/v28/sutskever13.html) (2013), but for the learning rate, which is no part of `v` here. The same
/// as `torch.optim.SGD` without dampening.
#[derive(Clone, Debug)]
pub struct Sgd {
    formula: Formula,
    state: State<1>,
}

impl Sgd {
    /// Plain descent with the learning rate `lr`.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        let lr = settings::learning_rate(lr);
        Self { formula: Formula { lr, momentum: 0.0, nesterov: false, weight_decay: 0.0 }, state: State::default() }
    }

    /// The share of the last step's direction that goes into the next.
    #[must_use]
    #[track_caller]
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.formula.momentum = settings::not_negative("a momentum", momentum);
        self
    }

    /// Whether to look ahead along the momentum.
    #[must_use]
    pub fn nesterov(mut self, nesterov: bool) -> Self {
        self.formula.nesterov = nesterov;
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

impl Optimizer for Sgd {
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
    momentum: f64,
    nesterov: bool,
    weight_decay: f64,
}

impl Rule<1> for Formula {
    fn memory(&self) -> [Option<f64>; 1] {
        [(self.momentum != 0.0).then_some(0.0)]
    }

    fn update<T: Real>(&self) -> impl Fn(&mut T, T, [&mut T; 1]) + Copy {
        let [lr, momentum, weight_decay] = [self.lr, self.momentum, self.weight_decay].map(T::lit);
        let nesterov = self.nesterov;
        move |p, g, [velocity]| {
            let g = g + weight_decay * *p;
            *velocity = momentum * *velocity + g;
            *p -= lr * if nesterov { g + momentum * *velocity } else { *velocity };
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array};

    use super::Sgd;
    use crate::optim::Optimizer;

    #[test]
    fn plain_descent_on_every_kind_of_parameters() {
        let mut sgd = Sgd::new(0.5);
        let mut params = (array![[1.0, 2.0]], vec![3.0f32], Some(4.0), 7usize);
        sgd.step(&mut params, &(array![[2.0, 2.0]], vec![2.0], Some(2.0), ()));
        assert_eq!(params, (array![[0.0, 1.0]], vec![2.0], Some(3.0), 7));
        let (mut w, mut b) = (array![1.0], 2.0);
        sgd.step(&mut (&mut w, &mut b), &(array![2.0], 4.0));
        assert_eq!((w, b), (array![0.0], 0.0));
        let mut slice = [1.0, 2.0];
        sgd.step(&mut slice[..], &vec![2.0, 2.0]);
        assert_eq!(slice, [0.0, 1.0]);
    }

    /// The formulas of the documentation for one number.
    fn reference(lr: f64, momentum: f64, nesterov: bool, decay: f64, steps: usize) -> f64 {
        let (mut p, mut v) = (1.0, 0.0);
        for step in 0..steps {
            let g = 2.0 * p + decay * p;
            v = if step == 0 { g } else { momentum * v + g };
            p -= lr * if nesterov { g + momentum * v } else { v };
        }
        p
    }

    #[test]
    fn momentum_nesterov_and_weight_decay() {
        for (momentum, nesterov, decay) in [(0.0, false, 0.1), (0.9, false, 0.0), (0.9, true, 1e-2), (0.5, false, 0.3)] {
            let mut sgd = Sgd::new(0.05).momentum(momentum).nesterov(nesterov).weight_decay(decay);
            let mut params = (1.0, array![[1.0f32, 1.0]].reversed_axes());
            for _ in 0..7 {
                let grads = (2.0 * params.0, &params.1 * 2.0);
                sgd.step(&mut params, &grads);
            }
            let want = reference(0.05, momentum, nesterov, decay, 7);
            assert!((params.0 - want).abs() < 1e-14, "{} is not {want}", params.0);
            assert!(params.1.iter().all(|&p| (f64::from(p) - want).abs() < 1e-6));
        }
    }

    #[test]
    fn finds_the_minimum() {
        let target = array![1.0, -2.0, 3.0];
        let mut x = Array1::zeros(3);
        let mut sgd = Sgd::new(0.1).momentum(0.8).nesterov(true);
        for _ in 0..200 {
            let grads = (&x - &target) * 2.0;
            sgd.step(&mut x, &grads);
        }
        assert!((x - target).iter().all(|e: &f64| e.abs() < 1e-9));
    }

    #[test]
    #[should_panic(expected = "an optimizer belongs to one set of parameters")]
    fn momentum_belongs_to_its_parameters() {
        let mut sgd = Sgd::new(0.1).momentum(0.9);
        sgd.step(&mut 1.0, &1.0);
        sgd.step(&mut array![1.0, 2.0], &array![1.0, 2.0]);
    }

    #[test]
    #[should_panic(expected = "a value of shape [1, 2] has a tangent of shape [2, 1]")]
    fn gradients_must_fit() {
        Sgd::new(0.1).step(&mut Array2::<f64>::zeros((1, 2)), &Array2::zeros((2, 1)));
    }
}
