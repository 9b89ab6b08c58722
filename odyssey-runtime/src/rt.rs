//! What generated code names. Not for people: it changes without notice.

pub use crate::along::{Along, AlongMut, along, assert_no_third, map_pushed, unsupported};
pub use crate::answer::{Answer, answer};
pub use crate::check::{Lend, Perturb};
pub use crate::checkpoint::{endless_segments_of, growing_segments, segments, segments_of, slots};
pub use crate::differentiable::{
    Differentiable, Parameters, ScalarResult, Step, Visitor, add, add_ref, arrived, checked_tangent, complete, partial,
    zero_tangent,
};
pub use crate::directions::{
    Columns, DIRECTIONS, Interleaved, Separate, common, each_direction, for_one_call, numbers, unzip, unzip_numbers, zeros,
};
pub use crate::dual::{Dual, Dualise, Lift, Parts, constant, dual, dualise, lifted, parts, tangent_part};
pub use crate::elementwise::functions::probe::{MethodsOfThePrelude, NumberOfThePrelude, OnArrays};
pub use crate::elementwise::{
    Full, One, Sum, extent, fit, into, like, map, map_like, map_sum, map_to, map_to_composed, map_to_modes, map_to_stages, sc,
};
pub use crate::ended::{self, recycle, to_owned};
pub use crate::found::{IsDifferent, IsSame, Same, found, pair};
pub use crate::jacobian::{Entries, by_columns, entries, set_row, unit, without_rows};
pub use crate::lent::{Left, before, keep, lend, lend_along};
pub use crate::math::plain::*;
pub use crate::math::{fused, plain};
pub use crate::memory::{Constructors, Stack, accumulate_grad_into, pop, stack, value_and_grad_into};
pub use crate::nth::Nth;
pub use crate::ops::functions::*;
pub use crate::ops::joined::{concatenated, stacked};
pub use crate::ops::residuals;
pub use crate::ops::views::{
    column, column_mut, index_axis, index_axis_mut, row, row_mut, slice, slice_axis, slice_axis_mut, slice_mut,
};
pub use crate::outliving;
pub use crate::over::{constant_over, whole_of};
pub use crate::overwritten::{self, OldShape};
pub use crate::place::{
    NoField, add_part, add_to, as_tangent, assign, clear_field, clear_part, clear_part_as, into_tangent, kind_of, of_kind, part,
    put_part, subtract_from, take_part, take_part_as,
};
pub use crate::quoted::{Quoted, refused};
pub use crate::repeated::{Once, for_each_row, keeping};
pub use crate::second::{
    AlongPassed, Handed, OfSecondOrder, OfThirdOrder, Passed, SomeFunction, assert_of_third_order, constant_seed, handed,
    map_linearized_along, map_pulled_back_along,
};
pub use crate::sparse::by_colours;
pub use crate::tangent::Tangent;
pub use ndarray;
// Macros with the names of functions: the same with a closure that is compiled for both kinds of arithmetic.
pub use crate::__odyssey_assert_found as assert_found;
pub use crate::__odyssey_assert_methods as assert_methods;
pub use crate::__odyssey_outliving as outliving;
pub use crate::want::{Excluded, No, Want, Yes};
pub use crate::{__odyssey_concatenate as concatenate, __odyssey_old_shape as old_shape, __odyssey_stack as stack};
pub use crate::{__odyssey_copied as copied, __odyssey_kept as kept, __odyssey_recycle as recycle, __odyssey_set as set};
pub use crate::{
    __odyssey_into_parts as into_parts, __odyssey_map as map, __odyssey_map_like as map_like, __odyssey_map_sum as map_sum,
    __odyssey_map_to as map_to,
};

use crate::ops::{Elements, Tensor};
use crate::real::Real;

/// The number of elements, as a float of their type.
#[inline]
pub fn length<X: Tensor + ?Sized>(x: &X) -> X::Elem {
    X::Elem::lit(x.tensor_view().len() as f64)
}

/// A literal in the type of the elements of `x`.
#[inline]
pub fn literal_of<X: Elements + ?Sized>(_x: &X, value: X::Elem) -> X::Elem {
    value
}

