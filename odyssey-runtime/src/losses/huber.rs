//! The squared error of small errors, the absolute one of large ones.
#![allow(clippy::inline_always, reason = "what is not inlined does not get the target features")]

use super::Reduction;
use super::target_loss::{LikeView, Pass, Predictions, TargetLoss, target_loss};
use crate::along::Along;
use crate::check::{self, GradientMismatch};
use crate::ops::operation::operation;
use crate::ops::probe::{IsOperation, Probe};
use crate::ops::{Like, Tensor};
use crate::real::Real;
use crate::want::{Excluded, Want};

/// See [`huber_loss()`].
#[derive(Clone, Copy, Debug)]
struct Huber<T> {
    delta: T,
}

target_loss! {
    /// `mean of e² / 2` where `|e| <= delta`, and of `delta (|e| - delta / 2)` elsewhere, for `e = predictions - targets` of
    /// arrays of one shape and any rank (Huber 1964).
    ///
    /// Panics if the shapes differ.
    huber_loss, huber_loss_with(delta: [Elem] if D): Huber { delta }
}

impl<T: Real> TargetLoss<T> for Huber<T> {
    #[inline(always)]
    fn value(self, prediction: T, target: T) -> T {
        let error = prediction - target;
        let size = error.abs();
        if size > self.delta { self.delta * (size - T::lit(0.5) * self.delta) } else { T::lit(0.5) * error * error }
    }

    #[inline(always)]
    fn d_prediction(self, prediction: T, target: T) -> T {
        let error = prediction - target;
        if error > self.delta {
            self.delta
        } else if error < -self.delta {
            -self.delta
        } else {
            error
        }
    }

    #[inline(always)]
    fn d_target(self, prediction: T, target: T) -> T {
        -self.d_prediction(prediction, target)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{huber_loss, huber_loss_with};
    use crate::losses::Reduction;
    use crate::want::{No, Yes};

    #[test]
    fn is_quadratic_and_then_linear() {
        let (x, y) = (array![0.5, 3.0, -3.0, 2.0], array![0.0, 0.0, 0.0, 0.0]);
        let (value, (d_x, d_y)) = huber_loss_with::value_and_grad(&x, &y, 2.0, Reduction::Sum);
        assert_eq!((value, &d_x), (0.125 + 4.0 + 4.0 + 2.0, &array![0.5, 2.0, -2.0, 2.0]));
        assert_eq!(d_y, -&d_x);
        assert_eq!(huber_loss(&x.mapv(|x| x as f32), &y.mapv(|y| y as f32), 2.0), 10.125 / 4.0);
        huber_loss::check_grad(&array![[0.3, 4.0], [-7.0, 1.0]], &array![[0.1, 0.2], [0.3, 0.4]], 1.5).unwrap();
    }

    #[test]
    fn hidden_forms() {
        let (x, y) = (array![0.5, 3.0], array![0.0, 0.0]);
        let (value, pullback) = huber_loss::residual_vjp(huber_loss, &x, &y, 1.0, (Yes, No, No));
        assert_eq!(pullback(&x, &y, 1.0, &value, 2.0), (array![0.5, 1.0], (), ()));
        let (_, slope) = huber_loss_with::pushforward(huber_loss_with, &x, &y, 1.0, Reduction::Sum, (&x, No, No, No));
        assert_eq!(slope, 3.25);
    }
}
