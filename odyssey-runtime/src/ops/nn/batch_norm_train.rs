//! Channels of mean 0 and variance 1 over all examples, stretched and shifted.

use ndarray::{Array, Array1, ArrayView, ArrayView1, Dimension, Ix1};

use super::channels::Channels;
use super::layer_norm::{gamma_sums, normalised, through_jacobian};
use super::normalise::Normalisation;
use crate::ops::operation::operation;
use crate::ops::rows::same_shape;
use crate::ops::{Like, Tensor};
use crate::real::Real;

/// What comes of a batch: the normalised array, the means of its channels and their variances.
type Batch<T, D> = (Array<T, D>, Array1<T>, Array1<T>);

operation! {
    /// `(y, mean, var)` with `y = gamma (x - mean) / sqrt(var + eps) + beta` for `x [N, C, …]`, with the mean and the variance of
    /// each channel over all examples and positions, and a number for each channel in `gamma` and `beta` (Ioffe, Szegedy,
    /// *Batch normalization*, 2015): what a network does that is being trained.
    ///
    /// The variance is the mean square of `x - mean`. All three results are differentiated. Of `y`, the derivatives are those
    /// of [`layer_norm()`](super::layer_norm::layer_norm()); for `m` elements of a channel, the mean adds `dmean / m` to `dx`, and
    /// the variance `2 dvar (x - mean) / m`. Panics if the lengths differ.
    fn batch_norm_train(
        x: X if S, gamma: G if W, beta: B if U; eps: [Elem] if V
    ), method of BatchNormTrain, hidden forms batch_norm_train_residual_vjp, batch_norm_train_residual_hvp, batch_norm_train_pushforward of BatchNormTrainHidden;
    where [
        X: Tensor,
        G: Tensor<Elem = X::Elem, Dim = Ix1>,
        B: Tensor<Elem = X::Elem, Dim = Ix1>,
    ];
    result Batch<X::Elem, X::Dim>;
    forward forward;
    rules |_, d| (
        batch_norm_train::d_x(x, gamma, eps, d),
        batch_norm_train::d_gamma(x, eps, d),
        batch_norm_train::d_beta(x, d),
    );
    tangents |_, dot| (
        batch_norm_train::tangent_x(x, gamma, eps, dot),
        batch_norm_train::tangent_gamma(x, eps, dot),
        batch_norm_train::tangent_beta(x, dot),
    );
}

#[track_caller]
fn forward<T: Real, D: Dimension>(
    x: ArrayView<'_, T, D>,
    gamma: ArrayView1<'_, T>,
    beta: ArrayView1<'_, T>,
    eps: T,
) -> Batch<T, D> {
    let (channels, how) = divided(x.shape(), &[gamma.len(), beta.len()], eps);
    let x = channels_first(x);
    let (means, variances) = statistics(how, channels.number, &x.view());
    let (gamma, beta) = (channels.expand(&gamma), channels.expand(&beta));
    let y = normalised(how, x.view(), gamma[..].into(), Some(beta[..].into()));
    (examples_first(y), means, variances)
}

/// The channels, and all examples of each as rows.
#[track_caller]
fn divided<T: Real>(shape: &[usize], parameters: &[usize], eps: T) -> (Channels, Normalisation<T>) {
    let Channels { number, length } = Channels::of(shape, parameters, "batch_norm_train");
    let length = length * shape[0];
    (Channels { number, length }, Normalisation { length, is_centred: true, eps })
}

/// A copy as `[C, N, …]`.
fn channels_first<T: Real, D: Dimension>(mut x: ArrayView<'_, T, D>) -> Array<T, D> {
    x.swap_axes(0, 1);
    x.as_standard_layout().into_owned()
}

/// The way back, in the same memory.
fn examples_first<T, D: Dimension>(mut x: Array<T, D>) -> Array<T, D> {
    x.swap_axes(0, 1);
    x
}

