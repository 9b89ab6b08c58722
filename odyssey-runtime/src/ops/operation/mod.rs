//! What operations have in common, whatever they take: a function, a method, a companion, and the hidden forms that
//! differentiated callers use. An operation adds its kernel, its rules, its documentation and its tests.

mod hidden;
mod public;

pub(crate) use hidden::hidden_forms;
pub(crate) use public::public_forms;

use crate::tangent::Tangent;

/// Makes all forms of an operation of its kernel and its rules.
///
/// Operands are given with their types and what says whether their cotangents are wanted, parameters behind `;` with their
/// types in brackets, `[Elem]` for that of the elements of the first operand; those that come before the other operands stand
/// behind `|`. `forward` takes views of the operands. A rule reads the operands, the parameters, the result and a reference to
/// its cotangent. Where there are more than five arguments, hidden forms take all but the first as one: `in few`.
macro_rules! operation {
    (
        in few: $(#[$doc:meta])*
        fn $name:ident(
            $x:ident: $X:ident if $S:ident
            $(| $l:ident: $L:tt if $K:ident)*
            $(, $o:ident: $O:ident if $W:ident)*
            $(; $($p:ident: $P:tt if $V:ident),+)?
        ), $($rest:tt)*
    ) => {
        operation! {
            @forms [$(#[$doc])*] $name ($x: $X if $S $(| $l: $L if $K)* $(, $o: $O if $W)* $(; $($p: $P if $V),+)?)
            given [rest: ($(operation!(@type $L $X),)* $(&$O,)* $($(operation!(@type $P $X),)+)?),],
            opened [let ($($l,)* $($o,)* $($($p,)+)?) = rest;],
            packed [let rest = ($($l,)* $($o,)* $($($p,)+)?);],
            passed [rest,];
            $($rest)*
        }
    };

    (
        $(#[$doc:meta])*
        fn $name:ident(
            $x:ident: $X:ident if $S:ident
            $(| $l:ident: $L:tt if $K:ident)*
            $(, $o:ident: $O:ident if $W:ident)*
            $(; $($p:ident: $P:tt if $V:ident),+)?
        ), $($rest:tt)*
    ) => {
        operation! {
            @forms [$(#[$doc])*] $name ($x: $X if $S $(| $l: $L if $K)* $(, $o: $O if $W)* $(; $($p: $P if $V),+)?)
            given [$($l: operation!(@type $L $X),)* $($o: &$O,)* $($($p: operation!(@type $P $X),)+)?],
            opened [],
            packed [],
            passed [$($l,)* $($o,)* $($($p,)+)?];
            $($rest)*
        }
    };

    (
        @forms $docs:tt $name:ident $head:tt
        given $given:tt, opened $opened:tt, packed $packed:tt, passed $passed:tt;
        method of $Trait:ident, hidden forms $residual:ident, $second:ident, $pushed:ident of $Hidden:ident;
        where $bounds:tt;
        result $Result:ty $(, cotangent $Cotangent:ty)?;
        $($rest:tt)*
    ) => {
        $crate::ops::operation::public_forms! {
            $docs $name $head $head given $given, opened $opened, packed $packed, passed $passed;
            method of $Trait, hidden forms $residual, $second, $pushed of $Hidden;
            where $bounds;
            result $Result, cotangent operation!(@cotangent $Result $(, $Cotangent)?);
            $($rest)*
        }
        $crate::ops::operation::hidden_forms! {
            $docs $name $head $head given $given, opened $opened, packed $packed, passed $passed;
            method of $Trait, hidden forms $residual, $second, $pushed of $Hidden;
            where $bounds;
            result $Result, cotangent operation!(@cotangent $Result $(, $Cotangent)?);
            $($rest)*
        }
    };

    // The pullback, which captures these beside the types of arguments and wants, and the same with its tangent.
    (
        @pullback [$($captured:tt)*]
        (
            $x:ident: $X:ident if $S:ident
            $(| $l:ident: $L:tt if $K:ident)*
            $(, $o:ident: $O:ident if $W:ident)*
            $(; $($p:ident: $P:tt if $V:ident),+)?
        )
        $Result:ty, $Cotangent:ty
    ) => {
        impl FnOnce(
            &$X,
            $(operation!(@type $L $X),)*
            $(&$O,)*
            $($(operation!(@type $P $X),)+)?
            &$Result,
            $Cotangent,
        ) -> ($S::Of<$crate::ops::Like<$X>>, $(operation!(@unit $l),)* $($W::Of<$crate::ops::Like<$O>>,)* $($(operation!(@unit $p)),+)?)
        + Clone
        + use<$($captured)* $X, $($O,)* $S, $($K,)* $($W,)* $($($V),+)?>
    };
    (
        @second [$($captured:tt)*]
        (
            $x:ident: $X:ident if $S:ident
            $(| $l:ident: $L:tt if $K:ident)*
            $(, $o:ident: $O:ident if $W:ident)*
            $(; $($p:ident: $P:tt if $V:ident),+)?
        )
        $Result:ty, $Cotangent:ty
    ) => {
        impl FnOnce(
            &$X,
            $(operation!(@type $L $X),)*
            $(&$O,)*
            $($(operation!(@type $P $X),)+)?
            &$Result,
            ($Cotangent, $Cotangent),
        ) -> (
            $S::Of<($crate::ops::Like<$X>, $crate::ops::Like<$X>)>,
            $(operation!(@unit $l),)*
            $($W::Of<($crate::ops::Like<$O>, $crate::ops::Like<$O>)>,)*
            $($(operation!(@unit $p)),+)?
        )
        + use<$($captured)* $X, $($O,)* $x, $($o,)* $S, $($K,)* $($W,)* $($($V),+)?>
    };

    (@cotangent $Result:ty) => { $Result };
    (@cotangent $Result:ty, $Cotangent:ty) => { $Cotangent };
    (@type [&[Elem]] $X:ident) => { &[<$X as $crate::ops::Elements>::Elem] };
    (@type [Elem] $X:ident) => { <$X as $crate::ops::Elements>::Elem };
    (@type [$($type:tt)+] $X:ident) => { $($type)+ };
    // The same over elements of a type.
    (@over [&[Elem]] $T:ident) => { &[$T] };
    (@over [Elem] $T:ident) => { $T };
    (@over [$($type:tt)+] $T:ident) => { $($type)+ };
    (@fixed [&[Elem]]) => { &'static [f64] };
    (@fixed [Elem]) => { f64 };
    (@fixed [& $($type:tt)+]) => { &'static $($type)+ };
    (@fixed [$($type:tt)+]) => { $($type)+ };
    (@fixed $operand:ident) => { &'static $crate::ops::probe::Probe };
    (@probe $operand:ident) => { $crate::ops::probe::Probe };
    (@unit $parameter:ident) => { () };
    (@no $parameter:ident) => { $crate::want::No };
    (@any $parameter:ident) => { _ };
    (@dual $Trait:ident $X:ident $($O:ident)*) => {
        <$crate::dual::DualArray<$X> as $Trait<$($crate::dual::DualArray<$O>),*>>::Output
    };
    // Parameters as they are among dual numbers.
    (@lift $($p:ident $P:tt)*) => { $(operation!(@lift_one $p $P);)* };
    (@lift_one $p:ident [&[Elem]]) => { let $p = &$crate::dual::lifted(&$p)[..]; };
    (@lift_one $p:ident $P:tt) => { let $p = $crate::dual::lifted(&$p); };
    (@whose) => { "that of the operand" };
    (@whose $($O:ident)+) => { "those of the operands" };
    (@grads $X:ident) => { $crate::ops::Like<$X> };
    (@grads $($X:ident)+) => { ($($crate::ops::Like<$X>),+) };
}

pub(crate) use operation;

/// Adds to a sum that may not have begun.
pub(super) fn accumulate<T: Tangent>(sum: &mut Option<T>, contribution: T) {
    match sum {
        Some(sum) => sum.accumulate(contribution),
        None => *sum = Some(contribution),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use crate::ops::linalg::functions::{matmul, solve, try_solve};
    use crate::ops::linalg::methods::Solve as _;
    use crate::ops::nn::functions::{batch_norm, group_norm};
    use crate::ops::testing::{check_dot, numbers};
    use crate::want::No;

    #[test]
    fn tangents_of_all_operands_are_added() {
        let (a, b) = (numbers([3, 3], 1) + Array2::<f64>::eye(3) * 2.5, numbers([3, 2], 2));
        let (a_dot, b_dot, dx) = (numbers([3, 3], 3), numbers([3, 2], 4), numbers([3, 2], 5));
        let (x, x_dot) = solve::jvp(&a, &b, a_dot.clone(), b_dot.clone());
        assert_eq!(x, a.solve(&b));
        let (d_a, d_b) = solve::vjp(&a, &b).1(dx.clone());
        check_dot(&x_dot, &dx, &(a_dot.clone(), b_dot.clone()), &(d_a, d_b));
        let (_, along_b) = solve::pushforward(solve, &a, &b, (No, &b_dot));
        assert_eq!(along_b, solve(&a, &b_dot));
        assert_eq!(matmul::pushforward(matmul, &a, &b, (No, No)).1, b * 0.0);
        let (x, x_dot) = try_solve::pushforward(try_solve, &(&a * 0.0), &a, (&a_dot, No));
        assert!(x.is_err() && x_dot.is_none());
    }

    #[test]
    fn many_arguments_and_parameters_in_front() {
        let (x, p, dy) = (numbers([2, 4, 3], 1), numbers([4], 2).mapv(|p| p * p), numbers([2, 4, 3], 3));
        let (x_dot, dot) = (numbers([2, 4, 3], 4), numbers([4], 5));
        let all = || (x_dot.clone(), dot.clone(), dot.clone(), dot.clone(), dot.clone());
        let (_, y_dot) =
            batch_norm::jvp(&x, &p, &p, &p, &p, 0.1, x_dot.clone(), dot.clone(), dot.clone(), dot.clone(), dot.clone());
        check_dot(&y_dot, &dy, &all(), &batch_norm::vjp(&x, &p, &p, &p, &p, 0.1).1(dy.clone()));
        let (_, y_dot) = group_norm::jvp(&x, 2, &p, &p, 0.1, x_dot.clone(), dot.clone(), dot.clone());
        check_dot(&y_dot, &dy, &(x_dot.clone(), dot.clone(), dot.clone()), &group_norm::vjp(&x, 2, &p, &p, 0.1).1(dy.clone()));
    }
}
