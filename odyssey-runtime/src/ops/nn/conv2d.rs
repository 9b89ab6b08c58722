//! Convolutions of images.

use ndarray::{Array4, ArrayView4, Ix4};

use super::convolution::{Conv2d, Convolution};
use crate::ops::operation::operation;
use crate::ops::{Shaped, Tensor};
use crate::quoted::ensure;
use crate::real::Real;

operation! {
    /// `y[n, o, i, j] = Σ k[o, c, p, q] x[n, c, i sh + p dh - ph, j sw + q dw - pw]`, for images `x [N, C, H, W]` and a kernel
    /// `k [O, C / groups, KH, KW]`: `[N, O, (H + 2 ph - dh (KH - 1) - 1) / sh + 1, …]`, rounded down.
    ///
    /// As in all of these libraries, the kernel is not mirrored. Outside of the image are zeros. Of `O` channels of the
    /// result, each group has its share, and sees its share of the channels of the image. Panics if the channels do not fit or
    /// the kernel does not fit on the padded image.
    fn conv2d(x: X if S, k: K if W; options: [Conv2d] if V), method of Convolve2d, hidden forms conv2d_residual_vjp, conv2d_residual_hvp, conv2d_pushforward of Convolve2dHidden;
    where [X: Tensor<Dim = Ix4>, K: Tensor<Elem = X::Elem, Dim = Ix4>];
    result Array4<X::Elem>;
    forward forward;
    rules |_, dy| (conv2d::d_x(x, k, options, dy), conv2d::d_k(x, k, options, dy));
    tangents |_, dot| (conv2d(dot, k, options), conv2d(x, dot, options));
}

#[track_caller]
fn forward<T: Real>(x: ArrayView4<'_, T>, k: ArrayView4<'_, T>, options: Conv2d) -> Array4<T> {
    Convolution::new(x.raw_dim(), k.raw_dim(), options, "conv2d").value(&x, &k)
}

impl conv2d {
    /// `dy` through the transposed kernel.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, K, G>(x: &X, k: &K, options: Conv2d, dy: &G) -> Array4<K::Elem>
    where
        X: Shaped<Dim = Ix4> + ?Sized,
        K: Tensor<Dim = Ix4> + ?Sized,
        G: Tensor<Elem = K::Elem, Dim = Ix4> + ?Sized,
    {
        let (k, dy) = (k.tensor_view(), dy.tensor_view());
        let convolution = Convolution::new(x.dim_of(), k.raw_dim(), options, "conv2d");
        fits(&convolution, dy.shape());
        convolution.d_image(&k, &dy)
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
        let convolution = Convolution::new(x.raw_dim(), k.dim_of(), options, "conv2d");
        fits(&convolution, dy.shape());
        convolution.d_kernel(&x, &dy)
    }
}

#[track_caller]
fn fits(convolution: &Convolution, dy: &[usize]) {
    let y = convolution.result_shape();
    ensure!(dy == y, "", "a cotangent of shape {dy:?} does not fit images of shape {y:?}");
}

#[cfg(test)]
mod tests {
    use ndarray::{Array4, ArrayView4, s};

    use super::{Conv2d, Convolve2d, conv2d};
    use crate::ops::testing::{check_rule, numbers};

