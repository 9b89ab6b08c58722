//! Several axes as one, and back: what reductions over several axes are made of.

use ndarray::{Array, ArrayView, Axis, CowArray, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn, RemoveAxis};

use super::rows::axis_exists;
use super::tensor::{Shaped, Tensor};
use crate::quoted::ensure;
use crate::real::Real;

/// A rank of which `N` axes can be taken together.
#[diagnostic::on_unimplemented(message = "an array of rank `{Self}` does not have {N} axes")]
pub trait SeveralAxes<const N: usize>: Dimension {
    /// The rank with one axis in the place of the `N`, before all others.
    type Merged: RemoveAxis<Smaller: WithAxes<N, All = Self>>;
}

/// A rank to which `N` axes can be added.
pub trait WithAxes<const N: usize>: Dimension {
    /// The rank with them.
    type All: Dimension;
}

/// The rank without the `N` axes.
pub type Without<D, const N: usize> = <<D as SeveralAxes<N>>::Merged as Dimension>::Smaller;

macro_rules! ranks {
    ($($All:ty, $n:literal: $Merged:ty, $Others:ty;)*) => {$(
        impl SeveralAxes<$n> for $All {
            type Merged = $Merged;
        }

        impl WithAxes<$n> for $Others {
            type All = $All;
        }
    )*};
}
#[rustfmt::skip]
ranks! {
    Ix0, 0: Ix1, Ix0;
    Ix1, 0: Ix2, Ix1; Ix1, 1: Ix1, Ix0;
    Ix2, 0: Ix3, Ix2; Ix2, 1: Ix2, Ix1; Ix2, 2: Ix1, Ix0;
    Ix3, 0: Ix4, Ix3; Ix3, 1: Ix3, Ix2; Ix3, 2: Ix2, Ix1; Ix3, 3: Ix1, Ix0;
    Ix4, 0: Ix5, Ix4; Ix4, 1: Ix4, Ix3; Ix4, 2: Ix3, Ix2; Ix4, 3: Ix2, Ix1; Ix4, 4: Ix1, Ix0;
    Ix5, 0: Ix6, Ix5; Ix5, 1: Ix5, Ix4; Ix5, 2: Ix4, Ix3; Ix5, 3: Ix3, Ix2; Ix5, 4: Ix2, Ix1; Ix5, 5: Ix1, Ix0;
    Ix6, 1: Ix6, Ix5; Ix6, 2: Ix5, Ix4; Ix6, 3: Ix4, Ix3; Ix6, 4: Ix3, Ix2; Ix6, 5: Ix2, Ix1; Ix6, 6: Ix1, Ix0;
}

impl<const N: usize> SeveralAxes<N> for IxDyn {
    type Merged = IxDyn;
}

impl<const N: usize> WithAxes<N> for IxDyn {
    type All = IxDyn;
}

/// `x` with these axes as one, before all others: its elements are in the order of the axes as they are given. A view if the memory
/// layout allows it. Panics if an axis is given twice, or there is none of its number.
#[track_caller]
pub fn merged_axes<X, const N: usize>(x: &X, axes: [Axis; N]) -> CowArray<'_, X::Elem, <X::Dim as SeveralAxes<N>>::Merged>
where
    X: Tensor<Dim: SeveralAxes<N>> + ?Sized,
{
    let view = x.tensor_view();
    check(view.shape(), &axes);
    let mut view = view.into_dyn().permuted_axes(order(x.tensor_view().ndim(), &axes));
    let shape = merged_shape(&view, N);
    if N == 0 {
        view = view.insert_axis(Axis(0));
    }
    let joins = !view.is_empty() && (1..N).all(|k| view.merge_axes(Axis(k - 1), Axis(k)));
    let merged: CowArray<'_, _, IxDyn> = if joins {
        (1..N).fold(view, |view, _| view.index_axis_move(Axis(0), 0)).into()
    } else {
        view.to_shape((IxDyn(&shape), ndarray::Order::RowMajor)).expect("as many elements").into_owned().into()
    };
    merged.into_dimensionality().expect("the rank that it is of")
}

/// `x` with axes of length 1 that will have these numbers. Panics if an axis is given twice, or there would be none of its number.
#[track_caller]
pub fn insert_axes<X, const N: usize>(x: &X, axes: [Axis; N]) -> ArrayView<'_, X::Elem, <X::Dim as WithAxes<N>>::All>
where
    X: Tensor<Dim: WithAxes<N>> + ?Sized,
{
    let mut view = x.tensor_view().into_dyn();
    let shape = vec![1; view.ndim() + N];
    check(&shape, &axes);
    let mut sorted = axes;
    sorted.sort_unstable();
    for axis in sorted {
        view = view.insert_axis(axis);
    }
    view.into_dimensionality().expect("the rank that it is of")
}

/// The rules of [`merged_axes()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct merged_axes {}

/// The rules of [`insert_axes()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct insert_axes {}

impl merged_axes {
    /// `dy` with the axes where they were.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, T: Real, D: Dimension, const N: usize>(x: &X, axes: [Axis; N], dy: Array<T, D>) -> Array<T, X::Dim>
    where
        X: Shaped + ?Sized,
    {
        let dim = x.dim_of();
        let order = order(dim.ndim(), &axes);
        let shape: Vec<_> = order.iter().map(|axis| dim[*axis]).collect();
        let dy = dy.into_shape_clone(IxDyn(&shape)).expect("as many elements");
        let mut back = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, axis)| back[*axis] = place);
        dy.permuted_axes(back).into_dimensionality().expect("the rank of x")
    }
}

