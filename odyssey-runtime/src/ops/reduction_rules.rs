//! The rules of reductions, over all elements and along an axis, from what they are for one row.

/// Makes `d_x` and `tangent` of a reduction along an axis, and of the one over all elements where there is one. `d_x` changes a row
/// `x`, given the cotangent of what it is reduced to; `tangent` reduces the row's tangent. They may read the result of the row, `of y`, and a
/// parameter, `with ddof`.
macro_rules! reduction_rules {
    ($all:ident and $axis:ident $rules:tt) => {
        reduction_rules! { @all $all $rules }
        reduction_rules! { @axis $axis $rules }
    };
    ($axis:ident $rules:tt) => {
        reduction_rules! { @axis $axis $rules }
    };
    (@all $name:ident {
        $(of $y:ident,)? $(with $p:ident,)?
        $(#[$doc:meta])* d_x |$x:ident, $dy:ident| $rule:expr,
        $(#[$tangent_doc:meta])* tangent |$tx:ident, $dx:ident| $tangent:expr,
    }) => {
        impl $name {
            $(#[$doc])*
            #[doc(hidden)]
            pub fn d_x<X: Tensor + ?Sized>(x: &X, $($y: &X::Elem,)? $($p: X::Elem,)? dy: &X::Elem) -> Array<X::Elem, X::Dim> {
                $(let $y = *$y;)?
                let $dy = *dy;
                change_all(x.tensor_view(), |$x| $rule)
            }

            $(#[$tangent_doc])*
            #[doc(hidden)]
            #[track_caller]
            pub fn tangent<X, G>(x: &X, $($y: &X::Elem,)? $($p: X::Elem,)? dx: &G) -> X::Elem
            where
                X: Tensor + ?Sized,
                G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
            {
                $(let $y = *$y;)?
                zip_all(&x.tensor_view(), &dx.tensor_view(), |$tx, $dx| $tangent)
            }
        }
    };
    (@axis $name:ident {
        $(of $y:ident,)? $(with $p:ident,)?
        $(#[$doc:meta])* d_x |$x:ident, $dy:ident| $rule:expr,
        $(#[$tangent_doc:meta])* tangent |$tx:ident, $dx:ident| $tangent:expr,
    }) => {
        impl $name {
            $(#[$doc])*
            #[doc(hidden)]
            #[track_caller]
            pub fn d_x<X: Tensor<Dim: RemoveAxis> + ?Sized>(
                x: &X,
                $($y: &(impl Tensor<Elem = X::Elem, Dim = <X::Dim as Dimension>::Smaller> + ?Sized),)?
                axis: Axis,
                $($p: X::Elem,)?
                dy: &(impl Tensor<Elem = X::Elem, Dim = <X::Dim as Dimension>::Smaller> + ?Sized),
            ) -> Array<X::Elem, X::Dim> {
                change_each(x.tensor_view(), axis, [$($y.tensor_view(),)? dy.tensor_view()], |$x, [$($y,)? $dy]| $rule)
            }

            $(#[$tangent_doc])*
            #[doc(hidden)]
            #[track_caller]
            pub fn tangent<X: Tensor<Dim: RemoveAxis> + ?Sized>(
                x: &X,
                $($y: &(impl Tensor<Elem = X::Elem, Dim = <X::Dim as Dimension>::Smaller> + ?Sized),)?
                axis: Axis,
                $($p: X::Elem,)?
                dx: &(impl Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized),
            ) -> Smaller<X> {
                zip_each(x.tensor_view(), dx.tensor_view(), axis, [$($y.tensor_view())?], |$tx, $dx, [$($y)?]| $tangent)
            }
        }
    };
}
pub(super) use reduction_rules;

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Axis};

    use crate::ops::norms::{norm_l1, norm_l1_axis, norm_l2};
    use crate::ops::sum_axis::{mean_axis, sum_axis};
    use crate::ops::variance::{var, var_axis};

    /// Of ten million numbers in single precision, each as near as a few roundings.
    #[test]
    fn sums_are_accurate() {
        let x = Array1::from_shape_fn(10_000_000, |i| ((i % 1009) as f32).mul_add(0.001, 0.1));
        let sum_of = |f: &dyn Fn(f64) -> f64| -> f64 { x.iter().map(|x| f(f64::from(*x))).sum() };
        let is_near = |y: f32, exact: f64| assert!((f64::from(y) - exact).abs() <= 1e-6 * exact.abs(), "{y} for {exact}");
        let (sum, length) = (sum_of(&|x| x), sum_of(&|x| x * x).sqrt());
        is_near(norm_l1(&x), sum);
        is_near(norm_l1_axis(&x, Axis(0)).into_scalar(), sum);
        is_near(norm_l2(&x), length);
        is_near(norm_l1::tangent(&x, &x), sum);
        is_near(norm_l2::tangent(&x, &(length as f32), &x), length);
        let (n, mean) = (x.len() as f64, sum / x.len() as f64);
        let variance = sum_of(&|x| (x - mean) * (x - mean)) / n;
        is_near(var::tangent(&x, 0.0, &x), 2.0 * variance);
        is_near(var(&x, 0.0), variance);
        is_near(var_axis(&x, Axis(0), 0.0).into_scalar(), variance);
        for shape in [(10_000_000, 1), (625_000, 16)] {
            let x = x.to_shape(shape).expect("the same numbers");
            for x in [x.view(), x.t()] {
                let longer = Axis(usize::from(x.nrows() < x.ncols()));
                is_near(sum_axis(&x, longer).sum(), sum);
                is_near(mean_axis(&x, longer).expect("numbers").mean().expect("numbers"), mean);
            }
        }
    }
}
