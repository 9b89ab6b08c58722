//! The macros by which a closure is compiled for both kinds of arithmetic, and passes with one output that is not full.

use super::map_to_modes;
use super::operand::Operand;
use super::output::{Like, Sum, like};
use super::tuples::{Operands, Outputs};

/// The sum of `f` over the iteration space of the operands, in one pass.
#[inline]
#[track_caller]
pub fn map_sum<O: Operands, R, T>(operands: O, f: impl Fn(O::Elems) -> R) -> T
where
    (Sum,): Outputs<O, (R,), Results = (T,)>,
{
    map_sum_modes(
        operands,
        #[inline(always)]
        |elems| f(elems),
        #[inline(always)]
        |elems| f(elems),
    )
}

/// [`map_sum`] of a function that is given twice, as to [`map_modes`](super::map_modes).
#[inline]
#[track_caller]
pub fn map_sum_modes<O: Operands, R, T>(operands: O, plain: impl Fn(O::Elems) -> R, fused: impl Fn(O::Elems) -> R) -> T
where
    (Sum,): Outputs<O, (R,), Results = (T,)>,
{
    map_to_modes(
        operands,
        (Sum,),
        #[inline(always)]
        |elems| (plain(elems),),
        #[inline(always)]
        |elems| (fused(elems),),
    )
    .0
}

/// The values of `f` over the iteration space of the operands, summed to the shape of `x`.
#[inline]
#[track_caller]
pub fn map_like<X: Operand + ?Sized, O: Operands, R, T>(x: &X, operands: O, f: impl Fn(O::Elems) -> R) -> T
where
    (Like<X::Float, X::Dim>,): Outputs<O, (R,), Results = (T,)>,
{
    map_like_modes(
        x,
        operands,
        #[inline(always)]
        |elems| f(elems),
        #[inline(always)]
        |elems| f(elems),
    )
}

/// [`map_like`] of a function that is given twice, as to [`map_modes`](super::map_modes).
#[inline]
#[track_caller]
pub fn map_like_modes<X: Operand + ?Sized, O: Operands, R, T>(
    x: &X,
    operands: O,
    plain: impl Fn(O::Elems) -> R,
    fused: impl Fn(O::Elems) -> R,
) -> T
where
    (Like<X::Float, X::Dim>,): Outputs<O, (R,), Results = (T,)>,
{
    map_to_modes(
        operands,
        (like(x),),
        #[inline(always)]
        |elems| (plain(elems),),
        #[inline(always)]
        |elems| (fused(elems),),
    )
    .0
}

/// [`map`](super::map) of a closure that calls the functions of `math` by their bare names.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map {
    ($operands:expr, $($closure:tt)*) => {
        $crate::rt::map_modes(
            $operands,
            $crate::__odyssey_with!(plain, $($closure)*),
            $crate::__odyssey_with!(fused, $($closure)*)
        )
    };
}

/// [`map_to`](super::map_to) of a closure that calls the functions of `math` by their bare names.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map_to {
    ($operands:expr, $outputs:expr, $($closure:tt)*) => {
        $crate::rt::map_to_modes(
            $operands,
            $outputs,
            $crate::__odyssey_with!(plain, $($closure)*),
            $crate::__odyssey_with!(fused, $($closure)*)
        )
    };
}

/// [`map_sum`] of a closure that calls the functions of `math` by their bare names.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map_sum {
    ($operands:expr, $($closure:tt)*) => {
        $crate::rt::map_sum_modes(
            $operands,
            $crate::__odyssey_with!(plain, $($closure)*),
            $crate::__odyssey_with!(fused, $($closure)*)
        )
    };
}

/// [`map_like`] of a closure that calls the functions of `math` by their bare names.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_map_like {
    ($x:expr, $operands:expr, $($closure:tt)*) => {
        $crate::rt::map_like_modes(
            $x,
            $operands,
            $crate::__odyssey_with!(plain, $($closure)*),
            $crate::__odyssey_with!(fused, $($closure)*)
        )
    };
}

/// The closure with the functions of one kind of arithmetic in scope. Being in the innermost block, they win over all
/// variables and items around it.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_with {
    ($mode:ident, $(#[$attribute:meta])* $($closure:tt)*) => {{
        use $crate::rt::$mode::*;
        #[inline(always)]
        $($closure)*
    }};
}
