//! The functions and their companions: a pair for each row of the table.

use super::argument::{Argument, Formulas, Function, Fused, IsElementwise, Number, Passed, Passing, Plain, Value};
use crate::along::Along;
use crate::check::{self, GradientMismatch};
use crate::differentiable::{Differentiable, ScalarResult};
use crate::dual::{Dual, tangent_part};
use crate::real::Real;
use crate::want::Want;

macro_rules! functions {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident $(, $number:ident)?) -> ($y:ident, $dy:ident)
            = {$($value:tt)*}, {$($d_x:tt)*} $(, {$($d_number:tt)*})?;
    )*) => {$(
        $(#[$doc])*
        ///
        /// Takes a number by value, or an array or a view by reference, of which it makes an array of the same shape.
        #[inline]
        #[track_caller]
        pub fn $name<X: Argument<$name, { numbers!($($number)?) }>>(
            x: X
            $(, $number: X::Number)?
        ) -> X::Value {
            x.value([$($number)?])
        }

        #[doc = concat!("The derivatives of [`", stringify!($name), "()`].")]
        #[allow(non_camel_case_types, reason = "the companion of a function has its name")]
        #[derive(Debug)]
        pub struct $name {}

        companion! { $name($x $(, $number)?) }

        impl Function<{ numbers!($($number)?) }> for $name {
            type Plain = Plain<Self>;
            type Fused = Fused<Self>;
        }

        formulas! { plain Plain $name($x; $($number)?; $y, $dy) = {$($value)*}, {$($d_x)*}, [$({ $($d_number)* })?] }
        formulas! { fused Fused $name($x; $($number)?; $y, $dy) = {$($value)*}, {$($d_x)*}, [$({ $($d_number)* })?] }
    )*};
}

/// The formulas of a row over the functions of one kind of arithmetic, which they call `math::…`.
macro_rules! formulas {
    (
        $mode:ident $Mode:ident
        $name:ident($x:ident; $($number:ident)?; $y:ident, $dy:ident) = $value:block, $d_x:block, $d_numbers:expr
    ) => {
        #[allow(clippy::inline_always, reason = "what is not inlined into a kernel is not vectorised")]
        #[allow(unused_variables, unused_imports, reason = "not every rule reads every value or calls a function")]
        #[allow(clippy::approx_constant, reason = "the rules come with their constants as numbers")]
        impl Formulas<{ numbers!($($number)?) }> for $Mode<$name> {
            #[inline(always)]
            fn value<T: Real>($x: T, [$($number)?]: [T; numbers!($($number)?)]) -> T {
                use crate::math::$mode as math;
                $value
            }

            #[inline(always)]
            fn d_x<T: Real>($x: T, [$($number)?]: [T; numbers!($($number)?)], $y: T, $dy: T) -> T {
                use crate::math::$mode as math;
                $d_x
            }

            #[inline(always)]
            fn d_numbers<T: Real>(
                $x: T,
                [$($number)?]: [T; numbers!($($number)?)],
                $y: T,
                $dy: T,
            ) -> [T; numbers!($($number)?)] {
                use crate::math::$mode as math;
                $d_numbers
            }
        }
    };
}

/// How many numbers a function takes beside x.
macro_rules! numbers {
    () => {
        0
    };
    ($number:ident) => {
        1
    };
}

