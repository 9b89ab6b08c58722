//! What `std` has for two numbers and `ndarray` lacks for arrays, as methods of arrays.

use ndarray::{Array, ArrayBase, ArrayRef, Data, DimMax, Dimension};

use super::super::{Full, One, map_to_modes};
use crate::math::{fused, plain};
use crate::real::Real;

/// What stands beside an array of rank `D`: a number, or a reference to an array or a view, whose shapes broadcast.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be combined element by element with an array of `{T}`",
    label = "pass a number by value, and an array or a view by reference"
)]
pub trait Beside<T: Real, D: Dimension> {
    /// The rank of both together.
    type Dim: Dimension;

    /// The function at each pair of elements, as any processor computes it and with fused multiply-adds.
    #[track_caller]
    fn pairs(self, x: &ArrayRef<T, D>, plain: impl Fn(T, T) -> T, fused: impl Fn(T, T) -> T) -> Array<T, Self::Dim>;
}

impl<T: Real, D: Dimension> Beside<T, D> for T {
    type Dim = D;

    #[track_caller]
    fn pairs(self, x: &ArrayRef<T, D>, plain: impl Fn(T, T) -> T, fused: impl Fn(T, T) -> T) -> Array<T, D> {
        map_to_modes(
            (x,),
            One(Full),
            #[inline(always)]
            |(x,)| plain(x, self),
            #[inline(always)]
            |(x,)| fused(x, self),
        )
    }
}

impl<T: Real, S: Data<Elem = T>, D: Dimension + DimMax<E>, E: Dimension> Beside<T, D> for &ArrayBase<S, E> {
    type Dim = <D as DimMax<E>>::Output;

    #[track_caller]
    fn pairs(self, x: &ArrayRef<T, D>, plain: impl Fn(T, T) -> T, fused: impl Fn(T, T) -> T) -> Array<T, Self::Dim> {
        map_to_modes(
            (x, self),
            One(Full),
            #[inline(always)]
            |(x, y)| plain(x, y),
            #[inline(always)]
            |(x, y)| fused(x, y),
        )
    }
}

macro_rules! pairs {
    ($($(#[$doc:meta])* $name:ident($other:ident))*) => {
        /// The functions of two numbers that `ndarray` lacks, as methods of arrays and views of any rank. The other operand is a
        /// number, or a reference to an array or a view; shapes broadcast.
        pub trait ArrayPairs<T: Real, D: Dimension> {$(
            $(#[$doc])*
            #[must_use]
            #[track_caller]
            fn $name<O: Beside<T, D>>(&self, $other: O) -> Array<T, O::Dim>;
        )*}

        impl<T: Real, D: Dimension> ArrayPairs<T, D> for ArrayRef<T, D> {$(
            #[track_caller]
            fn $name<O: Beside<T, D>>(&self, $other: O) -> Array<T, O::Dim> {
                $other.pairs(
                    self,
                    #[inline(always)]
                    |x, y| plain::$name(x, y),
                    #[inline(always)]
                    |x, y| fused::$name(x, y),
                )
            }
        )*}
    };
}

pairs! {
    /// The larger one of each two elements.
    max(other)
    /// The smaller one of each two elements.
    min(other)
    /// The angle of the point whose ordinate is the element of the receiver.
    atan2(x)
    /// The magnitude of each element with the sign of the other.
    copysign(sign)
    /// The remainder of the division that rounds so that it is not negative.
    rem_euclid(divisor)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::ArrayPairs;

    #[test]
    fn shapes_broadcast_both_ways() {
        let (x, row) = (array![[1.0, -2.0], [3.0, -4.0]], array![0.0, -3.0]);
        assert_eq!(x.max(&row), array![[1.0, -2.0], [3.0, -3.0]]);
        assert_eq!(row.min(&x.t()), array![[0.0, -3.0], [-2.0, -4.0]]);
        assert_eq!(x.view().max(0.0), array![[1.0, 0.0], [3.0, 0.0]]);
        assert_eq!(x.rem_euclid(3.0), array![[1.0, 1.0], [0.0, 2.0]]);
        assert_eq!(x.copysign(-1.0), -x.abs());
        assert_eq!(x.atan2(&x), x.mapv(|x: f64| x.atan2(x)));
        assert_eq!(Array2::<f32>::ones((1, 2)).max(2.0), array![[2.0, 2.0]]);
    }

    #[test]
    #[should_panic(expected = "shapes")]
    fn shapes_that_do_not_broadcast() {
        let _ = array![1.0, 2.0].max(&array![1.0, 2.0, 3.0]);
    }
}
