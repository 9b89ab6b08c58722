//! Losses in programs: fused with what is around them, and through calls.

use ndarray::prelude::*;
use odyssey_runtime::losses::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[differentiable]
fn of_elements(x: &Array2<f64>, w: &Array2<f64>, y: &Array2<f64>) -> f64 {
    let z = x.dot(w);
    let p = z.sigmoid();
    let t = y.sigmoid();
    mae_loss(&z, y)
        + huber_loss(&z, y, 0.4)
        + bce_loss(&p, &t)
        + bce_with_logits_loss_with(&z, &t, Reduction::Sum)
        + kl_div_loss(&p.ln(), &t)
        + hinge_loss(&z, y)
        + mse_loss(&p, &t)
}

/// Only the predictions vary.
#[differentiable(wrt(w))]
fn of_labels<T: Real>(w: &Array2<T>, x: &Array2<T>, labels: &[usize], weights: &[T]) -> T {
    let logits = x.dot(w);
    let likelihood = logits.log_softmax(Axis(1));
    nll_loss(&likelihood, labels)
        + focal_loss(&logits, labels, T::lit(1.5))
        + weighted_cross_entropy_loss(&logits, labels, weights, T::lit(0.1))
        + cross_entropy_loss_with(&logits, labels, Reduction::Sum)
}

#[differentiable(wrt(w))]
fn through_a_call<T: Real>(w: &Array2<T>, x: &Array2<T>, labels: &[usize]) -> T {
    let weights = [T::one(), T::lit(2.0), T::lit(0.5)];
    let loss = of_labels(w, x, labels, &weights);
    loss * loss
}

#[test]
fn losses() {
    agrees!(of_elements(&matrix(1, 4, 3), &matrix(2, 3, 2), &matrix(3, 4, 2)), wrt 3);
    agrees!(of_labels(&matrix(1, 3, 3), &matrix(2, 4, 3), &[0, 2, 1, 2], &[0.5, 1.0, 2.0]));
    agrees!(through_a_call(&matrix::<f64>(1, 3, 3), &matrix(2, 4, 3), &[0, 2, 1, 2]));
    let single = |x: Array2<f64>| x.mapv(|x| x as f32);
    agrees!(through_a_call(&single(matrix(1, 3, 3)), &single(matrix(2, 4, 3)), &[0, 2, 1, 2]) as f32);
    assert!(mae_loss(&numbers::<f32>(1, 3), &numbers(2, 3)) > 0.0);
}
