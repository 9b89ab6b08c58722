//! Gradients that are not too large.

use super::settings;
use crate::tangent::Tangent;

/// Scales gradients down to the norm `max_norm`, if they have a larger one, and returns the norm that they had: the
/// Euclidean norm over all floats of all of them.
///
/// A norm that is not finite (an entry is infinite or NaN, or some are larger than about 1e154) does not say how to scale. Then the
/// gradients stay as they are, and the caller sees it in what is returned:
///
/// ```
/// use ndarray::array;
/// use odyssey_runtime::optim::{Optimizer, Sgd, clip_grad_norm};
///
/// let (mut params, mut sgd) = ((array![1.0, 2.0], 3.0f32), Sgd::new(1.0));
/// for gradient in [(array![0.0, 6.0], 8.0), (array![0.0, f64::INFINITY], 8.0)] {
///     let mut gradient = gradient;
///     if clip_grad_norm(&mut gradient, 5.0).is_finite() {
///         sgd.step(&mut params, &gradient);
///     }
/// }
/// assert_eq!(params, (array![1.0, -1.0], -1.0));
/// ```
///
/// Pascanu, Mikolov and Bengio, [On the difficulty of training recurrent neural networks](https://arxiv.org/abs/1211.5063) (2013).
/// As `torch.nn.utils.clip_grad_norm_`, which adds 1e-6 to the norm that it divides by, and makes zero or NaN of all entries where
/// the norm is not finite.
#[track_caller]
pub fn clip_grad_norm<G: Tangent>(grads: &mut G, max_norm: f64) -> f64 {
    assert!(max_norm >= 0.0, "a greatest norm of {max_norm}: it must not be negative");
    let norm = grads.norm();
    if norm.is_finite() && norm > max_norm {
        grads.scale(max_norm / norm);
    }
    norm
}

/// Puts every float of the gradients between `-max_abs` and `max_abs`. NaN stays NaN.
///
/// As `torch.nn.utils.clip_grad_value_`.
#[track_caller]
pub fn clip_grad_value<G: Tangent>(grads: &mut G, max_abs: f64) {
    let max_abs = settings::not_negative("a greatest value", max_abs);
    grads.map_scalars(&mut |g| g.clamp(-max_abs, max_abs));
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::{clip_grad_norm, clip_grad_value};

    type Gradients = (Array1<f64>, Vec<f32>, Option<f64>, ());

    fn gradients() -> Gradients {
        (array![1.0, -2.0], vec![2.0, 0.0], Some(4.0), ())
    }

    #[test]
    fn norms_are_scaled_down_and_never_up() {
        let mut clipped = gradients();
        assert_eq!(clip_grad_norm(&mut clipped, 2.5), 5.0);
        assert_eq!(clipped, (array![0.5, -1.0], vec![1.0, 0.0], Some(2.0), ()));
        for max_norm in [2.5, 3.0, f64::INFINITY] {
            assert_eq!(clip_grad_norm(&mut clipped, max_norm), 2.5);
            assert_eq!(clipped.2, Some(2.0));
        }
        assert_eq!(clip_grad_norm(&mut clipped, 0.0), 2.5);
        assert_eq!(clipped, (array![0.0, 0.0], vec![0.0, 0.0], Some(0.0), ()));
        assert_eq!(clip_grad_norm(&mut clipped, 0.0), 0.0);
        assert_eq!(clipped.2, Some(0.0));
    }

    #[test]
    fn norms_of_single_precision_do_not_overflow() {
        let mut large = array![3e30f32, 4e30];
        assert!((clip_grad_norm(&mut large, 1.0) / 5e30 - 1.0).abs() < 1e-6);
        assert!((large - array![0.6, 0.8]).iter().all(|off| off.abs() < 1e-6));
    }

    #[test]
    fn what_has_no_finite_norm_stays_as_it_is() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e200] {
            let mut grads = (array![3.0, 4.0], bad);
            assert!(!clip_grad_norm(&mut grads, 1.0).is_finite());
            assert_eq!((grads.0, grads.1.to_bits()), (array![3.0, 4.0], bad.to_bits()));
        }
    }

    #[test]
    fn values_stay_in_range() {
        let mut grads = gradients();
        clip_grad_value(&mut grads, 1.5);
        assert_eq!(grads, (array![1.0, -1.5], vec![1.5, 0.0], Some(1.5), ()));
        let mut bad = array![f32::NAN, f32::NEG_INFINITY];
        clip_grad_value(&mut bad, 1.0);
        assert!(bad[0].is_nan() && bad[1] == -1.0);
    }

    #[test]
    #[should_panic(expected = "a greatest norm of NaN: it must not be negative")]
    fn norms_are_numbers() {
        clip_grad_norm(&mut gradients(), f64::NAN);
    }

    #[test]
    #[should_panic(expected = "a greatest value of -1: it must be finite and not negative")]
    fn values_are_not_negative() {
        clip_grad_value(&mut gradients(), -1.0);
    }
}
