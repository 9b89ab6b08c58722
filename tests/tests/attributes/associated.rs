//! Functions of a type without a receiver.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::siblings_agree;
use crate::support::{agrees, numbers};

#[derive(Clone, Copy, Differentiable)]
struct Gaussian {
    mean: f64,
    deviation: f64,
}

impl Gaussian {
    #[differentiable]
    fn log_density(of: &Self, x: f64) -> f64 {
        let z = (x - of.mean) / of.deviation;
        -0.5 * z * z - of.deviation.ln()
    }

    #[differentiable]
    fn log_likelihood(&self, xs: &Array1<f64>) -> f64 {
        let mut total = 0.0;
        for i in 0..xs.len() {
            total += Self::log_density(self, xs[i]);
        }
        total
    }

    #[differentiable]
    fn scaled(k: f64) -> f64 {
        k * k * Self::unit()
    }

    fn unit() -> f64 {
        2.0
    }
}

#[differentiable]
fn mixture(a: &Gaussian, b: &Gaussian, x: f64) -> f64 {
    let (a, b) = (Gaussian::log_density(a, x), Gaussian::log_density(b, x));
    (0.5 * a.exp() + 0.5 * b.exp()).ln() + Gaussian::scaled(x)
}

#[test]
fn with_the_type() {
    let (a, b) = (Gaussian { mean: 0.3, deviation: 0.8 }, Gaussian { mean: -0.5, deviation: 1.2 });
    siblings_agree!(Gaussian; log_density(&a, 0.7):
        log_density_value_and_grad, log_density_grad, log_density_vjp, log_density_check_grad);
    siblings_agree!(Gaussian; scaled(0.7): scaled_value_and_grad, scaled_grad, scaled_vjp, scaled_check_grad);
    siblings_agree!(a.log_likelihood(&numbers(1, 4)):
        log_likelihood_value_and_grad, log_likelihood_grad, log_likelihood_vjp, log_likelihood_check_grad);
    agrees!(mixture(&a, &b, 0.6), wrt 3);
}
