//! `concatenate!` and `stack!`, which say what does not fit.

use ndarray::{Array, ArrayView, Axis, RemoveAxis, ShapeError};

use crate::quoted::refuse;
use crate::real::Real;

/// `ndarray::concatenate` of arrays that fit, which panics where they do not.
#[track_caller]
pub fn concatenated<T: Real, D: RemoveAxis>(axis: Axis, parts: &[ArrayView<'_, T, D>]) -> Array<T, D> {
    joined(ndarray::concatenate(axis, parts), axis, parts)
}

/// `ndarray::stack` of arrays of one shape, which panics where they are of several.
#[track_caller]
pub fn stacked<T: Real, D: RemoveAxis + ndarray::Dimension<Larger: RemoveAxis>>(
    axis: Axis,
    parts: &[ArrayView<'_, T, D>],
) -> Array<T, D::Larger> {
    joined(ndarray::stack(axis, parts), axis, parts)
}

#[track_caller]
fn joined<T: Real, D: ndarray::Dimension, R>(whole: Result<R, ShapeError>, axis: Axis, parts: &[ArrayView<'_, T, D>]) -> R {
    match whole {
        Ok(whole) => whole,
        Err(_) => {
            let shapes: Vec<_> = parts.iter().map(ArrayView::shape).collect();
            refuse("", format_args!("shapes {shapes:?} do not fit together along axis {}", axis.index()))
        }
    }
}

/// `ndarray::concatenate!` with a panic of ours.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_concatenate {
    ($axis:expr, $($part:expr),+) => {
        $crate::rt::concatenated($axis, &[$($crate::rt::ndarray::ArrayView::from(&$part)),+])
    };
}

/// `ndarray::stack!` with a panic of ours.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_stack {
    ($axis:expr, $($part:expr),+) => {
        $crate::rt::stacked($axis, &[$($crate::rt::ndarray::ArrayView::from(&$part)),+])
    };
}
