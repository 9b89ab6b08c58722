//! Scalars and ndarray's arrays.

use ndarray::{Array, ArrayBase, ArrayRef, Data, Dimension};

use super::{Differentiable, DifferentiableFloat, ScalarResult, leaf_partial};
use crate::dual::Dual;
use crate::memory::zeros;
use crate::real::Real;

macro_rules! float {
    ($($({$T:ident})? $float:ty),*) => {$(
        impl $(<$T: Real>)? Differentiable for $float {
            type Tangent = $float;

            leaf_partial!();

            #[inline]
            fn zero_tangent(&self) -> $float {
                num_traits::zero()
            }

            #[inline]
            fn is_shaped_like(&self, _other: &Self) -> bool {
                true
            }

            #[inline]
            fn checked_tangent(&self, tangent: $float) -> $float {
                tangent
            }
        }

        impl $(<$T: Real>)? ScalarResult for $float {
            #[inline]
            fn seed() -> $float {
                num_traits::one()
            }
        }

        impl $(<$T: Real>)? DifferentiableFloat for $float {}
    )*};
}
float!(f32, f64, {T} Dual<T>);

impl<T: Real, S: Data<Elem = T>, D: Dimension> Differentiable for ArrayBase<S, D> {
    type Tangent = Array<T, D>;

    leaf_partial!();

    fn zero_tangent(&self) -> Array<T, D> {
        zeros(self.raw_dim())
    }

    #[inline]
    fn is_shaped_like(&self, other: &Self) -> bool {
        self.shape() == other.shape()
    }

    #[track_caller]
    fn checked_tangent(&self, tangent: Array<T, D>) -> Array<T, D> {
        let (shape, of) = (tangent.shape(), self.shape());
        assert!(shape == of, "a tangent of shape {shape:?} for an array of shape {of:?}");
        tangent
    }
}

impl<T: Real, D: Dimension> Differentiable for ArrayRef<T, D> {
    type Tangent = Array<T, D>;

    leaf_partial!();

    fn zero_tangent(&self) -> Array<T, D> {
        zeros(self.raw_dim())
    }

    #[inline]
    fn is_shaped_like(&self, other: &Self) -> bool {
        self.shape() == other.shape()
    }

    #[track_caller]
    fn checked_tangent(&self, tangent: Array<T, D>) -> Array<T, D> {
        let (shape, of) = (tangent.shape(), self.shape());
        assert!(shape == of, "a tangent of shape {shape:?} for an array of shape {of:?}");
        tangent
    }
}
