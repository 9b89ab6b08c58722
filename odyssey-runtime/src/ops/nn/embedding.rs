//! Rows of a table.

use ndarray::{Array2, ArrayView2, Axis, Ix2};

use crate::ops::operation::operation;
use crate::ops::slices::add_slices;
use crate::ops::{Shaped, Tensor};
use crate::quoted::{ensure, refuse};
use crate::real::Real;

operation! {
    /// `y[i] = table[ids[i]]`: the rows of a table `[V, D]` by their numbers, `[ids, D]`.
    ///
    /// The cotangent of a row is the sum of those of the places where it stands. Panics if there is no such row.
    fn embedding(
        table: X if S; ids: [&[usize]] if V
    ), method of Embedding, hidden forms embedding_residual_vjp, embedding_residual_hvp, embedding_pushforward of EmbeddingHidden;
    where [X: Tensor<Dim = Ix2>];
    result Array2<X::Elem>;
    forward forward;
    rules |_, dy| (embedding::d_table(table, ids, dy));
    tangents |_, dot| (embedding(dot, ids));
}

#[track_caller]
fn forward<T: Real>(table: ArrayView2<'_, T>, ids: &[usize]) -> Array2<T> {
    if let Some(id) = ids.iter().find(|id| **id >= table.nrows()) {
        refuse("embedding", format_args!("row {id} of a table of shape {:?}", table.shape()));
    }
    table.select(Axis(0), ids)
}

impl embedding {
    /// The sums of the rows of `dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_table<X, G>(table: &X, ids: &[usize], dy: &G) -> Array2<G::Elem>
    where
        X: Shaped<Dim = Ix2> + ?Sized,
        G: Tensor<Dim = Ix2> + ?Sized,
    {
        let dy = dy.tensor_view();
        let mut d_table = crate::memory::zeros(table.dim_of());
        ensure!(dy.dim() == (ids.len(), d_table.ncols()), "", "a cotangent of shape {:?} for {} rows", dy.shape(), ids.len());
        add_slices(&mut d_table, Axis(0), ids, &dy);
        d_table
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::{Embedding, embedding};
    use crate::ops::testing::{check_rule, numbers};

    #[test]
    fn takes_rows_and_adds_to_them() {
        let table = numbers([5, 3], 1);
        let ids = [4, 0, 4, 2];
        let (y, pullback) = embedding::vjp(&table, &ids);
        assert_eq!(y.row(2), table.row(4));
        let dy = numbers([4, 3], 2);
        check_rule(&table, |table| embedding(table, &ids), &dy, &pullback(dy.clone()));
        assert_eq!(table.t().embedding(&[1]), table.column(1).insert_axis(ndarray::Axis(0)));
        assert_eq!(embedding(&array![[1.0f32]], &[]), Array2::zeros((0, 1)));
    }

    #[test]
    #[should_panic(expected = "row 5 of a table of shape [5, 3] in embedding")]
    fn rows_must_exist() {
        embedding(&numbers([5, 3], 1), &[0, 5]);
    }
}
