//! Products, over all elements and along an axis; right where factors are 0, since nothing is divided.

use ndarray::{Array, Axis, Dimension, RemoveAxis};

use super::reduction_rules::reduction_rules;
use super::rows::{axis_exists, change_all, change_each, zip_all, zip_each};
use super::sum_axis::Smaller;
use super::tensor::Tensor;
use super::tensor_function::tensor_method;
use crate::along::Along;
use crate::real::Real;
use crate::want::Want;

/// `Π x` over all elements; of none, 1.
pub fn product<X: Tensor + ?Sized>(x: &X) -> X::Elem {
    x.tensor_view().product()
}

/// `Π x` along `axis`, which is removed. Panics if there is no such axis.
#[track_caller]
pub fn product_axis<X: Tensor<Dim: RemoveAxis> + ?Sized>(x: &X, axis: Axis) -> Smaller<X> {
    let x = x.tensor_view();
    axis_exists(x.shape(), axis);
    x.product_axis(axis)
}

/// The rules of [`product()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct product {}

/// The rules of [`product_axis()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct product_axis {}

reduction_rules! {
    product and product_axis {
        /// `dy Π_{j ≠ i} x[j]` over a row.
        d_x |x, dy| product_backward(x, dy),
        /// `Σᵢ dx[i] Π_{j ≠ i} x[j]`.
        tangent |x, dx| product_forward(x, dx),
    }
}

/// Each element becomes `dy` times the product of the others.
fn product_backward<T: Real>(x: &mut [T], dy: T) {
    let mut products = before(dy, x);
    let mut behind = T::one();
    for (product, x) in products.iter_mut().zip(&*x).rev() {
        *product *= behind;
        behind *= *x;
    }
    x.copy_from_slice(&products);
}

/// `start` times the product of the elements before each one.
pub(super) fn before<T: Real>(start: T, x: &[T]) -> Vec<T> {
    let products = x.iter().scan(start, |product, x| {
        let before = *product;
        *product *= *x;
        Some(before)
    });
    products.collect()
}

fn product_forward<T: Real>(x: &[T], dx: &[T]) -> T {
    let step = |(y, dy): (T, T), (x, dx): (&T, &T)| (y * *x, dy * *x + y * *dx);
    x.iter().zip(dx).fold((T::one(), T::zero()), step).1
}

tensor_method! {
    product_residual_vjp, product_residual_hvp, product_pushforward() of ProductResidual;
    where [];
    result X::Elem;
    forward |x| product(x);
    rule |x, _, dy| product::d_x(x, &dy);
    tangent |x, _, dx| product::tangent(x, dx);
}

tensor_method! {
    product_axis_residual_vjp, product_axis_residual_hvp, product_axis_pushforward(axis: Axis as P) of ProductAxisResidual;
    where [Dim: RemoveAxis];
    result Smaller<X>;
    forward |x| product_axis(x, axis);
    rule |x, _, dy| product_axis::d_x(x, axis, &dy);
    tangent |x, _, dx| product_axis::tangent(x, axis, dx);
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, Axis, array};

    use super::{product, product_axis};
    use crate::ops::testing::{check_reduction, check_reduction_of_all, cube};

    #[test]
    fn rules_agree_with_differences() {
        check_reduction_of_all(product, product::d_x, product::tangent);
        check_reduction(product_axis, product_axis::d_x, product_axis::tangent);
    }

    #[test]
    fn zeros_are_no_trouble() {
        assert_eq!(product::d_x(&array![2.0, 0.0, 3.0], &1.0), array![0.0, 6.0, 0.0]);
        assert_eq!(product::d_x(&array![2.0, 0.0, 0.0], &1.0), array![0.0, 0.0, 0.0]);
        assert_eq!(product::tangent(&array![2.0, 0.0, 3.0], &array![5.0, 1.0, 7.0]), 6.0);
        let x = array![[0.0f32, 2.0], [5.0, 3.0]];
        assert_eq!(product_axis::d_x(&x, Axis(1), &array![1.0, 10.0]), array![[2.0, 0.0], [30.0, 50.0]]);
    }

    #[test]
    fn of_nothing() {
        assert_eq!(product(&Array1::<f64>::zeros(0)), 1.0);
        assert_eq!(product::d_x(&Array1::<f64>::zeros(0), &1.0).len(), 0);
        let x = Array2::<f64>::zeros((0, 3));
        assert_eq!(product_axis(&x, Axis(0)), array![1.0, 1.0, 1.0]);
        assert_eq!(product_axis::d_x(&x, Axis(0), &array![1.0, 1.0, 1.0]), x);
    }

    #[test]
    #[should_panic(expected = "has no axis 3")]
    fn the_axis_must_exist() {
        product_axis(&cube(), Axis(3));
    }
}
