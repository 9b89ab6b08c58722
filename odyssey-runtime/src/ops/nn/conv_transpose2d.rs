//! Transposed convolutions of images.

use ndarray::{Array4, ArrayView4, Dim, Ix4};

use super::convolution::{Conv2d, Convolution};
use crate::ops::operation::operation;
use crate::ops::{Shaped, Tensor};
use crate::real::Real;

operation! {
    /// The transpose of [`conv2d()`](super::conv2d::conv2d()) as a linear map of images, for `x [N, C, H, W]` and a kernel
    /// `k [C, O / groups, KH, KW]`: `y[n, o, i sh + p dh - ph, j sw + q dw - pw] += k[c, o, p, q] x[n, c, i, j]`,
    /// `[N, O, (H - 1) sh - 2 ph + dh (KH - 1) + 1, …]`.
    ///
    /// Panics if the channels do not fit or nothing is left within the padding.
    fn conv_transpose2d(
        x: X if S, k: K if W; options: [Conv2d] if V
    ), method of ConvolveTransposed2d, hidden forms conv_transpose2d_residual_vjp, conv_transpose2d_residual_hvp, conv_transpose2d_pushforward of ConvolveTransposed2dHidden;
    where [X: Tensor<Dim = Ix4>, K: Tensor<Elem = X::Elem, Dim = Ix4>];
    result Array4<X::Elem>;
    forward forward;
    rules |_, dy| (conv_transpose2d::d_x(k, options, dy), conv_transpose2d::d_k(x, k, options, dy));
    tangents |_, dot| (conv_transpose2d(dot, k, options), conv_transpose2d(x, dot, options));
}

operation! {
    /// [`conv_transpose2d()`] with `output_padding` more rows and columns at the end of the result, fewer than the stride: of the
    /// images that a [`conv2d()`](super::conv2d::conv2d()) with a stride makes equally small, it says which one comes back.
    fn conv_transpose2d_with(
        x: X if S, k: K if W; options: [Conv2d] if V, output_padding: [(usize, usize)] if U
    ), method of ConvolveTransposed2dWith, hidden forms conv_transpose2d_with_residual_vjp, conv_transpose2d_with_residual_hvp, conv_transpose2d_with_pushforward of ConvolveTransposed2dWithHidden;
    where [X: Tensor<Dim = Ix4>, K: Tensor<Elem = X::Elem, Dim = Ix4>];
    result Array4<X::Elem>;
    forward padded;
    rules |_, dy| (conv_transpose2d::d_x(k, options, dy), conv_transpose2d::d_k(x, k, options, dy));
    tangents |_, dot| (
        conv_transpose2d_with(dot, k, options, output_padding),
        conv_transpose2d_with(x, dot, options, output_padding),
    );
}

#[track_caller]
fn forward<T: Real>(x: ArrayView4<'_, T>, k: ArrayView4<'_, T>, options: Conv2d) -> Array4<T> {
    padded(x, k, options, (0, 0))
}

#[track_caller]
fn padded<T: Real>(x: ArrayView4<'_, T>, k: ArrayView4<'_, T>, options: Conv2d, more: (usize, usize)) -> Array4<T> {
    assert!(
        more == (0, 0) || more.0 < options.stride.0 && more.1 < options.stride.1,
        "conv_transpose2d with an output padding of {more:?}, which is not less than the stride of {:?}",
        options.stride,
    );
    transposed(x.raw_dim(), k.raw_dim(), options, more).d_image(&k, &x)
}

/// The convolution of which the operation is the transpose.
#[track_caller]
fn transposed(x: Ix4, k: Ix4, options: Conv2d, more: (usize, usize)) -> Convolution {
    let Conv2d { stride, padding, dilation, groups } = options;
    let length = |length: usize, stride: usize, padding: usize, dilation: usize, kernel: usize| {
        let padded = (length.max(1) - 1) * stride + dilation * (kernel.max(1) - 1) + 1;
        assert!(
            padded > 2 * padding && length > 0 && x[1] == k[0],
            "conv_transpose2d of images of shape {:?} with a kernel of shape {:?} and a padding of {padding}",
            ndarray::Dimension::slice(&x),
            ndarray::Dimension::slice(&k),
        );
        padded - 2 * padding
    };
    let rows = length(x[2], stride.0, padding.0, dilation.0, k[2]) + more.0;
    let columns = length(x[3], stride.1, padding.1, dilation.1, k[3]) + more.1;
    Convolution::new(Dim([x[0], k[1] * groups, rows, columns]), k, options, "conv_transpose2d")
}

impl conv_transpose2d {
    /// The convolution of `dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<K, G>(k: &K, options: Conv2d, dy: &G) -> Array4<K::Elem>
    where
        K: Tensor<Dim = Ix4> + ?Sized,
        G: Tensor<Elem = K::Elem, Dim = Ix4> + ?Sized,
    {
        let (k, dy) = (k.tensor_view(), dy.tensor_view());
        Convolution::new(dy.raw_dim(), k.raw_dim(), options, "conv_transpose2d").value(&dy, &k)
    }

