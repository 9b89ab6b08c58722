//! Attention: means of values, weighted by how well keys fit queries.

use ndarray::{Array, Array2, ArrayView, ArrayView2, ArrayViewD, ArrayViewMut2, ArrayViewMutD, Axis, Dimension};

use crate::ops::gemm::{add_product, product};
use crate::ops::linalg::stacks::{Stack, matrices, stack_of};
use crate::ops::operation::operation;
use crate::ops::row_kernels::{softmax_backward, softmax_rows};
use crate::ops::{Like, Tensor};
use crate::quoted::ensure;
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

/// The operands, matrix by matrix.
struct Heads<'v, T, D> {
    /// The shape of the queries.
    dim: D,
    /// That of the scores.
    scores: Vec<usize>,
    q: Vec<ArrayView2<'v, T>>,
    k: Vec<ArrayView2<'v, T>>,
    v: Vec<ArrayView2<'v, T>>,
    mask: Option<ArrayViewD<'v, T>>,
    scale: T,
}

impl<'v, T: Real, D: Dimension> Heads<'v, T, D> {
    #[track_caller]
    fn new<Q, K, V>(q: &'v Q, k: &'v K, v: &'v V) -> Self
    where
        Q: Tensor<Elem = T, Dim = D> + ?Sized,
        K: Tensor<Elem = T, Dim = D> + ?Sized,
        V: Tensor<Elem = T, Dim = D> + ?Sized,
    {
        let (q, k, v) = (q.tensor_view(), k.tensor_view(), v.tensor_view());
        let (heads, [length, d]) = q.shape().split_last_chunk().expect("a stack of matrices");
        let (of_k, [keys, k_d]) = k.shape().split_last_chunk().expect("a stack of matrices");
        let (of_v, [values, _]) = v.shape().split_last_chunk().expect("a stack of matrices");
        let fits = heads == of_k && heads == of_v && d == k_d && keys == values;
        ensure!(fits, "", "attention of queries {:?}, keys {:?} and values {:?}", q.shape(), k.shape(), v.shape());
        let scores = [heads, &[*length, *keys]].concat();
        let scale = T::lit((*d as f64).sqrt().recip());
        Self { dim: q.raw_dim(), scores, scale, mask: None, q: matrices(q), k: matrices(k), v: matrices(v) }
    }

    #[track_caller]
    fn with_mask<M: Tensor<Elem = T> + ?Sized>(mut self, mask: &'v M) -> Self {
        let mask = mask.tensor_view().into_dyn();
        let (shape, scores) = (mask.shape(), &self.scores);
        let pairs = || shape.iter().rev().zip(scores.iter().rev());
        let fits = shape.len() <= scores.len() && pairs().all(|(length, whole)| *length == 1 || length == whole);
        ensure!(fits, "", "a mask of shape {shape:?} for scores of shape {scores:?}");
        self.mask = Some(mask);
        self
    }

    /// The index of a head along those axes that the mask has as well; 0 where it is broadcast.
    fn index_in_mask(&self, mut head: usize, shape: &[usize]) -> Vec<usize> {
        let axes = shape.len() - 2;
        let (leading, _) = self.scores.split_at(self.scores.len() - 2);
        let mut index = vec![0; axes];
        for (position, (length, whole)) in index.iter_mut().zip(shape.iter().zip(&leading[leading.len() - axes..])).rev() {
            *position = if *length == 1 { 0 } else { head % whole };
            head /= whole;
        }
        index
    }

    /// The weights of a head.
    fn weights(&self, head: usize) -> Array2<T> {
        let mut scores = product(&self.q[head], &self.k[head].t());
        scores.mapv_inplace(|score| score * self.scale);
        if let Some(mask) = &self.mask {
            let index = self.index_in_mask(head, mask.shape());
            let of_head = index.iter().fold(mask.clone(), |mask, i| mask.index_axis_move(Axis(0), *i));
            scores += &of_head;
        }
        let length = scores.ncols();
        if length > 0 {
            softmax_rows(scores.as_slice_mut().expect("standard layout"), length);
        }
        scores
    }

    /// What the Jacobian of the softmax, which is symmetric, makes of `change`.
    fn through_softmax(&self, head: usize, mut change: Array2<T>) -> Array2<T> {
        let weights = self.weights(head);
        let length = weights.ncols();
        if length > 0 {
            let rows = change.as_slice_mut().expect("standard layout");
            softmax_backward(rows, weights.as_slice().expect("standard layout"), length);
        }
        change
    }

    /// The cotangent of the scores.
    fn d_scores(&self, head: usize, dy: &ArrayView2<'_, T>) -> Array2<T> {
        self.through_softmax(head, product(dy, &self.v[head].t()))
    }

    /// The shape of the queries with rows of another length.
    fn with_rows_of(&self, length: usize) -> D {
        let mut dim = self.dim.clone();
        let rank = dim.ndim();
        dim[rank - 1] = length;
        dim
    }

    /// A stack like the queries, with rows like the values, of the products of what `f` makes of each head with its values.
    fn times_values(&self, f: impl Fn(usize) -> Array2<T>) -> Array<T, D> {
        let length = self.v.first().map_or(0, ArrayView2::ncols);
        stack_of(self.with_rows_of(length), |head, mut y| add_product(&mut y, &f(head).view(), &self.v[head]))
    }

    fn value(&self) -> Array<T, D> {
        self.times_values(|head| self.weights(head))
    }

    fn d_q(&self, dy: &[ArrayView2<'_, T>]) -> Array<T, D> {
        stack_of(self.dim.clone(), |head, mut d_q| {
            add_product(&mut d_q, &self.d_scores(head, &dy[head]).view(), &self.k[head]);
            d_q.mapv_inplace(|d| d * self.scale);
        })
    }

    fn d_k(&self, k: D, dy: &[ArrayView2<'_, T>]) -> Array<T, D> {
        stack_of(k, |head, mut d_k| {
            add_product(&mut d_k, &self.d_scores(head, &dy[head]).t(), &self.q[head]);
            d_k.mapv_inplace(|d| d * self.scale);
        })
    }

    fn d_v(&self, v: D, dy: &[ArrayView2<'_, T>]) -> Array<T, D> {
        stack_of(v, |head, mut d_v| add_product(&mut d_v, &self.weights(head).t(), &dy[head]))
    }

    fn d_mask(&self, dy: &[ArrayView2<'_, T>]) -> ndarray::ArrayD<T> {
        let mut d_mask = Array::zeros(self.mask.as_ref().expect("there is a mask").raw_dim());
        for (head, dy) in dy.iter().enumerate() {
            let index = self.index_in_mask(head, d_mask.shape());
            let of_head = index.iter().fold(d_mask.view_mut(), |mask: ArrayViewMutD<'_, T>, i| mask.index_axis_move(Axis(0), *i));
            add_broadcast(of_head.into_dimensionality().expect("a matrix"), &self.d_scores(head, dy));
        }
        d_mask
    }

    /// The tangent of the result along that of the queries.
    fn along_q(&self, q_dot: &[ArrayView2<'_, T>]) -> Array<T, D> {
        self.times_values(|head| {
            let scores_dot = product(&q_dot[head], &self.k[head].t()).mapv_into(|score| score * self.scale);
            self.through_softmax(head, scores_dot)
        })
    }

    fn along_k(&self, k_dot: &[ArrayView2<'_, T>]) -> Array<T, D> {
        self.times_values(|head| {
            let scores_dot = product(&self.q[head], &k_dot[head].t()).mapv_into(|score| score * self.scale);
            self.through_softmax(head, scores_dot)
        })
    }

    fn along_v(&self, v_dot: &[ArrayView2<'_, T>]) -> Array<T, D> {
        let length = v_dot.first().map_or(0, ArrayView2::ncols);
        stack_of(self.with_rows_of(length), |head, mut y| add_product(&mut y, &self.weights(head).view(), &v_dot[head]))
    }

    fn along_mask(&self, mask_dot: &ArrayViewD<'_, T>) -> Array<T, D> {
        self.times_values(|head| {
            let index = self.index_in_mask(head, mask_dot.shape());
            let of_head = index.iter().fold(mask_dot.clone(), |mask, i| mask.index_axis_move(Axis(0), *i));
            let scores_dot = Array2::zeros((self.q[head].nrows(), self.k[head].nrows())) + &of_head;
            self.through_softmax(head, scores_dot.into_dimensionality().expect("a matrix"))
        })
    }
}

/// Adds to each element of a matrix what is added along its axes of length 1.
fn add_broadcast<T: Real>(mut sums: ArrayViewMut2<'_, T>, all: &Array2<T>) {
    let (rows, columns) = sums.dim();
    for ((i, j), &x) in all.indexed_iter() {
        sums[[i % rows, j % columns]] += x;
    }
}

/// The rules that the two have in common.
macro_rules! rules {
    ($name:ident $(, $mask:ident: $M:ident)?) => {
        impl $name {
            /// `ds k / √d`.
            #[doc(hidden)]
            #[track_caller]
            pub fn d_q<Q, K, V, G $(, $M)?>(q: &Q, k: &K, v: &V, $($mask: &$M,)? dy: &G) -> Like<Q>
            where
                Q: Tensor<Dim: Stack> + ?Sized,
                K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                G: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                $($M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,)?
            {
                Heads::new(q, k, v)$(.with_mask($mask))?.d_q(&matrices(dy.tensor_view()))
            }

            /// `dsᵀ q / √d`.
            #[doc(hidden)]
            #[track_caller]
            pub fn d_k<Q, K, V, G $(, $M)?>(q: &Q, k: &K, v: &V, $($mask: &$M,)? dy: &G) -> Like<K>
            where
                Q: Tensor<Dim: Stack> + ?Sized,
                K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                G: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                $($M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,)?
            {
                let dim = k.tensor_view().raw_dim();
                Heads::new(q, k, v)$(.with_mask($mask))?.d_k(dim, &matrices(dy.tensor_view()))
            }

            /// `pᵀ dy`.
            #[doc(hidden)]
            #[track_caller]
            pub fn d_v<Q, K, V, G $(, $M)?>(q: &Q, k: &K, v: &V, $($mask: &$M,)? dy: &G) -> Like<V>
            where
                Q: Tensor<Dim: Stack> + ?Sized,
                K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                G: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                $($M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,)?
            {
                let dim = v.tensor_view().raw_dim();
                Heads::new(q, k, v)$(.with_mask($mask))?.d_v(dim, &matrices(dy.tensor_view()))
            }

            /// The change of the weights with `q̇ kᵀ / √d`, times `v`.
            #[doc(hidden)]
            #[track_caller]
            pub fn tangent_q<Q, K, V, G $(, $M)?>(q: &Q, k: &K, v: &V, $($mask: &$M,)? q_dot: &G) -> Like<Q>
            where
                Q: Tensor<Dim: Stack> + ?Sized,
                K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                G: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                $($M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,)?
            {
                Heads::new(q, k, v)$(.with_mask($mask))?.along_q(&matrices(q_dot.tensor_view()))
            }

            /// The change of the weights with `q k̇ᵀ / √d`, times `v`.
            #[doc(hidden)]
            #[track_caller]
            pub fn tangent_k<Q, K, V, G $(, $M)?>(q: &Q, k: &K, v: &V, $($mask: &$M,)? k_dot: &G) -> Like<Q>
            where
                Q: Tensor<Dim: Stack> + ?Sized,
                K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                G: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                $($M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,)?
            {
                Heads::new(q, k, v)$(.with_mask($mask))?.along_k(&matrices(k_dot.tensor_view()))
            }

            /// `p v̇`.
            #[doc(hidden)]
            #[track_caller]
            pub fn tangent_v<Q, K, V, G $(, $M)?>(q: &Q, k: &K, v: &V, $($mask: &$M,)? v_dot: &G) -> Like<Q>
            where
                Q: Tensor<Dim: Stack> + ?Sized,
                K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                G: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
                $($M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,)?
            {
                Heads::new(q, k, v)$(.with_mask($mask))?.along_v(&matrices(v_dot.tensor_view()))
            }
        }
    };
}
rules!(scaled_dot_product_attention);
rules!(scaled_dot_product_attention_masked, mask: M);

impl scaled_dot_product_attention_masked {
    /// `ds`, summed to the shape of the mask.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_mask<Q, K, V, M, G>(q: &Q, k: &K, v: &V, mask: &M, dy: &G) -> Like<M>
    where
        Q: Tensor<Dim: Stack> + ?Sized,
        K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
        V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
        M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,
        G: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
    {
        let d_mask = Heads::new(q, k, v).with_mask(mask).d_mask(&matrices(dy.tensor_view()));
        d_mask.into_dimensionality().expect("of the rank of the mask")
    }

    /// The change of the weights with the mask, times `v`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent_mask<Q, K, V, M, G>(q: &Q, k: &K, v: &V, mask: &M, mask_dot: &G) -> Like<Q>
    where
        Q: Tensor<Dim: Stack> + ?Sized,
        K: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
        V: Tensor<Elem = Q::Elem, Dim = Q::Dim> + ?Sized,
        M: Tensor<Elem = Q::Elem, Dim: Stack> + ?Sized,
        G: Tensor<Elem = Q::Elem, Dim = M::Dim> + ?Sized,
    {
        Heads::new(q, k, v).with_mask(mask).along_mask(&mask_dot.tensor_view().into_dyn())
    }
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
