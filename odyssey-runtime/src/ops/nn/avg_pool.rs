//! Means of windows.

use ndarray::{Array2, Array4, ArrayView4, Ix2, Ix4};

use super::windows::{Windows, add_shares, mean};
use crate::ops::operation::operation;
use crate::ops::{Elements, Shaped, Tensor};
use crate::real::Real;

operation! {
    /// The mean of each window of `size` (rows, columns), the windows `stride` apart: of images `[N, C, H, W]`,
    /// `[N, C, (H - size) / stride + 1, …]`, rounded down. Panics if a window does not fit on the image.
    fn avg_pool2d(
        x: X if S; size: [(usize, usize)] if V, stride: [(usize, usize)] if U
    ), method of AvgPool2d, hidden forms avg_pool2d_residual_vjp, avg_pool2d_residual_hvp, avg_pool2d_pushforward of AvgPool2dHidden;
    where [X: Tensor<Dim = Ix4>];
    result Array4<X::Elem>;
    forward sliding;
    rules |_, dy| (avg_pool2d::d_x(x, size, stride, dy));
    tangents |_, dot| (avg_pool2d(dot, size, stride));
}

#[track_caller]
fn sliding<T: Real>(x: ArrayView4<'_, T>, size: (usize, usize), stride: (usize, usize)) -> Array4<T> {
    Windows::sliding(x.raw_dim(), size, stride, "avg_pool2d").reduce(&x, |_, x, rows, columns| mean(x, rows, columns))
}

impl avg_pool2d {
    /// The same share of `dy` for each element of a window.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, G>(x: &X, size: (usize, usize), stride: (usize, usize), dy: &G) -> Array4<G::Elem>
    where
        X: Shaped<Dim = Ix4> + ?Sized,
        G: Tensor<Dim = Ix4> + ?Sized,
    {
        shares(&Windows::sliding(x.dim_of(), size, stride, "avg_pool2d"), x.dim_of(), dy.tensor_view())
    }
}

operation! {
    /// The means of as many windows as `number` (rows, columns) says, which cover the image: of images `[N, C, H, W]`,
    /// `[N, C, rows, columns]`. Window `i` of `n` goes from `i H / n`, rounded down, to `(i + 1) H / n`, rounded up. Panics if
    /// the images have no elements.
    fn adaptive_avg_pool2d(
        x: X if S; number: [(usize, usize)] if V
    ), method of AdaptiveAvgPool2d, hidden forms adaptive_avg_pool2d_residual_vjp, adaptive_avg_pool2d_residual_hvp, adaptive_avg_pool2d_pushforward of AdaptiveAvgPool2dHidden;
    where [X: Tensor<Dim = Ix4>];
    result Array4<X::Elem>;
    forward covering;
    rules |_, dy| (adaptive_avg_pool2d::d_x(x, number, dy));
    tangents |_, dot| (adaptive_avg_pool2d(dot, number));
}

#[track_caller]
fn covering<T: Real>(x: ArrayView4<'_, T>, number: (usize, usize)) -> Array4<T> {
    Windows::covering(x.raw_dim(), number, "adaptive_avg_pool2d").reduce(&x, |_, x, rows, columns| mean(x, rows, columns))
}

impl adaptive_avg_pool2d {
    /// The same share of `dy` for each element of a window.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, G>(x: &X, number: (usize, usize), dy: &G) -> Array4<G::Elem>
    where
        X: Shaped<Dim = Ix4> + ?Sized,
        G: Tensor<Dim = Ix4> + ?Sized,
    {
        shares(&Windows::covering(x.dim_of(), number, "adaptive_avg_pool2d"), x.dim_of(), dy.tensor_view())
    }
}

#[track_caller]
fn shares<T: Real>(windows: &Windows, image: Ix4, dy: ArrayView4<'_, T>) -> Array4<T> {
    windows.spread(image, &dy, |_, d_x, rows, columns, dy| add_shares(d_x, rows, columns, dy))
}

