//! Channels that are shifted and scaled by a mean and a variance that are given.

use ndarray::{Array, Array1, ArrayView, ArrayView1, Dimension, Ix1};

use super::channels::Channels;
use crate::ops::operation::operation;
use crate::ops::rows::same_shape;
use crate::ops::{Like, Shaped, Tensor};
use crate::real::Real;

operation! {
    in few:
    /// `y = gamma (x - mean) / sqrt(var + eps) + beta` for `x [N, C, …]`, with a number for each channel in `gamma`, `beta`,
    /// `mean` and `var`: what a network does that has been trained.
    ///
    /// With `r = 1 / sqrt(var + eps)`: `dx = dy gamma r`, `dgamma = Σ dy (x - mean) r`, `dbeta = Σ dy`,
    /// `dmean = -gamma r Σ dy`, `dvar = -½ gamma r³ Σ dy (x - mean)`. Panics if the lengths differ.
    fn batch_norm(
        x: X if S, gamma: G if W, beta: B if U, mean: M if Q, var: N if R; eps: [Elem] if V
    ), method of BatchNorm, hidden forms batch_norm_residual_vjp, batch_norm_residual_hvp, batch_norm_pushforward of BatchNormHidden;
    where [
        X: Tensor,
        G: Tensor<Elem = X::Elem, Dim = Ix1>,
        B: Tensor<Elem = X::Elem, Dim = Ix1>,
        M: Tensor<Elem = X::Elem, Dim = Ix1>,
        N: Tensor<Elem = X::Elem, Dim = Ix1>,
    ];
    result Like<X>;
    forward forward;
    rules |_, dy| (
        batch_norm::d_x(gamma, var, eps, dy),
        batch_norm::d_gamma(x, mean, var, eps, dy),
        batch_norm::d_beta(dy),
        batch_norm::d_mean(gamma, var, eps, dy),
        batch_norm::d_var(x, gamma, mean, var, eps, dy),
    );
    tangents |_, dot| (
        batch_norm::tangent_x(gamma, var, eps, dot),
        batch_norm::tangent_gamma(x, mean, var, eps, dot),
        batch_norm::tangent_beta(x, dot),
        batch_norm::tangent_mean(x, gamma, var, eps, dot),
        batch_norm::tangent_var(x, gamma, mean, var, eps, dot),
    );
}

#[track_caller]
fn forward<T: Real, D: Dimension>(
    x: ArrayView<'_, T, D>,
    gamma: ArrayView1<'_, T>,
    beta: ArrayView1<'_, T>,
    mean: ArrayView1<'_, T>,
    var: ArrayView1<'_, T>,
    eps: T,
) -> Array<T, D> {
    let lengths = [gamma.len(), beta.len(), mean.len(), var.len()];
    let channels = Channels::of(x.shape(), &lengths, "batch_norm");
    let scale = scales(var, eps);
    channels.affine(&x, [&|c| mean[c], &|c| scale[c] * gamma[c], &|c| beta[c]])
}

/// `1 / sqrt(var + eps)`.
fn scales<T: Real>(var: ArrayView1<'_, T>, eps: T) -> Array1<T> {
    var.mapv(|var| (var + eps).sqrt().recip())
}

fn zero<T: Real>(_channel: usize) -> T {
    T::zero()
}

impl batch_norm {
    /// `dy gamma r`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<P, N, G>(gamma: &P, var: &N, eps: G::Elem, dy: &G) -> Like<G>
    where
        P: Tensor<Elem = G::Elem, Dim = Ix1> + ?Sized,
        N: Tensor<Elem = G::Elem, Dim = Ix1> + ?Sized,
        G: Tensor + ?Sized,
    {
        let (gamma, scale, dy) = (gamma.tensor_view(), scales(var.tensor_view(), eps), dy.tensor_view());
        let channels = Channels::of(dy.shape(), &[gamma.len(), scale.len()], "batch_norm");
        channels.affine(&dy, [&zero, &|c| gamma[c] * scale[c], &zero])
    }

