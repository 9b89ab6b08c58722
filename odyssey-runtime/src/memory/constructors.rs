//! ndarray's constructors, with memory of the workspace that is lent.

use ndarray::{Array, Dimension, ShapeBuilder};
use num_traits::{One, Zero};

use super::filled;

/// Constructors of arrays.
pub trait Constructors<T, D: Dimension>: Sized {
    /// `from_elem`.
    fn recycled_from_elem<S: ShapeBuilder<Dim = D>>(shape: S, element: T) -> Self;

    /// `zeros`.
    fn recycled_zeros<S: ShapeBuilder<Dim = D>>(shape: S) -> Self
    where
        T: Zero,
    {
        Self::recycled_from_elem(shape, T::zero())
    }

    /// `ones`.
    fn recycled_ones<S: ShapeBuilder<Dim = D>>(shape: S) -> Self
    where
        T: One,
    {
        Self::recycled_from_elem(shape, T::one())
    }
}

impl<T: Clone, D: Dimension> Constructors<T, D> for Array<T, D> {
    #[track_caller]
    fn recycled_from_elem<S: ShapeBuilder<Dim = D>>(shape: S, element: T) -> Self {
        let shape = shape.into_shape_with_order();
        let elements = filled(shape.size(), element);
        Array::from_shape_vec(shape, elements).expect("as many elements")
    }
}