fn statistics<T: Real, D: Dimension>(how: Normalisation<T>, channels: usize, x: &ArrayView<'_, T, D>) -> (Array1<T>, Array1<T>) {
    if how.length == 0 {
        return (Array1::from_elem(channels, T::nan()), Array1::from_elem(channels, T::nan()));
    }
    let rows = x.as_slice().expect("standard layout").chunks_exact(how.length);
    let (means, variances): (Vec<_>, Vec<_>) = rows.map(|row| how.moments(row)).unzip();
    (means.into(), variances.into())
}

impl batch_norm_train {
    /// `∂x̂/∂x (gamma dy) + (dmean + 2 dvar (x - mean)) / m`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, P>(x: &X, gamma: &P, eps: X::Elem, (dy, d_mean, d_var): &Batch<X::Elem, X::Dim>) -> Like<X>
    where
        X: Tensor + ?Sized,
        P: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
    {
        let (x, gamma) = (x.tensor_view(), gamma.tensor_view());
        same_shape(x.shape(), dy.shape());
        let (channels, how) = divided(x.shape(), &[gamma.len(), d_mean.len(), d_var.len()], eps);
        let (x, dy) = (channels_first(x), channels_first(dy.view()));
        let (means, _) = statistics(how, channels.number, &x.view());
        let mut d_x = through_jacobian(how, x.view(), &channels.expand(&gamma), dy.view());
        let share = X::Elem::lit(1.0 / how.length as f64);
        let rows = d_x.as_slice_mut().expect("standard layout").chunks_exact_mut(how.length.max(1));
        for (c, (d_x, x)) in rows.zip(x.as_slice().expect("standard layout").chunks_exact(how.length.max(1))).enumerate() {
            let (of_mean, of_var) = (d_mean[c] * share, d_var[c] * share * X::Elem::lit(2.0));
            d_x.iter_mut().zip(x).for_each(|(d_x, &x)| *d_x += of_mean + of_var * (x - means[c]));
        }
        examples_first(d_x)
    }

    /// `Σ dy x̂`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_gamma<X>(x: &X, eps: X::Elem, (dy, ..): &Batch<X::Elem, X::Dim>) -> Array1<X::Elem>
    where
        X: Tensor + ?Sized,
    {
        let x = x.tensor_view();
        same_shape(x.shape(), dy.shape());
        let (channels, how) = divided(x.shape(), &[], eps);
        let (x, dy) = (channels_first(x), channels_first(dy.view()));
        channels.collapse(&gamma_sums(how, x.view(), dy.view(), channels.number * channels.length))
    }

    /// `Σ dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_beta<X>(x: &X, (dy, ..): &Batch<X::Elem, X::Dim>) -> Array1<X::Elem>
    where
        X: Tensor + ?Sized,
    {
        let dy = dy.view();
        same_shape(x.tensor_view().shape(), dy.shape());
        Channels::of(dy.shape(), &[], "batch_norm_train").sums([&dy, &dy], |_, _, dy| dy)
    }

