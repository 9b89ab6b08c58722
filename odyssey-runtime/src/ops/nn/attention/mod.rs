//! Attention: means of values, weighted by how well keys fit queries.

mod heads;
mod rules;

use ndarray::{Array, ArrayView};

use self::heads::Heads;
use crate::ops::linalg::stacks::Stack;
use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::real::Real;

operation! {
    /// `y = softmax(q kᵀ / √d) v` over the last two axes: of queries `q [.., L, d]`, keys `k [.., M, d]` and values
    /// `v [.., M, e]`, `[.., L, e]` (Vaswani et al., *Attention is all you need*, 2017). The softmax runs over the keys.
    ///
    /// With the weights `p` and `ds = p (dy vᵀ - Σ p dy vᵀ)`: `dq = ds k / √d`, `dk = dsᵀ q / √d`, `dv = pᵀ dy`. The weights are
    /// computed again for the derivatives, one matrix at a time, and not kept. Panics if the shapes do not fit.
    fn scaled_dot_product_attention(
        q: Q if S, k: K if W, v: V if U
    ), method of Attention, hidden forms scaled_dot_product_attention_residual_vjp, scaled_dot_product_attention_residual_hvp, scaled_dot_product_attention_pushforward of AttentionHidden;
    where [
        Q: Tensor<Dim: Stack>,
        K: Tensor<Elem = Q::Elem, Dim = Q::Dim>,
        V: Tensor<Elem = Q::Elem, Dim = Q::Dim>,
    ];
    result Like<Q>;
    forward forward;
    rules |_, dy| (
        scaled_dot_product_attention::d_q(q, k, v, dy),
        scaled_dot_product_attention::d_k(q, k, v, dy),
        scaled_dot_product_attention::d_v(q, k, v, dy),
    );
    tangents |_, dot| (
        scaled_dot_product_attention::tangent_q(q, k, v, dot),
        scaled_dot_product_attention::tangent_k(q, k, v, dot),
        scaled_dot_product_attention::tangent_v(q, k, v, dot),
    );
}

operation! {
    /// [`scaled_dot_product_attention()`] with a mask that is added to `q kᵀ / √d`: `[.., L, M]`, or what broadcasts to that. A
    /// mask of `-inf` leaves a key out; a query without keys is NaN. The cotangent of the mask is `ds`.
    fn scaled_dot_product_attention_masked(
        q: Q if S, k: K if W, v: V if U, mask: M if R
    ), method of MaskedAttention, hidden forms scaled_dot_product_attention_masked_residual_vjp, scaled_dot_product_attention_masked_residual_hvp, scaled_dot_product_attention_masked_pushforward of MaskedAttentionHidden;
    where [
        Q: Tensor<Dim: Stack>,
        K: Tensor<Elem = Q::Elem, Dim = Q::Dim>,
        V: Tensor<Elem = Q::Elem, Dim = Q::Dim>,
        M: Tensor<Elem = Q::Elem, Dim: Stack>,
    ];
    result Like<Q>;
    forward masked;
    rules |_, dy| (
        scaled_dot_product_attention_masked::d_q(q, k, v, mask, dy),
        scaled_dot_product_attention_masked::d_k(q, k, v, mask, dy),
        scaled_dot_product_attention_masked::d_v(q, k, v, mask, dy),
        scaled_dot_product_attention_masked::d_mask(q, k, v, mask, dy),
    );
    tangents |_, dot| (
        scaled_dot_product_attention_masked::tangent_q(q, k, v, mask, dot),
        scaled_dot_product_attention_masked::tangent_k(q, k, v, mask, dot),
        scaled_dot_product_attention_masked::tangent_v(q, k, v, mask, dot),
        scaled_dot_product_attention_masked::tangent_mask(q, k, v, mask, dot),
    );
}

#[track_caller]
fn forward<T: Real, D: Stack>(q: ArrayView<'_, T, D>, k: ArrayView<'_, T, D>, v: ArrayView<'_, T, D>) -> Array<T, D> {
    Heads::new(&q, &k, &v).value()
}