/// The cotangent of a conversion: `d` in the type of what was converted.
#[inline]
pub fn cast_like<T: Real, U: Real<Wide = T::Wide>>(d: U, _like: T) -> T {
    T::narrow(d.widen())
}

/// A value that is no float: casts of it, and arithmetic with it, have no derivative.
#[diagnostic::on_unimplemented(
    message = "the type of this value is not known to `#[differentiable]`, and its derivative would be lost",
    label = "`{Self}` is no integer",
    note = "say so where it is bound: `let x: f32 = …;`; in the place of an operator of a type of yours, call an annotated method"
)]
pub trait Whole {
    /// Its type without references.
    type Integer;
    /// The value itself.
    fn whole(self) -> Self::Integer;
}

macro_rules! whole {
    ($($type:ty)*) => {$(
        impl Whole for $type {
            type Integer = $type;
            #[inline]
            fn whole(self) -> $type {
                self
            }
        }
        impl Whole for &$type {
            type Integer = $type;
            #[inline]
            fn whole(self) -> $type {
                *self
            }
        }
    )*};
}
whole!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool char);

/// The value, which is no float.
#[inline]
pub fn whole<W: Whole>(value: W) -> W::Integer {
    value.whole()
}

/// The result of arithmetic with integers, which is one.
#[inline]
pub fn integer<W: Whole<Integer = W>>(value: W) -> W {
    value
}

/// Panics unless the function that is called is the one whose derivative this is: a plain function hides an imported
/// differentiable one, but not its companion.
#[inline]
#[track_caller]
pub fn assert_same<F, G>(called: &F, differentiated: &G) {
    let (called, differentiated) = (core::any::type_name_of_val(called), core::any::type_name_of_val(differentiated));
    assert!(
        called == differentiated,
        "`{called}` is called, but the derivative in scope under that name is that of `{differentiated}`\n\
         help: annotate `{called}` with `#[differentiable]`"
    );
}

/// The panic of two tangents of one enum that cannot belong to the same value.
#[cold]
#[track_caller]
pub fn different_variants(one: &str, other: &str) -> ! {
    panic!("tangents of `{one}` and `{other}` belong to different values");
}

/// What has arrived for the payload of `Some` or `Ok`, to be assigned to.
#[inline]
pub fn payload<P: Default>(partial: &mut Option<P>) -> &mut P {
    partial.get_or_insert_default()
}

/// The tangent of the payload `x` of `Some` or `Ok`, to be added to: `None` is zero.
#[inline]
pub fn payload_mut<'d, X: Differentiable + ?Sized>(tangent: &'d mut Option<X::Tangent>, x: &X) -> &'d mut X::Tangent {
    tangent.get_or_insert_with(|| x.zero_tangent())
}

/// The cotangent of the payload `x` of `Some` or `Ok`: `None` is zero.
#[inline]
pub fn into_payload<X: Differentiable + ?Sized>(tangent: Option<X::Tangent>, x: &X) -> X::Tangent {
    tangent.unwrap_or_else(|| x.zero_tangent())
}

/// An integer with a largest value.
pub trait Largest {
    /// It.
    const LARGEST: Self;
}

macro_rules! largest {
    ($($type:ty)*) => {$(
        impl Largest for $type {
            const LARGEST: $type = <$type>::MAX;
        }
    )*};
}
largest!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// `start..`, with an end that no loop comes to.
#[inline]
pub fn open<T: Largest>(start: T) -> core::ops::Range<T> {
    start..T::LARGEST
}

/// The iterations of a loop from its end.
#[inline]
pub fn reversed<I: DoubleEndedIterator>(range: I) -> core::iter::Rev<I> {
    range.rev()
}

/// The iterations of a loop in steps from its end.
#[inline]
pub fn reversed_steps<I: Iterator + Clone>(range: I) -> impl Iterator<Item = I::Item> {
    let times = range.clone().count();
    (0..times).rev().map(move |k| range.clone().nth(k).expect("as many as were counted"))
}

