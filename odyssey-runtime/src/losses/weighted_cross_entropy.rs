//! The cross entropy with weights of the classes and with labels that are not quite certain.

use ndarray::{Array2, ArrayView2, Axis, Ix2};

use super::Reduction;
use super::label_loss::{LabelLoss, Logits, checked_value, checked_value_and_grad, directional, label_loss};
use crate::along::Along;
use crate::check::{self, GradientMismatch};
use crate::ops::Tensor;
use crate::ops::log_softmax::log_softmax;
use crate::ops::operation::operation;
use crate::ops::probe::{IsOperation, Probe};
use crate::quoted::ensure;
use crate::real::Real;
use crate::want::{Excluded, Want};

/// See [`weighted_cross_entropy_loss()`].
#[derive(Clone, Copy, Debug)]
struct Weighted<'w, T> {
    weights: &'w [T],
    smoothing: T,
}

label_loss! {
    /// [`cross_entropy_loss()`](super::cross_entropy_loss()) with a weight for each class, or none at all, and with the share
    /// `smoothing` of each label spread over all classes (Szegedy et al., *Rethinking the Inception architecture*, 2015).
    ///
    /// With `l[c] = -log_softmax(logits[n])[c]`, the loss of an example is `(1 - smoothing) w[label] l[label] + smoothing / C Σ w[c]
    /// l[c]`; the mean divides the sum by the sum of the weights of the labels, as in `PyTorch`. Panics if the number of labels
    /// is not `N`, if a label is out of range, or if there are weights and not one for each class.
    weighted_cross_entropy_loss, weighted_cross_entropy_loss_with(
        weights: [&[Elem]] if W0,
        smoothing: [Elem] if P0
    ): Weighted { weights, smoothing }
}

impl<T: Real> Weighted<'_, T> {
    fn weight(self, class: usize) -> T {
        self.weights.get(class).copied().unwrap_or_else(T::one)
    }

    /// What the sum over the examples is multiplied by.
    #[track_caller]
    fn factor(self, classes: usize, labels: &[usize], reduction: Reduction) -> T {
        let n = self.weights.len();
        ensure!(n == 0 || n == classes, "", "{n} weights for {classes} classes");
        match reduction {
            Reduction::Mean => labels.iter().map(|label| self.weight(*label)).sum::<T>().recip(),
            Reduction::Sum => T::one(),
        }
    }

    /// How much of an example with this label a class is, times its weight.
    fn share(self, class: usize, label: usize, classes: usize) -> T {
        let spread = self.smoothing / T::lit(classes as f64);
        let certain = if class == label { T::one() - self.smoothing } else { T::zero() };
        (certain + spread) * self.weight(class)
    }
}

impl<T: Real> LabelLoss<T> for Weighted<'_, T> {
    fn value(self, logits: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> T {
        self.value_and_grad(logits, labels, reduction).0
    }

    fn value_and_grad(self, logits: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> (T, Array2<T>) {
        let mut grad = log_softmax(logits, Axis(1));
        let (classes, mut sum) = (grad.ncols(), T::zero());
        let factor = self.factor(classes, labels, reduction);
        for (mut row, &label) in grad.rows_mut().into_iter().zip(labels) {
            let shares: Vec<T> = (0..classes).map(|class| self.share(class, label, classes)).collect();
            let total: T = shares.iter().sum();
            for (log, &share) in row.iter_mut().zip(&shares) {
                // A class without a share costs nothing, however unlikely it is.
                sum -= share.product_or_zero(*log);
                *log = (log.exp() * total - share) * factor;
            }
        }
        (sum * factor, grad)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis, array};

    use super::{weighted_cross_entropy_loss, weighted_cross_entropy_loss_with};
    use crate::losses::{Reduction, cross_entropy_loss};
    use crate::ops::log_softmax::log_softmax;
    use crate::want::{No, Yes};

    const LABELS: [usize; 4] = [0, 2, 1, 1];

    fn logits() -> Array2<f64> {
        Array2::from_shape_fn((4, 3), |(i, j)| ((i * 31 + j * 17) as f64).sin() * 3.0)
    }

    #[test]
    fn without_weights_and_smoothing_it_is_the_cross_entropy() {
        let (x, ones) = (logits(), [1.0, 1.0, 1.0]);
        let plain = cross_entropy_loss(&x, &LABELS);
        assert!((weighted_cross_entropy_loss(&x, &LABELS, &[], 0.0) - plain).abs() < 1e-15);
        assert!((weighted_cross_entropy_loss(&x, &LABELS, &ones, 0.0) - plain).abs() < 1e-15);
    }

    #[test]
    fn agrees_with_the_definition() {
        let (x, w, e) = (logits(), [0.5, 2.0, 3.0], 0.3);
        let l = -log_softmax(&x, Axis(1));
        let (mut sum, mut total) = (0.0, 0.0);
        for (n, &label) in LABELS.iter().enumerate() {
            sum += (1.0 - e) * w[label] * l[[n, label]] + e / 3.0 * (0..3).map(|c| w[c] * l[[n, c]]).sum::<f64>();
            total += w[label];
        }
        assert!((weighted_cross_entropy_loss(&x, &LABELS, &w, e) - sum / total).abs() < 1e-14);
        assert!((weighted_cross_entropy_loss_with(&x, &LABELS, &w, e, Reduction::Sum) - sum).abs() < 1e-13);
        weighted_cross_entropy_loss::check_grad(&x, &LABELS, &w, e).unwrap();
        weighted_cross_entropy_loss_with::check_grad(&x, &LABELS, &[], e, Reduction::Sum).unwrap();
        let (value, pullback) =
            weighted_cross_entropy_loss::residual_vjp(weighted_cross_entropy_loss, &x, &LABELS, &w, e, (Yes, No, No, No));
        let grad = weighted_cross_entropy_loss::grad(&x, &LABELS, &w, e);
        assert_eq!(pullback(&x, &LABELS, &w, e, &value, 2.0), (grad * 2.0, (), (), ()));
    }

    #[test]
    fn is_stable() {
        let x = array![[1e4f32, -1e4, f32::NEG_INFINITY]];
        let (value, grad) = weighted_cross_entropy_loss::value_and_grad(&x, &[1], &[], 0.0);
        assert_eq!((value, grad), (2e4, array![[1.0, -1.0, 0.0]]));
    }

    #[test]
    #[should_panic(expected = "2 weights for 3 classes")]
    fn every_class_has_a_weight() {
        weighted_cross_entropy_loss(&logits(), &LABELS, &[1.0, 2.0], 0.0);
    }
}