/// The derivatives of a function of x alone, or of x and a number.
macro_rules! companion {
    ($name:ident($x:ident)) => {
        impl $name {
            /// The value, and the function from its cotangent to that of `x`.
            #[inline]
            #[track_caller]
            pub fn vjp<X: Passed>(x: X) -> (Value<X>, impl FnOnce(Value<X>) -> Value<X>) {
                let y = X::Dim::value::<Self, 0>(&x, []);
                let kept = y.clone();
                (y, move |dy| X::Dim::d_x::<Self, 0>(&x, [], &kept, &dy))
            }

            /// The value, and the derivative.
            #[inline]
            pub fn value_and_grad<X: Passed>(x: X) -> (Value<X>, Value<X>)
            where
                Value<X>: ScalarResult + Differentiable<Tangent = Value<X>>,
            {
                let (y, pullback) = Self::vjp(x);
                (y, pullback(Value::<X>::seed()))
            }

            /// The derivative.
            #[inline]
            pub fn grad<X: Passed>(x: X) -> Value<X>
            where
                Value<X>: ScalarResult + Differentiable<Tangent = Value<X>>,
            {
                Self::value_and_grad(x).1
            }

            /// Compares the derivative with central differences.
            ///
            /// # Errors
            /// They do not agree.
            pub fn check_grad<T: Real>(x: T) -> Result<(), GradientMismatch> {
                check::argument(stringify!($x), &x, |x| $name(x), &Self::grad(x))
            }

            /// The value, and its tangent along that of `x`.
            #[inline]
            #[track_caller]
            pub fn jvp<X: Passed>(x: X, x_dot: Value<X>) -> (Value<X>, Value<X>) {
                let y = X::Dim::value::<Self, 0>(&x, []);
                let y_dot = X::Dim::tangent::<Self, 0>(&x, [], &y, &x_dot, []);
                (y, y_dot)
            }

            #[doc(hidden)]
            #[inline]
            #[track_caller]
            pub fn pushforward<F: IsElementwise<Self, 0>, X: Passed, G: Along<Value<X>>>(
                _primal: F,
                x: X,
                (x_dot,): (G,),
            ) -> (Value<X>, Value<X>) {
                let y = X::Dim::value::<Self, 0>(&x, []);
                let x_dot = x_dot.along(|| X::Dim::constant(&y));
                let y_dot = X::Dim::tangent::<Self, 0>(&x, [], &y, &x_dot, []);
                (y, y_dot)
            }

            #[doc(hidden)]
            #[inline]
            #[track_caller]
            pub fn residual_vjp<F: IsElementwise<Self, 0>, X: Passed, W: Want>(
                _primal: F,
                x: X,
                _wants: (W,),
            ) -> (Value<X>, <X::Dim as Passing<X>>::Pullback<W>) {
                let y = X::Dim::value::<Self, 0>(&x, []);
                (y, X::Dim::pullback::<Self, W>())
            }

            /// The tangent of the derivative along that of `x`: the second derivative, times that.
            #[inline]
            pub fn hvp<T: Real>(x: T, x_dot: T) -> T {
                Self::grad(Dual { value: x, tangent: x_dot }).tangent
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn residual_hvp<F: IsElementwise<Self, 0>, X: Passed, G: Along<Value<X>>, W: Want>(
                _primal: F,
                x: X,
                (x_dot,): (G,),
                _wants: (W,),
            ) -> ((Value<X>, Value<X>), <X::Dim as Passing<X>>::PullbackAlong<W>) {
                let y = X::Dim::value::<Self, 0>(&x, []);
                let x_dot = x_dot.along(|| X::Dim::constant(&y)).clone();
                let y_dot = X::Dim::tangent::<Self, 0>(&x, [], &y, &x_dot, []);
                ((y, y_dot.clone()), X::Dim::pullback_along::<Self, W>(x_dot, y_dot))
            }
        }
    };
    ($name:ident($x:ident, $number:ident)) => {
        impl $name {
            #[doc = concat!("The value, and the function from its cotangent to those of `x` and `", stringify!($number), "`.")]
            #[inline]
            #[track_caller]
            pub fn vjp<X: Passed>(x: X, $number: Number<X>) -> (Value<X>, impl FnOnce(Value<X>) -> (Value<X>, Number<X>)) {
                let y = X::Dim::value::<Self, 1>(&x, [$number]);
                let kept = y.clone();
                (y, move |dy| {
                    let d_x = X::Dim::d_x::<Self, 1>(&x, [$number], &kept, &dy);
                    (d_x, X::Dim::d_number::<Self>(&x, $number, &kept, &dy))
                })
            }

            /// The value, and the derivatives.
            #[inline]
            pub fn value_and_grad<X: Passed>(x: X, $number: Number<X>) -> (Value<X>, (Value<X>, Number<X>))
            where
                Value<X>: ScalarResult + Differentiable<Tangent = Value<X>>,
            {
                let (y, pullback) = Self::vjp(x, $number);
                (y, pullback(Value::<X>::seed()))
            }

            /// The derivatives.
            #[inline]
            pub fn grad<X: Passed>(x: X, $number: Number<X>) -> (Value<X>, Number<X>)
            where
                Value<X>: ScalarResult + Differentiable<Tangent = Value<X>>,
            {
                Self::value_and_grad(x, $number).1
            }

            /// Compares the derivatives with central differences.
            ///
            /// # Errors
            /// The first of the two that does not agree.
            pub fn check_grad<T: Real>(x: T, $number: T) -> Result<(), GradientMismatch> {
                let (d_x, d_number) = Self::grad(x, $number);
                check::argument(stringify!($x), &x, |x| $name(x, $number), &d_x)?;
                check::argument(stringify!($number), &$number, |number| $name(x, number), &d_number)
            }

            #[doc = concat!("The value, and its tangent along those of `x` and `", stringify!($number), "`.")]
            #[inline]
            #[track_caller]
            pub fn jvp<X: Passed>(x: X, $number: Number<X>, x_dot: Value<X>, number_dot: Number<X>) -> (Value<X>, Value<X>) {
                let y = X::Dim::value::<Self, 1>(&x, [$number]);
                let y_dot = X::Dim::tangent::<Self, 1>(&x, [$number], &y, &x_dot, [number_dot]);
                (y, y_dot)
            }

            #[doc(hidden)]
            #[inline]
            #[track_caller]
            pub fn pushforward<F: IsElementwise<Self, 1>, X: Passed, G: Along<Value<X>>, H: Along<Number<X>>>(
                _primal: F,
                x: X,
                $number: Number<X>,
                (x_dot, number_dot): (G, H),
            ) -> (Value<X>, Value<X>) {
                let y = X::Dim::value::<Self, 1>(&x, [$number]);
                let x_dot = x_dot.along(|| X::Dim::constant(&y));
                let number_dot = *number_dot.along(num_traits::zero);
                let y_dot = X::Dim::tangent::<Self, 1>(&x, [$number], &y, &x_dot, [number_dot]);
                (y, y_dot)
            }

            #[doc(hidden)]
            #[inline]
            #[track_caller]
            pub fn residual_vjp<F: IsElementwise<Self, 1>, X: Passed, W: Want, V: Want>(
                _primal: F,
                x: X,
                $number: Number<X>,
                _wants: (W, V),
            ) -> (Value<X>, <X::Dim as Passing<X>>::NumberPullback<W, V>) {
                let y = X::Dim::value::<Self, 1>(&x, [$number]);
                (y, X::Dim::number_pullback::<Self, W, V>())
            }

            #[doc = concat!("The tangents of the derivatives along those of `x` and `", stringify!($number), "`.")]
            #[inline]
            pub fn hvp<T: Real>(x: T, $number: T, x_dot: T, number_dot: T) -> (T, T) {
                let number = Dual { value: $number, tangent: number_dot };
                tangent_part(Self::grad(Dual { value: x, tangent: x_dot }, number))
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn residual_hvp<F, X, G, H, W, V>(
                _primal: F,
                x: X,
                $number: Number<X>,
                (x_dot, number_dot): (G, H),
                _wants: (W, V),
            ) -> ((Value<X>, Value<X>), <X::Dim as Passing<X>>::NumberPullbackAlong<W, V>)
            where
                F: IsElementwise<Self, 1>,
                X: Passed,
                G: Along<Value<X>>,
                H: Along<Number<X>>,
                W: Want,
                V: Want,
            {
                let y = X::Dim::value::<Self, 1>(&x, [$number]);
                let x_dot = x_dot.along(|| X::Dim::constant(&y)).clone();
                let number_dot = *number_dot.along(num_traits::zero);
                let y_dot = X::Dim::tangent::<Self, 1>(&x, [$number], &y, &x_dot, [number_dot]);
                ((y, y_dot.clone()), X::Dim::number_pullback_along::<Self, W, V>(x_dot, number_dot, y_dot))
            }
        }
    };
}

odyssey_macros::for_each_elementwise_function!(functions);
