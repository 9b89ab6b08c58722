//! Types that hold no real number: their tangent is `()`.

use std::marker::PhantomData;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use ndarray::Axis;

use super::Differentiable;

macro_rules! passive_body {
    () => {
        type Tangent = ();
        type Partial = ();

        #[inline]
        fn zero_tangent(&self) {}

        #[inline]
        fn is_shaped_like(&self, _other: &Self) -> bool {
            true
        }

        #[inline]
        fn complete(&self, (): ()) {}

        #[inline]
        fn arrived((): ()) {}
    };
}

macro_rules! passive {
    ($($type:ty),*) => {$(
        impl Differentiable for $type {
            passive_body!();
        }
    )*};
}
passive!((), bool, char, str, String, Axis, RangeFull);
passive!(crate::losses::Reduction, crate::ops::linalg::Triangle, crate::ops::nn::Conv1d, crate::ops::nn::Conv2d);
passive!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

macro_rules! passive_generic {
    ($($type:ident),*) => {$(
        impl<T> Differentiable for $type<T> {
            passive_body!();
        }
    )*};
}
passive_generic!(Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive);

impl<T: ?Sized> Differentiable for PhantomData<T> {
    passive_body!();
}
