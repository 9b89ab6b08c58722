//! The absolute error.
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

/// See [`mae_loss()`].
#[derive(Clone, Copy, Debug)]
struct AbsoluteError;

target_loss! {
    /// `mean of |predictions - targets|` over all elements, for arrays of one shape and any rank; where the two are equal, the
    /// derivative is 0.
    ///
    /// Panics if the shapes differ.
    mae_loss, mae_loss_with(): AbsoluteError
}

impl<T: Real> TargetLoss<T> for AbsoluteError {
    #[inline(always)]
    fn value(self, prediction: T, target: T) -> T {
        (prediction - target).abs()
    }

    #[inline(always)]
    fn d_prediction(self, prediction: T, target: T) -> T {
        let error = prediction - target;
        if error == T::zero() { T::zero() } else { error.signum() }
    }

    #[inline(always)]
    fn d_target(self, prediction: T, target: T) -> T {
        -self.d_prediction(prediction, target)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{mae_loss, mae_loss_with};
    use crate::losses::Reduction;

    #[test]
    fn is_the_mean_absolute_error() {
        let (x, y) = (array![[1.0, 2.0], [3.0, f64::NAN]], array![[0.0, 2.0], [5.0, 1.0]]);
        let (value, (d_x, d_y)) = mae_loss_with::value_and_grad(&x.row(0), &y.row(0), Reduction::Sum);
        assert_eq!((value, d_x, d_y), (1.0, array![1.0, 0.0], array![-1.0, 0.0]));
        assert_eq!(mae_loss(&x.column(0), &y.column(0)), 1.5);
        assert!(mae_loss(&x, &y).is_nan() && mae_loss::grad(&x, &y).0[[1, 1]].is_nan());
        mae_loss::check_grad(&array![1.0f32, -2.0], &array![0.5, 3.0]).unwrap();
    }
}
