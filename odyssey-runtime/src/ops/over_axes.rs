//! Reductions over several axes, which are removed or kept with length 1: the axes as one, and a reduction along that.
//!
//! Over no axes at all, each element is reduced alone.

use ndarray::{Array, ArrayRef, Axis};

use super::several_axes::{SeveralAxes, Without};
use crate::prelude::*;

macro_rules! over_axes {
    ($($(#[$doc:meta])* $name:ident, $keeping:ident($($parameter:ident)?): |$x:ident| $reduction:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// Panics if an axis is given twice, or if there is none of its number.
        #[differentiable(wrt($x))]
        #[track_caller]
        pub fn $name<T: Real, D: SeveralAxes<N>, const N: usize>(
            $x: &ArrayRef<T, D>,
            axes: [Axis; N],
            $($parameter: T,)?
        ) -> Array<T, Without<D, N>> {
            let $x = $x.merged_axes(axes);
            $reduction
        }

        #[doc = concat!("[`", stringify!($name), "`](fn@", stringify!($name), ") that keeps the axes, with length 1.")]
        #[differentiable(wrt($x))]
        #[track_caller]
        pub fn $keeping<T: Real, D: SeveralAxes<N>, const N: usize>(
            $x: &ArrayRef<T, D>,
            axes: [Axis; N],
            $($parameter: T,)?
        ) -> Array<T, D> {
            let $x = $x.merged_axes(axes);
            let reduced = $reduction;
            reduced.insert_axes(axes).to_owned()
        }
    )*};
}

over_axes! {
    /// `Σ x` over these axes.
    sum_axes, sum_keep(): |x| x.sum_axis(Axis(0));
    /// `Σ x / n` over these axes, of `n` elements each. Panics if `n` is 0.
    mean_axes, mean_keep(): |x| x.mean_axis(Axis(0)).expect("the mean of at least one element");
    /// `Π x` over these axes.
    product_axes, product_keep(): |x| x.product_axis(Axis(0));
    /// `Σ (x - mean)² / (n - ddof)` over these axes, of `n` elements each.
    var_axes, var_keep(ddof): |x| x.var_axis(Axis(0), ddof);
    /// The square root of the variance over these axes; its derivative at 0 is 0.
    std_axes, std_keep(ddof): |x| x.std_axis(Axis(0), ddof);
    /// The largest element over these axes; several that are equal share the derivative equally.
    max_axes, max_keep(): |x| x.max_axis(Axis(0));
    /// The smallest element over these axes; several that are equal share the derivative equally.
    min_axes, min_keep(): |x| x.min_axis(Axis(0));
    /// `ln Σ exp(x)` over these axes, without overflow.
    logsumexp_axes, logsumexp_keep(): |x| x.logsumexp(Axis(0));
    /// `Σ |x|` over these axes; the derivative where an element is 0 is 0.
    norm_l1_axes, norm_l1_keep(): |x| x.norm_l1_axis(Axis(0));
    /// `sqrt(Σ x²)` over these axes, without overflow; the derivative at 0 is 0.
    norm_l2_axes, norm_l2_keep(): |x| x.norm_l2_axis(Axis(0));
}