    /// `gamma ∂x̂/∂x ẋ`, the means of `ẋ`, and those of `2 (x - mean) ẋ`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_x<X, P, G>(x: &X, gamma: &P, eps: X::Elem, x_dot: &G) -> Batch<X::Elem, X::Dim>
    where
        X: Tensor + ?Sized,
        P: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        let (x, gamma) = (x.tensor_view(), gamma.tensor_view());
        let (channels, how) = divided(x.shape(), &[gamma.len()], eps);
        let (x, x_dot) = (channels_first(x), channels_first(x_dot.tensor_view()));
        let (means, _) = statistics(how, channels.number, &x.view());
        let mut tangent = through_jacobian(how, x.view(), &[], x_dot.view());
        let count = X::Elem::lit(how.length as f64);
        let (mut of_mean, mut of_var) = (Array1::zeros(channels.number), Array1::zeros(channels.number));
        let rows = tangent.as_slice_mut().expect("standard layout").chunks_exact_mut(how.length.max(1));
        let pairs = x
            .as_slice()
            .into_iter()
            .zip(x_dot.as_slice())
            .flat_map(|(x, x_dot)| x.chunks_exact(how.length.max(1)).zip(x_dot.chunks_exact(how.length.max(1))));
        for (c, (y, (x, x_dot))) in rows.zip(pairs).enumerate() {
            y.iter_mut().for_each(|y| *y *= gamma[c]);
            of_mean[c] = x_dot.iter().copied().sum::<X::Elem>() / count;
            let along: X::Elem = x.iter().zip(x_dot).map(|(&x, &x_dot)| (x - means[c]) * x_dot).sum();
            of_var[c] = along * X::Elem::lit(2.0) / count;
        }
        (examples_first(tangent), of_mean, of_var)
    }

    /// `x̂` times the tangent of `gamma`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_gamma<X, G>(x: &X, eps: X::Elem, gamma_dot: &G) -> Batch<X::Elem, X::Dim>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
    {
        let gamma_dot = gamma_dot.tensor_view();
        let zero = Array1::zeros(gamma_dot.len());
        let (y, ..) = forward(x.tensor_view(), gamma_dot, zero.view(), eps);
        (y, zero.clone(), zero)
    }

    /// The tangent of `beta` in every example.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_beta<X, G>(x: &X, beta_dot: &G) -> Batch<X::Elem, X::Dim>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix1> + ?Sized,
    {
        let beta_dot = beta_dot.tensor_view();
        let zeros = Array::zeros(x.tensor_view().raw_dim());
        let zero = |_| X::Elem::lit(0.0);
        let channels = Channels::of(zeros.shape(), &[beta_dot.len()], "batch_norm_train");
        let y = channels.affine(&zeros.view(), [&zero, &zero, &|c| beta_dot[c]]);
        (y, Array1::zeros(beta_dot.len()), Array1::zeros(beta_dot.len()))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, Axis};

    use super::{BatchNormTrain, batch_norm_train};
    use crate::ops::nn::batch_norm::batch_norm;
    use crate::ops::testing::{check_dot, check_rule, numbers};

    const EPS: f64 = 1e-2;

    #[test]
    fn is_batch_norm_with_the_statistics_of_the_batch() {
        let (x, gamma, beta) = (numbers([4, 3, 5], 1), numbers([3], 2), numbers([3], 3));
        let (y, mean, var) = x.batch_norm_train(&gamma, &beta, EPS);
        for c in 0..3 {
            let channel = x.index_axis(Axis(1), c);
            assert!((mean[c] - channel.mean().unwrap()).abs() < 1e-14 && (var[c] - channel.var(0.0)).abs() < 1e-14);
        }
        assert!((y - batch_norm(&x, &gamma, &beta, &mean, &var, EPS)).iter().all(|e| e.abs() < 1e-13));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let (x, gamma, beta) = (numbers([4, 3, 2], 1), numbers([3], 2), numbers([3], 3));
        let d = (numbers([4, 3, 2], 4), numbers([3], 5), numbers([3], 6));
        let (d_x, d_gamma, d_beta) = batch_norm_train::vjp(&x, &gamma, &beta, EPS).1(d.clone());
        check_rule(&x, |x| batch_norm_train(x, &gamma, &beta, EPS), &d, &d_x);
        check_rule(&gamma, |gamma| batch_norm_train(&x, gamma, &beta, EPS), &d, &d_gamma);
        check_rule(&beta, |beta| batch_norm_train(&x, &gamma, beta, EPS), &d, &d_beta);
        let (x_dot, dot) = (numbers([4, 3, 2], 7), numbers([3], 8));
        check_dot(&batch_norm_train::tangent_x(&x, &gamma, EPS, &x_dot), &d, &x_dot, &d_x);
        check_dot(&batch_norm_train::tangent_gamma(&x, EPS, &dot), &d, &dot, &d_gamma);
        check_dot(&batch_norm_train::tangent_beta(&x, &dot), &d, &dot, &d_beta);
    }

    #[test]
    fn of_no_examples() {
        let (x, p) = (Array3::<f64>::zeros((0, 3, 2)), numbers([3], 2));
        let ((y, mean, var), pullback) = batch_norm_train::vjp(&x, &p, &p, EPS);
        assert!(y.is_empty() && mean.iter().chain(&var).all(|x| x.is_nan()));
        let zero = &p * 0.0;
        assert_eq!(pullback((y, zero.clone(), zero.clone())), (x, zero.clone(), zero));
    }
}
