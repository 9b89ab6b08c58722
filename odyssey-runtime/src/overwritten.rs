//! Parts that get another value: what their cotangents must look like before that.
//!
//! Where a part is overwritten, the reverse sweep has no cotangent yet of what was there: zero, of the shape that it had. That is the
//! shape of the new value as a rule, and then nothing is kept. Generated code does not know of what type a part is: method
//! lookup decides, and asks no number for its shape.

use crate::differentiable::Differentiable;

/// The choices between which method lookup decides.
pub mod choices {
    pub use super::{OfAnything as _, OfOneShape as _, OfOneType as _, OfTwoTypes as _};
}

/// A part, and what takes its place.
#[derive(Debug)]
pub struct Overwritten<'x, A: ?Sized, B: ?Sized>(pub &'x A, pub &'x B);

/// What is known of the shape that a part had, of which `T` is the tangent.
pub trait OldShape<T> {
    /// The tangent that is zero, if it is of another shape than that of the new value.
    fn zero(&self) -> Option<&T>;
}

impl<T> OldShape<T> for Option<T> {
    #[inline]
    fn zero(&self) -> Option<&T> {
        self.as_ref()
    }
}

/// It had the same shape.
impl<T> OldShape<T> for () {
    #[inline]
    fn zero(&self) -> Option<&T> {
        None
    }
}

/// A type all of whose values have one shape.
pub trait OneShape {}

macro_rules! one_shape {
    ($($type:ty)*) => { $(impl OneShape for $type {})* };
}
one_shape!(f32 f64 bool char u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

impl<T: OneShape, const N: usize> OneShape for [T; N] {}

macro_rules! tuple_of_one_shape {
    ($($name:ident $index:tt),*) => { impl<$($name: OneShape),*> OneShape for ($($name,)*) {} };
}
crate::differentiable::for_each_tuple!(tuple_of_one_shape);

/// The first choice: see the module.
pub trait OfOneShape {
    /// There is nothing to know.
    fn old_shape(&self);
}

impl<A: OneShape> OfOneShape for &&&Overwritten<'_, A, A> {
    #[inline]
    fn old_shape(&self) {}
}

/// The second choice.
pub trait OfOneType {
    /// The tangent of the part.
    type Tangent;
    /// Zero, if the shapes differ.
    fn old_shape(&self) -> Option<Self::Tangent>;
}

impl<A: Differentiable + ?Sized> OfOneType for &&Overwritten<'_, A, A> {
    type Tangent = A::Tangent;
    #[inline]
    fn old_shape(&self) -> Option<A::Tangent> {
        (!self.0.is_shaped_like(self.1)).then(|| self.0.zero_tangent())
    }
}

/// The third choice: what is converted when it is written.
pub trait OfTwoTypes {
    /// The tangent of the part.
    type Tangent;
    /// Zero.
    fn old_shape(&self) -> Option<Self::Tangent>;
}

impl<A: Differentiable + ?Sized, B: Differentiable + ?Sized> OfTwoTypes for &Overwritten<'_, A, B> {
    type Tangent = A::Tangent;
    #[inline]
    fn old_shape(&self) -> Option<A::Tangent> {
        Some(self.0.zero_tangent())
    }
}

/// The last.
pub trait OfAnything {
    /// What has no derivative has no cotangent.
    fn old_shape(&self);
}

impl<A: ?Sized, B: ?Sized> OfAnything for Overwritten<'_, A, B> {
    #[inline]
    fn old_shape(&self) {}
}

/// `rt::old_shape!(&place, &value)`: what there is to know of the shape of what is overwritten.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_old_shape {
    ($place:expr, $value:expr) => {{
        use $crate::rt::overwritten::choices::*;
        (&&&&$crate::rt::overwritten::Overwritten($place, $value)).old_shape()
    }};
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use ndarray::{Array1, Array2, array};

    use crate::place::{clear_part_as, take_part_as};
    use crate::rt;

    #[test]
    fn nothing_is_kept_of_the_same_shape() {
        rt::old_shape!(&1.0, &2.0_f64);
        rt::old_shape!(&[(1.0_f32, 1)], &[(2.0, 2)]);
        assert_eq!(rt::old_shape!(&vec![1.0, 2.0], &vec![3.0, 4.0]), None);
        assert_eq!(rt::old_shape!(&Some(array![1.0, 2.0]), &Some(array![3.0, 4.0])), None);
        assert_eq!(rt::old_shape!(&[vec![(1, 1.0)]], &[vec![(2, 3.0)]]), None);
        rt::old_shape!(&HashMap::<u32, f64>::new(), &HashMap::<u32, f64>::new());
        // Of what type it is, is found out later.
        let collected = [(1, 2.0)].into_iter().collect();
        rt::old_shape!(&collected, &HashMap::<u32, f64>::new());
        rt::old_shape!(&HashMap::<u32, f64>::new(), &collected);
        let _: HashMap<u32, f64> = collected;
    }

    #[test]
    fn zero_of_another_shape() {
        assert_eq!(rt::old_shape!(&vec![1.0, 2.0], &vec![3.0]), Some(vec![0.0; 2]));
        assert_eq!(rt::old_shape!(&Some(1.0), &None), Some(Some(0.0)));
        assert_eq!(rt::old_shape!(&vec![array![1.0]], &vec![array![1.0, 2.0]]), Some(vec![array![0.0]]));
        assert_eq!(rt::old_shape!(&Array2::<f64>::ones((1, 2)), &Array2::ones((2, 1))), Some(array![[0.0, 0.0]]));
        assert_eq!(rt::old_shape!(&vec![1.0], &Array1::<f64>::ones(1)), Some(vec![0.0]));
    }

    #[test]
    fn zero_is_left_behind() {
        let mut lists = vec![vec![1.0, 2.0], vec![3.0]];
        assert_eq!(take_part_as(&mut lists[0], &Some(vec![0.0; 3])), [1.0, 2.0]);
        assert_eq!(take_part_as(&mut lists[1], &None), [3.0]);
        assert_eq!(lists, [vec![0.0; 3], vec![0.0]]);
        clear_part_as(&mut lists[0], &Some(vec![0.0]));
        clear_part_as(&mut lists[1], &());
        assert_eq!(lists, [[0.0], [0.0]]);
    }
}
