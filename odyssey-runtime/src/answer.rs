//! What has no derivative: the answers to questions about a differentiated value.

use std::cmp::Ordering;

use ndarray::{Array, Dim, Dimension, IxDyn};

/// A type that holds no float.
#[diagnostic::on_unimplemented(
    message = "a method of this name is taken for a question without a derivative, and this one may have one",
    label = "`{Self}` may hold a float",
    note = "call it by its path, `Type::method(&x)`, if it is annotated; or `detach` its result"
)]
pub trait Answer {}

macro_rules! answers {
    ($($type:ty),*) => {$( impl Answer for $type {} )*};
}
answers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, bool, char, str, String, Ordering, ());
answers!(
    Dim<[usize; 0]>,
    Dim<[usize; 1]>,
    Dim<[usize; 2]>,
    Dim<[usize; 3]>,
    Dim<[usize; 4]>,
    Dim<[usize; 5]>,
    Dim<[usize; 6]>,
    IxDyn
);

impl<T: Answer + ?Sized> Answer for &T {}
impl<T: Answer> Answer for Option<T> {}
impl<T: Answer> Answer for [T] {}
impl<T: Answer> Answer for Vec<T> {}
impl<T: Answer, const N: usize> Answer for [T; N] {}
impl<A: Answer, D: Dimension> Answer for Array<A, D> {}

macro_rules! tuples {
    ($(($($part:ident)*))*) => {$( impl<$($part: Answer),*> Answer for ($($part,)*) {} )*};
}
tuples!((A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F));

/// The answer itself.
#[inline]
pub fn answer<A: Answer>(answer: A) -> A {
    answer
}
