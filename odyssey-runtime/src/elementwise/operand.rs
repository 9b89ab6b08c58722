//! What an elementwise expression reads: scalars, arrays, views, and shapes alone.
#![allow(unsafe_code, reason = "an operand is read through a pointer that the walk over the iteration space advances")]

use std::marker::PhantomData;

use ndarray::{Array, ArrayBase, ArrayRef, Data, DataMut, Dimension};

use super::join::{Rank, Scalar};
use super::tile::Element;
use crate::dual::Dual;
use crate::real::Real;

/// A value that can take part in a differentiable elementwise expression.
///
/// Implemented for `f32`, `f64`, arrays and views of them, references to these, and [`Extent`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an operand of a differentiable elementwise expression",
    label = "not a scalar, array or view of `f32` or `f64`",
    note = "if it does not depend on a differentiated argument, bind the expression to a variable before; or `detach` it"
)]
pub trait Operand {
    /// What the closure sees of it: a number, or `()` of an [`Extent`].
    type Elem: Copy;
    /// Its rank.
    type Dim: Rank;
    /// The number type of its cotangent.
    type Float: Real;
    /// The type of its cotangent: `T`, or `Array<T, D>`.
    type Cotangent;
    /// What a kernel reads elements from.
    type Cursor: Copy;

    /// Where the elements are.
    fn layout(&self) -> Layout<'_>;

    /// The value, if this is a scalar; panics for arrays.
    fn single(&self) -> Self::Elem;

    /// Reads the elements from `data` on.
    fn cursor(&self, data: *const u8) -> Self::Cursor;

    /// Element `i`.
    ///
    /// # Safety
    /// If the layout has data, the cursor was made of a pointer to more than `i` initialised, aligned elements.
    unsafe fn load(cursor: Self::Cursor, i: usize) -> Self::Elem;

    /// Its shape, without its values.
    fn operand_extent(&self) -> Extent<Self::Float, Self::Dim>;
}

/// An operand that a cotangent can be added to in place: a number, or an array whose elements are mutable.
#[diagnostic::on_unimplemented(message = "a cotangent cannot be added to `{Self}`")]
pub trait Place: Operand {
    /// Borrows it for accumulation.
    fn as_place(&mut self) -> <Self::Dim as Rank>::Mut<'_, Self::Float>;
}

/// Where an operand's elements are.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
    /// The element of index 0, for operands in memory.
    pub(super) data: Option<*const u8>,
    pub(super) element: Element,
    pub(super) shape: &'a [usize],
    pub(super) strides: &'a [isize],
}

/// An operand as a pass is given it: by reference, or a number by value as [`Sc`].
pub trait Bound: Copy {
    /// What the closure sees.
    type Elem: Copy;
    /// Its rank.
    type Dim: Rank;
    /// What a kernel reads elements from.
    type Cursor: Copy;

    /// Where the elements are.
    fn layout(&self) -> Layout<'_>;

    /// The value, if this is a scalar; panics for arrays.
    fn single(self) -> Self::Elem;

    /// Reads the elements from `data` on.
    fn cursor(self, data: *const u8) -> Self::Cursor;

    /// Element `i`.
    ///
    /// # Safety
    /// As for [`Operand::load`].
    unsafe fn load(cursor: Self::Cursor, i: usize) -> Self::Elem;
}

impl<X: Operand + ?Sized> Bound for &X {
    type Elem = X::Elem;
    type Dim = X::Dim;
    type Cursor = X::Cursor;

    fn layout(&self) -> Layout<'_> {
        (**self).layout()
    }

    #[inline(always)]
    fn single(self) -> X::Elem {
        (*self).single()
    }

    #[inline(always)]
    fn cursor(self, data: *const u8) -> X::Cursor {
        (*self).cursor(data)
    }

    #[inline(always)]
    unsafe fn load(cursor: X::Cursor, i: usize) -> X::Elem {
        // SAFETY: as the caller says.
        unsafe { X::load(cursor, i) }
    }
}

/// A scalar operand by value, whose float type may still be open (`let half = 0.5;`).
#[derive(Clone, Copy, Debug)]
pub struct Sc<T>(pub T);

/// The scalar operand `x`.
#[inline(always)]
pub fn sc<T>(x: T) -> Sc<T> {
    Sc(x)
}

impl<T: Real> Bound for Sc<T> {
    type Elem = T;
    type Dim = Scalar;
    type Cursor = T;

    fn layout(&self) -> Layout<'_> {
        Layout::without_memory::<T>(&[])
    }

    #[inline(always)]
    fn single(self) -> T {
        self.0
    }

    #[inline(always)]
    fn cursor(self, _: *const u8) -> T {
        self.0
    }

    #[inline(always)]
    unsafe fn load(cursor: T, _: usize) -> T {
        cursor
    }
}

impl<'a> Layout<'a> {
    /// Of what has nothing in memory at its points.
    fn without_memory<T: Real>(shape: &'a [usize]) -> Self {
        Self { data: None, element: Element::of::<T>(), shape, strides: &[] }
    }

    fn of<A: Real, D: Dimension>(x: &'a ArrayRef<A, D>) -> Self {
        Self { data: Some(x.as_ptr().cast()), element: Element::of::<A>(), shape: x.shape(), strides: x.strides() }
    }
}

