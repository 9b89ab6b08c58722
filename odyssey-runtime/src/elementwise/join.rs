//! Ranks at the type level: what the result of an elementwise expression is.

use ndarray::{Array, ArrayViewMut, DimMax, Dimension, ShapeBuilder};

use super::kernel::{Lanes, Slot, StoreOrAdd};
use super::list::List;
use crate::real::Real;

/// The rank of a scalar: the result is a number, not an array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scalar;

/// A rank: [`Scalar`], or a dimension type of `ndarray`.
pub trait Rank: Clone {
    /// What a kernel does with the values of a cotangent of this rank.
    type Slot<T: Real>: Slot<T>;

    /// The number of axes, if the type has it.
    const NDIM: Option<usize>;

    /// Whether it is [`Scalar`].
    const SCALAR: bool;

    /// A value of this rank: `T`, or `Array<T, D>`.
    type Of<T>;

    /// A place of this rank: `&mut T`, or `ArrayViewMut<T, D>`.
    type Mut<'a, T: 'a>;

    /// The lengths of the axes; none for a scalar.
    fn lengths(&self) -> &[usize];

    /// The value of rank 0 made of one number. Panics for an array's rank.
    fn scalar<T>(value: T) -> Self::Of<T>;

    /// The value of the given lengths whose elements are `values`, in memory order: C order, or that of the strides.
    ///
    /// Panics if this rank cannot hold `lengths`, or the strides are not those of a dense array.
    fn dense<T>(lengths: &[usize], strides: Option<&[isize]>, values: Vec<T>) -> Self::Of<T>;

    /// The array itself, if this is its rank and these are its lengths.
    fn same<T, D: Dimension>(&self, x: Array<T, D>) -> Result<Self::Of<T>, Array<T, D>>;
}

impl Rank for Scalar {
    const SCALAR: bool = true;
    type Slot<T: Real> = Lanes;
    const NDIM: Option<usize> = Some(0);
    type Of<T> = T;
    type Mut<'a, T: 'a> = &'a mut T;

    fn lengths(&self) -> &[usize] {
        &[]
    }

    #[inline(always)]
    fn scalar<T>(value: T) -> T {
        value
    }

    fn dense<T>(_: &[usize], _: Option<&[isize]>, values: Vec<T>) -> T {
        values.into_iter().next().expect("a scalar has one value")
    }

    fn same<T, D: Dimension>(&self, x: Array<T, D>) -> Result<T, Array<T, D>> {
        Err(x)
    }
}

impl<D: Dimension> Rank for D {
    const SCALAR: bool = false;
    type Slot<T: Real> = StoreOrAdd<D>;
    const NDIM: Option<usize> = D::NDIM;
    type Of<T> = Array<T, D>;
    type Mut<'a, T: 'a> = ArrayViewMut<'a, T, D>;

    fn lengths(&self) -> &[usize] {
        self.slice()
    }

    fn scalar<T>(_: T) -> Array<T, D> {
        unreachable!("a single number is not an array")
    }

    fn dense<T>(lengths: &[usize], strides: Option<&[isize]>, values: Vec<T>) -> Array<T, D> {
        let dim = dim_of::<D>(lengths);
        let Some(strides) = strides else {
            return Array::from_shape_vec(dim, values).expect("one value for each element");
        };
        let mut steps = dim.clone();
        for (step, &stride) in steps.slice_mut().iter_mut().zip(strides) {
            *step = stride.unsigned_abs();
        }
        Array::from_shape_vec(dim.strides(steps), values).expect("the strides are dense")
    }

    fn same<T, E: Dimension>(&self, x: Array<T, E>) -> Result<Array<T, D>, Array<T, E>> {
        if x.shape() == self.slice() { Ok(x.into_dimensionality().expect("of the same rank")) } else { Err(x) }
    }
}

/// The dimension with these lengths.
fn dim_of<D: Dimension>(lengths: &[usize]) -> D {
    if let Some(rank) = <D as Dimension>::NDIM.filter(|&rank| rank != lengths.len()) {
        panic!("a result of rank {rank} cannot hold the shape {lengths:?}");
    }
    let mut dim = D::zeros(lengths.len());
    dim.slice_mut().copy_from_slice(lengths);
    dim
}

/// The rank of an elementwise expression over operands of ranks `Self` and `Other`.
#[diagnostic::on_unimplemented(message = "ranks `{Self}` and `{Other}` do not broadcast")]
pub trait Join<Other> {
    /// The higher of the two.
    type Out: Rank;
}

impl Join<Self> for Scalar {
    type Out = Self;
}

impl<D: Dimension> Join<D> for Scalar {
    type Out = D;
}

impl<D: Dimension> Join<Scalar> for D {
    type Out = D;
}

impl<D: Dimension + DimMax<E>, E: Dimension> Join<E> for D {
    type Out = <D as DimMax<E>>::Output;
}

/// The rank of an elementwise expression over operands of the ranks in a list `(((), A), B)`, from left to right.
///
/// A list has no lifetimes in it: what rustc finds out about one it never asks again.
pub trait JoinAll {
    /// The highest of them.
    type Out: Rank;
}

impl JoinAll for () {
    type Out = Scalar;
}

impl<Rest: JoinAll<Out: Join<Last>>, Last> JoinAll for (Rest, Last) {
    type Out = <Rest::Out as Join<Last>>::Out;
}

/// The strides of a dense array in C order.
pub(super) fn c_strides(lengths: &[usize]) -> List<isize> {
    let mut strides = List::filled(lengths.len(), 0);
    write_c_strides(lengths, &mut strides);
    strides
}

/// Writes the strides of a dense array in C order.
pub(super) fn write_c_strides(lengths: &[usize], strides: &mut [isize]) {
    let mut step = 1;
    for (stride, &length) in strides.iter_mut().zip(lengths).rev() {
        *stride = step;
        step *= length.cast_signed();
    }
}
