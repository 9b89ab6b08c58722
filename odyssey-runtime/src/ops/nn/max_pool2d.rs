//! The largest elements of windows.

use ndarray::{Array4, ArrayView4, Ix4};

use super::windows::{Windows, largest, plane};
use crate::ops::Tensor;
use crate::ops::operation::operation;
use crate::real::Real;

operation! {
    /// The largest element of each window of `size` (rows, columns), the windows `stride` apart: of images `[N, C, H, W]`,
    /// `[N, C, (H - size) / stride + 1, …]`, rounded down.
    ///
    /// The cotangent goes to the first of the largest elements. A window with a NaN is NaN. Panics if a window does not fit on
    /// the image.
    fn max_pool2d(
        x: X if S; size: [(usize, usize)] if V, stride: [(usize, usize)] if U
    ), method of MaxPool2d, hidden forms max_pool2d_residual_vjp, max_pool2d_residual_hvp, max_pool2d_pushforward of MaxPool2dHidden;
    where [X: Tensor<Dim = Ix4>];
    result Array4<X::Elem>;
    forward forward;
    rules |_, dy| (max_pool2d::d_x(x, size, stride, dy));
    tangents |_, dot| (max_pool2d::tangent(x, size, stride, dot));
}

#[track_caller]
fn forward<T: Real>(x: ArrayView4<'_, T>, size: (usize, usize), stride: (usize, usize)) -> Array4<T> {
    Windows::sliding(x.raw_dim(), size, stride, "max_pool2d").reduce(&x, |_, x, rows, columns| x[largest(x, rows, columns)])
}

impl max_pool2d {
    /// `dy` at the largest elements.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, G>(x: &X, size: (usize, usize), stride: (usize, usize), dy: &G) -> Array4<X::Elem>
    where
        X: Tensor<Dim = Ix4> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix4> + ?Sized,
    {
        let x = x.tensor_view();
        let windows = Windows::sliding(x.raw_dim(), size, stride, "max_pool2d");
        windows.spread(x.raw_dim(), &dy.tensor_view(), |number, d_x, rows, columns, dy| {
            d_x[largest(&plane(&x, number), rows, columns)] += dy;
        })
    }

    /// `ẋ` at the largest elements.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<X, G>(x: &X, size: (usize, usize), stride: (usize, usize), x_dot: &G) -> Array4<X::Elem>
    where
        X: Tensor<Dim = Ix4> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix4> + ?Sized,
    {
        let (x, x_dot) = (x.tensor_view(), x_dot.tensor_view());
        Windows::sliding(x.raw_dim(), size, stride, "max_pool2d")
            .reduce(&x, |number, x, rows, columns| plane(&x_dot, number)[largest(x, rows, columns)])
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array4, s};

    use super::{MaxPool2d, max_pool2d};
    use crate::ops::testing::{check_dot, check_rule, numbers};

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        for (size, stride) in [((2, 2), (2, 2)), ((3, 2), (1, 2)), ((2, 1), (3, 1))] {
            let x = numbers([2, 3, 5, 6], 1);
            let (y, pullback) = max_pool2d::vjp(&x, size, stride);
            let dy = numbers(y.raw_dim(), 2);
            let d_x = pullback(dy.clone());
            check_rule(&x, |x| max_pool2d(x, size, stride), &dy, &d_x);
            let x_dot = numbers(x.raw_dim(), 3);
            check_dot(&max_pool2d::tangent(&x, size, stride, &x_dot), &dy, &x_dot, &d_x);
        }
    }

    #[test]
    fn takes_the_first_of_the_largest() {
        let x = Array4::from_shape_vec((1, 1, 2, 4), vec![1.0f32, 3.0, 0.0, f32::NAN, 3.0, 2.0, 5.0, 4.0]).unwrap();
        let (y, pullback) = max_pool2d::vjp(&x, (2, 2), (2, 2));
        assert!(y[[0, 0, 0, 0]] == 3.0 && y[[0, 0, 0, 1]].is_nan());
        assert_eq!(pullback(y.mapv(|_| 1.0)).into_raw_vec_and_offset().0, [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        let reversed = x.slice(s![.., .., ..;-1, ..]);
        assert_eq!(reversed.max_pool2d((1, 2), (1, 2))[[0, 0, 0, 0]], 3.0);
        assert_eq!(max_pool2d(&Array4::<f64>::zeros((0, 1, 2, 2)), (2, 2), (1, 1)).dim(), (0, 1, 1, 1));
    }

    #[test]
    #[should_panic(expected = "max_pool2d of images of shape [1, 1, 2, 2] with windows (3, 1), (1, 1) apart")]
    fn windows_must_fit() {
        max_pool2d(&Array4::<f64>::zeros((1, 1, 2, 2)), (3, 1), (1, 1));
    }
}
