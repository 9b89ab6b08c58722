//! References, boxes, lists, options, results and tuples of differentiable types.

use super::{Differentiable, leaf_partial};
use crate::memory::{recycle, uninitialised};

macro_rules! reference {
    ($($type:ty: $is_exclusive:literal),*) => {$(
        impl<T: Differentiable + ?Sized> Differentiable for $type {
            type Tangent = T::Tangent;
            type Partial = T::Partial;
            const IS_EXCLUSIVE_BORROW: bool = $is_exclusive;

            #[inline]
            fn zero_tangent(&self) -> T::Tangent {
                (**self).zero_tangent()
            }

            #[inline]
            fn is_shaped_like(&self, other: &Self) -> bool {
                (**self).is_shaped_like(other)
            }

            #[inline]
            #[track_caller]
            fn checked_tangent(&self, tangent: T::Tangent) -> T::Tangent {
                (**self).checked_tangent(tangent)
            }

            #[inline]
            fn complete(&self, partial: T::Partial) -> T::Tangent {
                (**self).complete(partial)
            }

            #[inline]
            fn arrived(tangent: T::Tangent) -> T::Partial {
                T::arrived(tangent)
            }
        }
    )*};
}
reference!(&T: false, &mut T: true);

impl<T: Differentiable + ?Sized> Differentiable for Box<T> {
    type Tangent = Box<T::Tangent>;
    type Partial = Box<T::Partial>;

    fn zero_tangent(&self) -> Box<T::Tangent> {
        Box::new((**self).zero_tangent())
    }

    fn is_shaped_like(&self, other: &Self) -> bool {
        (**self).is_shaped_like(other)
    }

    fn complete(&self, partial: Box<T::Partial>) -> Box<T::Tangent> {
        Box::new((**self).complete(*partial))
    }

    fn arrived(tangent: Box<T::Tangent>) -> Box<T::Partial> {
        Box::new(T::arrived(*tangent))
    }
}

impl<T: Differentiable> Differentiable for [T] {
    type Tangent = Vec<T::Tangent>;

    leaf_partial!();

    fn zero_tangent(&self) -> Vec<T::Tangent> {
        let mut zeros = uninitialised(self.len());
        zeros.extend(self.iter().map(T::zero_tangent));
        zeros
    }

    fn is_shaped_like(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.is_shaped_like(b))
    }
}

impl<T: Differentiable> Differentiable for Vec<T> {
    type Tangent = Vec<T::Tangent>;

    leaf_partial!();

    fn recycle_value(mut self) {
        self.drain(..).for_each(T::recycle_value);
        recycle(self);
    }

    fn zero_tangent(&self) -> Vec<T::Tangent> {
        self.as_slice().zero_tangent()
    }

    fn is_shaped_like(&self, other: &Self) -> bool {
        self.as_slice().is_shaped_like(other)
    }
}

impl<T: Differentiable, const N: usize> Differentiable for [T; N] {
    type Tangent = [T::Tangent; N];

    leaf_partial!();

    fn recycle_value(self) {
        self.into_iter().for_each(T::recycle_value);
    }

    fn zero_tangent(&self) -> [T::Tangent; N] {
        self.each_ref().map(T::zero_tangent)
    }

    fn is_shaped_like(&self, other: &Self) -> bool {
        self.as_slice().is_shaped_like(other)
    }
}

/// What may be missing: `None` is the tangent of nothing, and counts as zero for something.
macro_rules! optional {
    ([$($parameter:ident),*] $type:ty, $some:path) => {
        impl<T: Differentiable $(, $parameter)*> Differentiable for $type {
            type Tangent = Option<T::Tangent>;
            type Partial = Option<T::Partial>;

            fn recycle_value(self) {
                if let $some(value) = self {
                    value.recycle_value();
                }
            }

            fn zero_tangent(&self) -> Option<T::Tangent> {
                if let $some(value) = self { Some(value.zero_tangent()) } else { None }
            }

            fn is_shaped_like(&self, other: &Self) -> bool {
                match (self, other) {
                    ($some(a), $some(b)) => a.is_shaped_like(b),
                    ($some(_), _) | (_, $some(_)) => false,
                    _ => true,
                }
            }

            fn complete(&self, partial: Option<T::Partial>) -> Option<T::Tangent> {
                if let $some(value) = self { Some(value.complete(partial.unwrap_or_default())) } else { None }
            }

            fn arrived(tangent: Option<T::Tangent>) -> Option<T::Partial> {
                tangent.map(T::arrived)
            }
        }
    };
}
optional!([] Option<T>, Some);
optional!([E] Result<T, E>, Ok);

macro_rules! tuple {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Differentiable),*> Differentiable for ($($name,)*) {
            type Tangent = ($($name::Tangent,)*);
            type Partial = ($($name::Partial,)*);

            fn recycle_value(self) {
                $(self.$index.recycle_value();)*
            }

            fn zero_tangent(&self) -> Self::Tangent {
                ($(self.$index.zero_tangent(),)*)
            }

            fn is_shaped_like(&self, other: &Self) -> bool {
                $(self.$index.is_shaped_like(&other.$index))&&*
            }

            fn complete(&self, partial: Self::Partial) -> Self::Tangent {
                ($(self.$index.complete(partial.$index),)*)
            }

            fn arrived(tangent: Self::Tangent) -> Self::Partial {
                ($($name::arrived(tangent.$index),)*)
            }
        }
    };
}
super::for_each_tuple!(tuple);