    /// `Σ dy (x - mean) r`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_gamma<X, M, N, G>(x: &X, mean: &M, var: &N, eps: X::Elem, dy: &G) -> Array1<X::Elem>
    where
        X: Tensor + ?Sized,
        M: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        N: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        deviations(x, mean, dy) * scales(var.tensor_view(), eps)
    }

    /// `Σ dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_beta<G: Tensor + ?Sized>(dy: &G) -> Array1<G::Elem> {
        let dy = dy.tensor_view();
        Channels::of(dy.shape(), &[], "batch_norm").sums([&dy, &dy], |_, _, dy| dy)
    }

    /// `-gamma r Σ dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_mean<P, N, G>(gamma: &P, var: &N, eps: G::Elem, dy: &G) -> Array1<G::Elem>
    where
        P: Tensor<Elem = G::Elem, Dim = Ix1> + ?Sized,
        N: Tensor<Elem = G::Elem, Dim = Ix1> + ?Sized,
        G: Tensor + ?Sized,
    {
        -(Self::d_beta(dy) * scales(var.tensor_view(), eps) * gamma.tensor_view())
    }

    /// `-½ gamma r³ Σ dy (x - mean)`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_var<X, P, M, N, G>(x: &X, gamma: &P, mean: &M, var: &N, eps: X::Elem, dy: &G) -> Array1<X::Elem>
    where
        X: Tensor + ?Sized,
        P: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        M: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        N: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        deviations(x, mean, dy) * slopes(gamma.tensor_view(), var.tensor_view(), eps)
    }

    /// `ẋ gamma r`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_x<P, N, G>(gamma: &P, var: &N, eps: G::Elem, x_dot: &G) -> Like<G>
    where
        P: Tensor<Elem = G::Elem, Dim = Ix1> + ?Sized,
        N: Tensor<Elem = G::Elem, Dim = Ix1> + ?Sized,
        G: Tensor + ?Sized,
    {
        Self::d_x(gamma, var, eps, x_dot)
    }

    /// `(x - mean) r` times the tangent of `gamma`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_gamma<X, M, N, G>(x: &X, mean: &M, var: &N, eps: X::Elem, gamma_dot: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        M: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        N: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
    {
        let (x, mean, dot, scale) =
            (x.tensor_view(), mean.tensor_view(), gamma_dot.tensor_view(), scales(var.tensor_view(), eps));
        Channels::of(x.shape(), &[dot.len()], "batch_norm").affine(&x, [&|c| mean[c], &|c| scale[c] * dot[c], &zero])
    }

    /// The tangent of `beta` in every example.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_beta<X, G>(x: &X, beta_dot: &G) -> Array<G::Elem, X::Dim>
    where
        X: Shaped + ?Sized,
        G: Tensor<Dim = Ix1> + ?Sized,
    {
        let (zeros, dot) = (Array::zeros(x.dim_of()), beta_dot.tensor_view());
        Channels::of(zeros.shape(), &[dot.len()], "batch_norm").affine(&zeros.view(), [&zero, &zero, &|c| dot[c]])
    }

    /// `-gamma r` times the tangent of `mean`, in every example.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_mean<X, P, N, G>(x: &X, gamma: &P, var: &N, eps: G::Elem, mean_dot: &G) -> Array<G::Elem, X::Dim>
    where
        X: Shaped + ?Sized,
        P: Tensor<Elem = G::Elem, Dim = Ix1> + ?Sized,
        N: Tensor<Elem = G::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Dim = Ix1> + ?Sized,
    {
        Self::tangent_beta(x, &-(scales(var.tensor_view(), eps) * gamma.tensor_view() * mean_dot.tensor_view()))
    }

    /// `-½ gamma r³ (x - mean)` times the tangent of `var`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_var<X, P, M, N, G>(x: &X, gamma: &P, mean: &M, var: &N, eps: X::Elem, var_dot: &G) -> Like<X>
    where
        X: Tensor + ?Sized,
        P: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        M: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        N: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
    {
        let (x, mean, dot) = (x.tensor_view(), mean.tensor_view(), var_dot.tensor_view());
        let slope = slopes(gamma.tensor_view(), var.tensor_view(), eps);
        Channels::of(x.shape(), &[dot.len()], "batch_norm").affine(&x, [&|c| mean[c], &|c| slope[c] * dot[c], &zero])
    }
}

