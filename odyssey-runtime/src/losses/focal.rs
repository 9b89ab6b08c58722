//! The cross entropy with less weight on what is certain already.

use ndarray::{Array2, ArrayView2, Axis, Ix2};

use super::Reduction;
use super::label_loss::{LabelLoss, Logits, checked_value, checked_value_and_grad, directional, label_loss};
use crate::along::Along;
use crate::check::{self, GradientMismatch};
use crate::ops::Tensor;
use crate::ops::log_softmax::log_softmax;
use crate::ops::operation::operation;
use crate::ops::probe::{IsOperation, Probe};
use crate::real::Real;
use crate::want::{Excluded, Want};

/// See [`focal_loss()`].
#[derive(Clone, Copy, Debug)]
struct Focal<T> {
    gamma: T,
}

label_loss! {
    /// `mean over n of -(1 - p)^gamma ln p` with `p = softmax(logits[n])[labels[n]]`, for `logits [N, C]` and `N` labels below `C`
    /// (Lin et al., *Focal loss for dense object detection*, 2017).
    ///
    /// With `g = gamma p (1 - p)^(gamma - 1) ln p - (1 - p)^gamma`, the derivative is `g (δ[j, label] - softmax(logits)[j])`. Right
    /// for logits of any size. Panics if the number of labels is not `N`, or if a label is out of range.
    focal_loss, focal_loss_with(gamma: [Elem] if G0): Focal { gamma }
}

impl<T: Real> Focal<T> {
    /// The loss of an example by `ln p`, and the factor `g` of its derivative.
    fn of(self, log: T) -> (T, T) {
        let rest = -log.exp_m1();
        let weight = rest.powf(self.gamma);
        // `ln p / (1 - p)` goes to -1 where p goes to 1, along `-1 - (1 - p) / 2 - (1 - p)² / 3`.
        let ratio = if rest == T::zero() { -(T::one() + rest * (T::lit(0.5) + rest / T::lit(3.0))) } else { log / rest };
        (-(weight * log), self.gamma * log.exp() * weight * ratio - weight)
    }
}

impl<T: Real> LabelLoss<T> for Focal<T> {
    fn value(self, logits: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> T {
        let logs = log_softmax(logits, Axis(1));
        let sum: T = labels.iter().enumerate().map(|(n, &label)| self.of(logs[[n, label]]).0).sum();
        sum * reduction.factor(labels.len())
    }

    fn value_and_grad(self, logits: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> (T, Array2<T>) {
        let mut grad = log_softmax(logits, Axis(1));
        let (factor, mut sum) = (reduction.factor::<T>(labels.len()), T::zero());
        for (mut row, &label) in grad.rows_mut().into_iter().zip(labels) {
            let (loss, slope) = self.of(row[label]);
            sum += loss;
            row.mapv_inplace(|log| -(log.exp() * slope * factor));
            row[label] += slope * factor;
        }
        (sum * factor, grad)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::{focal_loss, focal_loss_with};
    use crate::losses::{Reduction, cross_entropy_loss};

    #[test]
    fn is_the_weighted_cross_entropy() {
        let x = Array2::from_shape_fn((4, 3), |(i, j)| ((i * 31 + j * 17) as f64).sin() * 3.0);
        let labels = [0, 2, 1, 1];
        assert!((focal_loss(&x, &labels, 0.0) - cross_entropy_loss(&x, &labels)).abs() < 1e-14);
        for gamma in [0.5, 1.0, 2.0, 3.7] {
            focal_loss::check_grad(&x, &labels, gamma).unwrap();
            focal_loss_with::check_grad(&x, &labels, gamma, Reduction::Sum).unwrap();
        }
        let p: f64 = 1.0 / (1.0 + 1f64.exp());
        assert!((focal_loss(&array![[0.0, 1.0]], &[0], 2.0) + (1.0 - p).powi(2) * p.ln()).abs() < 1e-15);
    }

    #[test]
    fn is_stable() {
        let x = array![[1e4f32, -1e4], [1e4, -1e4]];
        let (value, grad) = focal_loss_with::value_and_grad(&x, &[0, 1], 0.5, Reduction::Sum);
        assert_eq!((value, grad), (2e4, array![[0.0, 0.0], [1.0, -1.0]]));
    }
}
