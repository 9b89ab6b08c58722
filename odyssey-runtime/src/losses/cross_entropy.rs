//! The negative log likelihood of labels under softmax.

use ndarray::{Array2, ArrayView2, Ix2};

use super::Reduction;
use super::label_loss::{LabelLoss, Logits, checked_value, checked_value_and_grad, directional, label_loss};
use crate::along::Along;
use crate::check::{self, GradientMismatch};
use crate::memory::in_standard_layout;
use crate::ops::operation::operation;
use crate::ops::probe::{IsOperation, Probe};
use crate::ops::{Tensor, row_kernels};
use crate::real::Real;
use crate::want::{Excluded, Want};

/// See [`cross_entropy_loss()`].
#[derive(Clone, Copy, Debug)]
struct CrossEntropy;

label_loss! {
    /// `mean over n of (ln Σⱼ exp(logits[n, j]) - logits[n, labels[n]])`, for `logits [N, C]` and `N` labels below `C`.
    ///
    /// Shifted by the largest logit of each row, so that nothing overflows. Panics if the number of labels is not `N`, or
    /// if a label is out of range.
    cross_entropy_loss, cross_entropy_loss_with(): CrossEntropy
}

impl<T: Real> LabelLoss<T> for CrossEntropy {
    fn value(self, logits: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> T {
        let logits = logits.as_standard_layout();
        let rows = logits.as_slice().expect("standard layout");
        row_kernels::cross_entropy(rows, logits.ncols(), labels) * reduction.factor(labels.len())
    }

    fn value_and_grad(self, logits: &ArrayView2<'_, T>, labels: &[usize], reduction: Reduction) -> (T, Array2<T>) {
        let mut grad = in_standard_layout(logits);
        let (classes, factor) = (grad.ncols(), reduction.factor(labels.len()));
        let rows = grad.as_slice_mut().expect("standard layout");
        let sum = row_kernels::cross_entropy_with_grad(rows, classes, labels, factor);
        (sum * factor, grad)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, Array2, Axis, array, s};

    use super::{cross_entropy_loss, cross_entropy_loss_with};
    use crate::losses::Reduction;
    use crate::ops::log_softmax::log_softmax;
    use crate::want::{No, Yes};

    fn logits() -> Array2<f64> {
        Array::from_shape_fn((4, 21), |(i, j)| ((i * 31 + j * 17) as f64).sin() * 3.0)
    }

    const LABELS: [usize; 4] = [3, 20, 0, 7];

    #[test]
    fn is_the_mean_negative_log_likelihood() {
        let x = logits();
        let likelihood = log_softmax(&x, Axis(1));
        let sum: f64 = LABELS.iter().enumerate().map(|(i, &label)| -likelihood[[i, label]]).sum();
        assert!((cross_entropy_loss(&x, &LABELS) - sum / 4.0).abs() < 1e-14);
        assert!((cross_entropy_loss_with(&x, &LABELS, Reduction::Sum) - sum).abs() < 1e-13);
        let transposed = x.t().as_standard_layout().into_owned();
        assert_eq!(cross_entropy_loss(&transposed.t(), &LABELS), cross_entropy_loss(&x, &LABELS));
        assert!((cross_entropy_loss(&x.mapv(|x| x as f32), &LABELS) - (sum / 4.0) as f32).abs() < 1e-6);
    }

    #[test]
    fn companions_agree() {
        let x = logits();
        cross_entropy_loss::check_grad(&x, &LABELS).unwrap();
        cross_entropy_loss::check_grad(&x.slice(s![..;-1, ..;2]), &[1, 2, 3, 4]).unwrap();
        cross_entropy_loss_with::check_grad(&x, &LABELS, Reduction::Sum).unwrap();
        let (value, grad) = cross_entropy_loss::value_and_grad(&x, &LABELS);
        assert!((value - cross_entropy_loss(&x, &LABELS)).abs() < 1e-15);
        assert_eq!(cross_entropy_loss::grad(&x, &LABELS), grad);
        assert_eq!(cross_entropy_loss::vjp(&x, &LABELS).1(2.0), &grad * 2.0);
        let labels = LABELS.to_vec();
        let (value, pullback) = cross_entropy_loss::residual_vjp(cross_entropy_loss, &x, &labels, (Yes, No));
        assert_eq!(pullback(&x, &labels, &value, 2.0), (&grad * 2.0, ()));
        let (value, pullback) =
            cross_entropy_loss_with::residual_vjp(cross_entropy_loss_with, &x, &labels, Reduction::Sum, (No, No, No));
        assert_eq!(pullback(&x, &labels, Reduction::Sum, &value, 2.0), ((), (), ()));
    }

    #[test]
    fn is_stable() {
        let x = array![[1e4f32, -1e4, 0.0], [-1e4, -1e4, -1e4]];
        let (value, grad) = cross_entropy_loss_with::value_and_grad(&x, &[1, 2], Reduction::Sum);
        assert_eq!(value, 2e4 + 3f32.ln());
        let third = 1.0 / 3.0;
        assert_eq!(grad, array![[1.0, -1.0, 0.0], [third, third, third - 1.0]]);
    }

    #[test]
    fn of_no_examples() {
        let x = Array2::<f64>::zeros((0, 3));
        assert!(cross_entropy_loss(&x, &[]).is_nan());
        assert_eq!(cross_entropy_loss_with(&x, &[], Reduction::Sum), 0.0);
        assert_eq!(cross_entropy_loss::grad(&x, &[]), x);
    }

    #[test]
    #[should_panic(expected = "label 3 of example 1 is out of range for logits of shape [2, 3]")]
    fn labels_must_be_classes() {
        cross_entropy_loss(&Array2::<f64>::zeros((2, 3)), &[2, 3]);
    }

    #[test]
    #[should_panic(expected = "1 labels for logits of shape [2, 3]")]
    fn every_example_has_a_label() {
        cross_entropy_loss(&Array2::<f64>::zeros((2, 3)), &[2]);
    }
}
