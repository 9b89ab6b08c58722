//! Halves of matrices.

use ndarray::ArrayViewMut2;

use crate::real::Real;

/// Which half of a matrix counts, its diagonal included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Triangle {
    /// On and below the diagonal.
    Lower,
    /// On and above the diagonal.
    Upper,
}

impl Triangle {
    /// The other half, which is this one of the transpose.
    pub(super) fn transposed(self) -> Self {
        match self {
            Self::Lower => Self::Upper,
            Self::Upper => Self::Lower,
        }
    }

    /// Zero outside of this half.
    pub(super) fn keep<T: Real>(self, matrix: &mut ArrayViewMut2<'_, T>) {
        for ((i, j), x) in matrix.indexed_iter_mut() {
            let is_outside = match self {
                Self::Lower => i < j,
                Self::Upper => i > j,
            };
            if is_outside {
                *x = T::zero();
            }
        }
    }
}
