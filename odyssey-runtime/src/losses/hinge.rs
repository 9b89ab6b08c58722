//! The margin by which a side is missed.
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

/// See [`hinge_loss()`].
#[derive(Clone, Copy, Debug)]
struct Hinge;

target_loss! {
    /// `mean of max(0, 1 - t x)` over all elements, for scores `x` and targets `t` of -1 or 1, arrays of one shape and any rank;
    /// where `t x` is 1, the derivative is 0.
    ///
    /// Panics if the shapes differ.
    hinge_loss, hinge_loss_with(): Hinge
}

/// The margin is missed, or not a number.
#[inline(always)]
fn is_missed<T: Real>(prediction: T, target: T) -> bool {
    let missing = T::one() - target * prediction;
    missing > T::zero() || missing.is_nan()
}

impl<T: Real> TargetLoss<T> for Hinge {
    #[inline(always)]
    fn value(self, prediction: T, target: T) -> T {
        if is_missed(prediction, target) { T::one() - target * prediction } else { T::zero() }
    }

    #[inline(always)]
    fn d_prediction(self, prediction: T, target: T) -> T {
        if is_missed(prediction, target) { -target } else { T::zero() }
    }

    #[inline(always)]
    fn d_target(self, prediction: T, target: T) -> T {
        if is_missed(prediction, target) { -prediction } else { T::zero() }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{hinge_loss, hinge_loss_with};
    use crate::losses::Reduction;

    #[test]
    fn counts_what_is_missing() {
        let (x, t) = (array![0.5, -2.0, 3.0, 1.0], array![1.0, 1.0, 1.0, 1.0]);
        let (value, (d_x, d_t)) = hinge_loss_with::value_and_grad(&x, &t, Reduction::Sum);
        assert_eq!((value, d_x, d_t), (3.5, array![-1.0, -1.0, 0.0, 0.0], array![-0.5, 2.0, 0.0, 0.0]));
        assert_eq!(hinge_loss(&array![0.5f32], &array![-1.0]), 1.5);
        assert!(hinge_loss(&array![f64::NAN], &array![1.0]).is_nan());
        hinge_loss::check_grad(&array![[0.5, -2.0], [3.0, 0.2]], &array![[1.0, -1.0], [-1.0, 1.0]]).unwrap();
    }
}
