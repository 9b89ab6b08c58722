//! Attention with several heads, composed of other operations.

use ndarray::{Array3, Array4, ArrayRef, Ix3};

use crate::ops::linalg::stacks::Stack;
use crate::prelude::*;

/// [`scaled_dot_product_attention()`] in `heads` parts of the features, side by side: of queries `q [N, L, E]`, keys `k [N, M, E]` and
/// values `v [N, M, F]`, `[N, L, F]` (Vaswani et al., *Attention is all you need*, 2017, 3.2.2).
///
/// The maps before and behind are products of yours: `multi_head_attention(&x.matmul(&wq), &x.matmul(&wk), &x.matmul(&wv),
/// heads).matmul(&wo)`. Panics if `heads` does not divide the numbers of features, or the shapes do not fit.
#[differentiable]
#[track_caller]
pub fn multi_head_attention<T: Real>(
    q: &ArrayRef<T, Ix3>,
    k: &ArrayRef<T, Ix3>,
    v: &ArrayRef<T, Ix3>,
    heads: usize,
) -> Array3<T> {
    let (q, k, v) = (divided(q, heads), divided(k, heads), divided(v, heads));
    joined(&q.scaled_dot_product_attention(&k, &v))
}

/// [`multi_head_attention()`] with a mask that is added to the scores of every head: `[L, M]`, `[N, 1, L, M]`, or what broadcasts to
/// `[N, heads, L, M]`.
#[differentiable]
#[track_caller]
pub fn multi_head_attention_masked<T: Real, D: Stack>(
    q: &ArrayRef<T, Ix3>,
    k: &ArrayRef<T, Ix3>,
    v: &ArrayRef<T, Ix3>,
    heads: usize,
    mask: &ArrayRef<T, D>,
) -> Array3<T> {
    let (q, k, v) = (divided(q, heads), divided(k, heads), divided(v, heads));
    joined(&q.scaled_dot_product_attention_masked(&k, &v, mask))
}

/// `[N, L, E]` as `[N, heads, L, E / heads]`.
#[differentiable]
#[track_caller]
fn divided<T: Real>(x: &ArrayRef<T, Ix3>, heads: usize) -> Array4<T> {
    let (n, length, features) = x.dim();
    assert!(heads > 0 && features.is_multiple_of(heads), "{features} features in {heads} heads");
    let parts = x.to_shape((n, length, heads, features / heads)).expect("as many elements");
    parts.view().permuted_axes([0, 2, 1, 3]).to_owned()
}

/// `[N, heads, L, E / heads]` as `[N, L, E]`.
#[differentiable]
fn joined<T: Real>(x: &Array4<T>) -> Array3<T> {
    let (n, heads, length, features) = x.dim();
    let x = x.view().permuted_axes([0, 2, 1, 3]);
    x.to_shape((n, length, heads * features)).expect("as many elements").into_owned()
}
