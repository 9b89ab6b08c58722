//! The vector space that derivatives live in.

use std::fmt::Debug;

use ndarray::{Array, Dimension};

use crate::dual::Dual;
use crate::memory::recycle;
use crate::quoted::ensure;
use crate::real::Real;

/// A tangent or cotangent: an element of a real vector space, of the same structure as the value it belongs to.
///
/// This is all that optimizers, gradient clipping and data-parallel reduction need. Factors and inner products are
/// `f64` whatever the element type is. Two tangents that are combined belong to the same value: arrays of different
/// shapes, lists of different lengths and different variants of an enum panic. In an `Option`, `None` counts as zero.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tangent: derivatives of this type cannot be added",
    label = "not an element of a vector space",
    note = "tangents are made of `f32`, `f64`, `Array`, `Vec`, arrays, tuples, `Option`, `Box`, and the `…Tangent` structs and enums of `#[derive(Differentiable)]`"
)]
pub trait Tangent: Clone + Debug + PartialEq {
    /// `self += other`, reusing the memory of `other` where `self` has none.
    fn accumulate(&mut self, other: Self) {
        self.accumulate_ref(&other);
    }

    /// `self += other`.
    fn accumulate_ref(&mut self, other: &Self);

    /// Gives its memory back, to the workspace if one is lent to this thread.
    #[doc(hidden)]
    fn recycle_tangent(self) {}

    /// Sets every scalar to zero.
    fn clear(&mut self);

    /// `self *= factor`.
    fn scale(&mut self, factor: f64);

    /// Replaces every scalar by `map` of it, in the order of fields and elements.
    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64);

    /// `self += factor * other`.
    fn add_scaled(&mut self, factor: f64, other: &Self);

    /// `Σ self[i] * other[i]` over all scalars, accumulated in `f64`.
    fn inner_product(&self, other: &Self) -> f64;

    /// `Σ self[i]²` over all scalars, accumulated in `f64`.
    fn norm_squared(&self) -> f64 {
        self.inner_product(self)
    }

    /// The Euclidean norm over all scalars.
    fn norm(&self) -> f64 {
        self.norm_squared().sqrt()
    }
}

impl Tangent for () {
    fn accumulate_ref(&mut self, (): &()) {}
    fn clear(&mut self) {}
    fn scale(&mut self, _factor: f64) {}
    fn map_scalars(&mut self, _map: &mut dyn FnMut(f64) -> f64) {}
    fn add_scaled(&mut self, _factor: f64, (): &()) {}
    fn inner_product(&self, (): &()) -> f64 {
        0.0
    }
}

macro_rules! scalar_tangent {
    ($($({$T:ident})? $float:ty),*) => {$(
        impl $(<$T: Real>)? Tangent for $float {
            #[inline]
            fn accumulate_ref(&mut self, other: &Self) {
                *self += *other;
            }
            #[inline]
            fn clear(&mut self) {
                *self = <$float as num_traits::Zero>::zero();
            }
            #[inline]
            fn scale(&mut self, factor: f64) {
                *self *= <$float as Real>::lit(factor);
            }
            #[inline]
            fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
                *self = self.map_floats(map);
            }
            #[inline]
            fn add_scaled(&mut self, factor: f64, other: &Self) {
                *self += <$float as Real>::lit(factor) * *other;
            }
            #[inline]
            fn inner_product(&self, other: &Self) -> f64 {
                self.inner_product_of_floats(*other)
            }
        }
    )*};
}
scalar_tangent!(f32, f64, {T} Dual<T>);

impl<T: Real, D: Dimension> Tangent for Array<T, D> {
    #[track_caller]
    fn accumulate(&mut self, other: Self) {
        self.accumulate_ref(&other);
        other.recycle_tangent();
    }

    fn recycle_tangent(self) {
        recycle(self.into_raw_vec_and_offset().0);
    }

    #[track_caller]
    fn accumulate_ref(&mut self, other: &Self) {
        same_shape(self.shape(), other.shape());
        self.zip_mut_with(other, |a, &b| *a += b);
    }

    fn clear(&mut self) {
        self.fill(T::zero());
    }

    fn scale(&mut self, factor: f64) {
        let factor = T::lit(factor);
        self.map_inplace(|a| *a *= factor);
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        self.iter_mut().for_each(|a| *a = a.map_floats(map));
    }