#[track_caller]
fn masked<T: Real, D: Stack, E: Stack>(
    q: ArrayView<'_, T, D>,
    k: ArrayView<'_, T, D>,
    v: ArrayView<'_, T, D>,
    mask: ArrayView<'_, T, E>,
) -> Array<T, D> {
    Heads::new(&q, &k, &v).with_mask(&mask).value()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3, Array4, Axis, s};

    use super::scaled_dot_product_attention_masked as masked;
    use super::{Attention, MaskedAttention, scaled_dot_product_attention as attention};
    use crate::ops::linalg::testing::close;
    use crate::ops::softmax::softmax;
    use crate::ops::testing::{check_dot, check_rule, numbers};

    fn naive(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>, mask: &Array2<f64>) -> Array2<f64> {
        let scores = q.dot(&k.t()) / (q.ncols() as f64).sqrt() + mask;
        softmax(&scores, Axis(1)).dot(v)
    }

    #[test]
    fn agrees_with_the_definition() {
        let (q, k, v) = (numbers([2, 3, 4, 6], 1), numbers([2, 3, 5, 6], 2), numbers([2, 3, 5, 7], 3));
        let part = |x: &Array4<f64>, n, h| x.slice(s![n, h, .., ..]).to_owned();
        let (y, none) = (q.scaled_dot_product_attention(&k, &v), Array2::zeros((4, 5)));
        assert_eq!(y.dim(), (2, 3, 4, 7));
        for shape in [[2, 3, 4, 5], [1, 3, 4, 5], [2, 1, 1, 5], [1, 1, 4, 1]] {
            let mask = numbers(shape, 4);
            let with_mask = q.scaled_dot_product_attention_masked(&k, &v, &mask);
            let mask = mask.broadcast((2, 3, 4, 5)).unwrap().to_owned();
            for (n, h) in [(0, 0), (0, 2), (1, 1)] {
                let (q, k, v) = (part(&q, n, h), part(&k, n, h), part(&v, n, h));
                close(&part(&y, n, h), &naive(&q, &k, &v, &none));
                close(&part(&with_mask, n, h), &naive(&q, &k, &v, &part(&mask, n, h)));
            }
        }
        let (q, k, v) = (part(&q, 1, 2), part(&k, 1, 2), part(&v, 1, 2));
        close(&attention(&q, &k, &v), &part(&y, 1, 2));
        close(
            &attention(&q.slice(s![..;-1, ..]), &k.slice(s![..;-1, ..]), &v.slice(s![..;-1, ..])),
            &part(&y, 1, 2).slice(s![..;-1, ..]),
        );
        let single = attention(&q.mapv(|x| x as f32), &k.mapv(|x| x as f32), &v.mapv(|x| x as f32));
        assert!((single.mapv(f64::from) - attention(&q, &k, &v)).iter().all(|e| e.abs() < 1e-6));
        assert_eq!(attention(&Array3::<f64>::zeros((0, 4, 6)), &Array3::zeros((0, 5, 6)), &Array3::zeros((0, 5, 7))).len(), 0);
    }

    #[test]
    fn a_key_that_is_masked_does_not_count() {
        let (q, k, v) = (numbers([3, 2], 1), numbers([4, 2], 2), numbers([4, 3], 3));
        let mut mask = Array2::zeros((3, 4));
        mask.column_mut(1).fill(f64::NEG_INFINITY);
        let three = [0, 2, 3];
        let want = attention(&q, &k.select(Axis(0), &three), &v.select(Axis(0), &three));
        let (y, pullback) = masked::vjp(&q, &k, &v, &mask);
        close(&y, &want);
        let (_, d_k, d_v, d_mask) = pullback(numbers([3, 3], 4));
        assert!(d_k.row(1).iter().chain(d_v.row(1)).chain(d_mask.column(1)).all(|d| *d == 0.0));
        assert!(d_k.iter().all(|d| d.is_finite()));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let (q, k, v, dy) = (numbers([2, 3, 2], 1), numbers([2, 4, 2], 2), numbers([2, 4, 3], 3), numbers([2, 3, 3], 4));
        let (q_dot, k_dot, v_dot) = (numbers([2, 3, 2], 5), numbers([2, 4, 2], 6), numbers([2, 4, 3], 7));
        let (d_q, d_k, d_v) = attention::vjp(&q, &k, &v).1(dy.clone());
        check_rule(&q, |q| attention(q, &k, &v), &dy, &d_q);
        check_rule(&k, |k| attention(&q, k, &v), &dy, &d_k);
        check_rule(&v, |v| attention(&q, &k, v), &dy, &d_v);
        check_dot(&attention::tangent_q(&q, &k, &v, &q_dot), &dy, &q_dot, &d_q);
        check_dot(&attention::tangent_k(&q, &k, &v, &k_dot), &dy, &k_dot, &d_k);
        check_dot(&attention::tangent_v(&q, &k, &v, &v_dot), &dy, &v_dot, &d_v);
        for mask in [numbers([2, 3, 4], 8), numbers([1, 3, 4], 8), numbers([2, 1, 4], 8), numbers([1, 3, 1], 8)] {
            let (d_q, d_k, d_v, d_mask) = masked::vjp(&q, &k, &v, &mask).1(dy.clone());
            check_rule(&q, |q| masked(q, &k, &v, &mask), &dy, &d_q);
            check_rule(&mask, |mask| masked(&q, &k, &v, mask), &dy, &d_mask);
            check_dot(&masked::tangent_q(&q, &k, &v, &mask, &q_dot), &dy, &q_dot, &d_q);
            check_dot(&masked::tangent_k(&q, &k, &v, &mask, &k_dot), &dy, &k_dot, &d_k);
            check_dot(&masked::tangent_v(&q, &k, &v, &mask, &v_dot), &dy, &v_dot, &d_v);
            let mask_dot = numbers(mask.raw_dim(), 9);
            check_dot(&masked::tangent_mask(&q, &k, &v, &mask, &mask_dot), &dy, &mask_dot, &d_mask);
        }
    }

    #[test]
    #[should_panic(expected = "attention of queries [3, 2], keys [4, 3] and values [4, 3]")]
    fn shapes_must_fit() {
        attention(&numbers([3, 2], 1), &numbers([4, 3], 2), &numbers([4, 3], 3));
    }

    #[test]
    #[should_panic(expected = "a mask of shape [2, 4] for scores of shape [3, 4]")]
    fn the_mask_must_fit() {
        masked(&numbers([3, 2], 1), &numbers([4, 2], 2), &numbers([4, 3], 3), &numbers([2, 4], 4));
    }
}
