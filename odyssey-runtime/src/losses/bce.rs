//! The negative log likelihood of yes or no.
#![allow(clippy::inline_always, reason = "what is not inlined does not get the target features")]

use super::Reduction;
use super::target_loss::{LikeView, Pass, Predictions, TargetLoss, target_loss};
use crate::along::Along;
use crate::check::{self, GradientMismatch};
use crate::math::plain as math;
use crate::ops::operation::operation;
use crate::ops::probe::{IsOperation, Probe};
use crate::ops::{Like, Tensor};
use crate::real::Real;
use crate::want::{Excluded, Want};

/// See [`bce_loss()`].
#[derive(Clone, Copy, Debug)]
struct BinaryCrossEntropy;

target_loss! {
    /// `mean of -(t ln p + (1 - t) ln(1 - p))` over all elements, for probabilities `p` of "yes" and targets `t` between 0 and 1,
    /// arrays of one shape and any rank.
    ///
    /// What has the factor 0 counts as 0, so that a certain prediction that is right costs nothing; one that is wrong costs
    /// `+inf`, and nothing is clamped. [`bce_with_logits_loss()`] does not lose what is close to 0 or 1. Panics if the shapes
    /// differ.
    bce_loss, bce_loss_with(): BinaryCrossEntropy
}

impl<T: Real> TargetLoss<T> for BinaryCrossEntropy {
    #[inline(always)]
    fn value(self, prediction: T, target: T) -> T {
        -(target.product_or_zero(math::ln(prediction)) + (T::one() - target).product_or_zero(math::ln_1p(-prediction)))
    }

    #[inline(always)]
    fn d_prediction(self, prediction: T, target: T) -> T {
        (T::one() - target).product_or_zero((T::one() - prediction).recip()) - target.product_or_zero(prediction.recip())
    }

    #[inline(always)]
    fn d_target(self, prediction: T, _target: T) -> T {
        math::ln_1p(-prediction) - math::ln(prediction)
    }
}

/// See [`bce_with_logits_loss()`].
#[derive(Clone, Copy, Debug)]
struct OfLogits;

target_loss! {
    /// `mean of ln(1 + e^x) - t x` over all elements: [`bce_loss()`] of the probabilities `sigmoid(x)`, for logits `x` and targets
    /// `t`, arrays of one shape and any rank. Right for logits of any size. Panics if the shapes differ.
    bce_with_logits_loss, bce_with_logits_loss_with(): OfLogits
}

impl<T: Real> TargetLoss<T> for OfLogits {
    #[inline(always)]
    fn value(self, prediction: T, target: T) -> T {
        // `ln(1 + e^x) - t x`, without the difference of two large numbers.
        let x = prediction;
        let linear = if x > T::zero() { x * (T::one() - target) } else { -(x * target) };
        linear + math::ln_1p(math::exp(-x.abs()))
    }

    #[inline(always)]
    fn d_prediction(self, prediction: T, target: T) -> T {
        math::sigmoid(prediction) - target
    }

    #[inline(always)]
    fn d_target(self, prediction: T, _target: T) -> T {
        -prediction
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{bce_loss, bce_loss_with, bce_with_logits_loss, bce_with_logits_loss_with};
    use crate::losses::Reduction;

    #[test]
    fn agree_with_each_other_and_with_differences() {
        let (x, t) = (array![[0.3, -2.0, 5.0], [-0.1, 0.0, 3.0]], array![[1.0, 0.0, 0.0], [0.4, 1.0, 0.9]]);
        let p = x.mapv(|x: f64| 1.0 / (1.0 + (-x).exp()));
        assert!((bce_loss(&p, &t) - bce_with_logits_loss(&x, &t)).abs() < 1e-14);
        let definition = |p: f64, t: f64| -(t * p.ln() + (1.0 - t) * (1.0 - p).ln());
        let sum: f64 = p.iter().zip(&t).map(|(p, t)| definition(*p, *t)).sum();
        assert!((bce_loss_with(&p, &t, Reduction::Sum) - sum).abs() < 1e-13);
        bce_loss::check_grad(&p, &t.mapv(|t| 0.1 + 0.8 * t)).unwrap();
        bce_with_logits_loss::check_grad(&x, &t).unwrap();
        let single = bce_with_logits_loss(&x.mapv(|x| x as f32), &t.mapv(|t| t as f32));
        assert!((f64::from(single) - sum / 6.0).abs() < 1e-6);
    }

    #[test]
    fn certain_predictions() {
        let (p, t) = (array![0.0, 1.0], array![0.0, 1.0]);
        assert_eq!(bce_loss(&p, &t), 0.0);
        assert_eq!(bce_loss::grad(&p, &t).0, array![0.5, -0.5]);
        assert_eq!(bce_loss(&p, &(1.0 - &t)), f64::INFINITY);
    }

    #[test]
    fn is_stable() {
        let (x, t) = (array![1e4f32, -1e4, 1e4, -1e4], array![1.0, 0.0, 0.0, 1.0]);
        let (value, (d_x, d_t)) = bce_with_logits_loss_with::value_and_grad(&x, &t, Reduction::Sum);
        assert_eq!((value, d_x, d_t), (2e4, array![0.0, 0.0, 1.0, -1.0], -x));
    }
}
