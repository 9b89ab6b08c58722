//! The vector space that derivatives live in.

mod arrays;
mod holders;
mod lists;
mod scalars;
mod tuples;

use std::fmt::Debug;

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
