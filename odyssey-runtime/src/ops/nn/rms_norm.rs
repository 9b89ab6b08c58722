//! Rows of mean square 1, stretched.

use ndarray::{Array, Array1, ArrayView, ArrayView1, Dimension, Ix1};

use super::layer_norm::{gamma_sums, normalised, rows, through_jacobian, weigh};
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

operation! {
    /// `y = gamma x / sqrt(mean(x²) + eps)` along the last axis, whose length is that of `gamma` (Zhang, Sennrich, *Root mean
    /// square layer normalization*, 2019).
    ///
    /// With `x̂ = x / sqrt(mean(x²) + eps)` and `g = gamma dy`: `dx = (g - x̂ mean(g x̂)) / sqrt(mean(x²) + eps)`,
    /// `dgamma = Σ dy x̂`. Panics if the lengths differ.
    fn rms_norm(
        x: X if S, gamma: G if W; eps: [Elem] if V
    ), method of RmsNorm, hidden forms rms_norm_residual_vjp, rms_norm_residual_hvp, rms_norm_pushforward of RmsNormHidden;
    where [X: Tensor, G: Tensor<Elem = X::Elem, Dim = Ix1>];
    result Like<X>;
    forward forward;
    rules |_, dy| (rms_norm::d_x(x, gamma, eps, dy), rms_norm::d_gamma(x, eps, dy));
    tangents |_, dot| (rms_norm::tangent_x(x, gamma, eps, dot), rms_norm::tangent_gamma(x, eps, dot));
}

#[track_caller]
fn forward<T: Real, D: Dimension>(x: ArrayView<'_, T, D>, gamma: ArrayView1<'_, T>, eps: T) -> Array<T, D> {
    let how = rows(x.shape(), &[gamma.len()], false, eps, "rms_norm");
    normalised(how, x, gamma, None)
}

impl rms_norm {
    /// `∂x̂/∂x (gamma dy)`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, P, G>(x: &X, gamma: &P, eps: X::Elem, dy: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        P: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        let (x, gamma) = (x.tensor_view(), gamma.tensor_view().to_vec());
        let how = rows(x.shape(), &[gamma.len()], false, eps, "rms_norm");
        through_jacobian(how, x, &gamma, dy.tensor_view())
    }

    /// `Σ dy x̂`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_gamma<X, G>(x: &X, eps: X::Elem, dy: &G) -> Array1<X::Elem>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        let x = x.tensor_view();
        let how = rows(x.shape(), &[], false, eps, "rms_norm");
        gamma_sums(how, x, dy.tensor_view(), how.length).into()
    }

    /// `gamma ∂x̂/∂x ẋ`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_x<X, P, G>(x: &X, gamma: &P, eps: X::Elem, x_dot: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        P: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        let (x, gamma) = (x.tensor_view(), gamma.tensor_view());
        let how = rows(x.shape(), &[gamma.len()], false, eps, "rms_norm");
        let mut tangent = through_jacobian(how, x, &[], x_dot.tensor_view());
        weigh(&mut tangent, gamma);
        tangent
    }

    /// `x̂` times the tangent of `gamma`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_gamma<X, G>(x: &X, eps: X::Elem, gamma_dot: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
    {
        forward(x.tensor_view(), gamma_dot.tensor_view(), eps)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, array};

    use super::{RmsNorm, rms_norm};
    use crate::ops::testing::{check_dot, check_rule, cube, layouts, numbers};

    const EPS: f64 = 1e-3;

    #[test]
    fn agrees_with_the_definition_in_every_layout() {
        let gamma = numbers([5], 1);
        for x in layouts(&cube()) {
            let y = rms_norm(&x, &gamma, EPS);
            for (x, y) in x.lanes(Axis(2)).into_iter().zip(y.lanes(Axis(2))) {
                let want = &x / ((&x * &x).mean().unwrap() + EPS).sqrt() * &gamma;
                assert!((&y - &want).iter().all(|e| e.abs() < 1e-13));
            }
        }
        assert_eq!(array![[3.0f32, -3.0]].rms_norm(&array![1.0, 2.0], 0.0), array![[1.0, -2.0]]);
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let (x, gamma, dy) = (numbers([3, 4, 5], 1), numbers([5], 2), numbers([3, 4, 5], 4));
        let (d_x, d_gamma) = rms_norm::vjp(&x, &gamma, EPS).1(dy.clone());
        check_rule(&x, |x| rms_norm(x, &gamma, EPS), &dy, &d_x);
        check_rule(&gamma, |gamma| rms_norm(&x, gamma, EPS), &dy, &d_gamma);
        let (x_dot, dot) = (numbers([3, 4, 5], 5), numbers([5], 6));
        check_dot(&rms_norm::tangent_x(&x, &gamma, EPS, &x_dot), &dy, &x_dot, &d_x);
        check_dot(&rms_norm::tangent_gamma(&x, EPS, &dot), &dy, &dot, &d_gamma);
    }
}