/// `Σ dy (x - mean)`.
#[track_caller]
fn deviations<X, M, G>(x: &X, mean: &M, dy: &G) -> Array1<X::Elem>
where
    X: Tensor + ?Sized,
    M: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
    G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
{
    let (x, mean, dy) = (x.tensor_view(), mean.tensor_view(), dy.tensor_view());
    same_shape(x.shape(), dy.shape());
    Channels::of(x.shape(), &[mean.len()], "batch_norm").sums([&x, &dy], |c, x, dy| (x - mean[c]) * dy)
}

/// `-½ gamma r³`.
fn slopes<T: Real>(gamma: ArrayView1<'_, T>, var: ArrayView1<'_, T>, eps: T) -> Array1<T> {
    scales(var, eps).mapv_into(|scale| scale * scale * scale * T::lit(-0.5)) * gamma
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array4, Axis, s};

    use super::{BatchNorm, batch_norm};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    const EPS: f64 = 1e-2;

    #[test]
    fn agrees_with_the_definition() {
        let (x, gamma, beta, mean) = (numbers([2, 3, 4, 5], 1), numbers([3], 2), numbers([3], 3), numbers([3], 4));
        let (x, var) = (x.slice(s![.., ..;-1, .., ..;2]), numbers([3], 5).mapv(|x| x * x));
        let y = x.batch_norm(&gamma, &beta, &mean, &var, EPS);
        for c in 0..3 {
            let want = (&x.index_axis(Axis(1), c) - mean[c]) / (var[c] + EPS).sqrt() * gamma[c] + beta[c];
            assert!((&y.index_axis(Axis(1), c) - &want).iter().all(|e| e.abs() < 1e-13));
        }
        let empty = Array4::<f64>::zeros((0, 3, 2, 2));
        assert_eq!(batch_norm(&empty, &gamma, &beta, &mean, &var, EPS), empty);
        assert_eq!(batch_norm::d_beta(&empty), Array1::zeros(3));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let (x, gamma, beta, mean) = (numbers([2, 3, 4], 1), numbers([3], 2), numbers([3], 3), numbers([3], 4));
        let (var, dy) = (numbers([3], 5).mapv(|x| x * x), numbers([2, 3, 4], 6));
        let (d_x, d_gamma, d_beta, d_mean, d_var) = batch_norm::vjp(&x, &gamma, &beta, &mean, &var, EPS).1(dy.clone());
        check_rule(&x, |x| batch_norm(x, &gamma, &beta, &mean, &var, EPS), &dy, &d_x);
        check_rule(&gamma, |gamma| batch_norm(&x, gamma, &beta, &mean, &var, EPS), &dy, &d_gamma);
        check_rule(&beta, |beta| batch_norm(&x, &gamma, beta, &mean, &var, EPS), &dy, &d_beta);
        check_rule(&mean, |mean| batch_norm(&x, &gamma, &beta, mean, &var, EPS), &dy, &d_mean);
        check_rule(&var, |var| batch_norm(&x, &gamma, &beta, &mean, var, EPS), &dy, &d_var);
        let (x_dot, dot) = (numbers([2, 3, 4], 7), numbers([3], 8));
        check_dot(&batch_norm::tangent_x(&gamma, &var, EPS, &x_dot), &dy, &x_dot, &d_x);
        check_dot(&batch_norm::tangent_gamma(&x, &mean, &var, EPS, &dot), &dy, &dot, &d_gamma);
        check_dot(&batch_norm::tangent_beta(&x, &dot), &dy, &dot, &d_beta);
        check_dot(&batch_norm::tangent_mean(&x, &gamma, &var, EPS, &dot), &dy, &dot, &d_mean);
        check_dot(&batch_norm::tangent_var(&x, &gamma, &mean, &var, EPS, &dot), &dy, &dot, &d_var);
    }

    #[test]
    #[should_panic(expected = "batch_norm of an array of shape [2, 3] with parameters of lengths [3, 3, 2, 3]")]
    fn lengths_are_checked() {
        let three = Array1::<f64>::zeros(3);
        batch_norm(&numbers([2, 3], 1), &three, &three, &Array1::zeros(2), &three, EPS);
    }
}
