//! Values that are read no more: their memory goes back to the workspace that is lent to the thread.
//!
//! Generated code knows which variables end, and not of what types they are. Method lookup decides: a tangent gives its memory
//! back, so does a value that has a derivative, and anything else is dropped.

use std::cell::Cell;

use ndarray::{Array, ArrayView, Dimension, ShapeBuilder};

use crate::differentiable::Differentiable;
use crate::memory::{copied, in_standard_layout, uninitialised};
use crate::ops::Tensor;
use crate::tangent::Tangent;

/// The choices between which method lookup decides.
pub mod recycling {
    pub use super::{Drop as _, RecycleTangent as _, RecycleValue as _};
}

/// The same for copies.
pub mod copying {
    pub use super::{CopyBehind as _, CopyClone as _, CopyRecycled as _, CopyRecycledBehind as _};
}

/// A value that is read no more.
pub struct Ended<T>(Cell<Option<T>>);

/// This one.
#[inline]
pub fn ended<T>(value: T) -> Ended<T> {
    Ended(Cell::new(Some(value)))
}

/// The first choice: see the module.
pub trait RecycleTangent {
    /// Gives its memory back.
    fn recycle(&self);
}

impl<T: Tangent> RecycleTangent for &&Ended<T> {
    #[inline]
    fn recycle(&self) {
        self.0.take().into_iter().for_each(Tangent::recycle_tangent);
    }
}

/// The second choice.
pub trait RecycleValue {
    /// Gives its memory back.
    fn recycle(&self);
}

impl<T: Differentiable> RecycleValue for &Ended<T> {
    #[inline]
    fn recycle(&self) {
        self.0.take().into_iter().for_each(Differentiable::recycle_value);
    }
}

/// The last.
pub trait Drop {
    /// Drops it.
    fn recycle(&self);
}

impl<T> Drop for Ended<T> {
    #[inline]
    fn recycle(&self) {
        drop(self.0.take());
    }
}

/// Gives the memory of an array back.
#[inline]
pub fn recycle<T: Tangent>(ended: T) {
    ended.recycle_tangent();
}

/// `rt::recycle!(x, y);`
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_recycle {
    ($($value:ident),+) => {{
        use $crate::rt::ended::recycling::*;
        $((&&&$crate::rt::ended::ended($value)).recycle();)+
    }};
}

/// `rt::set!(x = value);`: what was in `x` has ended.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_set {
    ($place:expr => $value:expr) => {{
        let next = $value;
        let was = ::core::mem::replace(&mut $place, next);
        $crate::rt::recycle!(was);
    }};
}

/// A value that is copied: into memory of the workspace that is lent, where its type says how.
#[derive(Debug)]
pub struct Copied<'x, T>(pub &'x T);

/// What is copied into memory of the workspace.
pub trait Copies {
    /// The same as a clone, element by element and in the same layout.
    #[must_use]
    fn copy(&self) -> Self;
}

impl<T: Clone, D: Dimension> Copies for Array<T, D> {
    fn copy(&self) -> Self {
        owned(&self.view()).unwrap_or_else(|| self.clone())
    }
}

/// A copy of an array that lies in one piece.
fn owned<T: Clone, D: Dimension>(x: &ArrayView<'_, T, D>) -> Option<Array<T, D>> {
    let shape = x.raw_dim();
    let copy = match (x.as_slice(), x.t().to_slice()) {
        (Some(elements), _) => Array::from_shape_vec(shape, copied(elements)),
        (None, Some(elements)) => Array::from_shape_vec(shape.f(), copied(elements)),
        (None, None) => return None,
    };
    Some(copy.expect("as many elements"))
}

/// `x.to_owned()`, in memory of the workspace that is lent.
pub fn to_owned<X: Tensor + ?Sized>(x: &X) -> Array<X::Elem, X::Dim> {
    let x = x.tensor_view();
    owned(&x).unwrap_or_else(|| in_standard_layout(&x))
}

impl<T: Copies> Copies for Vec<T> {
    fn copy(&self) -> Self {
        let mut copy = uninitialised(self.len());
        copy.extend(self.iter().map(T::copy));
        copy
    }
}

macro_rules! copies {
    ($($type:ty)*) => {$(
        impl Copies for $type {
            #[inline]
            fn copy(&self) -> Self {
                *self
            }
        }
    )*};
}
copies!(f32 f64 usize i32 i64 u32 u64 bool);

macro_rules! tuple_copies {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Copies),*> Copies for ($($name,)*) {
            fn copy(&self) -> Self {
                ($(self.$index.copy(),)*)
            }
        }
    };
}
crate::differentiable::for_each_tuple!(tuple_copies);

/// The first choice: see the module.
pub trait CopyRecycled {
    /// The type of the copy.
    type Copy;
    /// The copy.
    fn copied(&self) -> Self::Copy;
}

impl<T: Copies> CopyRecycled for &&&Copied<'_, T> {
    type Copy = T;
    #[inline]
    fn copied(&self) -> T {
        self.0.copy()
    }
}

/// The second choice: what a reference refers to, as a method call has it.
pub trait CopyRecycledBehind {
    /// The type of the copy.
    type Copy;
    /// The copy.
    fn copied(&self) -> Self::Copy;
}

impl<T: Copies> CopyRecycledBehind for &&Copied<'_, &T> {
    type Copy = T;
    #[inline]
    fn copied(&self) -> T {
        T::copy(self.0)
    }
}

/// The third choice.
pub trait CopyBehind {
    /// The type of the copy.
    type Copy;
    /// The copy.
    fn copied(&self) -> Self::Copy;
}

impl<T: Clone> CopyBehind for &Copied<'_, &T> {
    type Copy = T;
    #[inline]
    fn copied(&self) -> T {
        T::clone(self.0)
    }
}

impl<T: Clone> CopyBehind for &Copied<'_, &mut T> {
    type Copy = T;
    #[inline]
    fn copied(&self) -> T {
        T::clone(self.0)
    }
}

/// The last.
pub trait CopyClone {
    /// The type of the copy.
    type Copy;
    /// The copy.
    fn copied(&self) -> Self::Copy;
}

impl<T: Clone> CopyClone for Copied<'_, T> {
    type Copy = T;
    #[inline]
    fn copied(&self) -> T {
        self.0.clone()
    }
}

/// `rt::copied!(x)`: `x.clone()`.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_copied {
    ($value:expr) => {{
        use $crate::rt::ended::copying::*;
        (&&&&$crate::rt::ended::Copied(&$value)).copied()
    }};
}
