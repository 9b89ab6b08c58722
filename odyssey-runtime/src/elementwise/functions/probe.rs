//! Are the methods that differentiated code calls those of the prelude?
//!
//! A trait of the user's may have a `softplus` for numbers where the prelude is not imported, and one for arrays, which
//! method calls find before the prelude's. Differentiated code calls each method where it stands on types of which the
//! prelude alone knows what it does.

use std::convert::Infallible;

use ndarray::{Array, ArrayBase, Dimension, Ix0, RawData};

use super::methods::{ArrayFunctions, RealFunctions};

/// Has the methods of the prelude, wherever these are imported, as an array has them.
pub struct MethodsOfThePrelude {
    never: Infallible,
}

/// Has them as a number.
#[derive(Clone)]
pub struct NumberOfThePrelude {
    never: Infallible,
}

macro_rules! probe {
    ($(
        $(#[$doc:meta])*
        $name:ident($x:ident $(, $number:ident)?) -> $names:tt = {$($value:tt)*} $(, {$($rule:tt)*})*;
    )*) => {
        impl ArrayFunctions<NumberOfThePrelude, Ix0> for MethodsOfThePrelude {$(
            fn $name(&self $(, _: probe!(@$number NumberOfThePrelude))?) -> Array<NumberOfThePrelude, Ix0> {
                match self.never {}
            }
        )*}

        impl RealFunctions for NumberOfThePrelude {$(
            fn $name(self $(, _: probe!(@$number NumberOfThePrelude))?) -> NumberOfThePrelude {
                match self.never {}
            }
        )*}

        /// The methods of the prelude on the type on which traits of the user's have theirs: where one is in scope, method
        /// calls are ambiguous.
        pub trait OnArrays {$(
            /// Nothing.
            fn $name(&self $(, _: probe!(@$number NumberOfThePrelude))?) -> NumberOfThePrelude;
        )*}

        impl<S: RawData, D: Dimension> OnArrays for ArrayBase<S, D> {$(
            fn $name(&self $(, _: probe!(@$number NumberOfThePrelude))?) -> NumberOfThePrelude {
                unreachable!("called by nobody")
            }
        )*}
    };
    (@$number:ident $ty:ty) => { $ty };
}

odyssey_macros::for_each_elementwise_function!(probe);

/// `assert_methods!(softplus(), leaky_relu(number))`: these methods, called where this stands, are those of the prelude.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_assert_methods {
    ($($name:ident($($number:ident)?)),+) => {
        let _ = |prelude: &$crate::rt::MethodsOfThePrelude, number: &$crate::rt::NumberOfThePrelude| {
            $(
                let _: $crate::rt::NumberOfThePrelude =
                    ::core::clone::Clone::clone(number).$name($($crate::__odyssey_assert_methods!(@copy number $number))?);
                let _: $crate::rt::ndarray::Array0<$crate::rt::NumberOfThePrelude> =
                    prelude.$name($($crate::__odyssey_assert_methods!(@copy number $number))?);
            )+
        };
        let _ = |vector: &$crate::rt::ndarray::Array1<f64>, matrix: &$crate::rt::ndarray::Array2<f64>, number: &$crate::rt::NumberOfThePrelude| {
            use $crate::rt::OnArrays as _;
            $(
                let _: $crate::rt::NumberOfThePrelude = vector.$name($($crate::__odyssey_assert_methods!(@copy number $number))?);
                let _: $crate::rt::NumberOfThePrelude = matrix.$name($($crate::__odyssey_assert_methods!(@copy number $number))?);
            )+
        };
    };
    (@copy $number:ident $written:ident) => { ::core::clone::Clone::clone($number) };
}
