//! The perceptrons as a user writes them: over structs of layers, and each as one function.

use ndarray::{Array1, Array2};
use odyssey_runtime::losses::{cross_entropy_loss, mse_loss};
use odyssey_runtime::prelude::*;

/// `x w + b`.
#[derive(Clone, Differentiable)]
pub(crate) struct Affine<T: Real> {
    pub(crate) w: Array2<T>,
    pub(crate) b: Array1<T>,
}

#[derive(Clone, Differentiable)]
pub(crate) struct Shallow<T: Real> {
    pub(crate) hidden: Affine<T>,
    pub(crate) output: Affine<T>,
}

#[derive(Clone, Differentiable)]
pub(crate) struct Deep<T: Real> {
    pub(crate) first: Affine<T>,
    pub(crate) second: Affine<T>,
    pub(crate) output: Affine<T>,
}

#[differentiable]
fn layer<T: Real>(affine: &Affine<T>, x: &Array2<T>) -> Array2<T> {
    x.dot(&affine.w) + &affine.b
}

#[differentiable]
fn tanh_layer<T: Real>(affine: &Affine<T>, x: &Array2<T>) -> Array2<T> {
    (x.dot(&affine.w) + &affine.b).tanh()
}

#[differentiable]
fn relu_layer<T: Real>(affine: &Affine<T>, x: &Array2<T>) -> Array2<T> {
    (x.dot(&affine.w) + &affine.b).mapv(|z| z.max(T::zero()))
}

#[differentiable(wrt(net))]
pub(crate) fn shallow_tanh<T: Real>(net: &Shallow<T>, x: &Array2<T>, labels: &[usize]) -> T {
    let h = tanh_layer(&net.hidden, x);
    cross_entropy_loss(&layer(&net.output, &h), labels)
}

#[differentiable(wrt(net))]
pub(crate) fn shallow_relu<T: Real>(net: &Shallow<T>, x: &Array2<T>, targets: &Array2<T>) -> T {
    let h = relu_layer(&net.hidden, x);
    mse_loss(&layer(&net.output, &h), targets)
}

#[differentiable(wrt(net))]
pub(crate) fn deep_tanh<T: Real>(net: &Deep<T>, x: &Array2<T>, labels: &[usize]) -> T {
    let h = tanh_layer(&net.first, x);
    let h = tanh_layer(&net.second, &h);
    cross_entropy_loss(&layer(&net.output, &h), labels)
}

#[differentiable(wrt(net))]
pub(crate) fn deep_relu<T: Real>(net: &Deep<T>, x: &Array2<T>, targets: &Array2<T>) -> T {
    let h = relu_layer(&net.first, x);
    let h = relu_layer(&net.second, &h);
    mse_loss(&layer(&net.output, &h), targets)
}

#[differentiable(wrt(w1, b1, w2, b2))]
pub(crate) fn shallow_tanh_flat<T: Real>(
    w1: &Array2<T>,
    b1: &Array1<T>,
    w2: &Array2<T>,
    b2: &Array1<T>,
    x: &Array2<T>,
    labels: &[usize],
) -> T {
    let h = (x.dot(w1) + b1).tanh();
    let z = h.dot(w2) + b2;
    cross_entropy_loss(&z, labels)
}

#[differentiable(wrt(w1, b1, w2, b2))]
pub(crate) fn shallow_relu_flat<T: Real>(
    w1: &Array2<T>,
    b1: &Array1<T>,
    w2: &Array2<T>,
    b2: &Array1<T>,
    x: &Array2<T>,
    targets: &Array2<T>,
) -> T {
    let h = (x.dot(w1) + b1).mapv(|z| z.max(T::zero()));
    let e = h.dot(w2) + b2 - targets;
    (&e * &e).sum() / T::lit(e.len() as f64)
}

#[allow(clippy::too_many_arguments, reason = "what a network without structs looks like")]
#[differentiable(wrt(w1, b1, w2, b2, w3, b3))]
pub(crate) fn deep_tanh_flat<T: Real>(
    w1: &Array2<T>,
    b1: &Array1<T>,
    w2: &Array2<T>,
    b2: &Array1<T>,
    w3: &Array2<T>,
    b3: &Array1<T>,
    x: &Array2<T>,
    labels: &[usize],
) -> T {
    let h1 = (x.dot(w1) + b1).tanh();
    let h2 = (h1.dot(w2) + b2).tanh();
    let z = h2.dot(w3) + b3;
    cross_entropy_loss(&z, labels)
}

#[allow(clippy::too_many_arguments, reason = "what a network without structs looks like")]
#[differentiable(wrt(w1, b1, w2, b2, w3, b3))]
pub(crate) fn deep_relu_flat<T: Real>(
    w1: &Array2<T>,
    b1: &Array1<T>,
    w2: &Array2<T>,
    b2: &Array1<T>,
    w3: &Array2<T>,
    b3: &Array1<T>,
    x: &Array2<T>,
    targets: &Array2<T>,
) -> T {
    let h1 = (x.dot(w1) + b1).mapv(|z| z.max(T::zero()));
    let h2 = (h1.dot(w2) + b2).mapv(|z| z.max(T::zero()));
    let e = h2.dot(w3) + b3 - targets;
    (&e * &e).sum() / T::lit(e.len() as f64)
}
