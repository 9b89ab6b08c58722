//! Tuples of operands and of outputs.
#![allow(unsafe_code, reason = "a tuple of operands is read through pointers")]

use super::join::{JoinAll, Rank};
use super::kernel::Slots;
use super::operand::{Bound, Layout};
use super::output::{One, Opened, Output, Sink};
use super::walk::{SOURCES, Totals};

/// What a kernel gets of a point.
pub trait Elements {
    /// What the closure gets.
    type Elems: Copy;
    /// What a kernel reads it from.
    type Cursors: Copy;

    /// The most axes of any operand, if their types have it.
    const NDIM: Option<usize>;

    /// The elements of point `i`.
    ///
    /// # Safety
    /// The cursors were made of pointers to more than `i` elements each.
    unsafe fn load(cursors: Self::Cursors, i: usize) -> Self::Elems;
}

/// A tuple of 1 to 12 operands, by reference or made by `sc`.
pub trait Operands: Elements + Copy {
    /// One layout an operand.
    type Layouts<'a>: AsRef<[Layout<'a>]>
    where
        Self: 'a;

    /// Their ranks, as a list for `JoinAll`.
    type Dims;

    /// Whether all are scalars.
    const SCALAR: bool;

    /// Where the elements are.
    fn layouts(&self) -> Self::Layouts<'_>;

    /// The values, if all are scalars; panics otherwise.
    fn single(self) -> Self::Elems;

    /// Reads the elements from these pointers on.
    fn cursors(self, data: &[*const u8; SOURCES]) -> Self::Cursors;
}

/// The largest number, if all are there.
const fn most(numbers: &[Option<usize>]) -> Option<usize> {
    let Some((first, rest)) = numbers.split_first() else {
        return Some(0);
    };
    match (*first, most(rest)) {
        (Some(a), Some(b)) => Some(if a > b { a } else { b }),
        _ => None,
    }
}

/// A tuple of operands whose ranks broadcast at the type level.
pub trait Joined: Operands {
    /// The rank of an expression over them.
    type Dim: Rank;
}

impl<O: Operands<Dims: JoinAll>> Joined for O {
    type Dim = <O::Dims as JoinAll>::Out;
}

