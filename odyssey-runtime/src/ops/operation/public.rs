//! The function, the method and the companion of an operation.

/// What users call, and the companion's hidden forms, which hand on to those of the method.
macro_rules! public_forms {
    (
        [$($doc:tt)*] $name:ident $head:tt
        (
            $x:ident: $X:ident if $S:ident
            $(| $l:ident: $L:tt if $K:ident)*
            $(, $o:ident: $O:ident if $W:ident)*
            $(; $($p:ident: $P:tt if $V:ident),+)?
        )
        given [$($given:tt)*], opened [$($opened:tt)*], packed [$($packed:tt)*], passed [$($passed:tt)*];
        method of $Trait:ident, hidden forms $residual:ident, $second:ident, $pushed:ident of $Hidden:ident;
        where [$($bound:tt)*];
        result $Result:ty, cotangent $Cotangent:ty;
        forward $forward:expr $(, checked by $check:path)?;
        rules |$y:pat_param, $dy:ident| ($rule:expr $(, $rules:expr)* $(,)?);
        tangents |$ty:pat_param, $dot:ident| ($tangent:expr $(, $tangents:expr)* $(,)?);
    ) => {
        $($doc)*
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

            $($doc)*
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
                    ($rule $(, $rules)*)
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
                operation!(@pullback [F,] $head $Result, $Cotangent),
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
                operation!(@second [F,] $head $Result, $Cotangent),
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
}
pub(crate) use public_forms;
