//! The squared error.
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

/// See [`mse_loss()`].
#[derive(Clone, Copy, Debug)]
struct SquaredError;

target_loss! {
    /// `mean of (predictions - targets)²` over all elements, for arrays of one shape and any rank.
    ///
    /// Panics if the shapes differ.
    mse_loss, mse_loss_with(): SquaredError
}

impl<T: Real> TargetLoss<T> for SquaredError {
    #[inline(always)]
    fn value(self, prediction: T, target: T) -> T {
        let error = prediction - target;
        error * error
    }

    #[inline(always)]
    fn d_prediction(self, prediction: T, target: T) -> T {
        let error = prediction - target;
        error + error
    }

    #[inline(always)]
    fn d_target(self, prediction: T, target: T) -> T {
        let error = target - prediction;
        error + error
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, Array3, array, s};

    use super::{mse_loss, mse_loss_with};
    use crate::losses::Reduction;
    use crate::want::{No, Yes};

    fn example(k: f64) -> Array3<f64> {
        Array::from_shape_fn((3, 4, 11), |(i, j, l)| ((i * 31 + j * 17 + l * 7) as f64 * k).sin())
    }

    #[test]
    fn is_the_mean_squared_error() {
        let (x, y) = (example(1.0), example(2.0));
        let sum: f64 = x.iter().zip(&y).map(|(x, y)| (x - y).powi(2)).sum();
        assert!((mse_loss(&x, &y) - sum / 132.0).abs() < 1e-14);
        assert!((mse_loss_with(&x, &y, Reduction::Sum) - sum).abs() < 1e-12);
        assert_eq!(mse_loss(&array![1.0f32, 2.0].view(), &array![0.0, 4.0].into_shared()), 2.5);
        assert_eq!(mse_loss(&array![1.0, 2.0].into_dyn(), &array![0.0, 4.0].into_dyn()), 2.5);
    }

    #[test]
    fn companions_agree() {
        let (x, y) = (example(1.0), example(2.0));
        mse_loss::check_grad(&x, &y).unwrap();
        mse_loss::check_grad(&x.slice(s![.., ..;-1, ..;2]), &y.slice(s![.., .., 5..])).unwrap();
        mse_loss_with::check_grad(&x, &y, Reduction::Sum).unwrap();
        let (value, (d_x, d_y)) = mse_loss::value_and_grad(&x, &y);
        assert_eq!(value, mse_loss(&x, &y));
        assert_eq!(mse_loss::grad(&x, &y), (d_x.clone(), d_y.clone()));
        assert_eq!(d_x, -&d_y);
        assert_eq!(mse_loss::vjp(&x, &y).1(2.0), (&d_x * 2.0, &d_y * 2.0));
        let (value, pullback) = mse_loss::residual_vjp(mse_loss, &x, &y, (Yes, No));
        assert_eq!(pullback(&x, &y, &value, 2.0), (&d_x * 2.0, ()));
        let sum = Reduction::Sum;
        let (value, pullback) = mse_loss_with::residual_vjp(mse_loss_with, &x, &y, sum, (No, Yes, No));
        assert_eq!(pullback(&x, &y, sum, &value, 0.5), ((), &y - &x, ()));
    }

    #[test]
    fn of_nothing() {
        let x = Array::<f64, ndarray::Ix1>::zeros(0);
        assert!(mse_loss(&x, &x).is_nan());
        assert_eq!(mse_loss_with(&x, &x, Reduction::Sum), 0.0);
    }

    #[test]
    #[should_panic(expected = "predictions of shape [2] and targets of shape [1]")]
    fn shapes_must_agree() {
        mse_loss(&array![1.0, 2.0], &array![1.0]);
    }
}
