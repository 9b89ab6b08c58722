//! Products of stacks of matrices.

use ndarray::{Array, ArrayView, ArrayView2, DimMax, Dimension, IxDyn};

use super::stacks::{Stack, matrices, stack_of};
use crate::ops::gemm::{add_product, product};
use crate::ops::operation::operation;
use crate::ops::{Shaped, Tensor};
use crate::quoted::ensure;
use crate::real::Real;

/// The rank of a product.
type Joint<A, B> = <<A as Tensor>::Dim as DimMax<<B as Tensor>::Dim>>::Output;

operation! {
    /// `y[.., i, j] = Σₖ a[.., i, k] b[.., k, j]`: the products of matrices or of stacks of them, whose leading axes are
    /// broadcast.
    ///
    /// Derivatives: `da = dy bᵀ`, `db = aᵀ dy`, summed over the axes along which the operand was broadcast. Panics if the
    /// shapes do not fit.
    fn matmul(a: A if S, b: B if W), method of MatMul, hidden forms matmul_residual_vjp, matmul_residual_hvp, matmul_pushforward of MatMulHidden;
    where [
        A: Tensor<Dim: Stack + DimMax<B::Dim>>,
        B: Tensor<Elem = A::Elem, Dim: Stack>,
    ];
    result Array<A::Elem, Joint<A, B>>;
    forward forward;
    rules |_, dy| (matmul::d_a(a, b, dy), matmul::d_b(a, b, dy));
    tangents |_, dot| (matmul(dot, b), matmul(a, dot));
}

#[track_caller]
fn forward<T: Real, D: Dimension + DimMax<E>, E: Dimension>(
    a: ArrayView<'_, T, D>,
    b: ArrayView<'_, T, E>,
) -> Array<T, <D as DimMax<E>>::Output> {
    let stacks = Stacks::new(a.shape(), b.shape());
    let shape = stacks.product_shape(a.shape(), b.shape());
    if let Some(y) = flat_product(&a, &b) {
        return y.into_shape_with_order(shape).expect("as many elements").into_dimensionality().expect("the larger rank");
    }
    let (a, b) = (matrices(a), matrices(b));
    let y = stack_of(shape, |number, mut y| {
        let (i, j) = stacks.pair(number);
        add_product(&mut y, &a[i], &b[j]);
    });
    y.into_dimensionality().expect("the larger rank")
}

/// One matrix for a whole stack, whose rows lie one behind the other: one product.
fn flat_product<T: Real, D: Dimension, E: Dimension>(
    a: &ArrayView<'_, T, D>,
    b: &ArrayView<'_, T, E>,
) -> Option<ndarray::Array2<T>> {
    if b.ndim() != 2 || a.is_empty() {
        return None;
    }
    let b = b.view().into_dimensionality().ok()?;
    Some(product(&rows(a)?, &b))
}

/// The rows of all matrices, if they lie one behind the other.
fn rows<'v, T, D: Dimension>(a: &'v ArrayView<'_, T, D>) -> Option<ArrayView2<'v, T>> {
    let length = a.shape()[a.ndim() - 1];
    a.view().into_shape_with_order((a.len() / length.max(1), length)).ok()
}

/// Which matrices of two stacks are multiplied.
struct Stacks {
    /// The leading axes of the result.
    leading: Vec<usize>,
    /// How far apart in each stack the matrices of each axis are; 0 where it is broadcast.
    steps: [Vec<usize>; 2],
}

