//! Groups of channels of mean 0 and variance 1, stretched and shifted.

use ndarray::{Array, Array1, ArrayView, ArrayView1, Dimension, Ix1};

use super::channels::Channels;
use super::layer_norm::{gamma_sums, normalised, through_jacobian};
use super::normalise::Normalisation;
use crate::ops::operation::operation;
use crate::ops::{Like, Shaped, Tensor};
use crate::quoted::ensure;
use crate::real::Real;

operation! {
    /// `y = gamma (x - mean) / sqrt(var + eps) + beta` for `x [N, C, …]`, with the mean and the variance of each of `groups`
    /// groups of channels of each example, and a number for each channel in `gamma [C]` and `beta [C]` (Wu, He, *Group
    /// normalization*, 2018). The derivatives are those of [`layer_norm()`](super::layer_norm::layer_norm()).
    ///
    /// Panics if the channels cannot be divided, or if the lengths differ.
    fn group_norm(
        x: X if S | groups: [usize] if P, gamma: G if W, beta: B if U; eps: [Elem] if V
    ), method of GroupNorm, hidden forms group_norm_residual_vjp, group_norm_residual_hvp, group_norm_pushforward of GroupNormHidden;
    where [
        X: Tensor,
        G: Tensor<Elem = X::Elem, Dim = Ix1>,
        B: Tensor<Elem = X::Elem, Dim = Ix1>,
    ];
    result Like<X>;
    forward forward;
    rules |_, dy| (
        group_norm::d_x(x, gamma, groups, eps, dy),
        group_norm::d_gamma(x, groups, eps, dy),
        group_norm::d_beta(dy),
    );
    tangents |_, dot| (
        group_norm::tangent_x(x, gamma, groups, eps, dot),
        group_norm::tangent_gamma(x, groups, eps, dot),
        group_norm::tangent_beta(x, dot),
    );
}

#[track_caller]
fn forward<T: Real, D: Dimension>(
    x: ArrayView<'_, T, D>,
    groups: usize,
    gamma: ArrayView1<'_, T>,
    beta: ArrayView1<'_, T>,
    eps: T,
) -> Array<T, D> {
    let (channels, how) = divided(x.shape(), &[gamma.len(), beta.len()], groups, eps);
    let (gamma, beta) = (channels.expand(&gamma), channels.expand(&beta));
    normalised(how, x, gamma[..].into(), Some(beta[..].into()))
}

/// The channels, and the groups as rows.
#[track_caller]
fn divided<T: Real>(shape: &[usize], parameters: &[usize], groups: usize, eps: T) -> (Channels, Normalisation<T>) {
    let channels = Channels::of(shape, parameters, "group_norm");
    ensure!(
        groups > 0 && channels.number.is_multiple_of(groups),
        "",
        "group_norm of an array of shape {shape:?} in {groups} groups"
    );
    (channels, Normalisation { length: channels.number / groups * channels.length, is_centred: true, eps })
}

