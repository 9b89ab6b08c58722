//! The hidden forms of an operation as methods.

/// The value with a pullback, with a tangent, and with both and the tangent of the pullback.
macro_rules! hidden_forms {
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
        #[doc(hidden)]
        pub trait $Hidden<$X $(, $O)*>
        where
            $X: ?Sized,
            $($O: ?Sized,)*
            $($bound)*
        {
            /// The first operand, which this is.
            fn first(this: &Self) -> &$X;

            #[track_caller]
            #[allow(unused_variables, reason = "not every rule reads everything")]
            fn $residual<$S, $($K,)* $($W,)* $($($V),+)?>(
                &self,
                $($given)*
                _wants: ($S, $($K,)* $($W,)* $($($V),+)?),
            ) -> (
                $Result,
                operation!(@pullback [Self,] $head $Result, $Cotangent),
            )
            where
                $S: $crate::want::Want,
                $($K: $crate::want::Excluded,)*
                $($W: $crate::want::Want,)*
                $($($V: $crate::want::Excluded,)+)?
            {
                $($opened)*
                let value = <$X as $Trait<$($O),*>>::$name(Self::first(self) $(, $l)* $(, $o)* $($(, $p)+)?);
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
                let $x = Self::first(self);
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
                operation!(@second [Self,] $head $Result, $Cotangent),
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
                let $S = $S.along(|| $crate::dual::zero_array(Self::first(self)));
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
                let $x = $crate::dual::dual_along::<$X, $x>(Self::first(self), &*$S);
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

        impl<$X $(, $O)*> $Hidden<$X $(, $O)*> for $X
        where
            $X: ?Sized,
            $($O: ?Sized,)*
            $($bound)*
        {
            fn first(this: &Self) -> &$X {
                this
            }
        }
    };
}
pub(crate) use hidden_forms;
