//! Rows of mean 0 and variance 1, stretched and shifted.

use ndarray::{Array, Array1, ArrayView, ArrayView1, Dimension, Ix1};

use super::normalise::{Normalisation, add_to_gamma, apply_jacobian, normalise_rows};
use crate::memory::{in_standard_layout, zeros};
use crate::ops::operation::operation;
use crate::ops::rows::same_shape;
use crate::ops::{Like, Shaped, Tensor};
use crate::quoted::{ensure, refuse};
use crate::real::Real;

operation! {
    /// `y = gamma (x - mean) / sqrt(var + eps) + beta` along the last axis, whose length is that of `gamma` and `beta`; the
    /// variance is the mean square of `x - mean` (Ba, Kiros, Hinton, *Layer normalization*, 2016).
    ///
    /// With `x̂ = (x - mean) / sqrt(var + eps)` and `g = gamma dy`: `dx = (g - mean(g) - x̂ mean(g x̂)) / sqrt(var + eps)`,
    /// `dgamma = Σ dy x̂`, `dbeta = Σ dy`. Panics if the lengths differ.
    fn layer_norm(
        x: X if S, gamma: G if W, beta: B if U; eps: [Elem] if V
    ), method of LayerNorm, hidden forms layer_norm_residual_vjp, layer_norm_residual_hvp, layer_norm_pushforward of LayerNormHidden;
    where [
        X: Tensor,
        G: Tensor<Elem = X::Elem, Dim = Ix1>,
        B: Tensor<Elem = X::Elem, Dim = Ix1>,
    ];
    result Like<X>;
    forward forward;
    rules |_, dy| (layer_norm::d_x(x, gamma, eps, dy), layer_norm::d_gamma(x, eps, dy), layer_norm::d_beta(beta, dy));
    tangents |_, dot| (
        layer_norm::tangent_x(x, gamma, eps, dot),
        layer_norm::tangent_gamma(x, eps, dot),
        layer_norm::tangent_beta(x, dot),
    );
}

#[track_caller]
fn forward<T: Real, D: Dimension>(
    x: ArrayView<'_, T, D>,
    gamma: ArrayView1<'_, T>,
    beta: ArrayView1<'_, T>,
    eps: T,
) -> Array<T, D> {
    let how = rows(x.shape(), &[gamma.len(), beta.len()], true, eps, "layer_norm");
    normalised(how, x, gamma, Some(beta))
}

/// Rows along the last axis.
#[track_caller]
pub(super) fn rows<T: Real>(
    shape: &[usize],
    parameters: &[usize],
    is_centred: bool,
    eps: T,
    operation: &str,
) -> Normalisation<T> {
    let Some(&length) = shape.last() else { refuse("", format_args!("{operation} of a number")) };
    let fits = parameters.iter().all(|parameter| *parameter == length);
    ensure!(fits, "", "{operation} of an array of shape {shape:?} with parameters of lengths {parameters:?}");
    Normalisation { length, is_centred, eps }
}

pub(super) fn normalised<T: Real, D: Dimension>(
    how: Normalisation<T>,
    x: ArrayView<'_, T, D>,
    gamma: ArrayView1<'_, T>,
    beta: Option<ArrayView1<'_, T>>,
) -> Array<T, D> {
    let mut y = zeros(x.raw_dim());
    let (x, gamma) = (x.as_standard_layout(), gamma.to_vec());
    let beta = beta.map_or(Vec::new(), |beta| beta.to_vec());
    let values = y.as_slice_mut().expect("standard layout");
    normalise_rows(how, x.as_slice().expect("standard layout"), &gamma, &beta, values);
    y
}

/// `∂x̂/∂x (weights g)`; without weights they are 1.
#[track_caller]
pub(super) fn through_jacobian<T: Real, D: Dimension>(
    how: Normalisation<T>,
    x: ArrayView<'_, T, D>,
    weights: &[T],
    g: ArrayView<'_, T, D>,
) -> Array<T, D> {
    same_shape(x.shape(), g.shape());
    let x = x.as_standard_layout();
    let mut g = in_standard_layout(&g);
    let values = g.as_slice_mut().expect("standard layout");
    apply_jacobian(how, x.as_slice().expect("standard layout"), weights, values);
    g
}

/// `Σ dy x̂` for each of `size` elements.
#[track_caller]
pub(super) fn gamma_sums<T: Real, D: Dimension>(
    how: Normalisation<T>,
    x: ArrayView<'_, T, D>,
    dy: ArrayView<'_, T, D>,
    size: usize,
) -> Vec<T> {
    same_shape(x.shape(), dy.shape());
    let (x, dy) = (x.as_standard_layout(), dy.as_standard_layout());
    let mut d_gamma = vec![T::zero(); size];
    let rows = (x.as_slice().expect("standard layout"), dy.as_slice().expect("standard layout"));
    add_to_gamma(how, rows.0, rows.1, &mut d_gamma);
    d_gamma
}