impl group_norm {
    /// `∂x̂/∂x (gamma dy)`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, P, G>(x: &X, gamma: &P, groups: usize, eps: X::Elem, dy: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        P: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        let (x, gamma) = (x.tensor_view(), gamma.tensor_view());
        let (channels, how) = divided(x.shape(), &[gamma.len()], groups, eps);
        through_jacobian(how, x, &channels.expand(&gamma), dy.tensor_view())
    }

    /// `Σ dy x̂`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_gamma<X, G>(x: &X, groups: usize, eps: X::Elem, dy: &G) -> Array1<X::Elem>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        let x = x.tensor_view();
        let (channels, how) = divided(x.shape(), &[], groups, eps);
        channels.collapse(&gamma_sums(how, x, dy.tensor_view(), channels.number * channels.length))
    }

    /// `Σ dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_beta<G>(dy: &G) -> Array1<G::Elem>
    where
        G: Tensor + ?Sized,
    {
        let dy = dy.tensor_view();
        Channels::of(dy.shape(), &[], "group_norm").sums([&dy, &dy], |_, _, dy| dy)
    }

    /// `gamma ∂x̂/∂x ẋ`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_x<X, P, G>(x: &X, gamma: &P, groups: usize, eps: X::Elem, x_dot: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        P: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        let (x, gamma) = (x.tensor_view(), gamma.tensor_view());
        let (channels, how) = divided(x.shape(), &[gamma.len()], groups, eps);
        let tangent = through_jacobian(how, x, &[], x_dot.tensor_view());
        channels.affine(&tangent.view(), [&|_| X::Elem::lit(0.0), &|c| gamma[c], &|_| X::Elem::lit(0.0)])
    }

    /// `x̂` times the tangent of `gamma`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_gamma<X, G>(x: &X, groups: usize, eps: X::Elem, gamma_dot: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
    {
        let gamma_dot = gamma_dot.tensor_view();
        let zero = Array1::zeros(gamma_dot.len());
        forward(x.tensor_view(), groups, gamma_dot, zero.view(), eps)
    }

    /// The tangent of `beta` in every example.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_beta<X, G>(x: &X, beta_dot: &G) -> Array<G::Elem, X::Dim>
    where
        X: Shaped + ?Sized,
        G: Tensor<Dim = Ix1> + ?Sized,
    {
        let beta_dot = beta_dot.tensor_view();
        let zero = Array::zeros(x.dim_of());
        let channels = Channels::of(zero.shape(), &[beta_dot.len()], "group_norm");
        channels.affine(&zero.view(), [&|_| G::Elem::lit(0.0), &|_| G::Elem::lit(0.0), &|c| beta_dot[c]])
    }
}

operation! {
    /// [`group_norm()`] with a group for each channel, for `x [N, C, …]` (Ulyanov, Vedaldi, Lempitsky, *Instance
    /// normalization*, 2016). Panics as that does.
    fn instance_norm(
        x: X if S, gamma: G if W, beta: B if U; eps: [Elem] if V
    ), method of InstanceNorm, hidden forms instance_norm_residual_vjp, instance_norm_residual_hvp, instance_norm_pushforward of InstanceNormHidden;
    where [
        X: Tensor,
        G: Tensor<Elem = X::Elem, Dim = Ix1>,
        B: Tensor<Elem = X::Elem, Dim = Ix1>,
    ];
    result Like<X>;
    forward each_channel;
    rules |_, dy| (instance_norm::d_x(x, gamma, eps, dy), instance_norm::d_gamma(x, eps, dy), instance_norm::d_beta(dy));
    tangents |_, dot| (
        instance_norm::tangent_x(x, gamma, eps, dot),
        instance_norm::tangent_gamma(x, eps, dot),
        instance_norm::tangent_beta(x, dot),
    );
}

#[track_caller]
fn each_channel<T: Real, D: Dimension>(
    x: ArrayView<'_, T, D>,
    gamma: ArrayView1<'_, T>,
    beta: ArrayView1<'_, T>,
    eps: T,
) -> Array<T, D> {
    let groups = number_of_channels(&x);
    forward(x, groups, gamma, beta, eps)
}

#[track_caller]
fn number_of_channels<X: Tensor + ?Sized>(x: &X) -> usize {
    Channels::of(x.tensor_view().shape(), &[], "instance_norm").number
}

