//! The outer product.

use ndarray::{Array1, Array2, ArrayView1, Axis, Ix1, Ix2};

use crate::ops::Tensor;
use crate::ops::dot::dot;
use crate::ops::gemm::product;
use crate::ops::operation::operation;
use crate::real::Real;

operation! {
    /// `y[i, j] = a[i] b[j]`, `[m, n]` of vectors `[m]` and `[n]`.
    fn outer(a: A if S, b: B if W), method of Outer, hidden forms outer_residual_vjp, outer_residual_hvp, outer_pushforward of OuterHidden;
    where [A: Tensor<Dim = Ix1>, B: Tensor<Elem = A::Elem, Dim = Ix1>];
    result Array2<A::Elem>;
    forward forward;
    rules |_, dy| (outer::d_a(b, dy), outer::d_b(a, dy));
    tangents |_, dot| (outer(dot, b), outer(a, dot));
}

fn forward<T: Real>(a: ArrayView1<'_, T>, b: ArrayView1<'_, T>) -> Array2<T> {
    product(&a.insert_axis(Axis(1)), &b.insert_axis(Axis(0)))
}

impl outer {
    /// `dy b`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_a<B, G>(b: &B, dy: &G) -> Array1<B::Elem>
    where
        B: Tensor<Dim = Ix1> + ?Sized,
        G: Tensor<Elem = B::Elem, Dim = Ix2> + ?Sized,
    {
        dot(dy, b)
    }

    /// `dyᵀ a`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_b<A, G>(a: &A, dy: &G) -> Array1<A::Elem>
    where
        A: Tensor<Dim = Ix1> + ?Sized,
        G: Tensor<Elem = A::Elem, Dim = Ix2> + ?Sized,
    {
        dot(a, dy)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array, s};

    use super::{Outer, outer};
    use crate::ops::testing::{check_rule, numbers};

    #[test]
    fn agrees_with_the_definition() {
        assert_eq!(array![1.0f32, 2.0].outer(&array![3.0, 4.0, 5.0]), array![[3.0, 4.0, 5.0], [6.0, 8.0, 10.0]]);
        let (a, b) = (numbers([40], 1), numbers([30], 2));
        let y = outer(&a.slice(s![..;-2]), &b.slice(s![3..]));
        assert_eq!(y.dim(), (20, 27));
        assert!(y.indexed_iter().all(|((i, j), y)| *y == a[39 - 2 * i] * b[3 + j]));
        assert_eq!(outer(&Array1::<f64>::zeros(0), &a).dim(), (0, 40));
    }

    #[test]
    fn rules_agree_with_differences() {
        let (a, b, dy) = (numbers([4], 1), numbers([3], 2), numbers([4, 3], 3));
        let (d_a, d_b) = outer::vjp(&a, &b).1(dy.clone());
        check_rule(&a, |a| outer(a, &b), &dy, &d_a);
        check_rule(&b, |b| outer(&a, b), &dy, &d_b);
    }
}
