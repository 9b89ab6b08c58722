//! Sums and means along an axis.

use ndarray::{Array, ArrayView, Axis, Dimension, RemoveAxis};

use super::rows::{axis_exists, same_shape};
use super::tensor::{Shaped, Tensor};
use super::tensor_function::tensor_method;
use crate::along::Along;
use crate::memory::mapped;
use crate::quoted::refuse;
use crate::real::Real;
use crate::want::Want;

/// `Σ x` along `axis`, which is removed; of a vector, an array of rank 0. Panics if there is no such axis.
#[track_caller]
pub fn sum_axis<X: Tensor<Dim: RemoveAxis> + ?Sized>(x: &X, axis: Axis) -> Smaller<X> {
    let x = x.tensor_view();
    axis_exists(x.shape(), axis);
    sum_of_halves(x, axis)
}

/// So many slices are added up one after the other.
const SLICES: usize = 256;

/// What rounding loses grows with the logarithm of the length, as in [`sum_of()`](super::rows::sum_of).
fn sum_of_halves<T: Real, D: RemoveAxis>(x: ArrayView<'_, T, D>, axis: Axis) -> Array<T, D::Smaller> {
    let n = x.len_of(axis);
    if n <= SLICES {
        // Adding slices costs `ndarray` some time for each, however short they are.
        let is_narrow = x.len() < 8 * n;
        return if is_narrow { x.map_axis(axis, |lane| lane.sum()) } else { x.sum_axis(axis) };
    }
    let (a, b) = x.split_at(axis, n / 2);
    sum_of_halves(a, axis) + &sum_of_halves(b, axis)
}

/// `Σ x / n` along `axis` of length `n`, which is removed; `None` if `n` is 0. Panics if there is no such axis.
#[track_caller]
pub fn mean_axis<X: Tensor<Dim: RemoveAxis> + ?Sized>(x: &X, axis: Axis) -> Option<Smaller<X>> {
    let x = x.tensor_view();
    axis_exists(x.shape(), axis);
    let n = x.len_of(axis);
    (n > 0).then(|| sum_of_halves(x, axis) / X::Elem::lit(n as f64))
}

/// An array like `X` with an axis less.
pub type Smaller<X> = Array<<X as Tensor>::Elem, <<X as Tensor>::Dim as Dimension>::Smaller>;

/// The rule of [`sum_axis()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct sum_axis {}

/// The rule of [`mean_axis()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct mean_axis {}

impl sum_axis {
    /// `dy` repeated along `axis`, in the shape of `x`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, Y>(x: &X, axis: Axis, dy: &Y) -> Array<Y::Elem, X::Dim>
    where
        X: Shaped<Dim: RemoveAxis> + ?Sized,
        Y: Tensor<Dim = <X::Dim as Dimension>::Smaller> + ?Sized,
    {
        repeat(x.dim_of(), axis, &dy.tensor_view(), num_traits::one())
    }
}

impl mean_axis {
    /// The mean, which panics where there is none.
    #[doc(hidden)]
    #[track_caller]
    pub fn unwrapped<X: Tensor<Dim: RemoveAxis> + ?Sized>(x: &X, axis: Axis) -> Smaller<X> {
        match mean_axis(x, axis) {
            Some(mean) => mean,
            None => refuse(
                "",
                format_args!("an array of shape {:?} has no mean along axis {}", x.tensor_view().shape(), axis.index()),
            ),
        }
    }

    /// `dy / n` repeated along `axis` of length `n`, in the shape of `x`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, Y>(x: &X, axis: Axis, dy: &Y) -> Array<Y::Elem, X::Dim>
    where
        X: Shaped<Dim: RemoveAxis> + ?Sized,
        Y: Tensor<Dim = <X::Dim as Dimension>::Smaller> + ?Sized,
    {
        let dim = x.dim_of();
        axis_exists(dim.slice(), axis);
        let n = dim[axis.index()];
        repeat(dim, axis, &dy.tensor_view(), <Y::Elem as Real>::lit(1.0 / n as f64))
    }
}

