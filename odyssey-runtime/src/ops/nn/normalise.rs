//! Rows that are shifted to mean 0 and scaled to variance 1, or scaled alone.
#![allow(unsafe_code, reason = "instruction sets are chosen at run time")]
#![allow(clippy::inline_always, reason = "what is not inlined does not get the target features")]

use crate::elementwise::for_each_level;
use crate::ops::row_kernels::{sum_of, sum_of_products};
use crate::real::Real;

/// How rows are normalised: `x̂ = (x - mean) / sqrt(mean of (x - mean)² + eps)`.
#[derive(Clone, Copy)]
pub(super) struct Normalisation<T> {
    /// The length of a row.
    pub(super) length: usize,
    /// Without it, the mean counts as 0.
    pub(super) is_centred: bool,
    pub(super) eps: T,
}

impl<T: Real> Normalisation<T> {
    /// The mean of a row and the mean square of what differs from it.
    #[inline(always)]
    pub(super) fn moments(self, row: &[T]) -> (T, T) {
        let length = T::lit(row.len() as f64);
        let mean = if self.is_centred { sum_of(row, |x| x) / length } else { T::zero() };
        (mean, sum_of(row, |x| (x - mean) * (x - mean)) / length)
    }

    /// The mean of a row and what its deviation is divided by, inverted.
    #[inline(always)]
    fn shift_and_scale(self, row: &[T]) -> (T, T) {
        let (mean, variance) = self.moments(row);
        (mean, (variance + self.eps).sqrt().recip())
    }
}

/// The part of what belongs to several rows, one after the other, that belongs to this one; nothing of nothing.
#[inline(always)]
fn of_row<T>(shared: &[T], row: usize, length: usize) -> &[T] {
    if shared.is_empty() { shared } else { &shared[row * length % shared.len()..][..length] }
}

for_each_level! {
    /// `y = gamma x̂ + beta`; without `beta` nothing is added. The two hold a number for each element of some rows, and begin
    /// again after them.
    pub(super) fn normalise_rows<T: Real>(how: Normalisation<T>, x: &[T], gamma: &[T], beta: &[T], y: &mut [T]) {
        if how.length == 0 {
            return;
        }
        for (row, (x, y)) in x.chunks_exact(how.length).zip(y.chunks_exact_mut(how.length)).enumerate() {
            let (mean, scale) = how.shift_and_scale(x);
            let (gamma, beta) = (of_row(gamma, row, how.length), of_row(beta, row, how.length));
            for ((y, &x), &gamma) in y.iter_mut().zip(x).zip(gamma) {
                *y = (x - mean) * scale * gamma;
            }
            for (y, &beta) in y.iter_mut().zip(beta) {
                *y += beta;
            }
        }
    }
}

for_each_level! {
    /// `g` becomes `∂x̂/∂x (weights g)`, where `∂x̂/∂x` is the same matrix as its transpose; without `weights` they are 1.
    pub(super) fn apply_jacobian<T: Real>(how: Normalisation<T>, x: &[T], weights: &[T], g: &mut [T]) {
        if how.length == 0 {
            return;
        }
        let length = T::lit(how.length as f64);
        for (row, (x, g)) in x.chunks_exact(how.length).zip(g.chunks_exact_mut(how.length)).enumerate() {
            let (mean, scale) = how.shift_and_scale(x);
            for (g, &weight) in g.iter_mut().zip(of_row(weights, row, how.length)) {
                *g *= weight;
            }
            let total = sum_of(g, |g| g);
            // `Σ g x̂`, of which the mean of x has no part.
            let along = (sum_of_products(g, x) - mean * total) * scale / length;
            let shift = if how.is_centred { total / length } else { T::zero() };
            for (g, &x) in g.iter_mut().zip(x) {
                *g = (*g - shift - (x - mean) * scale * along) * scale;
            }
        }
    }
}

for_each_level! {
    /// Adds `dy x̂` to `d_gamma`, which begins again after some rows.
    pub(super) fn add_to_gamma<T: Real>(how: Normalisation<T>, x: &[T], dy: &[T], d_gamma: &mut [T]) {
        if how.length == 0 {
            return;
        }
        let size = d_gamma.len();
        for (row, (x, dy)) in x.chunks_exact(how.length).zip(dy.chunks_exact(how.length)).enumerate() {
            let (mean, scale) = how.shift_and_scale(x);
            let d_gamma = &mut d_gamma[row * how.length % size..][..how.length];
            for ((d_gamma, &x), &dy) in d_gamma.iter_mut().zip(x).zip(dy) {
                *d_gamma += (x - mean) * scale * dy;
            }
        }
    }
}