/// A function's value and pullback for every element, in logical order.
pub fn map_linearized<X: Tensor + ?Sized, R, P>(x: &X, f: impl FnMut(X::Elem) -> (R, P)) -> (ndarray::Array<R, X::Dim>, Vec<P>) {
    let view = x.tensor_view();
    let (values, pullbacks) = view.iter().copied().map(f).unzip();
    let values = ndarray::Array::from_shape_vec(view.raw_dim(), values).expect("a value for each element");
    (values, pullbacks)
}

/// The cotangent of every element, from the pullbacks of [`map_linearized`].
pub fn map_pulled_back<X, Y, C, P>(
    pullbacks: Vec<P>,
    x: &X,
    y: &Y,
    d: &C,
    mut pull: impl FnMut(P, X::Elem, &Y::Elem, Y::Elem) -> X::Elem,
) -> ndarray::Array<X::Elem, X::Dim>
where
    X: Tensor + ?Sized,
    Y: Tensor + ?Sized,
    C: Tensor<Elem = Y::Elem> + ?Sized,
{
    let (x, y, d) = (x.tensor_view(), y.tensor_view(), d.tensor_view());
    let elements = pullbacks.into_iter().zip(x.iter()).zip(y.iter().zip(d.iter()));
    let values = elements.map(|((pullback, x), (y, d))| pull(pullback, *x, y, *d)).collect();
    ndarray::Array::from_shape_vec(x.raw_dim(), values).expect("a value for each element")
}

/// The part of the cotangent of `concatenate![axis, …]` that belongs to a part behind `before` others along the axis.
pub fn joined_part<T: Real, D: ndarray::Dimension + ndarray::RemoveAxis>(
    d: &ndarray::Array<T, D>,
    axis: ndarray::Axis,
    before: usize,
    length: usize,
) -> ndarray::Array<T, D> {
    d.slice_axis(axis, ndarray::Slice::from(before..before + length)).to_owned()
}

/// The part of the cotangent of `stack![axis, …]` that belongs to a part by its number.
pub fn stacked_part<T: Real, D: ndarray::RemoveAxis>(
    d: &ndarray::Array<T, D>,
    axis: ndarray::Axis,
    number: usize,
) -> ndarray::Array<T, D::Smaller> {
    d.index_axis(axis, number).to_owned()
}

/// A whole tangent of a part that a pattern has bound, as one under construction: a box may be bound where what is in it
/// was differentiated.
pub fn arrived_as<X: Differentiable + ?Sized, D: Into<X::Tangent>>(x: &X, d: D) -> X::Partial {
    arrived(x, d.into())
}

/// What `last` was popped from gets its cotangent back, if there was one: nothing counts as zero.
#[inline]
pub fn unpop<X: Differentiable>(list: &mut Vec<X::Tangent>, last: &Option<X>, d: Option<X::Tangent>) {
    list.extend(last.as_ref().map(|x| into_payload(d, x)));
}

/// What a differentiated value may be put into: something of its own, not a borrow from elsewhere.
#[inline]
pub fn followed<T: Differentiable + ?Sized>(_place: &T) {
    const {
        assert!(
            !T::IS_EXCLUSIVE_BORROW,
            "a differentiated value goes through a `&mut` whose owner the compiler does not know: borrow it where it is changed, with `let part = &mut …;`"
        );
    }
}

/// An `Option`, or a `Result`.
#[diagnostic::on_unimplemented(
    message = "a method of `Option` and `Result` is called on a `{Self}`",
    label = "not an `Option`",
    note = "call a method of your own by its path: `Type::method(x)`"
)]
pub trait Success {
    /// What is in it.
    type Value;
    /// That, if it is there.
    fn success(self) -> Option<Self::Value>;
}

impl<T> Success for Option<T> {
    type Value = T;
    #[inline]
    fn success(self) -> Option<T> {
        self
    }
}

impl<T, E> Success for Result<T, E> {
    type Value = T;
    #[inline]
    fn success(self) -> Option<T> {
        self.ok()
    }
}

impl<T: Clone> Success for &Option<T> {
    type Value = T;
    #[inline]
    fn success(self) -> Option<T> {
        self.clone()
    }
}

