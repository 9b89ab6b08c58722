//! The heads of an attention, one after the other.

use ndarray::{Array, Array2, ArrayView, ArrayView2, ArrayViewD, ArrayViewMut2, ArrayViewMutD, Axis, Dimension};

use crate::ops::Tensor;
use crate::ops::gemm::{add_product, product};
use crate::ops::linalg::stacks::{matrices, stack_of};
use crate::ops::row_kernels::{softmax_backward, softmax_rows};
use crate::quoted::ensure;
use crate::real::Real;

/// The operands, matrix by matrix.
pub(super) struct Heads<'v, T, D> {
    /// The shapes of queries, keys and values.
    dims: [D; 3],
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
    pub(super) fn new<Q, K, V>(q: &'v Q, k: &'v K, v: &'v V) -> Self
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
        let dims = [&q, &k, &v].map(ArrayView::raw_dim);
        Self { dims, scores, scale, mask: None, q: matrices(q), k: matrices(k), v: matrices(v) }
    }

    #[track_caller]
    pub(super) fn with_mask<M: Tensor<Elem = T> + ?Sized>(mut self, mask: &'v M) -> Self {
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
        let mut dim = self.dims[0].clone();
        let rank = dim.ndim();
        dim[rank - 1] = length;
        dim
    }

    /// A stack like the queries, with rows like the values, of the products of what `f` makes of each head with its values.
    fn times_values(&self, f: impl Fn(usize) -> Array2<T>) -> Array<T, D> {
        let length = self.v.first().map_or(0, ArrayView2::ncols);
        stack_of(self.with_rows_of(length), |head, mut y| add_product(&mut y, &f(head).view(), &self.v[head]))
    }

    pub(super) fn value(&self) -> Array<T, D> {
        self.times_values(|head| self.weights(head))
    }

    pub(super) fn d_q(&self, dy: &[ArrayView2<'_, T>]) -> Array<T, D> {
        stack_of(self.dims[0].clone(), |head, mut d_q| {
            add_product(&mut d_q, &self.d_scores(head, &dy[head]).view(), &self.k[head]);
            d_q.mapv_inplace(|d| d * self.scale);
        })
    }

    pub(super) fn d_k(&self, dy: &[ArrayView2<'_, T>]) -> Array<T, D> {
        stack_of(self.dims[1].clone(), |head, mut d_k| {
            add_product(&mut d_k, &self.d_scores(head, &dy[head]).t(), &self.q[head]);
            d_k.mapv_inplace(|d| d * self.scale);
        })
    }

    pub(super) fn d_v(&self, dy: &[ArrayView2<'_, T>]) -> Array<T, D> {
        stack_of(self.dims[2].clone(), |head, mut d_v| add_product(&mut d_v, &self.weights(head).t(), &dy[head]))
    }

    pub(super) fn d_mask(&self, dy: &[ArrayView2<'_, T>]) -> ndarray::ArrayD<T> {
        let mut d_mask = Array::zeros(self.mask.as_ref().expect("there is a mask").raw_dim());
        for (head, dy) in dy.iter().enumerate() {
            let index = self.index_in_mask(head, d_mask.shape());
            let of_head = index.iter().fold(d_mask.view_mut(), |mask: ArrayViewMutD<'_, T>, i| mask.index_axis_move(Axis(0), *i));
            add_broadcast(of_head.into_dimensionality().expect("a matrix"), &self.d_scores(head, dy));
        }
        d_mask
    }

    /// The tangent of the result along that of the queries.
    pub(super) fn tangent_q(&self, q_dot: &[ArrayView2<'_, T>]) -> Array<T, D> {
        self.times_values(|head| {
            let scores_dot = product(&q_dot[head], &self.k[head].t()).mapv_into(|score| score * self.scale);
            self.through_softmax(head, scores_dot)
        })
    }

    pub(super) fn tangent_k(&self, k_dot: &[ArrayView2<'_, T>]) -> Array<T, D> {
        self.times_values(|head| {
            let scores_dot = product(&self.q[head], &k_dot[head].t()).mapv_into(|score| score * self.scale);
            self.through_softmax(head, scores_dot)
        })
    }

    pub(super) fn tangent_v(&self, v_dot: &[ArrayView2<'_, T>]) -> Array<T, D> {
        let length = v_dot.first().map_or(0, ArrayView2::ncols);
        stack_of(self.with_rows_of(length), |head, mut y| add_product(&mut y, &self.weights(head).view(), &v_dot[head]))
    }

    pub(super) fn tangent_mask(&self, mask_dot: &ArrayViewD<'_, T>) -> Array<T, D> {
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