impl layer_norm {
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
        let how = rows(x.shape(), &[gamma.len()], true, eps, "layer_norm");
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
        let how = rows(x.shape(), &[], true, eps, "layer_norm");
        gamma_sums(how, x, dy.tensor_view(), how.length).into()
    }

    /// `Σ dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_beta<B, G>(beta: &B, dy: &G) -> Array1<G::Elem>
    where
        B: Shaped<Dim = Ix1> + ?Sized,
        G: Tensor + ?Sized,
    {
        let dy = dy.tensor_view();
        let dy = dy.as_standard_layout();
        let mut sums = Array1::zeros(beta.dim_of());
        for row in dy.as_slice().expect("standard layout").chunks_exact(sums.len().max(1)) {
            sums.iter_mut().zip(row).for_each(|(sum, &dy)| *sum += dy);
        }
        sums
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
        let how = rows(x.shape(), &[gamma.len()], true, eps, "layer_norm");
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
        let (x, gamma_dot) = (x.tensor_view(), gamma_dot.tensor_view());
        let how = rows(x.shape(), &[gamma_dot.len()], true, eps, "layer_norm");
        normalised(how, x, gamma_dot, None)
    }

    /// The tangent of `beta` in every row.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_beta<X, G>(x: &X, beta_dot: &G) -> Array<G::Elem, X::Dim>
    where
        X: Shaped + ?Sized,
        G: Tensor<Dim = Ix1> + ?Sized,
    {
        beta_dot.tensor_view().broadcast(x.dim_of()).expect("as long as the rows").to_owned()
    }
}

/// Multiplies every row.
pub(super) fn weigh<T: Real, D: Dimension>(rows: &mut Array<T, D>, weights: ArrayView1<'_, T>) {
    let weights = weights.to_vec();
    for row in rows.as_slice_mut().expect("standard layout").chunks_exact_mut(weights.len().max(1)) {
        row.iter_mut().zip(&weights).for_each(|(x, &weight)| *x *= weight);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, Axis, array, s};

    use super::{LayerNorm, layer_norm};
    use crate::ops::testing::{check_dot, check_rule, cube, layouts, numbers};

    const EPS: f64 = 1e-3;

    #[test]
    fn agrees_with_the_definition_in_every_layout() {
        let (gamma, beta) = (numbers([10], 1), numbers([5], 2));
        let gamma = gamma.slice(s![..;-2]);
        for x in layouts(&cube()) {
            let y = layer_norm(&x, &gamma, &beta, EPS);
            for (x, y) in x.lanes(Axis(2)).into_iter().zip(y.lanes(Axis(2))) {
                let centred = &x - x.mean().unwrap();
                let want = &centred / (x.var(0.0) + EPS).sqrt() * gamma + &beta;
                assert!((&y - &want).iter().all(|e| e.abs() < 1e-13));
            }
        }
        let single = array![[1.0f32, 3.0]].layer_norm(&array![1.0, 2.0], &array![0.0, 1.0], 0.0);
        assert_eq!(single, array![[-1.0, 3.0]]);
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let (x, gamma, beta, dy) = (numbers([3, 4, 5], 1) * 2.0, numbers([5], 2), numbers([5], 3), numbers([3, 4, 5], 4));
        let (d_x, d_gamma, d_beta) = layer_norm::vjp(&x, &gamma, &beta, EPS).1(dy.clone());
        check_rule(&x, |x| layer_norm(x, &gamma, &beta, EPS), &dy, &d_x);
        check_rule(&gamma, |gamma| layer_norm(&x, gamma, &beta, EPS), &dy, &d_gamma);
        check_rule(&beta, |beta| layer_norm(&x, &gamma, beta, EPS), &dy, &d_beta);
        let (x_dot, dot) = (numbers([3, 4, 5], 5), numbers([5], 6));
        check_dot(&layer_norm::tangent_x(&x, &gamma, EPS, &x_dot), &dy, &x_dot, &d_x);
        check_dot(&layer_norm::tangent_gamma(&x, EPS, &dot), &dy, &dot, &d_gamma);
        check_dot(&layer_norm::tangent_beta(&x, &dot), &dy, &dot, &d_beta);
    }

    #[test]
    fn of_nothing() {
        let (empty, none) = (Array2::<f64>::zeros((0, 3)), Array1::zeros(3));
        assert_eq!(layer_norm::vjp(&empty, &none, &none, EPS).1(empty.clone()), (empty.clone(), none.clone(), none.clone()));
        let (empty, none) = (Array2::<f64>::zeros((3, 0)), Array1::zeros(0));
        assert_eq!(layer_norm::vjp(&empty, &none, &none, EPS).1(empty.clone()), (empty.clone(), none.clone(), none.clone()));
    }

    #[test]
    #[should_panic(expected = "layer_norm of an array of shape [2, 3] with parameters of lengths [3, 2]")]
    fn lengths_are_checked() {
        layer_norm(&Array2::<f64>::zeros((2, 3)), &Array1::zeros(3), &Array1::zeros(2), EPS);
    }
}
