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