macro_rules! scalar_operand {
    ($($({$T:ident})? $t:ty),*) => {$(
        impl $(<$T: Real>)? Operand for $t {
            type Elem = $t;
            type Dim = Scalar;
            type Float = $t;
            type Cotangent = $t;
            type Cursor = $t;

            fn layout(&self) -> Layout<'_> {
                Layout::without_memory::<$t>(&[])
            }

            #[inline(always)]
            fn single(&self) -> $t {
                *self
            }

            #[inline(always)]
            fn cursor(&self, _: *const u8) -> $t {
                *self
            }

            #[inline(always)]
            unsafe fn load(cursor: $t, _: usize) -> $t {
                cursor
            }

            #[inline(always)]
            fn operand_extent(&self) -> Extent<$t, Scalar> {
                Extent::new(Scalar)
            }
        }

        impl $(<$T: Real>)? Place for $t {
            #[inline(always)]
            fn as_place(&mut self) -> &mut $t {
                self
            }
        }
    )*};
}

scalar_operand!(f32, f64, {T} Dual<T>);

macro_rules! array_operand {
    ($({$($S:ident: $Storage:ident, $Mutable:ident)?} $t:ty),*) => {$(
        impl<A: Real, $($S: $Storage<Elem = A>,)? D: Dimension> Operand for $t {
            type Elem = A;
            type Dim = D;
            type Float = A;
            type Cotangent = Array<A, D>;
            type Cursor = *const A;

            fn layout(&self) -> Layout<'_> {
                Layout::of(self)
            }

            fn single(&self) -> A {
                unreachable!("an array is not a single number")
            }

            #[inline(always)]
            fn cursor(&self, data: *const u8) -> *const A {
                data.cast()
            }

            #[inline(always)]
            unsafe fn load(cursor: *const A, i: usize) -> A {
                // SAFETY: the caller vouches for elements 0..=i.
                unsafe { cursor.add(i).read() }
            }

            fn operand_extent(&self) -> Extent<A, D> {
                Extent::new(self.raw_dim())
            }
        }

        impl<A: Real, $($S: $Mutable<Elem = A>,)? D: Dimension> Place for $t {
            fn as_place(&mut self) -> ndarray::ArrayViewMut<'_, A, D> {
                self.view_mut()
            }
        }
    )*};
}

array_operand!({} ArrayRef<A, D>, {S: Data, DataMut} ArrayBase<S, D>);

macro_rules! reference_operand {
    ($($t:ty),*) => {$(
        impl<X: Operand + ?Sized> Operand for $t {
            type Elem = X::Elem;
            type Dim = X::Dim;
            type Float = X::Float;
            type Cotangent = X::Cotangent;
            type Cursor = X::Cursor;

            fn layout(&self) -> Layout<'_> {
                (**self).layout()
            }

            #[inline(always)]
            fn single(&self) -> X::Elem {
                (**self).single()
            }

            #[inline(always)]
            fn cursor(&self, data: *const u8) -> X::Cursor {
                (**self).cursor(data)
            }

            #[inline(always)]
            unsafe fn load(cursor: X::Cursor, i: usize) -> X::Elem {
                // SAFETY: as the caller says.
                unsafe { X::load(cursor, i) }
            }

            #[inline(always)]
            fn operand_extent(&self) -> Extent<X::Float, X::Dim> {
                (**self).operand_extent()
            }
        }
    )*};
}

reference_operand!(&X, &mut X);

impl<X: Place + ?Sized> Place for &mut X {
    #[inline(always)]
    fn as_place(&mut self) -> <Self::Dim as Rank>::Mut<'_, Self::Float> {
        (**self).as_place()
    }
}

/// The shape of an operand without its values: nothing at all for a scalar.
///
/// As an operand it takes part in broadcasting, and its element is `()`.
#[derive(Clone, Copy, Debug)]
pub struct Extent<T, D> {
    dim: D,
    float: PhantomData<fn() -> T>,
}

/// The shape of `x`.
#[inline(always)]
pub fn extent<X: Operand + ?Sized>(x: &X) -> Extent<X::Float, X::Dim> {
    x.operand_extent()
}

impl<T, D> Extent<T, D> {
    #[inline(always)]
    pub(crate) fn new(dim: D) -> Self {
        Self { dim, float: PhantomData }
    }

    pub(super) fn into_dim(self) -> D {
        self.dim
    }

    /// The shape as a dimension of `ndarray`, or [`Scalar`].
    pub fn dim(&self) -> &D {
        &self.dim
    }
}

impl<T: Real, D: Rank> Operand for Extent<T, D> {
    type Elem = ();
    type Dim = D;
    type Float = T;
    type Cotangent = D::Of<T>;
    type Cursor = ();

    fn layout(&self) -> Layout<'_> {
        Layout::without_memory::<T>(self.dim.lengths())
    }

    #[inline(always)]
    fn single(&self) {}

    #[inline(always)]
    fn cursor(&self, _: *const u8) {}

    #[inline(always)]
    unsafe fn load((): (), _: usize) {}

    fn operand_extent(&self) -> Self {
        self.clone()
    }
}
