//! Stacks of matrices: arrays whose last two axes are matrices.

use ndarray::{
    Array, Array1, Array2, ArrayView, ArrayView1, ArrayView2, ArrayViewD, ArrayViewMut2, Axis, Dimension, Ix1, Ix2, Ix3, Ix4,
    RemoveAxis,
};

use crate::quoted::ensure;
use crate::real::Real;
use crate::tangent::Tangent;

/// The rank of a matrix or of a stack of matrices.
#[diagnostic::on_unimplemented(
    message = "an array of rank `{Self}` is no matrix and no stack of matrices",
    label = "matrices have two dimensions, stacks of them three or four"
)]
pub trait Stack: RemoveAxis {
    /// One number a matrix: a number for a matrix, an array for a stack.
    type Numbers<T: Real>: Tangent;

    /// These numbers, in the shape of the stack.
    fn numbers<T: Real>(shape: &[usize], numbers: Vec<T>) -> Self::Numbers<T>;

    /// They, one after the other.
    fn number<T: Real>(numbers: &Self::Numbers<T>, matrix: usize) -> T;
}

impl Stack for Ix2 {
    type Numbers<T: Real> = T;

    fn numbers<T: Real>(_shape: &[usize], numbers: Vec<T>) -> T {
        numbers[0]
    }

    fn number<T: Real>(number: &T, _matrix: usize) -> T {
        *number
    }
}

impl Stack for Ix3 {
    type Numbers<T: Real> = Array1<T>;

    fn numbers<T: Real>(_shape: &[usize], numbers: Vec<T>) -> Array1<T> {
        numbers.into()
    }

    fn number<T: Real>(numbers: &Array1<T>, matrix: usize) -> T {
        numbers[matrix]
    }
}

impl Stack for Ix4 {
    type Numbers<T: Real> = Array2<T>;

    fn numbers<T: Real>(shape: &[usize], numbers: Vec<T>) -> Array2<T> {
        Array::from_shape_vec((shape[0], shape[1]), numbers).expect("one number a matrix")
    }

    fn number<T: Real>(numbers: &Array2<T>, matrix: usize) -> T {
        let columns = numbers.ncols();
        numbers[[matrix / columns, matrix % columns]]
    }
}

/// The rank of right-hand sides for matrices of rank `A`: a vector or a matrix for a matrix, a stack for a stack.
#[diagnostic::on_unimplemented(
    message = "a matrix of rank `{A}` has no right-hand side of rank `{Self}`",
    label = "right-hand sides are vectors or matrices; those of a stack are a stack of matrices"
)]
pub trait RightHandSide<A>: Dimension {}

impl RightHandSide<Ix2> for Ix1 {}
impl RightHandSide<Ix2> for Ix2 {}
impl RightHandSide<Ix3> for Ix3 {}
impl RightHandSide<Ix4> for Ix4 {}

/// The matrices of a stack, in logical order.
pub(in crate::ops) fn matrices<T, D: Dimension>(stack: ArrayView<'_, T, D>) -> Vec<ArrayView2<'_, T>> {
    let mut found = Vec::new();
    collect(stack.into_dyn(), &mut found);
    found
}

fn collect<'v, T>(stack: ArrayViewD<'v, T>, found: &mut Vec<ArrayView2<'v, T>>) {
    if stack.ndim() == 2 {
        return found.push(stack.into_dimensionality().expect("two axes"));
    }
    for i in 0..stack.len_of(Axis(0)) {
        collect(stack.clone().index_axis_move(Axis(0), i), found);
    }
}

/// A stack of this shape, whose matrices `f` makes of zeros; it is given the number of each.
pub(in crate::ops) fn stack_of<T: Real, D: Dimension>(shape: D, mut f: impl FnMut(usize, ArrayViewMut2<'_, T>)) -> Array<T, D> {
    let mut stack = Array::zeros(shape);
    let &[.., rows, columns] = stack.shape() else { unreachable!("a stack has two axes") };
    if let (Some(values), true) = (stack.as_slice_mut(), rows * columns > 0) {
        for (number, values) in values.chunks_exact_mut(rows * columns).enumerate() {
            f(number, ArrayViewMut2::from_shape((rows, columns), values).expect("one matrix"));
        }
    }
    stack
}

/// A stack of this shape, of its matrices.
pub(in crate::ops) fn stacked<T: Real, D: Dimension>(shape: D, matrices: &[Array2<T>]) -> Array<T, D> {
    stack_of(shape, |number, mut matrix| matrix.assign(&matrices[number]))
}

/// Vectors of this length as the last axis, in the place of the matrices of a stack of this shape.
pub(in crate::ops) fn vectors<T: Real, D: RemoveAxis>(shape: &D, length: usize, vectors: &[Array1<T>]) -> Array<T, D::Smaller> {
    let last = shape.ndim() - 2;
    let mut shape = shape.remove_axis(Axis(last));
    shape[last] = length;
    let values = vectors.iter().flatten().copied().collect();
    Array::from_shape_vec(shape, values).expect("one vector a matrix")
}

/// The vectors that stand in the place of the matrices of a stack.
pub(in crate::ops) fn rows<'v, T, D: Dimension>(vectors: &'v ArrayView<'_, T, D>) -> Vec<ArrayView1<'v, T>> {
    vectors.rows().into_iter().collect()
}

/// Vectors as matrices of one column; matrices stay.
pub(in crate::ops) fn columns<T, D: Dimension>(b: ArrayView<'_, T, D>) -> ArrayViewD<'_, T> {
    let b = b.into_dyn();
    if b.ndim() == 1 { b.insert_axis(Axis(1)) } else { b }
}

/// Panics unless the matrices are square.
#[track_caller]
pub(in crate::ops) fn square(shape: &[usize], operation: &str) {
    let &[.., rows, columns] = shape else { unreachable!("a stack has two axes") };
    ensure!(rows == columns, "", "{operation} of an array of shape {shape:?}, whose matrices are not square");
}

/// Panics unless `b` is a right-hand side for the square matrices `a`.
#[track_caller]
pub(in crate::ops) fn right_hand_side(a: &[usize], b: &[usize], operation: &str) {
    square(a, operation);
    let fits = match b {
        &[rows] => rows == a[0],
        b => b[..b.len() - 1] == a[..a.len() - 1],
    };
    ensure!(fits, "", "{operation} of a right-hand side of shape {b:?} with a matrix of shape {a:?}");
}

/// A copy of right-hand sides, which `f` changes as matrices; it is given the number of each.
pub(in crate::ops) fn in_columns<T: Real, D: Dimension>(
    b: ArrayView<'_, T, D>,
    mut f: impl FnMut(usize, ArrayViewMut2<'_, T>),
) -> Array<T, D> {
    let mut changed = b.as_standard_layout().into_owned();
    let (rows, columns) = match *changed.shape() {
        [rows] => (rows, 1),
        [.., rows, columns] => (rows, columns),
        [] => unreachable!("a right-hand side has an axis"),
    };
    if let (Some(values), true) = (changed.as_slice_mut(), rows * columns > 0) {
        for (number, values) in values.chunks_exact_mut(rows * columns).enumerate() {
            f(number, ArrayViewMut2::from_shape((rows, columns), values).expect("one right-hand side"));
        }
    }
    changed
}
