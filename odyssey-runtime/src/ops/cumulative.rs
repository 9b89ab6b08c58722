//! Running sums and products along an axis.

use ndarray::{Array, ArrayView, Axis, Dimension};

use super::probe::{IsFunction, Probe, Probed};
use super::product::before;
use super::rows::{axis_exists, map_rows, zip_rows};
use super::tensor::Tensor;
use super::tensor_function::{tensor_function, tensor_method};
use crate::along::Along;
use crate::real::Real;
use crate::want::Want;

tensor_function! {
    /// `y[i] = Σ_{j ≤ i} x[j]` along `axis`; the shape stays. Panics if there is no such axis.
    fn cumsum(axis: Axis as P), method of CumSum, hidden forms cumsum_residual_vjp, cumsum_residual_hvp, cumsum_pushforward of CumSumResidual;
    where [];
    result Array<X::Elem, X::Dim>;
    forward running_sum;
    rule |_, _, dy| cumsum::d_x(axis, &dy);
    tangent |_, _, dx| cumsum(dx, axis);
}

/// `y[i] = Π_{j ≤ i} x[j]` along `axis`; the shape stays. Panics if there is no such axis.
#[track_caller]
pub fn cumprod<X: Tensor + ?Sized>(x: &X, axis: Axis) -> Array<X::Elem, X::Dim> {
    let x = x.tensor_view();
    axis_exists(x.shape(), axis);
    map_rows(x, axis, |rows, length| {
        rows.chunks_exact_mut(length).for_each(|row| run(row.iter_mut(), num_traits::one(), |y, x| y * x));
    })
}

/// The rules of [`cumprod()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct cumprod {}

#[track_caller]
fn running_sum<T: Real, D: Dimension>(x: ArrayView<'_, T, D>, axis: Axis) -> Array<T, D> {
    map_rows(x, axis, |rows, length| {
        rows.chunks_exact_mut(length).for_each(|row| run(row.iter_mut(), num_traits::zero(), |y, x| y + x));
    })
}

/// Each element becomes what `step` makes of the one before and itself.
fn run<'r, T: Real>(row: impl Iterator<Item = &'r mut T>, start: T, step: impl Fn(T, T) -> T) {
    row.fold(start, |y, x| {
        *x = step(y, *x);
        *x
    });
}

impl cumsum {
    /// `Σ_{j ≥ i} dy[j]` along `axis`.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<G: Tensor + ?Sized>(axis: Axis, dy: &G) -> Array<G::Elem, G::Dim> {
        map_rows(dy.tensor_view(), axis, |rows, length| {
            rows.chunks_exact_mut(length).for_each(|row| run(row.iter_mut().rev(), num_traits::zero(), |y, x| y + x));
        })
    }
}

impl cumprod {
    /// `Σ_{k ≥ i} dy[k] Π_{j ≤ k, j ≠ i} x[j]` along `axis`, without a division.
    #[doc(hidden)]
    #[track_caller]
    pub fn d_x<X, G>(x: &X, axis: Axis, dy: &G) -> Array<X::Elem, X::Dim>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        zip_rows(x.tensor_view(), dy.tensor_view(), axis, |rows, dy, length| {
            rows.chunks_exact_mut(length).zip(dy.chunks_exact(length)).for_each(|(x, dy)| cumprod_backward(x, dy));
        })
    }

    /// `Σ_{i ≤ k} dx[i] Π_{j ≤ k, j ≠ i} x[j]` along `axis`.
    #[doc(hidden)]
    #[track_caller]
    pub fn tangent<X, G>(x: &X, axis: Axis, dx: &G) -> Array<X::Elem, X::Dim>
    where
        X: Tensor + ?Sized,
        G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
    {
        zip_rows(x.tensor_view(), dx.tensor_view(), axis, |rows, dx, length| {
            rows.chunks_exact_mut(length).zip(dx.chunks_exact(length)).for_each(|(x, dx)| cumprod_forward(x, dx));
        })
    }
}

/// With `s[i] = dy[i] + x[i + 1] s[i + 1]`, an element is the product of those before it times `s`.
fn cumprod_backward<T: Real>(x: &mut [T], dy: &[T]) {
    let before = before(T::one(), x);
    let mut s = T::zero();
    for ((x, dy), before) in x.iter_mut().zip(dy).zip(before).rev() {
        s += *dy;
        s *= core::mem::replace(x, before * s);
    }
}

fn cumprod_forward<T: Real>(x: &mut [T], dx: &[T]) {
    let (mut y, mut dy) = (T::one(), T::zero());
    for (x, dx) in x.iter_mut().zip(dx) {
        dy = dy * *x + y * *dx;
        y *= core::mem::replace(x, dy);
    }
}

tensor_method! {
    cumprod_residual_vjp, cumprod_residual_hvp, cumprod_pushforward(axis: Axis as P) of CumProdResidual;
    where [];
    result Array<X::Elem, X::Dim>;
    forward |x| cumprod(x, axis);
    rule |x, _, dy| cumprod::d_x(x, axis, &dy);
    tangent |x, _, dx| cumprod::tangent(x, axis, dx);
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis, array, s};

    use super::{cumprod, cumsum};
    use crate::check::argument;
    use crate::ops::testing::{cube, layouts};

    #[test]
    fn rules_agree_with_differences() {
        for (axis, x) in (0..3).map(Axis).flat_map(|axis| layouts(&cube()).into_iter().map(move |x| (axis, x))) {
            let weights = x.mapv(|x| (3.0 * x).cos());
            assert_eq!(cumprod(&x, axis), x.cumprod(axis));
            let d_x = cumsum::d_x(axis, &weights);
            argument("x", &&x, |x| (cumsum(x, axis) * &weights).sum(), &d_x).unwrap();
            let d_x = cumprod::d_x(&x, axis, &weights);
            argument("x", &&x, |x| (cumprod(x, axis) * &weights).sum(), &d_x).unwrap();
            let dx = x.mapv(f64::sin);
            let along = (cumprod::tangent(&x, axis, &dx) * &weights).sum();
            assert!((along - (d_x * dx).sum()).abs() < 1e-12);
        }
    }

    #[test]
    fn zeros_reversed_rows_and_nothing() {
        let x = array![2.0, 0.0, 3.0, 4.0];
        assert_eq!(cumprod::d_x(&x, Axis(0), &array![1.0, 1.0, 1.0, 1.0]), array![1.0, 32.0, 0.0, 0.0]);
        assert_eq!(cumsum(&x.slice(s![..;-1]), Axis(0)), array![4.0, 7.0, 7.0, 9.0]);
        assert_eq!(cumsum::vjp(&x, Axis(0)).1(array![1.0, 2.0, 3.0, 4.0]), array![10.0, 9.0, 7.0, 4.0]);
        let empty = Array2::<f32>::zeros((2, 0));
        assert_eq!((cumsum(&empty, Axis(1)), cumprod::d_x(&empty, Axis(1), &empty)), (empty.clone(), empty));
    }

    #[test]
    #[should_panic(expected = "has no axis 1")]
    fn the_axis_must_exist() {
        cumsum(&array![1.0, 2.0], Axis(1));
    }
}
