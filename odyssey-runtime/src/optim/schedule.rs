//! Learning rates that change with the steps.

use super::settings;

/// A learning rate for every step: a number that depends on the step alone.
///
/// ```
/// use odyssey_runtime::optim::{AdamW, Optimizer, Schedule};
///
/// let schedule = Schedule::cosine(1e-3, 0.0, 1000).warmup(100);
/// let (mut w, mut adam) = (1.0, AdamW::new(1e-3));
/// for step in 0..1000 {
///     adam.set_learning_rate(schedule.at(step));
///     adam.step(&mut w, &2.0);
/// }
/// ```
///
/// What a step is, a batch or an epoch, is the caller's choice. With [`warmup`](Self::warmup), `linear` and `cosine` are a
/// one-cycle policy ([Smith and Topin](https://arxiv.org/abs/1708.07120), 2017). Any other function of the step does as well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    /// The learning rate when the warm-up is over.
    from: f64,
    course: Course,
    warmup: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Course {
    Constant,
    /// The factor after every so many steps.
    Factor(f64, usize),
    Linear(End),
    Cosine(End),
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct End {
    rate: f64,
    at: usize,
}

impl Schedule {
    #[track_caller]
    fn new(from: f64, course: Course) -> Self {
        Self { from: settings::learning_rate(from), course, warmup: 0 }
    }

    /// The same learning rate at every step.
    #[track_caller]
    pub fn constant(lr: f64) -> Self {
        Self::new(lr, Course::Constant)
    }

    /// `lr · factor^⌊step / every⌋`, as `torch.optim.lr_scheduler.StepLR`.
    #[track_caller]
    pub fn step_decay(lr: f64, every: usize, factor: f64) -> Self {
        assert!(every > 0, "a step decay every 0 steps");
        Self::new(lr, Course::Factor(settings::not_negative("a factor of learning rates", factor), every))
    }

    /// `lr · factor^step`, as `torch.optim.lr_scheduler.ExponentialLR`.
    #[track_caller]
    pub fn exponential(lr: f64, factor: f64) -> Self {
        Self::step_decay(lr, 1, factor)
    }

    /// In a straight line from one learning rate to another, which is reached at step `steps` and kept from there on.
    #[track_caller]
    pub fn linear(from: f64, to: f64, steps: usize) -> Self {
        Self::new(from, Course::Linear(End::new(to, steps)))
    }

    /// Along half a cosine from one learning rate to another, which is reached at step `steps` and kept from there on.
    ///
    /// Loshchilov and Hutter, [SGDR](https://arxiv.org/abs/1608.03983) (2017), without restarts. Up to `steps` as
    /// `torch.optim.lr_scheduler.CosineAnnealingLR`, which goes up again behind it.
    #[track_caller]
    pub fn cosine(from: f64, to: f64, steps: usize) -> Self {
        Self::new(from, Course::Cosine(End::new(to, steps)))
    }

    /// The first `steps` steps go from 0 to the first learning rate in a straight line, and the schedule begins behind them. The
    /// end of a `linear` or a `cosine` one stays where it is: what leads to it is that much shorter.
    ///
    /// As in `optax`, the learning rate of step 0 is 0.
    #[must_use]
    #[track_caller]
    pub fn warmup(mut self, steps: usize) -> Self {
        if let Course::Linear(End { at, .. }) | Course::Cosine(End { at, .. }) = self.course {
            assert!(steps < at, "a warm-up of {steps} steps in a schedule of {at} steps");
        }
        self.warmup = steps;
        self
    }

    /// The learning rate of a step. The first one is step 0.
    pub fn at(&self, step: usize) -> f64 {
        let Self { from, course, warmup } = *self;
        if step < warmup {
            return from * (step as f64 / warmup as f64);
        }
        let done = |at| ((step - warmup) as f64 / (at - warmup) as f64).min(1.0);
        let mix = |to: f64, left: f64| from * left + to * (1.0 - left);
        match course {
            Course::Constant => from,
            Course::Factor(factor, every) => from * factor.powf(((step - warmup) / every) as f64),
            Course::Linear(End { rate, at }) => mix(rate, 1.0 - done(at)),
            Course::Cosine(End { rate, at }) => mix(rate, 0.5 + 0.5 * (std::f64::consts::PI * done(at)).cos()),
        }
    }
}

impl End {
    #[track_caller]
    fn new(rate: f64, at: usize) -> Self {
        assert!(at > 0, "a schedule of 0 steps");
        Self { rate: settings::learning_rate(rate), at }
    }
}