    /// What each element of the kernel was multiplied by, times `dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_k<X, K, G>(x: &X, k: &K, options: Conv2d, dy: &G) -> Array4<X::Elem>
    where
        X: Tensor<Dim = Ix4> + ?Sized,
        K: Shaped<Dim = Ix4> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix4> + ?Sized,
    {
        let (x, dy) = (x.tensor_view(), dy.tensor_view());
        Convolution::new(dy.raw_dim(), k.dim_of(), options, "conv_transpose2d").d_kernel(&dy, &x)
    }
}

impl conv_transpose2d_with {
    /// As of [`conv_transpose2d()`], whose rules see the padding in the shape of `dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<K, G>(k: &K, options: Conv2d, dy: &G) -> Array4<K::Elem>
    where
        K: Tensor<Dim = Ix4> + ?Sized,
        G: Tensor<Elem = K::Elem, Dim = Ix4> + ?Sized,
    {
        conv_transpose2d::d_x(k, options, dy)
    }

    /// Likewise.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_k<X, K, G>(x: &X, k: &K, options: Conv2d, dy: &G) -> Array4<X::Elem>
    where
        X: Tensor<Dim = Ix4> + ?Sized,
        K: Shaped<Dim = Ix4> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix4> + ?Sized,
    {
        conv_transpose2d::d_k(x, k, options, dy)
    }
}

#[cfg(test)]
mod tests {
    use super::{Conv2d, ConvolveTransposed2d, conv_transpose2d, conv_transpose2d_with};
    use crate::ops::nn::conv2d::conv2d;
    use crate::ops::testing::{check_rule, numbers};

    #[test]
    fn is_the_transpose_and_has_its_rules() {
        for (stride, padding, dilation) in [((1, 1), (0, 0), (1, 1)), ((2, 3), (1, 0), (1, 2)), ((2, 1), (2, 1), (3, 1))] {
            let options = Conv2d { stride, padding, dilation, groups: 2 };
            let (x, k) = (numbers([2, 4, 4, 3], 1), numbers([4, 3, 3, 2], 2));
            let (y, pullback) = conv_transpose2d::vjp(&x, &k, options);
            let dy = numbers(y.raw_dim(), 3);
            let transpose = (&y * &dy).sum() - (conv2d(&dy, &k, options) * &x).sum();
            assert!(transpose.abs() < 1e-12, "{options:?}");
            let (d_x, d_k) = pullback(dy.clone());
            check_rule(&x, |x| conv_transpose2d(x, &k, options), &dy, &d_x);
            check_rule(&k, |k| conv_transpose2d(&x, k, options), &dy, &d_k);
        }
    }

    #[test]
    fn with_more_rows_and_columns_it_has_its_rules() {
        let options = Conv2d { stride: (2, 3), padding: (1, 0), ..Conv2d::default() };
        let (x, k) = (numbers([2, 4, 4, 3], 1), numbers([4, 3, 3, 2], 2));
        let (y, pullback) = conv_transpose2d_with::vjp(&x, &k, options, (1, 2));
        let smaller = conv_transpose2d(&x, &k, options);
        assert_eq!(y.dim(), (2, 3, smaller.dim().2 + 1, smaller.dim().3 + 2));
        assert_eq!(y.slice(ndarray::s![.., .., ..-1, ..-2]), smaller);
        let dy = numbers(y.raw_dim(), 3);
        let (d_x, d_k) = pullback(dy.clone());
        check_rule(&x, |x| conv_transpose2d_with(x, &k, options, (1, 2)), &dy, &d_x);
        check_rule(&k, |k| conv_transpose2d_with(&x, k, options, (1, 2)), &dy, &d_k);
    }

    #[test]
    #[should_panic(expected = "an output padding of (1, 0), which is not less than the stride of (1, 1)")]
    fn the_output_padding_is_less_than_the_stride() {
        conv_transpose2d_with(&numbers([1, 2, 5, 5], 1), &numbers([2, 2, 3, 3], 1), Conv2d::default(), (1, 0));
    }

    #[test]
    fn lays_the_kernel_down() {
        let x = numbers([1, 1, 1, 2], 1).mapv(|x| x as f32);
        let k = numbers([1, 1, 2, 2], 2).mapv(|x| x as f32);
        let y = x.conv_transpose2d(&k, Conv2d { stride: (1, 2), ..Conv2d::default() });
        assert_eq!(y.dim(), (1, 1, 2, 4));
        assert_eq!(y[[0, 0, 1, 2]], k[[0, 0, 1, 0]] * x[[0, 0, 0, 1]]);
    }

    #[test]
    #[should_panic(expected = "conv_transpose2d of images of shape [1, 3, 5, 5] with a kernel of shape [2, 2, 3, 3]")]
    fn channels_must_fit() {
        conv_transpose2d(&numbers([1, 3, 5, 5], 1), &numbers([2, 2, 3, 3], 1), Conv2d::default());
    }
}
