//! The negative log likelihood of labels.

use ndarray::{Array2, ArrayView2, Ix2};

use super::Reduction;
use super::label_loss::{LabelLoss, Logits, checked_value, checked_value_and_grad, directional, label_loss};
use crate::along::Along;
use crate::check::{self, GradientMismatch};
use crate::ops::Tensor;
use crate::ops::operation::operation;
use crate::ops::probe::{IsOperation, Probe};
use crate::real::Real;
use crate::want::{Excluded, Want};

/// See [`nll_loss()`].
#[derive(Clone, Copy, Debug)]
struct LogLikelihood;

label_loss! {
    /// `mean over n of -x[n, labels[n]]`, for logarithms `x [N, C]` of probabilities and `N` labels below `C`.
    ///
    /// Of logits it is [`cross_entropy_loss()`](super::cross_entropy_loss()). Panics if the number of labels is not `N`, or if a
    /// label is out of range.
    nll_loss, nll_loss_with(): LogLikelihood
}

impl<T: Real> LabelLoss<T> for LogLikelihood {
    fn value(self, x: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> T {
        let sum: T = labels.iter().enumerate().map(|(n, &label)| x[[n, label]]).sum();
        -sum * reduction.factor(labels.len())
    }

    fn value_and_grad(self, x: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> (T, Array2<T>) {
        let mut grad = crate::memory::zeros(x.raw_dim());
        for (n, &label) in labels.iter().enumerate() {
            grad[[n, label]] = -reduction.factor::<T>(labels.len());
        }
        (LabelLoss::<T>::value(self, x, labels, reduction), grad)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, array};

    use super::{nll_loss, nll_loss_with};
    use crate::losses::{Reduction, cross_entropy_loss};
    use crate::ops::log_softmax::log_softmax;

    #[test]
    fn takes_what_the_labels_say() {
        let x = array![[1.0, 2.0, 3.0f64], [4.0, 5.0, 7.0]];
        assert_eq!(nll_loss(&x, &[2, 0]), -3.5);
        let (value, grad) = nll_loss_with::value_and_grad(&x, &[2, 0], Reduction::Sum);
        assert_eq!((value, grad), (-7.0, array![[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0]]));
        assert!((nll_loss(&log_softmax(&x, Axis(1)), &[2, 0]) - cross_entropy_loss(&x, &[2, 0])).abs() < 1e-15);
        nll_loss::check_grad(&x, &[1, 1]).unwrap();
    }

    #[test]
    #[should_panic(expected = "label 3 of example 1 is out of range for logits of shape [2, 3]")]
    fn labels_must_be_classes() {
        nll_loss(&array![[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]], &[2, 3]);
    }
}