    #[track_caller]
    fn add_scaled(&mut self, factor: f64, other: &Self) {
        same_shape(self.shape(), other.shape());
        let factor = T::lit(factor);
        self.zip_mut_with(other, |a, &b| *a += factor * b);
    }

    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        same_shape(self.shape(), other.shape());
        match (self.as_slice(), other.as_slice()) {
            (Some(a), Some(b)) => inner_product_of_slices(a, b),
            _ => self.iter().zip(other).map(|(&a, &b)| a.inner_product_of_floats(b)).sum(),
        }
    }
}

#[track_caller]
fn same_shape(a: &[usize], b: &[usize]) {
    ensure!(a == b, "", "tangents of shapes {a:?} and {b:?} belong to different values");
}

/// Eight partial sums: they vectorise, and lose less than one running sum does.
fn inner_product_of_slices<T: Real>(a: &[T], b: &[T]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = std::iter::zip(a_chunks.remainder(), b_chunks.remainder()).map(|(&a, &b)| a.inner_product_of_floats(b)).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += a[lane].inner_product_of_floats(b[lane]);
        }
    }
    sums.iter().sum::<f64>() + rest
}

impl<T: Tangent> Tangent for Vec<T> {
    #[track_caller]
    fn accumulate(&mut self, mut other: Self) {
        same_length(self, &other);
        for (a, b) in self.iter_mut().zip(other.drain(..)) {
            a.accumulate(b);
        }
        recycle(other);
    }

    fn recycle_tangent(mut self) {
        self.drain(..).for_each(Tangent::recycle_tangent);
        recycle(self);
    }

    #[track_caller]
    fn accumulate_ref(&mut self, other: &Self) {
        same_length(self, other);
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate_ref(b);
        }
    }

    fn clear(&mut self) {
        self.iter_mut().for_each(Tangent::clear);
    }

    fn scale(&mut self, factor: f64) {
        for a in self {
            a.scale(factor);
        }
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        for a in self {
            a.map_scalars(map);
        }
    }

    #[track_caller]
    fn add_scaled(&mut self, factor: f64, other: &Self) {
        same_length(self, other);
        for (a, b) in self.iter_mut().zip(other) {
            a.add_scaled(factor, b);
        }
    }

    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        same_length(self, other);
        self.iter().zip(other).map(|(a, b)| a.inner_product(b)).sum()
    }
}

#[track_caller]
fn same_length<T>(a: &[T], b: &[T]) {
    let (a, b) = (a.len(), b.len());
    ensure!(a == b, "", "tangents of lengths {a} and {b} belong to different values");
}

impl<T: Tangent, const N: usize> Tangent for [T; N] {
    fn recycle_tangent(self) {
        self.into_iter().for_each(Tangent::recycle_tangent);
    }

    fn accumulate(&mut self, other: Self) {
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate(b);
        }
    }

    fn accumulate_ref(&mut self, other: &Self) {
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate_ref(b);
        }
    }

    fn clear(&mut self) {
        self.iter_mut().for_each(Tangent::clear);
    }

    fn scale(&mut self, factor: f64) {
        for a in self {
            a.scale(factor);
        }
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        for a in self {
            a.map_scalars(map);
        }
    }

    fn add_scaled(&mut self, factor: f64, other: &Self) {
        for (a, b) in self.iter_mut().zip(other) {
            a.add_scaled(factor, b);
        }
    }

    fn inner_product(&self, other: &Self) -> f64 {
        self.iter().zip(other).map(|(a, b)| a.inner_product(b)).sum()
    }
}

impl<T: Tangent> Tangent for Option<T> {
    fn recycle_tangent(self) {
        self.into_iter().for_each(Tangent::recycle_tangent);
    }

    fn accumulate(&mut self, other: Self) {
        match (self, other) {
            (Some(a), Some(b)) => a.accumulate(b),
            (a @ None, b) => *a = b,
            (Some(_), None) => {}
        }
    }

    fn accumulate_ref(&mut self, other: &Self) {
        match (self, other) {
            (Some(a), Some(b)) => a.accumulate_ref(b),
            (a @ None, b) => a.clone_from(b),
            (Some(_), None) => {}
        }
    }

    fn clear(&mut self) {
        self.iter_mut().for_each(Tangent::clear);
    }

    fn scale(&mut self, factor: f64) {
        if let Some(a) = self {
            a.scale(factor);
        }
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        if let Some(a) = self {
            a.map_scalars(map);
        }
    }

    fn add_scaled(&mut self, factor: f64, other: &Self) {
        match (self, other) {
            (Some(a), Some(b)) => a.add_scaled(factor, b),
            (a @ None, Some(b)) => a.insert(b.clone()).scale(factor),
            (_, None) => {}
        }
    }