    /// The definition.
    fn naive(x: &ArrayView4<'_, f64>, k: &ArrayView4<'_, f64>, options: Conv2d) -> Array4<f64> {
        let Conv2d { stride, padding, dilation, groups } = options;
        let ((n, _, h, w), (o, inputs, kh, kw)) = (x.dim(), k.dim());
        let size = |length, padding, kernel, dilation, stride| (length + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
        let rows = size(h, padding.0, kh, dilation.0, stride.0);
        let columns = size(w, padding.1, kw, dilation.1, stride.1);
        Array4::from_shape_fn((n, o, rows, columns), |(n, o, i, j)| {
            let mut sum = 0.0;
            for c in 0..inputs {
                for p in 0..kh {
                    for q in 0..kw {
                        let row = (i * stride.0 + p * dilation.0).checked_sub(padding.0);
                        let column = (j * stride.1 + q * dilation.1).checked_sub(padding.1);
                        if let (Some(row), Some(column)) = (row, column)
                            && row < h
                            && column < w
                        {
                            sum += k[[o, c, p, q]] * x[[n, o / (k.dim().0 / groups) * inputs + c, row, column]];
                        }
                    }
                }
            }
            sum
        })
    }

    fn combinations() -> Vec<([usize; 4], [usize; 4], Conv2d)> {
        let mut all = Vec::new();
        for stride in [(1, 1), (2, 1), (3, 2)] {
            for padding in [(0, 0), (1, 2), (4, 0)] {
                for dilation in [(1, 1), (2, 1), (1, 3)] {
                    for (groups, channels, outputs) in [(1, 3, 2), (2, 4, 6), (3, 3, 3), (1, 1, 2), (2, 2, 4)] {
                        let options = Conv2d { stride, padding, dilation, groups };
                        all.push(([2, channels, 6, 8], [outputs, channels / groups, 3, 2], options));
                    }
                }
            }
        }
        all
    }

    #[test]
    fn agrees_with_the_definition() {
        for (x, k, options) in combinations() {
            let (x, k) = (numbers(x, 1), numbers(k, 2));
            let (y, want) = (conv2d(&x, &k, options), naive(&x.view(), &k.view(), options));
            assert_eq!(y.dim(), want.dim());
            assert!((&y - &want).iter().all(|e| e.abs() < 1e-12), "{options:?}");
            let single = x.mapv(|x| x as f32).conv2d(&k.mapv(|k| k as f32), options);
            assert!((single.mapv(f64::from) - &want).iter().all(|e| e.abs() < 1e-5));
        }
    }

    #[test]
    fn rules_agree_with_differences() {
        for (x, k, options) in combinations().into_iter().step_by(7) {
            let (x, k) = (numbers(x, 1), numbers(k, 2));
            let (y, pullback) = conv2d::vjp(&x, &k, options);
            let dy = numbers(y.raw_dim(), 3);
            let (d_x, d_k) = pullback(dy.clone());
            check_rule(&x, |x| conv2d(x, &k, options), &dy, &d_x);
            check_rule(&k, |k| conv2d(&x, k, options), &dy, &d_k);
        }
    }

    #[test]
    fn in_every_layout_and_empty() {
        let (x, k) = (numbers([4, 6, 9, 5], 1), numbers([5, 2, 3, 3], 2));
        let x = x.slice(s![..;2, ..;-3, .., ..]);
        let x = x.permuted_axes([0, 1, 3, 2]);
        let k = k.slice(s![..;-2, .., ..;-1, ..]);
        let options = Conv2d { padding: (1, 1), ..Conv2d::default() };
        assert!((conv2d(&x, &k, options) - naive(&x, &k, options)).iter().all(|e| e.abs() < 1e-12));
        let empty = Array4::<f64>::zeros((0, 2, 5, 5));
        let (y, pullback) = conv2d::vjp(&empty, &k, options);
        assert_eq!(y.dim(), (0, 3, 5, 5));
        assert_eq!(pullback(y), (empty, Array4::zeros(k.raw_dim())));
    }

    #[test]
    fn large_images_go_by_blocks() {
        let (x, k) = (numbers([1, 8, 60, 90], 1), numbers([3, 8, 3, 3], 2));
        let options = Conv2d { padding: (1, 1), ..Conv2d::default() };
        let (y, pullback) = conv2d::vjp(&x, &k, options);
        assert!((&y - &naive(&x.view(), &k.view(), options)).iter().all(|e| e.abs() < 1e-12));
        // Linear in both: `<dy, conv(x, k)> = <d_x, x> = <d_k, k>`.
        let dy = numbers(y.raw_dim(), 3);
        let (d_x, d_k) = pullback(dy.clone());
        let total = (&dy * &y).sum();
        assert!((total - (&d_x * &x).sum()).abs() < 1e-9 && (total - (&d_k * &k).sum()).abs() < 1e-9);
    }

    #[test]
    #[should_panic(expected = "conv2d of images of shape [1, 3, 5, 5] with a kernel of shape [2, 2, 3, 3] in 1 groups")]
    fn channels_must_fit() {
        conv2d(&numbers([1, 3, 5, 5], 1), &numbers([2, 2, 3, 3], 1), Conv2d::default());
    }

    #[test]
    #[should_panic(expected = "with a kernel of shape [2, 3, 6, 3], which does not fit on them")]
    fn the_kernel_must_fit() {
        conv2d(&numbers([1, 3, 5, 5], 1), &numbers([2, 3, 6, 3], 1), Conv2d::default());
    }
}