#[track_caller]
fn repeat<T: Real, D: RemoveAxis>(dim: D, axis: Axis, dy: &ArrayView<'_, T, D::Smaller>, factor: T) -> Array<T, D> {
    axis_exists(dim.slice(), axis);
    same_shape(dim.remove_axis(axis).slice(), dy.shape());
    let dy = dy.view().insert_axis(axis);
    let repeated = dy.broadcast(dim).expect("the axis alone is longer");
    mapped(&repeated, |dy| dy * factor)
}

tensor_method! {
    sum_axis_residual_vjp, sum_axis_residual_hvp, sum_axis_pushforward(axis: Axis as P) of SumAxisResidual;
    where [Dim: RemoveAxis];
    result Smaller<X>;
    forward |x| sum_axis(x, axis);
    rule |x, _, dy| sum_axis::d_x(x, axis, &dy);
    tangent |_, _, dx| sum_axis(dx, axis);
}

tensor_method! {
    mean_axis_residual_vjp, mean_axis_residual_hvp, mean_axis_pushforward(axis: Axis as P) of MeanAxisResidual;
    where [Dim: RemoveAxis];
    result Option<Smaller<X>>;
    forward |x| mean_axis(x, axis);
    rule |x, _, dy| match dy {
        Some(dy) => mean_axis::d_x(x, axis, &dy),
        None => crate::memory::zeros(x.tensor_view().raw_dim()),
    };
    tangent |_, _, dx| mean_axis(dx, axis);
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis, arr0, array};

    use super::{MeanAxisResidual, SumAxisResidual, mean_axis, sum_axis};
    use crate::elementwise::extent;
    use crate::ops::testing::{cube, layouts};
    use crate::want::{No, Yes};

    #[test]
    fn rules_agree_with_differences() {
        for axis in (0..3).map(Axis) {
            for x in layouts(&cube()) {
                let weights = sum_axis(&x, axis).mapv(f64::cos);
                let d_x = sum_axis::d_x(&x, axis, &weights);
                crate::check::argument("x", &&x, |x| (sum_axis(x, axis) * &weights).sum(), &d_x).unwrap();
                let d_x = mean_axis::d_x(&extent(&x), axis, &weights);
                let mean = |x: &_| (mean_axis(x, axis).unwrap() * &weights).sum();
                crate::check::argument("x", &&x, mean, &d_x).unwrap();
            }
        }
    }

    #[test]
    fn of_a_vector_is_of_rank_0() {
        let x = array![1.0f32, 3.0];
        assert_eq!(sum_axis(&x, Axis(0)), arr0(4.0));
        assert_eq!(mean_axis(&x.view(), Axis(0)), Some(arr0(2.0)));
        assert_eq!(sum_axis::d_x(&x, Axis(0), &arr0(2.0)), array![2.0, 2.0]);
        assert_eq!(mean_axis::d_x(&extent(&x), Axis(0), &arr0(2.0)), array![1.0, 1.0]);
    }

    #[test]
    fn of_nothing() {
        let x = Array2::<f64>::zeros((0, 2));
        assert_eq!(mean_axis(&x, Axis(0)), None);
        assert_eq!(sum_axis::d_x(&x, Axis(0), &array![1.0, 2.0]), x);
        let (value, pullback) = x.mean_axis_residual_vjp(Axis(0), (Yes, No));
        assert_eq!(pullback(&x, Axis(0), &value, None), (x.clone(), ()));
    }

    #[test]
    fn residual_forms() {
        let x = array![[1.0, 2.0], [3.0, 6.0]];
        let (value, pullback) = x.sum_axis_residual_vjp(Axis(0), (Yes, No));
        assert_eq!(value, array![4.0, 8.0]);
        assert_eq!(pullback(&x, Axis(0), &value, array![1.0, 2.0]), (array![[1.0, 2.0], [1.0, 2.0]], ()));
        let (value, pullback) = x.mean_axis_residual_vjp(Axis(1), (Yes, No));
        assert_eq!(pullback(&x, Axis(1), &value, value.clone()), (array![[0.75, 0.75], [2.25, 2.25]], ()));
    }

    #[test]
    #[should_panic(expected = "an array of shape [2, 2] has no axis 2")]
    fn the_axis_must_exist() {
        sum_axis(&Array2::<f64>::zeros((2, 2)), Axis(2));
    }
}