impl Stacks {
    #[track_caller]
    fn new(a: &[usize], b: &[usize]) -> Self {
        let (a_stack, [_, k]) = a.split_last_chunk().expect("a stack");
        let (b_stack, [other, _]) = b.split_last_chunk().expect("a stack");
        let rank = a_stack.len().max(b_stack.len());
        let lengths = |stack: &[usize]| [vec![1; rank - stack.len()], stack.to_vec()].concat();
        let (a_stack, b_stack) = (lengths(a_stack), lengths(b_stack));
        let leading = a_stack.iter().zip(&b_stack).map(|(&a, &b)| if a == 1 { b } else { a }).collect::<Vec<_>>();
        let fits = |stack: &[usize]| stack.iter().zip(&leading).all(|(length, whole)| *length == 1 || length == whole);
        ensure!(k == other && fits(&a_stack) && fits(&b_stack), "matmul", "shapes {a:?} and {b:?} do not contract");
        Self { leading, steps: [steps(&a_stack), steps(&b_stack)] }
    }

    fn product_shape(&self, a: &[usize], b: &[usize]) -> IxDyn {
        IxDyn(&[&self.leading[..], &[a[a.len() - 2], b[b.len() - 1]]].concat())
    }

    /// The numbers of the factors of a product.
    fn pair(&self, mut number: usize) -> (usize, usize) {
        let mut pair = [0, 0];
        for (axis, length) in self.leading.iter().enumerate().rev() {
            let position = number % length;
            number /= length;
            for (place, steps) in pair.iter_mut().zip(&self.steps) {
                *place += position * steps[axis];
            }
        }
        pair.into()
    }
}

fn steps(stack: &[usize]) -> Vec<usize> {
    let step = |axis: usize| if stack[axis] == 1 { 0 } else { stack[axis + 1..].iter().product() };
    (0..stack.len()).map(step).collect()
}

impl matmul {
    /// `dy bᵀ`, summed to the shape of `a`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<A, B, G>(a: &A, b: &B, dy: &G) -> Array<B::Elem, A::Dim>
    where
        A: Shaped<Dim: Stack> + ?Sized,
        B: Tensor<Dim: Stack> + ?Sized,
        G: Tensor<Elem = B::Elem> + ?Sized,
    {
        let (a, b, dy) = (a.dim_of(), b.tensor_view(), dy.tensor_view());
        let pairs = Stacks::new(a.slice(), b.shape()).pairs(dy.shape());
        if b.ndim() == 2
            && a.ndim() == dy.ndim()
            && !dy.is_empty()
            && let Some(dy) = rows(&dy)
        {
            let b = b.into_dimensionality::<ndarray::Ix2>().expect("a matrix");
            return product(&dy, &b.t()).into_shape_with_order(a).expect("as many elements");
        }
        let (b, dy) = (matrices(b), matrices(dy));
        stack_of(a, |number, mut d_a| {
            for (of_y, (_, of_b)) in pairs.iter().enumerate().filter(|(_, (of_a, _))| *of_a == number) {
                add_product(&mut d_a, &dy[of_y], &b[*of_b].t());
            }
        })
    }

    /// `aᵀ dy`, summed to the shape of `b`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_b<A, B, G>(a: &A, b: &B, dy: &G) -> Array<A::Elem, B::Dim>
    where
        A: Tensor<Dim: Stack> + ?Sized,
        B: Shaped<Dim: Stack> + ?Sized,
        G: Tensor<Elem = A::Elem> + ?Sized,
    {
        let (a, b, dy) = (a.tensor_view(), b.dim_of(), dy.tensor_view());
        let pairs = Stacks::new(a.shape(), b.slice()).pairs(dy.shape());
        if b.ndim() == 2
            && !dy.is_empty()
            && let (Some(a), Some(dy)) = (rows(&a), rows(&dy))
        {
            return product(&a.t(), &dy).into_shape_with_order(b).expect("as many elements");
        }
        let (a, dy) = (matrices(a), matrices(dy));
        stack_of(b, |number, mut d_b| {
            for (of_y, (of_a, _)) in pairs.iter().enumerate().filter(|(_, (_, of_b))| *of_b == number) {
                add_product(&mut d_b, &a[*of_a].t(), &dy[of_y]);
            }
        })
    }
}

