//! Convolutions of sequences.

use ndarray::{Array3, ArrayView3, Axis, Ix3};

use super::conv2d::conv2d;
use super::convolution::Conv2d;
use crate::elementwise::Extent;
use crate::ops::operation::operation;
use crate::ops::{Shaped, Tensor};
use crate::real::Real;

/// How a kernel is moved over a sequence, and which channels it connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv1d {
    /// How far the kernel moves at a step.
    pub stride: usize,
    /// How many zeros are added on each side.
    pub padding: usize,
    /// How far apart neighbours in the kernel are laid upon the sequence.
    pub dilation: usize,
    /// Channels are divided into so many groups, which are convolved by themselves.
    pub groups: usize,
}

impl Default for Conv1d {
    fn default() -> Self {
        Self { stride: 1, padding: 0, dilation: 1, groups: 1 }
    }
}

impl Conv1d {
    /// The same for a sequence as an image of one row.
    fn of_a_row(self) -> Conv2d {
        let Self { stride, padding, dilation, groups } = self;
        Conv2d { stride: (1, stride), padding: (0, padding), dilation: (1, dilation), groups }
    }
}

operation! {
    /// `y[n, o, i] = Σ k[o, c, p] x[n, c, i stride + p dilation - padding]`, for sequences `x [N, C, L]` and a kernel
    /// `k [O, C / groups, K]`: [`conv2d()`] of images of one row. Panics as that does.
    fn conv1d(x: X if S, k: K if W; options: [Conv1d] if V), method of Convolve1d, hidden forms conv1d_residual_vjp, conv1d_residual_hvp, conv1d_pushforward of Convolve1dHidden;
    where [X: Tensor<Dim = Ix3>, K: Tensor<Elem = X::Elem, Dim = Ix3>];
    result Array3<X::Elem>;
    forward forward;
    rules |_, dy| (conv1d::d_x(x, k, options, dy), conv1d::d_k(x, k, options, dy));
    tangents |_, dot| (conv1d(dot, k, options), conv1d(x, dot, options));
}

/// Of images that are rows.
const ROW: Axis = Axis(2);

#[track_caller]
fn forward<T: Real>(x: ArrayView3<'_, T>, k: ArrayView3<'_, T>, options: Conv1d) -> Array3<T> {
    conv2d(&x.insert_axis(ROW), &k.insert_axis(ROW), options.of_a_row()).remove_axis(ROW)
}

impl conv1d {
    /// `dy` through the transposed kernel.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, K, G>(x: &X, k: &K, options: Conv1d, dy: &G) -> Array3<K::Elem>
    where
        X: Shaped<Dim = Ix3> + ?Sized,
        K: Tensor<Dim = Ix3> + ?Sized,
        G: Tensor<Elem = K::Elem, Dim = Ix3> + ?Sized,
    {
        let x = Extent::<K::Elem, _>::new(as_row(x.dim_of()));
        let (k, dy) = (k.tensor_view().insert_axis(ROW), dy.tensor_view().insert_axis(ROW));
        conv2d::d_x(&x, &k, options.of_a_row(), &dy).remove_axis(ROW)
    }

    /// What each element of the kernel was multiplied by, times `dy`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_k<X, K, G>(x: &X, k: &K, options: Conv1d, dy: &G) -> Array3<X::Elem>
    where
        X: Tensor<Dim = Ix3> + ?Sized,
        K: Shaped<Dim = Ix3> + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = Ix3> + ?Sized,
    {
        let k = Extent::<X::Elem, _>::new(as_row(k.dim_of()));
        let (x, dy) = (x.tensor_view().insert_axis(ROW), dy.tensor_view().insert_axis(ROW));
        conv2d::d_k(&x, &k, options.of_a_row(), &dy).remove_axis(ROW)
    }
}

fn as_row(dim: Ix3) -> ndarray::Ix4 {
    ndarray::Dim([dim[0], dim[1], 1, dim[2]])
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::{Conv1d, Convolve1d, conv1d};
    use crate::ops::testing::{check_rule, numbers};

    #[test]
    fn rules_agree_with_differences() {
        for (stride, padding, dilation) in [(1, 0, 1), (2, 1, 1), (1, 3, 2), (3, 2, 2)] {
            let options = Conv1d { stride, padding, dilation, groups: 2 };
            let (x, k) = (numbers([2, 4, 9], 1), numbers([6, 2, 3], 2));
            let (y, pullback) = conv1d::vjp(&x, &k, options);
            let dy = numbers(y.raw_dim(), 3);
            let (d_x, d_k) = pullback(dy.clone());
            check_rule(&x, |x| conv1d(x, &k, options), &dy, &d_x);
            check_rule(&k, |k| conv1d(&x, k, options), &dy, &d_k);
        }
    }

    #[test]
    fn is_a_sum_of_shifts() {
        let x = Array3::from_shape_vec((1, 1, 4), vec![1.0f32, 2.0, 3.0, 4.0]).unwrap();
        let k = Array3::from_shape_vec((1, 1, 2), vec![10.0, 1.0]).unwrap();
        let y = x.conv1d(&k, Conv1d { padding: 1, ..Conv1d::default() });
        assert_eq!(y.into_raw_vec_and_offset().0, [1.0, 12.0, 23.0, 34.0, 40.0]);
    }
}