impl<T: Clone, E> Success for &Result<T, E> {
    type Value = T;
    #[inline]
    fn success(self) -> Option<T> {
        self.as_ref().ok().cloned()
    }
}

/// What is in an `Option` or a `Result`, or a copy of it behind a reference.
#[inline]
pub fn success<S: Success>(value: S) -> Option<S::Value> {
    value.success()
}

/// The cotangent of a number in an `Option`: nothing counts as zero.
#[inline]
pub fn number_or_zero<T: Real>(d: Option<T>) -> T {
    d.unwrap_or_else(T::zero)
}

/// The panic of a derivative through what a failed call has left in an argument.
#[cold]
pub fn failed_change() -> ! {
    panic!("the derivative through what a call has left in a `&mut` argument needs a call that did not fail");
}

/// The default of the type of a value.
#[inline]
pub fn default_like<T: Default>(_taken: &T) -> T {
    T::default()
}

/// The index of element `number`, in logical order.
#[inline]
pub fn nth_index<X: Tensor + ?Sized>(x: &X, mut number: usize) -> X::Dim {
    let mut index = x.tensor_view().raw_dim();
    let lengths = index.clone();
    for (position, length) in ndarray::Dimension::slice_mut(&mut index).iter_mut().zip(ndarray::Dimension::slice(&lengths)).rev()
    {
        *position = number % length;
        number /= length;
    }
    index
}

/// The first `times` iterations of a loop, from the last of them.
#[inline]
pub fn reversed_first<I: Iterator>(range: I, times: usize) -> core::iter::Rev<::std::vec::IntoIter<I::Item>> {
    range.take(times).collect::<Vec<_>>().into_iter().rev()
}

/// What a branch kept for its reverse.
#[inline]
pub fn expect<T>(kept: Option<T>) -> T {
    kept.expect("the branch that was taken kept it")
}

/// A value that is there because somebody wants what it serves.
#[inline]
pub fn given<G: Given>(value: G) -> G::Value {
    value.given()
}

/// The same, to be changed in place.
#[inline]
pub fn given_mut<T>(value: &mut Option<T>) -> &mut T {
    value.as_mut().expect("wanted")
}

/// An `Option`, or a reference to one.
pub trait Given {
    /// What is in it.
    type Value;
    /// Takes it out.
    fn given(self) -> Self::Value;
}

impl<T> Given for Option<T> {
    type Value = T;
    #[inline]
    fn given(self) -> T {
        self.expect("wanted")
    }
}

impl<'a, T> Given for &'a Option<T> {
    type Value = &'a T;
    #[inline]
    fn given(self) -> &'a T {
        self.as_ref().expect("wanted")
    }
}

/// A copy of what a closure captures by reference.
pub struct Owned<T: ToOwned + ?Sized>(T::Owned);

/// The copy.
#[inline]
pub fn owned<T: ToOwned + ?Sized>(captured: &T) -> Owned<T> {
    Owned(captured.to_owned())
}

impl<T: ToOwned + ?Sized> Owned<T> {
    /// What stands for the reference.
    #[inline]
    pub fn get(&self) -> &T {
        core::borrow::Borrow::borrow(&self.0)
    }
}

impl<T: ToOwned<Owned: Clone> + ?Sized> Clone for Owned<T> {
    fn clone(&self) -> Owned<T> {
        Owned(self.0.clone())
    }
}

/// An argument that is given a second time: by reference, or a copy of it, as the pullback takes it.
#[inline]
pub fn again<'a, X, A: Again<'a, X>>(x: &'a X) -> A {
    A::again(x)
}

/// What a pullback may take for an `X`.
pub trait Again<'a, X> {
    /// Makes it.
    fn again(x: &'a X) -> Self;
}

impl<'a, X> Again<'a, X> for &'a X {
    #[inline]
    fn again(x: &'a X) -> Self {
        x
    }
}

impl<X: Clone> Again<'_, X> for X {
    #[inline]
    fn again(x: &X) -> X {
        x.clone()
    }
}

/// `f(error)`, for a closure whose parameter has no type of its own.
#[inline]
pub fn refail<E, F>(error: E, f: impl FnOnce(E) -> F) -> F {
    f(error)
}