impl insert_axes {
    /// `dy` without the axes.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X: Shaped + ?Sized, T: Real, D: Dimension, const N: usize>(
        x: &X,
        _axes: [Axis; N],
        dy: Array<T, D>,
    ) -> Array<T, X::Dim> {
        dy.into_shape_clone(x.dim_of()).expect("as many elements")
    }
}

/// [`merged_axes()`] and [`insert_axes()`] as methods.
pub trait AxesOf: Tensor {
    /// [`merged_axes()`].
    #[track_caller]
    fn merged_axes<const N: usize>(&self, axes: [Axis; N]) -> CowArray<'_, Self::Elem, <Self::Dim as SeveralAxes<N>>::Merged>
    where
        Self::Dim: SeveralAxes<N>,
    {
        merged_axes(self, axes)
    }

    /// [`insert_axes()`].
    #[track_caller]
    fn insert_axes<const N: usize>(&self, axes: [Axis; N]) -> ArrayView<'_, Self::Elem, <Self::Dim as WithAxes<N>>::All>
    where
        Self::Dim: WithAxes<N>,
    {
        insert_axes(self, axes)
    }
}

impl<X: Tensor + ?Sized> AxesOf for X {}

/// These axes, and behind them all others.
fn order(rank: usize, axes: &[Axis]) -> Vec<usize> {
    let others = (0..rank).filter(|axis| !axes.contains(&Axis(*axis)));
    axes.iter().map(|axis| axis.index()).chain(others).collect()
}

fn merged_shape<T>(x: &ArrayView<'_, T, IxDyn>, n: usize) -> Vec<usize> {
    let (merged, others) = x.shape().split_at(n);
    [&[merged.iter().product()], others].concat()
}

#[track_caller]
fn check(shape: &[usize], axes: &[Axis]) {
    for (i, axis) in axes.iter().enumerate() {
        axis_exists(shape, *axis);
        ensure!(!axes[..i].contains(axis), "", "axis {} is given twice for an array of rank {}", axis.index(), shape.len());
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3, ArrayD, Axis, Ix3, IxDyn, s};

    use super::{insert_axes, merged_axes};
    use crate::elementwise::extent;
    use crate::ops::testing::{check_linear, cube, layouts};

    #[test]
    fn rules_undo_the_views() {
        check_linear(|x| merged_axes(x, [Axis(0), Axis(2)]).to_owned(), |x, dy| merged_axes::d_x(x, [Axis(0), Axis(2)], dy));
        check_linear(
            |x| merged_axes(x, [Axis(2), Axis(1)]).to_owned(),
            |x, dy| merged_axes::d_x(&extent(x), [Axis(2), Axis(1)], dy),
        );
        check_linear(|x| merged_axes(x, []).to_owned(), |x, dy| merged_axes::d_x(x, [], dy));
        check_linear(|x| insert_axes(x, [Axis(4), Axis(0)]).to_owned(), |x, dy| insert_axes::d_x(x, [Axis(4), Axis(0)], dy));
    }

    #[test]
    fn elements_are_in_the_order_of_the_axes() {
        for x in layouts(&cube()) {
            let (a, b, c) = x.dim();
            for axes in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 2, 1]] {
                let merged = merged_axes(&x, [Axis(axes[0]), Axis(axes[1])]);
                let lengths = [a, b, c];
                let mut at = [0; 3];
                for (i, row) in merged.outer_iter().enumerate() {
                    (at[axes[0]], at[axes[1]]) = (i / lengths[axes[1]], i % lengths[axes[1]]);
                    for (k, element) in row.iter().enumerate() {
                        at[axes[2]] = k;
                        assert_eq!(*element, x[at]);
                    }
                }
            }
        }
    }

    #[test]
    fn what_lies_together_is_not_copied() {
        let x = cube();
        assert!(merged_axes(&x, [Axis(1), Axis(2)]).is_view());
        assert!(merged_axes(&x, [Axis(0), Axis(1)]).is_view());
        assert!(merged_axes(&x.slice(s![.., 1.., ..]), [Axis(1), Axis(2)]).is_view());
        assert!(!merged_axes(&x, [Axis(0), Axis(2)]).is_view());
    }

    #[test]
    fn of_nothing_and_of_any_rank() {
        assert_eq!(merged_axes(&Array3::<f64>::zeros((2, 0, 3)), [Axis(0), Axis(1)]).dim(), (0, 3));
        assert_eq!(merged_axes(&Array3::<f64>::zeros((2, 0, 3)), [Axis(0), Axis(2)]).dim(), (6, 0));
        let x = ArrayD::<f32>::zeros(IxDyn(&[2, 3, 4]));
        assert_eq!(merged_axes(&x, [Axis(2), Axis(0)]).shape(), [8, 3]);
        assert_eq!(insert_axes(&Array2::<f32>::zeros((2, 3)), [Axis(1)]).dim(), (2, 1, 3));
        assert_eq!(insert_axes(&x, [Axis(1)]).into_dimensionality::<ndarray::Ix4>().unwrap().dim(), (2, 1, 3, 4));
        let _: ndarray::ArrayView<'_, f64, Ix3> = insert_axes(&1.0, [Axis(0), Axis(1), Axis(2)]);
    }

    #[test]
    #[should_panic(expected = "axis 1 is given twice for an array of rank 3")]
    fn an_axis_is_given_once() {
        merged_axes(&cube(), [Axis(1), Axis(1)]);
    }

    #[test]
    #[should_panic(expected = "an array of shape [3, 4, 5] has no axis 3")]
    fn axes_must_exist() {
        merged_axes(&cube(), [Axis(1), Axis(3)]);
    }
}