operation! {
    /// The mean of each plane: of images `[N, C, H, W]`, `[N, C]`. Panics if the images have no elements.
    fn global_avg_pool2d(x: X if S), method of GlobalAvgPool2d, hidden forms global_avg_pool2d_residual_vjp, global_avg_pool2d_residual_hvp, global_avg_pool2d_pushforward of GlobalAvgPool2dHidden;
    where [X: Tensor<Dim = Ix4>];
    result Array2<X::Elem>;
    forward global;
    rules |_, dy| (global_avg_pool2d::d_x(x, dy));
    tangents |_, dot| (global_avg_pool2d(dot));
}

#[track_caller]
fn global<T: Real>(x: ArrayView4<'_, T>) -> Array2<T> {
    let means =
        Windows::covering(x.raw_dim(), (1, 1), "global_avg_pool2d").reduce(&x, |_, x, rows, columns| mean(x, rows, columns));
    let (n, c) = (x.shape()[0], x.shape()[1]);
    means.into_shape_with_order((n, c)).expect("one a plane")
}

impl global_avg_pool2d {
    /// The same share of `dy` for each element of a plane.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, G>(x: &X, dy: &G) -> Array4<G::Elem>
    where
        X: Shaped<Dim = Ix4> + Elements<Elem = G::Elem> + ?Sized,
        G: Tensor<Dim = Ix2> + ?Sized,
    {
        let dy = dy.tensor_view().insert_axis(ndarray::Axis(2)).insert_axis(ndarray::Axis(3));
        shares(&Windows::covering(x.dim_of(), (1, 1), "global_avg_pool2d"), x.dim_of(), dy)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, s};

    use super::{AdaptiveAvgPool2d, AvgPool2d, GlobalAvgPool2d, adaptive_avg_pool2d, avg_pool2d, global_avg_pool2d};
    use crate::ops::testing::{check_rule, numbers};

    #[test]
    fn agree_with_the_definition() {
        let x = numbers([2, 3, 5, 6], 1);
        let y = x.avg_pool2d((2, 3), (3, 1));
        assert_eq!(y.dim(), (2, 3, 2, 4));
        let window = x.slice(s![1, 2, 3..5, 1..4]);
        assert!((y[[1, 2, 1, 1]] - window.mean().unwrap()).abs() < 1e-15);
        let y = x.adaptive_avg_pool2d((3, 6));
        assert!((y[[1, 2, 1, 4]] - x.slice(s![1, 2, 1..4, 4]).mean().unwrap()).abs() < 1e-15);
        let means = x.mean_axis(Axis(3)).unwrap().mean_axis(Axis(2)).unwrap();
        assert!((x.slice(s![.., .., .., ..;-1]).global_avg_pool2d() - means).iter().all(|e| e.abs() < 1e-15));
        assert_eq!(global_avg_pool2d(&x.slice(s![..0, .., .., ..])).dim(), (0, 3));
        assert_eq!(avg_pool2d(&x.mapv(|_| 2.5f32), (5, 5), (1, 1))[[0, 0, 0, 0]], 2.5);
    }

    #[test]
    fn rules_agree_with_differences() {
        let x = numbers([2, 3, 5, 6], 1);
        let (y, pullback) = avg_pool2d::vjp(&x, (3, 2), (1, 3));
        let dy = numbers(y.raw_dim(), 2);
        check_rule(&x, |x| avg_pool2d(x, (3, 2), (1, 3)), &dy, &pullback(dy.clone()));
        let (y, pullback) = adaptive_avg_pool2d::vjp(&x, (3, 4));
        let dy = numbers(y.raw_dim(), 2);
        check_rule(&x, |x| adaptive_avg_pool2d(x, (3, 4)), &dy, &pullback(dy.clone()));
        let (y, pullback) = global_avg_pool2d::vjp(&x);
        let dy = numbers(y.raw_dim(), 2);
        check_rule(&x, |x| global_avg_pool2d(x), &dy, &pullback(dy.clone()));
    }
}