macro_rules! operands {
    ($($n:literal: $($A:ident $i:tt),+;)*) => {$(
        impl<$($A: Bound),+> Elements for ($($A,)+) {
            type Elems = ($($A::Elem,)+);
            type Cursors = ($($A::Cursor,)+);

            const NDIM: Option<usize> = most(&[$($A::Dim::NDIM),+]);

            #[inline(always)]
            unsafe fn load(cursors: Self::Cursors, i: usize) -> Self::Elems {
                // SAFETY: as the caller says.
                unsafe { ($($A::load(cursors.$i, i),)+) }
            }
        }

        impl<$($A: Bound),+> Operands for ($($A,)+) {
            type Layouts<'a>
                = [Layout<'a>; $n]
            where
                Self: 'a;
            type Dims = operands!(@dims [()] $($A)+);

            const SCALAR: bool = true $(&& $A::Dim::SCALAR)+;

            fn layouts(&self) -> [Layout<'_>; $n] {
                [$(self.$i.layout()),+]
            }

            #[inline(always)]
            fn single(self) -> Self::Elems {
                ($(self.$i.single(),)+)
            }

            #[inline(always)]
            fn cursors(self, data: &[*const u8; SOURCES]) -> Self::Cursors {
                ($(self.$i.cursor(data[$i]),)+)
            }
        }
    )*};
    (@dims [$($dims:tt)*]) => { $($dims)* };
    (@dims [$($dims:tt)*] $A:ident $($rest:ident)*) => { operands!(@dims [($($dims)*, $A::Dim)] $($rest)*) };
}

operands! {
    1: A 0;
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    9: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    10: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    11: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    12: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
}

/// A tuple of 1 to 8 outputs over the operands `O`, for a closure that returns `R`; or [`One`].
pub trait Outputs<O, R>: Sized {
    /// What the caller gets.
    type Results;
    /// What the kernel does with its values.
    type Slots: Slots<R>;
    /// What the pass writes to.
    type Buffers;
    /// One sink an output.
    type Sinks<'a>: AsRef<[Sink<'a>]>
    where
        Self: 'a;
    /// One shape an output.
    type Shapes<'a>: AsRef<[&'a [usize]]>
    where
        Self: 'a;

    /// Whether all are numbers when the operands are.
    const SCALAR: bool;

    /// The shapes that take part in broadcasting.
    fn shapes(&self) -> Self::Shapes<'_>;

    /// The results when there is one point only, of rank 0.
    fn single(self, values: R) -> Self::Results;

    /// The results when the values are the same at all points, because the operands are scalars.
    fn spread(self, values: R, space: &Opened<'_>) -> Self::Results;

    /// Allocates.
    fn open(&mut self, space: &Opened<'_>) -> (Self::Buffers, Self::Sinks<'_>);

    /// The results, once every value has been written, or added to the totals.
    fn close(self, buffers: Self::Buffers, totals: &Totals, space: &Opened<'_>) -> Self::Results;
}

impl<O, V: Copy, S: Output<O, V>> Outputs<O, V> for One<S> {
    type Results = S::Result;
    type Slots = One<S::Slot>;
    type Buffers = S::Buffer;
    type Sinks<'a>
        = [Sink<'a>; 1]
    where
        Self: 'a;
    type Shapes<'a>
        = [&'a [usize]; 1]
    where
        Self: 'a;

    const SCALAR: bool = S::SCALAR;

    fn shapes(&self) -> [&[usize]; 1] {
        [self.0.shape()]
    }

    #[inline(always)]
    fn single(self, value: V) -> S::Result {
        self.0.single(value)
    }

    fn spread(self, value: V, space: &Opened<'_>) -> S::Result {
        self.0.spread(value, space)
    }

    fn open(&mut self, space: &Opened<'_>) -> (S::Buffer, [Sink<'_>; 1]) {
        let (buffer, sink) = self.0.open(space);
        (buffer, [sink])
    }

    fn close(self, buffer: S::Buffer, totals: &Totals, space: &Opened<'_>) -> S::Result {
        self.0.close(buffer, totals.of(0), space)
    }
}

macro_rules! outputs {
    ($($n:literal: $($S:ident $V:ident $i:tt),+;)*) => {$(
        impl<O, $($V: Copy,)+ $($S: Output<O, $V>),+> Outputs<O, ($($V,)+)> for ($($S,)+) {
            type Results = ($($S::Result,)+);
            type Slots = ($($S::Slot,)+);
            type Buffers = ($($S::Buffer,)+);
            type Sinks<'a>
                = [Sink<'a>; $n]
            where
                Self: 'a;
            type Shapes<'a>
                = [&'a [usize]; $n]
            where
                Self: 'a;

            const SCALAR: bool = true $(&& $S::SCALAR)+;

            fn shapes(&self) -> [&[usize]; $n] {
                [$(self.$i.shape()),+]
            }

            #[inline(always)]
            fn single(self, values: ($($V,)+)) -> Self::Results {
                ($(self.$i.single(values.$i),)+)
            }

            fn spread(self, values: ($($V,)+), space: &Opened<'_>) -> Self::Results {
                ($(self.$i.spread(values.$i, space),)+)
            }

            fn open(&mut self, space: &Opened<'_>) -> (Self::Buffers, [Sink<'_>; $n]) {
                let opened = ($(self.$i.open(space),)+);
                (($(opened.$i.0,)+), [$(opened.$i.1),+])
            }

            fn close(self, buffers: Self::Buffers, totals: &Totals, space: &Opened<'_>) -> Self::Results {
                ($(self.$i.close(buffers.$i, totals.of($i), space),)+)
            }
        }
    )*};
}

outputs! {
    1: S0 V0 0;
    2: S0 V0 0, S1 V1 1;
    3: S0 V0 0, S1 V1 1, S2 V2 2;
    4: S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3;
    5: S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4;
    6: S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4, S5 V5 5;
    7: S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4, S5 V5 5, S6 V6 6;
    8: S0 V0 0, S1 V1 1, S2 V2 2, S3 V3 3, S4 V4 4, S5 V5 5, S6 V6 6, S7 V7 7;
}
