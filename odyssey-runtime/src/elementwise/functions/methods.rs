//! The functions as methods.

use ndarray::{Array, ArrayRef, Dimension};

use super::companion as functions;
use crate::real::Real;

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident $(, $number:ident)?) -> $names:tt = {$($value:tt)*} $(, {$($rule:tt)*})*;
    )*) => {
        /// The elementwise functions that the standard library lacks, as methods of numbers.
        pub trait RealFunctions: Sized {$(
            $(#[$doc])*
            #[must_use]
            fn $name(self $(, $number: Self)?) -> Self;
        )*}

        impl<T: Real> RealFunctions for T {$(
            #[inline]
            fn $name(self $(, $number: Self)?) -> Self {
                use crate::math::plain as math;
                let $x = self;
                $($value)*
            }
        )*}

        /// The elementwise functions that `ndarray` lacks, as methods of arrays and views of any rank.
        pub trait ArrayFunctions<T, D> {$(
            $(#[$doc])*
            #[must_use]
            fn $name(&self $(, $number: T)?) -> Array<T, D>;
        )*}

        impl<T: Real, D: Dimension> ArrayFunctions<T, D> for ArrayRef<T, D> {$(
            fn $name(&self $(, $number: T)?) -> Array<T, D> {
                functions::$name(self $(, $number)?)
            }
        )*}
    };
}

odyssey_macros::for_each_elementwise_function!(methods);