impl Stacks {
    /// The numbers of the factors of each product, of which there are cotangents of this shape.
    #[track_caller]
    fn pairs(&self, dy: &[usize]) -> Vec<(usize, usize)> {
        let leading = &dy[..dy.len().saturating_sub(2)];
        ensure!(leading == self.leading, "", "a cotangent of shape {dy:?} for products of shape {:?}", self.leading);
        (0..self.leading.iter().product()).map(|number| self.pair(number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, Array4, array, s};

    use super::{MatMul, matmul};
    use crate::ops::dot::dot;
    use crate::ops::linalg::testing::close;
    use crate::ops::testing::{check_rule, numbers};

    macro_rules! check {
        ($a:expr, $b:expr, $dy:expr) => {{
            let (a, b, dy) = ($a, $b, $dy);
            let (y, pullback) = matmul::vjp(&a, &b);
            assert_eq!(y.shape(), dy.shape());
            let (d_a, d_b) = pullback(dy.clone());
            check_rule(&a, |a| matmul(a, &b), &dy, &d_a);
            check_rule(&b, |b| matmul(&a, b), &dy, &d_b);
        }};
    }

    #[test]
    fn of_all_ranks_and_broadcast() {
        check!(numbers([2, 3], 1), numbers([3, 4], 2), numbers([2, 4], 3));
        check!(numbers([5, 2, 3], 1), numbers([3, 4], 2), numbers([5, 2, 4], 3));
        check!(numbers([2, 3], 1), numbers([5, 3, 4], 2), numbers([5, 2, 4], 3));
        check!(numbers([5, 2, 3], 1), numbers([5, 3, 4], 2), numbers([5, 2, 4], 3));
        check!(numbers([1, 2, 3], 1), numbers([5, 3, 4], 2), numbers([5, 2, 4], 3));
        check!(numbers([2, 1, 2, 3], 1), numbers([5, 3, 4], 2), numbers([2, 5, 2, 4], 3));
        check!(numbers([2, 5, 2, 3], 1), numbers([2, 1, 3, 4], 2), numbers([2, 5, 2, 4], 3));
    }

    #[test]
    fn in_every_layout_and_empty() {
        let (a, b) = (numbers([3, 4, 6], 1), numbers([3, 6, 5], 2));
        let (a, b) = (a.slice(s![..;-1, .., ..;2]), b.slice(s![.., ..;-2, ..]));
        let y = a.matmul(&b);
        for i in 0..3 {
            close(&y.slice(s![i, .., ..]), &dot(&a.slice(s![i, .., ..]), &b.slice(s![i, .., ..])));
        }
        let y = matmul(&a, &numbers([3, 2], 4));
        close(&y.slice(s![1, .., ..]), &dot(&a.slice(s![1, .., ..]), &numbers([3, 2], 4)));
        assert_eq!(matmul(&Array3::<f64>::zeros((0, 2, 3)), &numbers([3, 4], 1)).dim(), (0, 2, 4));
        assert_eq!(matmul(&Array3::<f64>::zeros((2, 2, 0)), &Array3::zeros((2, 0, 2))), Array3::zeros((2, 2, 2)));
        let (d_a, d_b) = matmul::vjp(&Array3::<f64>::zeros((0, 2, 3)), &numbers([3, 4], 1)).1(Array3::zeros((0, 2, 4)));
        assert_eq!((d_a.dim(), d_b), ((0, 2, 3), numbers([3, 4], 1) * 0.0));
        assert_eq!(array![[2.0f32]].matmul(&array![[[3.0]], [[4.0]]]), array![[[6.0]], [[8.0]]]);
    }

    #[test]
    #[should_panic(expected = "shapes [2, 4, 2, 3] and [3, 3, 4] do not contract in matmul")]
    fn leading_axes_must_fit() {
        matmul(&Array4::<f64>::zeros((2, 4, 2, 3)), &Array3::zeros((3, 3, 4)));
    }
}