    fn inner_product(&self, other: &Self) -> f64 {
        self.as_ref().zip(other.as_ref()).map_or(0.0, |(a, b)| a.inner_product(b))
    }
}

impl<T: Tangent> Tangent for Box<T> {
    fn recycle_tangent(self) {
        (*self).recycle_tangent();
    }

    fn accumulate(&mut self, other: Self) {
        (**self).accumulate(*other);
    }

    fn accumulate_ref(&mut self, other: &Self) {
        (**self).accumulate_ref(other);
    }

    fn clear(&mut self) {
        (**self).clear();
    }

    fn scale(&mut self, factor: f64) {
        (**self).scale(factor);
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        (**self).map_scalars(map);
    }

    fn add_scaled(&mut self, factor: f64, other: &Self) {
        (**self).add_scaled(factor, other);
    }

    fn inner_product(&self, other: &Self) -> f64 {
        (**self).inner_product(other)
    }
}

macro_rules! tuple_tangent {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Tangent),*> Tangent for ($($name,)*) {
            fn recycle_tangent(self) {
                $(self.$index.recycle_tangent();)*
            }
            fn accumulate(&mut self, other: Self) {
                $(self.$index.accumulate(other.$index);)*
            }
            fn accumulate_ref(&mut self, other: &Self) {
                $(self.$index.accumulate_ref(&other.$index);)*
            }
            fn clear(&mut self) {
                $(self.$index.clear();)*
            }
            fn scale(&mut self, factor: f64) {
                $(self.$index.scale(factor);)*
            }
            fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
                $(self.$index.map_scalars(map);)*
            }
            fn add_scaled(&mut self, factor: f64, other: &Self) {
                $(self.$index.add_scaled(factor, &other.$index);)*
            }
            fn inner_product(&self, other: &Self) -> f64 {
                let mut sum = 0.0;
                $(sum += self.$index.inner_product(&other.$index);)*
                sum
            }
        }
    };
}
crate::differentiable::for_each_tuple!(tuple_tangent);

#[cfg(test)]
mod tests {
    use ndarray::{Array, Array2, array};

    use super::Tangent;

    type Nested = (f64, Array2<f32>, Vec<Option<f64>>, Box<[f64; 2]>);

    fn nested() -> Nested {
        (2.0, array![[1.0, -3.0]], vec![Some(4.0), None], Box::new([0.5, 0.25]))
    }

    #[test]
    fn is_a_vector_space() {
        let mut doubled = nested();
        doubled.accumulate(nested());
        let mut scaled = nested();
        scaled.scale(2.0);
        assert_eq!(doubled, scaled);
        doubled.accumulate_ref(&nested());
        scaled.add_scaled(1.0, &nested());
        assert_eq!(doubled, scaled);
        assert_eq!(nested().norm_squared(), 4.0 + 10.0 + 16.0 + 0.3125);
        assert_eq!(nested().inner_product(&doubled), 3.0 * nested().norm_squared());
        assert_eq!((3.0, array![4.0f32]).norm(), 5.0);
    }

    #[test]
    fn scalars_come_in_order() {
        let mut numbered = nested();
        let mut next = 0.0;
        numbered.map_scalars(&mut |x| {
            next += 1.0;
            x + 10.0 * next
        });
        let expected: Nested = (12.0, array![[21.0, 27.0]], vec![Some(44.0), None], Box::new([50.5, 60.25]));
        assert_eq!(numbered, expected);
    }

    #[test]
    fn none_is_zero() {
        let mut x: Option<f64> = None;
        x.accumulate(None);
        assert_eq!(x, None);
        x.add_scaled(3.0, &Some(2.0));
        assert_eq!(x, Some(6.0));
        x.accumulate(None);
        assert_eq!(x, Some(6.0));
        let mut y = None;
        y.accumulate_ref(&x);
        assert_eq!(y, x);
    }

    #[test]
    fn inner_product_does_not_depend_on_layout() {
        let a = Array::from_shape_fn((5, 7), |(i, j)| (i * 7 + j) as f64);
        let transposed = a.t().as_standard_layout().into_owned().reversed_axes();
        assert_eq!(a.inner_product(&transposed), (0..35).map(|i| f64::from(i * i)).sum::<f64>());
    }

    #[test]
    #[should_panic(expected = "tangents of shapes [2] and [1] belong to different values")]
    fn shapes_must_agree() {
        array![1.0, 2.0].accumulate(array![1.0]);
    }
}
