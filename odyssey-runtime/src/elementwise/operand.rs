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
/// Implemented for `f32`, `f64`, arrays and views of them, references to these, [`Sc`] and [`Extent`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an operand of a differentiable elementwise expression",
    label = "not a scalar, array or view of `f32` or `f64`",
    note = "if it does not depend on a differentiated argument, bind the expression to a variable before; or `detach` it"
)]
pub trait Operand {
    /// What the closure sees of it: a number, or `()` of an [`Extent`].
    type Elem;
    /// Its rank.
    type Dim: Rank;
    /// The number type of its cotangent.
    type Float: Real;
    /// The type of its cotangent: `T`, or `Array<T, D>`.
    type Cotangent;
    /// The borrowed form that kernels take.
    type Ref<'a>: Bound<Elem = Self::Elem, Dim = Self::Dim>
    where
        Self: 'a;

    /// Borrows it for a kernel.
    fn as_operand(&self) -> Self::Ref<'_>;

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

/// An operand borrowed by [`operand`].
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
    /// If the layout has data, the cursor was made of a pointer to more than `i` initialised, aligned elements.
    unsafe fn load(cursor: Self::Cursor, i: usize) -> Self::Elem;
}

/// Borrows `x` for [`map`](super::map) and [`map_to`](super::map_to).
#[inline(always)]
pub fn operand<X: Operand + ?Sized>(x: &X) -> X::Ref<'_> {
    x.as_operand()
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
        Layout { data: None, element: Element::of::<T>(), shape: &[], strides: &[] }
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

impl<A: Real, D: Dimension> Bound for &ArrayRef<A, D> {
    type Elem = A;
    type Dim = D;
    type Cursor = *const A;

    fn layout(&self) -> Layout<'_> {
        Layout { data: Some(self.as_ptr().cast()), element: Element::of::<A>(), shape: self.shape(), strides: self.strides() }
    }

    fn single(self) -> A {
        unreachable!("an array is not a single number")
    }

    #[inline(always)]
    fn cursor(self, data: *const u8) -> *const A {
        data.cast()
    }

    #[inline(always)]
    unsafe fn load(cursor: *const A, i: usize) -> A {
        // SAFETY: the caller vouches for elements 0..=i.
        unsafe { cursor.add(i).read() }
    }
}

impl<T: Real> Operand for Sc<T> {
    type Elem = T;
    type Dim = Scalar;
    type Float = T;
    type Cotangent = T;
    type Ref<'a> = Self;

    #[inline(always)]
    fn as_operand(&self) -> Self {
        *self
    }

    #[inline(always)]
    fn operand_extent(&self) -> Extent<T, Scalar> {
        Extent::new(Scalar)
    }
}

macro_rules! scalar_operand {
    ($($({$T:ident})? $t:ty),*) => {$(
        impl $(<$T: Real>)? Operand for $t {
            type Elem = $t;
            type Dim = Scalar;
            type Float = $t;
            type Cotangent = $t;
            type Ref<'a>
                = Sc<$t>
            where
                Self: 'a;

            #[inline(always)]
            fn as_operand(&self) -> Sc<$t> {
                Sc(*self)
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

impl<A: Real, D: Dimension> Operand for ArrayRef<A, D> {
    type Elem = A;
    type Dim = D;
    type Float = A;
    type Cotangent = Array<A, D>;
    type Ref<'a>
        = &'a Self
    where
        Self: 'a;

    fn as_operand(&self) -> &Self {
        self
    }

    fn operand_extent(&self) -> Extent<A, D> {
        Extent::new(self.raw_dim())
    }
}

impl<A: Real, D: Dimension> Place for ArrayRef<A, D> {
    fn as_place(&mut self) -> ndarray::ArrayViewMut<'_, A, D> {
        self.view_mut()
    }
}

impl<A: Real, S: Data<Elem = A>, D: Dimension> Operand for ArrayBase<S, D> {
    type Elem = A;
    type Dim = D;
    type Float = A;
    type Cotangent = Array<A, D>;
    // The projection is `A`: where `A` is not a float, it keeps rustc from going on with errors about the map.
    type Ref<'a>
        = &'a ArrayRef<<A as Operand>::Float, D>
    where
        Self: 'a;

    fn as_operand(&self) -> &ArrayRef<A, D> {
        self
    }

    fn operand_extent(&self) -> Extent<A, D> {
        Extent::new(self.raw_dim())
    }
}

impl<A: Real, S: DataMut<Elem = A>, D: Dimension> Place for ArrayBase<S, D> {
    fn as_place(&mut self) -> ndarray::ArrayViewMut<'_, A, D> {
        self.view_mut()
    }
}

macro_rules! reference_operand {
    ($($t:ty),*) => {$(
        impl<X: Operand + ?Sized> Operand for $t {
            type Elem = X::Elem;
            type Dim = X::Dim;
            type Float = X::Float;
            type Cotangent = X::Cotangent;
            type Ref<'a>
                = X::Ref<'a>
            where
                Self: 'a;

            #[inline(always)]
            fn as_operand(&self) -> X::Ref<'_> {
                (**self).as_operand()
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
    type Ref<'a>
        = &'a Self
    where
        Self: 'a;

    fn as_operand(&self) -> &Self {
        self
    }

    fn operand_extent(&self) -> Self {
        self.clone()
    }
}

impl<T: Real, D: Rank> Bound for &Extent<T, D> {
    type Elem = ();
    type Dim = D;
    type Cursor = ();

    fn layout(&self) -> Layout<'_> {
        Layout { data: None, element: Element::of::<T>(), shape: self.dim.lengths(), strides: &[] }
    }

    #[inline(always)]
    fn single(self) {}

    #[inline(always)]
    fn cursor(self, _: *const u8) {}

    #[inline(always)]
    unsafe fn load((): (), _: usize) {}
}
