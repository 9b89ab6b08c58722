//! Convolutions of each channel by itself.

use ndarray::{Array4, ArrayView4, Ix4};

use super::conv2d::conv2d;
use super::convolution::Conv2d;
use crate::ops::operation::operation;
use crate::ops::{Shaped, Tensor};
use crate::quoted::ensure;
use crate::real::Real;

operation! {
    /// [`conv2d()`] in as many groups as there are channels, for images `x [N, C, H, W]` and a kernel `k [C m, 1, KH, KW]`,
    /// which makes `m` channels of each one. Panics as that does, and if `groups` says otherwise than 1 or `C`.
    fn depthwise_conv2d(
        x: X if S, k: K if W; options: [Conv2d] if V
    ), method of DepthwiseConvolve2d, hidden forms depthwise_conv2d_residual_vjp, depthwise_conv2d_residual_hvp, depthwise_conv2d_pushforward of DepthwiseConvolve2dHidden;
    where [X: Tensor<Dim = Ix4>, K: Tensor<Elem = X::Elem, Dim = Ix4>];
    result Array4<X::Elem>;
    forward forward;
    rules |_, dy| (depthwise_conv2d::d_x(x, k, options, dy), depthwise_conv2d::d_k(x, k, options, dy));
    tangents |_, dot| (depthwise_conv2d(dot, k, options), depthwise_conv2d(x, dot, options));
}

#[track_caller]
fn forward<T: Real>(x: ArrayView4<'_, T>, k: ArrayView4<'_, T>, options: Conv2d) -> Array4<T> {
    conv2d(&x, &k, in_groups(x.raw_dim(), options))
}

#[track_caller]
fn in_groups(x: Ix4, options: Conv2d) -> Conv2d {
    let (channels, groups) = (x[1], options.groups);
    ensure!(groups == 1 || groups == channels, "", "depthwise_conv2d of {channels} channels in {groups} groups");
    Conv2d { groups: channels, ..options }
}

impl depthwise_conv2d {
    /// `dy` through the transposed kernel.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, K, G>(x: &X, k: &K, options: Conv2d, dy: &G) -> Array4<K::Elem>
    where
        X: Shaped<Dim = Ix4> + ?Sized,
        K: Tensor<Dim = Ix4> + ?Sized,
        G: Tensor<Elem = K::Elem, Dim = Ix4> + ?Sized,
    {
        conv2d::d_x(x, k, in_groups(x.dim_of(), options), dy)
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
        conv2d::d_k(x, k, in_groups(x.tensor_view().raw_dim(), options), dy)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, s};

    use super::{Conv2d, DepthwiseConvolve2d, depthwise_conv2d};
    use crate::ops::nn::conv2d::conv2d;
    use crate::ops::testing::{check_rule, numbers};

    #[test]
    fn is_a_convolution_of_each_channel() {
        for multiplier in [1, 2] {
            let (x, k) = (numbers([2, 3, 6, 5], 1), numbers([3 * multiplier, 1, 3, 2], 2));
            let options = Conv2d { padding: (1, 0), stride: (1, 2), ..Conv2d::default() };
            let y = x.depthwise_conv2d(&k, options);
            for (channel, y) in y.axis_chunks_iter(Axis(1), multiplier).enumerate() {
                let kernel = k.slice(s![channel * multiplier..(channel + 1) * multiplier, .., .., ..]);
                let alone = conv2d(&x.slice(s![.., channel..=channel, .., ..]), &kernel, options);
                assert!((&y - &alone).iter().all(|e| e.abs() < 1e-13));
            }
            let dy = numbers(y.raw_dim(), 3);
            let (d_x, d_k) = depthwise_conv2d::vjp(&x, &k, options).1(dy.clone());
            check_rule(&x, |x| depthwise_conv2d(x, &k, options), &dy, &d_x);
            check_rule(&k, |k| depthwise_conv2d(&x, k, options), &dy, &d_k);
        }
    }
}
