//! Arrays in a frame.

use ndarray::{Array, ArrayBase, ArrayView, Dimension, RawData, Slice};

use crate::ops::operation::operation;
use crate::ops::{Like, Tensor};
use crate::quoted::ensure;
use crate::real::Real;

operation! {
    /// `x` in a frame of `value`: along axis `i`, `widths[i].0` of it before and `widths[i].1` behind. Panics if there is not one
    /// pair of widths for each axis.
    fn pad(
        x: X if S; widths: [&[(usize, usize)]] if V, value: [Elem] if U
    ), method of Pad, hidden forms pad_residual_vjp, pad_residual_hvp, pad_pushforward of PadHidden;
    where [X: Tensor];
    result Like<X>;
    forward framed;
    rules |_, dy| (pad::d_x(widths, dy));
    tangents |_, dot| (pad::tangent(widths, dot));
}

#[track_caller]
fn framed<T: Real, D: Dimension>(x: ArrayView<'_, T, D>, widths: &[(usize, usize)], value: T) -> Array<T, D> {
    let (rank, pairs) = (x.ndim(), widths.len());
    ensure!(rank == pairs, "", "pad of an array of shape {:?} with {pairs} pairs of widths", x.shape());
    let mut shape = x.raw_dim();
    for (length, (before, behind)) in shape.slice_mut().iter_mut().zip(widths) {
        *length += before + behind;
    }
    let mut y = Array::from_elem(shape, value);
    within(y.view_mut(), widths).assign(&x);
    y
}

/// What is inside of the frame.
fn within<S: RawData, D: Dimension>(mut y: ArrayBase<S, D>, widths: &[(usize, usize)]) -> ArrayBase<S, D> {
    y.slice_each_axis_inplace(|axis| {
        let (before, behind) = widths[axis.axis.index()];
        Slice::from(before..axis.len - behind)
    });
    y
}

impl pad {
    /// What of `dy` is inside of the frame.
    #[doc(hidden)]
    pub fn d_x<G: Tensor + ?Sized>(widths: &[(usize, usize)], dy: &G) -> Like<G> {
        within(dy.tensor_view(), widths).to_owned()
    }

    /// `ẋ` in a frame of zeros.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<G: Tensor + ?Sized>(widths: &[(usize, usize)], x_dot: &G) -> Like<G> {
        framed(x_dot.tensor_view(), widths, num_traits::zero())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr0, array};

    use super::pad;
    use crate::ops::testing::{check_dot, check_rule, numbers};

    #[test]
    fn has_a_frame() {
        let x = array![[1.0, 2.0], [3.0, 4.0]];
        let y = array![[9.0, 9.0, 9.0], [1.0, 2.0, 9.0], [3.0, 4.0, 9.0]];
        assert_eq!(pad(&x, &[(1, 0), (0, 1)], 9.0), y);
        assert_eq!(pad(&x.t(), &[(0, 1), (1, 0)], 9.0), y.slice(ndarray::s![..;-1, ..;-1]).t().slice(ndarray::s![..;-1, ..;-1]));
        assert_eq!(pad(&Array2::<f32>::zeros((0, 1)), &[(1, 1), (0, 0)], 2.0), array![[2.0], [2.0]]);
        assert_eq!(pad(&arr0(3.0), &[], 0.0), arr0(3.0));
    }

    #[test]
    fn rules_agree_with_differences_and_with_each_other() {
        let (x, widths) = (numbers([2, 3, 2], 1), [(1, 0), (2, 1), (0, 0)]);
        let (y, pullback) = pad::vjp(&x, &widths, 0.7);
        let dy = numbers(y.raw_dim(), 2);
        let d_x = pullback(dy.clone());
        check_rule(&x, |x| pad(x, &widths, 0.7), &dy, &d_x);
        let x_dot = numbers([2, 3, 2], 3);
        check_dot(&pad::jvp(&x, &widths, 0.7, x_dot.clone()).1, &dy, &x_dot, &d_x);
    }

    #[test]
    #[should_panic(expected = "pad of an array of shape [2, 3] with 1 pairs of widths")]
    fn every_axis_has_its_widths() {
        pad(&Array2::<f64>::zeros((2, 3)), &[(1, 1)], 0.0);
    }
}
