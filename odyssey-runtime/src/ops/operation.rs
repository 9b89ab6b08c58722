//! What operations have in common, whatever they take: a function, a method, a companion, and the hidden forms that
//! differentiated callers use. An operation adds its kernel, its rules, its documentation and its tests.

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
        ), method of $Trait:ident, hidden forms $residual:ident, $second:ident, $pushed:ident of $Hidden:ident;
        where [$($bound:tt)*];
        result $Result:ty $(, cotangent $Cotangent:ty)?;
        forward $forward:expr $(, checked by $check:path)?;
        rules |$y:pat_param, $dy:ident| ($($rule:expr),+ $(,)?);
        tangents |$ty:pat_param, $dot:ident| ($($tangent:expr),+ $(,)?);
    ) => {
        operation! {
            @function
            $(#[$doc])*
            $name($x: $X if $S $(| $l: $L if $K)* $(, $o: $O if $W)* $(; $($p: $P if $V),+)?), $Trait, $residual, $second, $pushed;
            given [rest: ($(operation!(@type $L $X),)* $(&$O,)* $($(operation!(@type $P $X),)+)?),], packed [let rest = ($($l,)* $($o,)* $($($p,)+)?);], passed [rest,];
            where [$($bound)*];
            result $Result, cotangent operation!(@cotangent $Result $(, $Cotangent)?);
            forward $forward $(, checked by $check)?;
            rules |$y, $dy| ($($rule),+);
        }
        operation! {
            @hidden
            $name($x: $X if $S $(| $l: $L if $K)* $(, $o: $O if $W)* $(; $($p: $P if $V),+)?), $Trait, $residual, $second, $pushed of $Hidden;
            given [rest: ($(operation!(@type $L $X),)* $(&$O,)* $($(operation!(@type $P $X),)+)?),], opened [let ($($l,)* $($o,)* $($($p,)+)?) = rest;], packed [let rest = ($($l,)* $($o,)* $($($p,)+)?);], passed [rest,];
            where [$($bound)*];
            result $Result, cotangent operation!(@cotangent $Result $(, $Cotangent)?);
            rules |$y, $dy| ($($rule),+);
            tangents |$ty, $dot| ($($tangent),+);
        }
    };

    (
        $(#[$doc:meta])*
        fn $name:ident(
            $x:ident: $X:ident if $S:ident
            $(| $l:ident: $L:tt if $K:ident)*
            $(, $o:ident: $O:ident if $W:ident)*
            $(; $($p:ident: $P:tt if $V:ident),+)?
        ), method of $Trait:ident, hidden forms $residual:ident, $second:ident, $pushed:ident of $Hidden:ident;
        where [$($bound:tt)*];
        result $Result:ty $(, cotangent $Cotangent:ty)?;
        forward $forward:expr $(, checked by $check:path)?;
        rules |$y:pat_param, $dy:ident| ($($rule:expr),+ $(,)?);
        tangents |$ty:pat_param, $dot:ident| ($($tangent:expr),+ $(,)?);
    ) => {
        operation! {
            @function
            $(#[$doc])*
            $name($x: $X if $S $(| $l: $L if $K)* $(, $o: $O if $W)* $(; $($p: $P if $V),+)?), $Trait, $residual, $second, $pushed;
            given [$($l: operation!(@type $L $X),)* $($o: &$O,)* $($($p: operation!(@type $P $X),)+)?], packed [], passed [$($l,)* $($o,)* $($($p,)+)?];
            where [$($bound)*];
            result $Result, cotangent operation!(@cotangent $Result $(, $Cotangent)?);
            forward $forward $(, checked by $check)?;
            rules |$y, $dy| ($($rule),+);
        }
        operation! {
            @hidden
            $name($x: $X if $S $(| $l: $L if $K)* $(, $o: $O if $W)* $(; $($p: $P if $V),+)?), $Trait, $residual, $second, $pushed of $Hidden;
            given [$($l: operation!(@type $L $X),)* $($o: &$O,)* $($($p: operation!(@type $P $X),)+)?], opened [], packed [], passed [$($l,)* $($o,)* $($($p,)+)?];
            where [$($bound)*];
            result $Result, cotangent operation!(@cotangent $Result $(, $Cotangent)?);
            rules |$y, $dy| ($($rule),+);
            tangents |$ty, $dot| ($($tangent),+);
        }
    };

    (
        @function
        $(#[$doc:meta])*
        $name:ident(
            $x:ident: $X:ident if $S:ident
            $(| $l:ident: $L:tt if $K:ident)*
            $(, $o:ident: $O:ident if $W:ident)*
            $(; $($p:ident: $P:tt if $V:ident),+)?
        ), $Trait:ident, $residual:ident, $second:ident, $pushed:ident;
        given [$($given:tt)*], packed [$($packed:tt)*], passed [$($passed:tt)*];
        where [$($bound:tt)*];
        result $Result:ty, cotangent $Cotangent:ty;
        forward $forward:expr $(, checked by $check:path)?;
        rules |$y:pat_param, $dy:ident| ($($rule:expr),+);
    ) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<$X: $Trait<$($O),*> + ?Sized $(, $O: ?Sized)*>(
            $x: &$X
            $(, $l: operation!(@type $L $X))*
            $(, $o: &$O)*
            $($(, $p: operation!(@type $P $X))+)?
        ) -> $X::Output {
            <$X as $Trait<$($O),*>>::$name($x $(, $l)* $(, $o)* $($(, $p)+)?)
        }

        #[doc = concat!("[`", stringify!($name), "()`] as a method.")]
        pub trait $Trait<$($O: ?Sized),*>: $crate::ops::Elements {
            /// The result.
            type Output;

            /// The cotangent of the result.
            #[doc(hidden)]
            type Cotangent;

            $(#[$doc])*
            #[track_caller]
            fn $name(&self $(, $l: operation!(@type $L Self))* $(, $o: &$O)* $($(, $p: operation!(@type $P Self))+)?) -> Self::Output;
        }

        impl<$X $(, $O)*> $Trait<$($O),*> for $X
        where
            $X: ?Sized,
            $($O: ?Sized,)*
            $($bound)*
        {
            type Output = $Result;
            type Cotangent = $Cotangent;

            #[track_caller]
            fn $name(&self $(, $l: operation!(@type $L Self))* $(, $o: &$O)* $($(, $p: operation!(@type $P Self))+)?) -> $Result {
                let $x = self;
                let result = $forward($x.tensor_view() $(, $l)* $(, $o.tensor_view())* $($(, $p)+)?);
                $(let result = $check(stringify!($name), result);)?
                result
            }
        }

        impl $Trait<$(operation!(@probe $O)),*> for $crate::ops::probe::Probe {
            type Output = $crate::ops::probe::Probed<$name>;
            type Cotangent = ();

            fn $name(
                &self
                $(, _: operation!(@type $L Self))*
                $(, _: &operation!(@probe $O))*
                $($(, _: operation!(@type $P Self))+)?
            ) -> $crate::ops::probe::Probed<$name> {
                self.absurd()
            }
        }

        #[doc = concat!("The derivative of [`", stringify!($name), "()`].")]
        #[allow(non_camel_case_types, reason = "the companion of a function has its name")]
        #[derive(Debug)]
        pub struct $name {}

        impl $name {
            #[doc = concat!("The value, and the function from its cotangent to ", operation!(@whose $($O)*), ".")]
            #[track_caller]
            #[allow(unused_variables, reason = "not every rule reads everything")]
            pub fn vjp<$X $(, $O)*>(
                $x: &$X
                $(, $l: operation!(@type $L $X))*
                $(, $o: &$O)*
                $($(, $p: operation!(@type $P $X))+)?
            ) -> ($Result, impl FnOnce($Cotangent) -> operation!(@grads $X $($O)*))
            where
                $X: ?Sized,
                $($O: ?Sized,)*
                $($bound)*
            {
                let value = <$X as $Trait<$($O),*>>::$name($x $(, $l)* $(, $o)* $($(, $p)+)?);
                let kept = value.clone();
                (value, move |cotangent: $Cotangent| {
                    let ($y, $dy) = (&kept, &cotangent);
                    ($($rule),+)
                })
            }

            #[doc = concat!("The value, and its tangent along ", operation!(@whose $($O)*), ", which come last.")]
            #[track_caller]
            #[allow(non_snake_case, reason = "a tangent is called as its type is")]
            #[allow(clippy::too_many_arguments, reason = "every operand has its tangent")]
            pub fn jvp<$X $(, $O)*>(
                $x: &$X,
                $($l: operation!(@type $L $X),)*
                $($o: &$O,)*
                $($($p: operation!(@type $P $X),)+)?
                $S: $crate::ops::Like<$X>,
                $($W: $crate::ops::Like<$O>,)*
            ) -> ($Result, $Cotangent)
            where
                $X: ?Sized,
                $($O: ?Sized,)*
                $($bound)*
            {
                let tangents = (&$S, $(operation!(@no $l),)* $(&$W,)* $($(operation!(@no $p)),+)?);
                $($packed)*
                $x.$pushed($($passed)* tangents)
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn pushforward<F, $X, $($O,)* $S, $($K,)* $($W,)* $($($V),+)?>(
                _primal: F,
                $x: &$X,
                $($given)*
                tangents: ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> ($Result, $Cotangent)
            where
                F: $crate::ops::probe::IsOperation<
                    Self,
                    (operation!(@fixed $X), $(operation!(@fixed $L),)* $(operation!(@fixed $O),)* $($(operation!(@fixed $P)),+)?),
                >,
                $S: $crate::along::Along<$crate::ops::Like<$X>>,
                $($W: $crate::along::Along<$crate::ops::Like<$O>>,)*
                $X: ?Sized,
                $($O: ?Sized,)*
                $($bound)*
            {
                $x.$pushed($($passed)* tangents)
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn residual_vjp<F, $X, $($O,)* $S, $($K,)* $($W,)* $($($V),+)?>(
                _primal: F,
                $x: &$X,
                $($given)*
                wants: ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> (
                $Result,
                impl FnOnce(
                    &$X,
                    $(operation!(@type $L $X),)*
                    $(&$O,)*
                    $($(operation!(@type $P $X),)+)?
                    &$Result,
                    $Cotangent,
                ) -> ($S::Of<$crate::ops::Like<$X>>, $(operation!(@unit $l),)* $($W::Of<$crate::ops::Like<$O>>,)* $($(operation!(@unit $p)),+)?)
                + Clone
                + use<F, $X, $($O,)* $S, $($K,)* $($W,)* $($($V),+)?>,
            )
            where
                F: $crate::ops::probe::IsOperation<
                    Self,
                    (operation!(@fixed $X), $(operation!(@fixed $L),)* $(operation!(@fixed $O),)* $($(operation!(@fixed $P)),+)?),
                >,
                $S: $crate::want::Want,
                $($K: $crate::want::Excluded,)*
                $($W: $crate::want::Want,)*
                $($($V: $crate::want::Excluded,)+)?
                $X: ?Sized,
                $($O: ?Sized,)*
                $($bound)*
            {
                $x.$residual($($passed)* wants)
            }

            #[doc(hidden)]
            #[track_caller]
            #[allow(non_camel_case_types, reason = "the type of what is lent as a tangent has the name of its argument")]
            #[allow(clippy::type_complexity, clippy::too_many_arguments, reason = "a value and a pullback, each with its tangent")]
            pub fn residual_hvp<F, $X, $($O,)* $x, $($o,)* $S, $($K,)* $($W,)* $($($V),+)?>(
                _primal: F,
                $x: &$X,
                $($given)*
                tangents: ($x, $(operation!(@no $l),)* $($o,)* $($(operation!(@no $p)),+)?),
                wants: ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> (
                ($Result, $Cotangent),
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
                + use<F, $X, $($O,)* $x, $($o,)* $S, $($K,)* $($W,)* $($($V),+)?>,
            )
            where
                F: $crate::ops::probe::IsOperation<
                    Self,
                    (operation!(@fixed $X), $(operation!(@fixed $L),)* $(operation!(@fixed $O),)* $($(operation!(@fixed $P)),+)?),
                >,
                $X: ?Sized,
                $($O: ?Sized,)*
                $x: $crate::along::Along<$crate::ops::Like<$X>>,
                $($o: $crate::along::Along<$crate::ops::Like<$O>>,)*
                $S: $crate::want::Want,
                $($K: $crate::want::Excluded,)*
                $($W: $crate::want::Want,)*
                $($($V: $crate::want::Excluded,)+)?
                operation!(@dual $Trait $X $($O)*): $crate::dual::Parts<
                    Value = $Result,
                    Tangent = $Cotangent,
                    Cotangent = <$crate::dual::DualArray<$X> as $Trait<$($crate::dual::DualArray<$O>),*>>::Cotangent,
                >,
                $($bound)*
            {
                $x.$second($($passed)* tangents, wants)
            }
        }
    };

    (
        @hidden
        $name:ident(
            $x:ident: $X:ident if $S:ident
            $(| $l:ident: $L:tt if $K:ident)*
            $(, $o:ident: $O:ident if $W:ident)*
            $(; $($p:ident: $P:tt if $V:ident),+)?
        ), $Trait:ident, $residual:ident, $second:ident, $pushed:ident of $Hidden:ident;
        given [$($given:tt)*], opened [$($opened:tt)*], packed [$($packed:tt)*], passed [$($passed:tt)*];
        where [$($bound:tt)*];
        result $Result:ty, cotangent $Cotangent:ty;
        rules |$y:pat_param, $dy:ident| ($rule:expr $(, $rules:expr)*);
        tangents |$ty:pat_param, $dot:ident| ($tangent:expr $(, $tangents:expr)*);
    ) => {
        #[doc(hidden)]
        pub trait $Hidden<$X $(, $O)*>
        where
            $X: ?Sized,
            $($O: ?Sized,)*
            $($bound)*
        {
            #[track_caller]
            fn $residual<$S, $($K,)* $($W,)* $($($V),+)?>(
                &self,
                $($given)*
                wants: ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> (
                $Result,
                impl FnOnce(
                    &$X,
                    $(operation!(@type $L $X),)*
                    $(&$O,)*
                    $($(operation!(@type $P $X),)+)?
                    &$Result,
                    $Cotangent,
                ) -> ($S::Of<$crate::ops::Like<$X>>, $(operation!(@unit $l),)* $($W::Of<$crate::ops::Like<$O>>,)* $($(operation!(@unit $p)),+)?)
                + Clone
                + use<Self, $X, $($O,)* $S, $($K,)* $($W,)* $($($V),+)?>,
            )
            where
                $S: $crate::want::Want,
                $($K: $crate::want::Excluded,)*
                $($W: $crate::want::Want,)*
                $($($V: $crate::want::Excluded,)+)?;

            #[track_caller]
            fn $pushed<$S, $($K,)* $($W,)* $($($V),+)?>(
                &self,
                $($given)*
                tangents: ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> ($Result, $Cotangent)
            where
                $S: $crate::along::Along<$crate::ops::Like<$X>>,
                $($W: $crate::along::Along<$crate::ops::Like<$O>>,)*;

            #[track_caller]
            #[allow(non_camel_case_types, reason = "the type of what is lent as a tangent has the name of its argument")]
            #[allow(clippy::type_complexity, clippy::too_many_arguments, reason = "a value and a pullback, each with its tangent")]
            fn $second<$x, $($o,)* $S, $($K,)* $($W,)* $($($V),+)?>(
                &self,
                $($given)*
                tangents: ($x, $(operation!(@no $l),)* $($o,)* $($(operation!(@no $p)),+)?),
                wants: ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> (
                ($Result, $Cotangent),
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
                + use<Self, $X, $($O,)* $x, $($o,)* $S, $($K,)* $($W,)* $($($V),+)?>,
            )
            where
                $x: $crate::along::Along<$crate::ops::Like<$X>>,
                $($o: $crate::along::Along<$crate::ops::Like<$O>>,)*
                $S: $crate::want::Want,
                $($K: $crate::want::Excluded,)*
                $($W: $crate::want::Want,)*
                $($($V: $crate::want::Excluded,)+)?
                operation!(@dual $Trait $X $($O)*): $crate::dual::Parts<
                    Value = $Result,
                    Tangent = $Cotangent,
                    Cotangent = <$crate::dual::DualArray<$X> as $Trait<$($crate::dual::DualArray<$O>),*>>::Cotangent,
                >;
        }

        impl<$X $(, $O)*> $Hidden<$X $(, $O)*> for $X
        where
            $X: ?Sized,
            $($O: ?Sized,)*
            $($bound)*
        {
            #[track_caller]
            #[allow(unused_variables, reason = "not every rule reads everything")]
            fn $residual<$S, $($K,)* $($W,)* $($($V),+)?>(
                &self,
                $($given)*
                _wants: ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> (
                $Result,
                impl FnOnce(
                    &$X,
                    $(operation!(@type $L $X),)*
                    $(&$O,)*
                    $($(operation!(@type $P $X),)+)?
                    &$Result,
                    $Cotangent,
                ) -> ($S::Of<$crate::ops::Like<$X>>, $(operation!(@unit $l),)* $($W::Of<$crate::ops::Like<$O>>,)* $($(operation!(@unit $p)),+)?)
                + Clone
                + use<$X, $($O,)* $S, $($K,)* $($W,)* $($($V),+)?>,
            )
            where
                $S: $crate::want::Want,
                $($K: $crate::want::Excluded,)*
                $($W: $crate::want::Want,)*
                $($($V: $crate::want::Excluded,)+)?
            {
                $($opened)*
                let value = <$X as $Trait<$($O),*>>::$name(self $(, $l)* $(, $o)* $($(, $p)+)?);
                (value, |$x: &$X, $($l: operation!(@type $L $X),)* $($o: &$O,)* $($($p: operation!(@type $P $X),)+)? $y: &$Result, cotangent: $Cotangent| {
                    let $dy = &cotangent;
                    ($S::when(|| $rule), $(operation!(@unit $l),)* $($W::when(|| $rules),)* $($(operation!(@unit $p)),+)?)
                })
            }

            #[track_caller]
            #[allow(unused_variables, reason = "not every tangent reads everything")]
            #[allow(non_snake_case, reason = "a tangent is called as its type is")]
            fn $pushed<$S, $($K,)* $($W,)* $($($V),+)?>(
                &self,
                $($given)*
                ($S, $($K,)* $($W,)* $($($V),+)?): ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> ($Result, $Cotangent)
            where
                $S: $crate::along::Along<$crate::ops::Like<$X>>,
                $($W: $crate::along::Along<$crate::ops::Like<$O>>,)*
            {
                $($opened)*
                let $x = self;
                let value = <$X as $Trait<$($O),*>>::$name($x $(, $l)* $(, $o)* $($(, $p)+)?);
                let mut sum = None;
                // Where nothing varies, the first operand does along zero.
                if $S::VARIES || !(false $(|| $W::VARIES)*) {
                    let held = $S.along(|| ndarray::Array::zeros($x.tensor_view().raw_dim()));
                    let ($ty, $dot): (&$Result, &$crate::ops::Like<$X>) = (&value, &held);
                    $crate::ops::operation::accumulate(&mut sum, $tangent);
                }
                $(if $W::VARIES {
                    let held = $W.along(|| unreachable!("it varies"));
                    let ($ty, $dot): (&$Result, &$crate::ops::Like<$O>) = (&value, &held);
                    $crate::ops::operation::accumulate(&mut sum, $tangents);
                })*
                let tangent = sum.expect("one of them has contributed");
                (value, tangent)
            }

            #[track_caller]
            #[allow(non_camel_case_types, reason = "the type of what is lent as a tangent has the name of its argument")]
            #[allow(clippy::type_complexity, clippy::too_many_arguments, reason = "a value and a pullback, each with its tangent")]
            #[allow(non_snake_case, reason = "what belongs to an argument is called as its type is")]
            #[allow(unused_variables, reason = "not every rule reads everything")]
            fn $second<$x, $($o,)* $S, $($K,)* $($W,)* $($($V),+)?>(
                &self,
                $($given)*
                ($S, $(operation!(@any $l),)* $($W,)* $($(operation!(@any $p)),+)?): ($x, $(operation!(@no $l),)* $($o,)* $($(operation!(@no $p)),+)?),
                _wants: ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> (
                ($Result, $Cotangent),
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
                + use<$X, $($O,)* $x, $($o,)* $S, $($K,)* $($W,)* $($($V),+)?>,
            )
            where
                $x: $crate::along::Along<$crate::ops::Like<$X>>,
                $($o: $crate::along::Along<$crate::ops::Like<$O>>,)*
                $S: $crate::want::Want,
                $($K: $crate::want::Excluded,)*
                $($W: $crate::want::Want,)*
                $($($V: $crate::want::Excluded,)+)?
                operation!(@dual $Trait $X $($O)*): $crate::dual::Parts<
                    Value = $Result,
                    Tangent = $Cotangent,
                    Cotangent = <$crate::dual::DualArray<$X> as $Trait<$($crate::dual::DualArray<$O>),*>>::Cotangent,
                >,
            {
                $($opened)*
                let $S = $S.along(|| $crate::dual::zero_array(self));
                $(let $W = $W.along(|| $crate::dual::zero_array($o));)*
                let (value, tangent) = {
                    let tangents = (
                        $crate::along::LentAgain::<_, $x>::new(&*$S),
                        $(operation!(@no $l),)*
                        $($crate::along::LentAgain::<_, $o>::new(&*$W),)*
                        $($(operation!(@no $p)),+)?
                    );
                    $($packed)*
                    self.$pushed($($passed)* tangents)
                };
                let $x = $crate::dual::dual_along::<$X, $x>(self, &*$S);
                $(let $W = $crate::dual::dual_along::<$O, $o>($o, &*$W);)*
                let y = <operation!(@dual $Trait $X $($O)*) as $crate::dual::Parts>::of_parts(value.clone(), tangent.clone());
                let pullback = move |_: &$X, $($l: operation!(@type $L $X),)* $(_: &$O,)* $($($p: operation!(@type $P $X),)+)? _: &$Result, (d, d_dot): ($Cotangent, $Cotangent)| {
                    operation!(@lift $($l $L)* $($($p $P)+)?);
                    let cotangent = $crate::dual::join(&y, d, d_dot);
                    let ($x, $($o,)* $y, $dy) = (&$x, $(&$W,)* &y, &cotangent);
                    (
                        $S::when(|| $crate::dual::parts($rule)),
                        $(operation!(@unit $l),)*
                        $($W::when(|| $crate::dual::parts($rules)),)*
                        $($(operation!(@unit $p)),+)?
                    )
                };
                ((value, tangent), pullback)
            }
        }
    };

    (@cotangent $Result:ty) => { $Result };
    (@cotangent $Result:ty, $Cotangent:ty) => { $Cotangent };
    (@type [&[Elem]] $X:ident) => { &[<$X as $crate::ops::Elements>::Elem] };
    (@type [Elem] $X:ident) => { <$X as $crate::ops::Elements>::Elem };
    (@type [$($type:tt)+] $X:ident) => { $($type)+ };
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