impl instance_norm {
    /// `∂x̂/∂x (gamma dy)`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, P, G>(x: &X, gamma: &P, eps: X::Elem, dy: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        P: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        group_norm::d_x(x, gamma, number_of_channels(x), eps, dy)
    }

    /// `Σ dy x̂`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_gamma<X, G>(x: &X, eps: X::Elem, dy: &G) -> Array1<X::Elem>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        group_norm::d_gamma(x, number_of_channels(x), eps, dy)
    }

    /// `Σ dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_beta<G: Tensor + ?Sized>(dy: &G) -> Array1<G::Elem> {
        group_norm::d_beta(dy)
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
        group_norm::tangent_x(x, gamma, number_of_channels(x), eps, x_dot)
    }

    /// `x̂` times the tangent of `gamma`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_gamma<X, G>(x: &X, eps: X::Elem, gamma_dot: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
    {
        group_norm::tangent_gamma(x, number_of_channels(x), eps, gamma_dot)
    }

    /// The tangent of `beta` in every example.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_beta<X, G>(x: &X, beta_dot: &G) -> Array<G::Elem, X::Dim>
    where
        X: Shaped + ?Sized,
        G: Tensor<Dim = Ix1> + ?Sized,
    {
        group_norm::tangent_beta(x, beta_dot)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array3, s};

    use super::{GroupNorm, InstanceNorm, group_norm, instance_norm};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    const EPS: f64 = 1e-3;

    #[test]
    fn agrees_with_the_definition() {
        let (x, gamma, beta) = (numbers([2, 6, 3, 4], 1), numbers([6], 2), numbers([6], 3));
        let x = x.slice(s![.., ..;-1, .., ..]);
        let y = x.group_norm(3, &gamma, &beta, EPS);
        for (n, c) in (0..2).flat_map(|n| (0..6).map(move |c| (n, c))) {
            let group = x.slice(s![n, c / 2 * 2..c / 2 * 2 + 2, .., ..]);
            let scale = gamma[c] / (group.var(0.0) + EPS).sqrt();
            let want = (&x.slice(s![n, c, .., ..]) - group.mean().unwrap()) * scale + beta[c];
            assert!((&y.slice(s![n, c, .., ..]) - &want).iter().all(|e| e.abs() < 1e-13));
        }
        assert_eq!(x.instance_norm(&gamma, &beta, EPS), x.group_norm(6, &gamma, &beta, EPS));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let (x, gamma, beta, dy) = (numbers([2, 4, 3], 1), numbers([4], 2), numbers([4], 3), numbers([2, 4, 3], 4));
        let (x_dot, dot) = (numbers([2, 4, 3], 5), numbers([4], 6));
        let (d_x, d_gamma, d_beta) = group_norm::vjp(&x, 2, &gamma, &beta, EPS).1(dy.clone());
        check_rule(&x, |x| group_norm(x, 2, &gamma, &beta, EPS), &dy, &d_x);
        check_rule(&gamma, |gamma| group_norm(&x, 2, gamma, &beta, EPS), &dy, &d_gamma);
        check_rule(&beta, |beta| group_norm(&x, 2, &gamma, beta, EPS), &dy, &d_beta);
        check_dot(&group_norm::tangent_x(&x, &gamma, 2, EPS, &x_dot), &dy, &x_dot, &d_x);
        check_dot(&group_norm::tangent_gamma(&x, 2, EPS, &dot), &dy, &dot, &d_gamma);
        check_dot(&group_norm::tangent_beta(&x, &dot), &dy, &dot, &d_beta);
        let (d_x, d_gamma, d_beta) = instance_norm::vjp(&x, &gamma, &beta, EPS).1(dy.clone());
        check_rule(&x, |x| instance_norm(x, &gamma, &beta, EPS), &dy, &d_x);
        check_dot(&instance_norm::tangent_x(&x, &gamma, EPS, &x_dot), &dy, &x_dot, &d_x);
        check_dot(&instance_norm::tangent_gamma(&x, EPS, &dot), &dy, &dot, &d_gamma);
        check_dot(&instance_norm::tangent_beta(&x, &dot), &dy, &dot, &d_beta);
    }

    #[test]
    fn of_no_examples() {
        let (x, p) = (Array3::<f64>::zeros((0, 4, 3)), Array1::zeros(4));
        assert_eq!(group_norm::vjp(&x, 2, &p, &p, EPS).1(x.clone()), (x.clone(), p.clone(), p.clone()));
    }

    #[test]
    #[should_panic(expected = "group_norm of an array of shape [2, 4, 3] in 3 groups")]
    fn channels_must_divide() {
        group_norm(&Array3::zeros((2, 4, 3)), 3, &Array1::zeros(4), &Array1::zeros(4), EPS);
    }
}
