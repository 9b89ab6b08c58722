//! Operations that a matrix may not allow: each once as a value, which panics, and once as a `Result`.

use ndarray::Array;

use super::errors::LinalgError;
use crate::ops::{Like, Tensor};
use crate::quoted::refuse;

/// Both forms of an operation, of a kernel that returns a `Result` and of rules for when it succeeds.
macro_rules! fallible_operation {
    (
        $(#[$doc:meta])*
        fn $name:ident(
            $x:ident: $X:ident if $S:ident
            $(, $o:ident: $O:ident if $W:ident)*
            $(; $($p:ident: $P:tt if $V:ident),+)?
        ), method of $Trait:ident, hidden forms $residual:ident, $second:ident, $pushed:ident of $Hidden:ident;
        or $try_name:ident, method of $TryTrait:ident, hidden forms $try_residual:ident, $try_second:ident, $try_pushed:ident of $TryHidden:ident;
        where [$($bound:tt)*];
        result $Result:ty;
        forward $forward:expr;
        rules |$y:pat_param, $dy:ident| ($x_rule:expr $(, $rule:expr)*);
        tangents |$ty:pat_param, $dot:ident| ($($tangent:expr),+);
    ) => {
        operation! {
            $(#[$doc])*
            ///
            #[doc = concat!("Panics if the matrix does not allow it; [`", stringify!($try_name), "()`] returns an error.")]
            fn $name($x: $X if $S $(, $o: $O if $W)* $(; $($p: $P if $V),+)?), method of $Trait, hidden forms $residual, $second, $pushed of $Hidden;
            where [$($bound)*];
            result $Result;
            forward $forward, checked by $crate::ops::linalg::fallible::allowed;
            rules |$y, $dy| ($x_rule $(, $rule)*);
            tangents |$ty, $dot| ($($tangent),+);
        }

        operation! {
            #[doc = concat!("[`", stringify!($name), "()`] that returns an error if the matrix does not allow it.")]
            ///
            /// # Errors
            /// Why it does not.
            fn $try_name(
                $x: $X if $S $(, $o: $O if $W)* $(; $($p: $P if $V),+)?
            ), method of $TryTrait, hidden forms $try_residual, $try_second, $try_pushed of $TryHidden;
            where [$($bound)*];
            result Result<$Result, LinalgError>, cotangent Option<$Result>;
            forward $forward;
            rules |y, dy| (
                $crate::ops::linalg::fallible::if_allowed($x, y.as_ref(), dy.as_ref(), |$y, $dy| $x_rule)
                $(, $crate::ops::linalg::fallible::if_allowed($o, y.as_ref(), dy.as_ref(), |$y, $dy| $rule))*
            );
            tangents |y, $dot| ($(y.as_ref().ok().map(|$ty| $tangent)),+);
        }
    };
}
pub(super) use fallible_operation;

/// The value; panics where there is none.
#[track_caller]
pub(super) fn allowed<R>(name: &str, result: Result<R, LinalgError>) -> R {
    match result {
        Ok(value) => value,
        Err(error) => refuse(name, format_args!("{error}")),
    }
}

/// The cotangent of `x`, which is zero where there is no value.
pub(super) fn if_allowed<X: Tensor + ?Sized, Y, D>(
    x: &X,
    y: Result<&Y, &LinalgError>,
    dy: Option<&D>,
    rule: impl FnOnce(&Y, &D) -> Like<X>,
) -> Like<X> {
    match (y, dy) {
        (Ok(y), Some(dy)) => rule(y, dy),
        _ => Array::zeros(x.tensor_view().raw_dim()),
    }
}
