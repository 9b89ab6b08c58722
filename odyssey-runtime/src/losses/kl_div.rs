//! The divergence of distributions.
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

/// See [`kl_div_loss()`].
#[derive(Clone, Copy, Debug)]
struct Divergence;

target_loss! {
    /// `mean of t (ln t - x)` over all elements, for logarithms `x` of predicted probabilities and target probabilities `t`, arrays
    /// of one shape and any rank; where `t` is 0, so is the term. The divergence of whole distributions is the sum over their
    /// elements: [`kl_div_loss_with()`] with [`Reduction::Sum`], divided by their number.
    ///
    /// Panics if the shapes differ.
    kl_div_loss, kl_div_loss_with(): Divergence
}

impl<T: Real> TargetLoss<T> for Divergence {
    #[inline(always)]
    fn value(self, prediction: T, target: T) -> T {
        target.product_or_zero(math::ln(target) - prediction)
    }

    #[inline(always)]
    fn d_prediction(self, _prediction: T, target: T) -> T {
        -target
    }

    #[inline(always)]
    fn d_target(self, prediction: T, target: T) -> T {
        math::ln(target) - prediction + T::one()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{kl_div_loss, kl_div_loss_with};
    use crate::losses::Reduction;

    #[test]
    fn is_the_divergence() {
        let (p, t) = (array![0.2, 0.3, 0.5], array![0.5, 0.5, 0.0]);
        let x = p.mapv(f64::ln);
        let want = 0.5 * (0.5f64 / 0.2).ln() + 0.5 * (0.5f64 / 0.3).ln();
        assert!((kl_div_loss_with(&x, &t, Reduction::Sum) - want).abs() < 1e-15);
        assert!((kl_div_loss(&x, &t) - want / 3.0).abs() < 1e-15);
        assert_eq!(kl_div_loss_with::grad(&x, &t, Reduction::Sum).0, -&t);
        assert!(kl_div_loss_with(&p.mapv(f64::ln), &p, Reduction::Sum).abs() < 1e-15);
        kl_div_loss::check_grad(&x, &array![0.1, 0.7, 0.2]).unwrap();
    }
}
