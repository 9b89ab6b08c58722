//! Parts of values and of tangents, changed where they are: elements, slices, views of arrays.

use std::marker::PhantomData;

use ndarray::{Array, ArrayView, ArrayViewMut, Dimension};

use crate::differentiable::Differentiable;
use crate::dual::Dual;
use crate::memory::recycle;
use crate::ops::Tensor;
use crate::overwritten::OldShape;
use crate::quoted::refuse;
use crate::real::Real;
use crate::tangent::Tangent;

/// A part of a tangent.
pub trait Part {
    /// The part on its own.
    type Owned;

    /// A copy of it.
    fn copied(&self) -> Self::Owned;
}

/// A part of a tangent that can be changed.
pub trait PartMut: Part {
    /// Sets it to zero.
    fn clear_part(&mut self);

    /// Adds to it.
    fn add_part(&mut self, value: Self::Owned);

    /// Replaces it.
    fn put_part(&mut self, value: Self::Owned);
}

impl<T: Tangent> Part for T {
    type Owned = T;

    #[inline]
    fn copied(&self) -> T {
        self.clone()
    }
}

impl<T: Tangent> PartMut for T {
    #[inline]
    fn clear_part(&mut self) {
        self.clear();
    }

    #[inline]
    #[track_caller]
    fn add_part(&mut self, value: T) {
        self.accumulate(value);
    }

    #[inline]
    fn put_part(&mut self, value: T) {
        std::mem::replace(self, value).recycle_tangent();
    }
}

impl<T: Tangent> Part for [T] {
    type Owned = Vec<T>;

    fn copied(&self) -> Vec<T> {
        self.to_vec()
    }
}

impl<T: Tangent> PartMut for [T] {
    fn clear_part(&mut self) {
        self.iter_mut().for_each(Tangent::clear);
    }

    #[track_caller]
    fn add_part(&mut self, mut value: Vec<T>) {
        assert!(self.len() == value.len(), "a slice of {} elements gets a cotangent of {}", self.len(), value.len());
        self.iter_mut().zip(value.drain(..)).for_each(|(a, b)| a.accumulate(b));
        recycle(value);
    }

    #[track_caller]
    fn put_part(&mut self, mut value: Vec<T>) {
        assert!(self.len() == value.len(), "a slice of {} elements gets a cotangent of {}", self.len(), value.len());
        self.swap_with_slice(&mut value);
        value.recycle_tangent();
    }
}

impl<T: Real, D: Dimension> Part for ArrayView<'_, T, D> {
    type Owned = Array<T, D>;

    fn copied(&self) -> Array<T, D> {
        self.to_owned()
    }
}

impl<T: Real, D: Dimension> Part for ArrayViewMut<'_, T, D> {
    type Owned = Array<T, D>;

    fn copied(&self) -> Array<T, D> {
        self.to_owned()
    }
}

impl<T: Real, D: Dimension> PartMut for ArrayViewMut<'_, T, D> {
    fn clear_part(&mut self) {
        self.fill(T::zero());
    }

    #[track_caller]
    fn add_part(&mut self, value: Array<T, D>) {
        self.zip_mut_with(&value, |a, &b| *a += b);
        value.recycle_tangent();
    }

    #[track_caller]
    fn put_part(&mut self, value: Array<T, D>) {
        self.zip_mut_with(&value, |a, &b| *a = b);
        value.recycle_tangent();
    }
}

/// A copy of a part of a tangent.
#[inline]
pub fn part<P: Part + ?Sized>(part: &P) -> P::Owned {
    part.copied()
}

/// A part of a tangent, which is zero afterwards.
#[inline]
pub fn take_part<P: PartMut + ?Sized>(part: &mut P) -> P::Owned {
    let taken = part.copied();
    part.clear_part();
    taken
}

/// Sets a part of a tangent to zero.
#[inline]
pub fn clear_part<P: PartMut + ?Sized>(part: &mut P) {
    part.clear_part();
}

/// A copy of a part of a tangent, which is zero afterwards, of the shape that the part of the value had before it was overwritten.
#[inline]
pub fn take_part_as<P: PartMut + ?Sized>(part: &mut P, was: &impl OldShape<P::Owned>) -> P::Owned
where
    P::Owned: Clone,
{
    let taken = part.copied();
    clear_part_as(part, was);
    taken
}

/// Sets a part of a tangent to zero, of the shape that the part of the value had before it was overwritten.
#[inline]
pub fn clear_part_as<P: PartMut + ?Sized>(part: &mut P, was: &impl OldShape<P::Owned>)
where
    P::Owned: Clone,
{
    match was.zero() {
        None => part.clear_part(),
        Some(zero) => part.put_part(zero.clone()),
    }
}

/// A field that a tangent leaves out.
#[derive(Debug)]
pub struct NoField;

/// A field of a tangent, which may not be there, where that of the value was overwritten.
pub trait Cleared<W> {
    /// Sets it to zero, of the shape that the field of the value had before.
    fn clear_as(self, was: &W);
}

impl<T: Tangent, W: OldShape<T>> Cleared<W> for &mut T {
    fn clear_as(self, was: &W) {
        clear_part_as(self, was);
    }
}

impl<W> Cleared<W> for NoField {
    fn clear_as(self, _was: &W) {}
}

/// Sets a field of a tangent to zero, if it is there.
#[inline]
pub fn clear_field<W>(field: impl Cleared<W>, was: &W) {
    field.clear_as(was);
}

/// `part = value`, where the part was taken out.
#[inline]
#[track_caller]
pub fn put_part<P: PartMut + ?Sized>(part: &mut P, value: P::Owned) {
    part.put_part(value);
}

/// `part += value`.
#[inline]
#[track_caller]
pub fn add_part<P: PartMut + ?Sized>(part: &mut P, value: P::Owned) {
    part.add_part(value);
}

/// A tangent where another type of the same meaning is wanted: a list lent as a slice may be an array.
pub trait IntoTangent<T> {
    /// The tangent as that type.
    fn into_tangent(self) -> T;
}

impl<T> IntoTangent<T> for T {
    #[inline]
    fn into_tangent(self) -> T {
        self
    }
}

impl<T, const N: usize> IntoTangent<[T; N]> for Vec<T> {
    #[track_caller]
    fn into_tangent(self) -> [T; N] {
        let length = self.len();
        self.try_into().unwrap_or_else(|_| panic!("a cotangent of {length} elements for an array of {N}"))
    }
}

impl<T, const N: usize> IntoTangent<Vec<T>> for [T; N] {
    fn into_tangent(self) -> Vec<T> {
        self.into()
    }
}

impl<T> IntoTangent<Box<T>> for T {
    fn into_tangent(self) -> Box<T> {
        Box::new(self)
    }
}

/// The tangent as whatever is wanted.
#[inline]
#[track_caller]
pub fn into_tangent<T, D: IntoTangent<T>>(d: D) -> T {
    d.into_tangent()
}

/// The tangent as that of `x`.
#[inline]
#[track_caller]
pub fn as_tangent<X: Differentiable + ?Sized, D: IntoTangent<X::Tangent>>(_x: &X, d: D) -> X::Tangent {
    d.into_tangent()
}

/// The type of a tangent.
#[inline]
pub fn kind_of<T>(_d: &T) -> PhantomData<T> {
    PhantomData
}

/// A tangent as that type.
#[inline]
#[track_caller]
pub fn of_kind<T, D: IntoTangent<T>>(_kind: PhantomData<T>, d: D) -> T {
    d.into_tangent()
}

/// A number or an array whose elements can be changed.
pub trait TensorMut: Tensor {
    /// Combines every element with the one of `other`, which is broadcast.
    fn combine<X: Tensor<Elem = Self::Elem> + ?Sized>(&mut self, other: &X, f: impl FnMut(&mut Self::Elem, &Self::Elem));
}

macro_rules! float_place {
    ($($({$T:ident})? $float:ty),*) => {$(
        impl $(<$T: Real>)? TensorMut for $float {
            #[inline]
            #[track_caller]
            fn combine<X: Tensor<Elem = $float> + ?Sized>(&mut self, other: &X, mut f: impl FnMut(&mut $float, &$float)) {
                let view = other.tensor_view();
                assert!(view.ndim() == 0, "an array of shape {:?} is no number", view.shape());
                view.iter().for_each(|value| f(self, value));
            }
        }
    )*};
}
float_place!(f32, f64, {T} Dual<T>);

macro_rules! array_place {
    ($($array:ty)*) => {$(
        impl<T: Real, D: Dimension> TensorMut for $array {
            #[track_caller]
            fn combine<X: Tensor<Elem = T> + ?Sized>(&mut self, other: &X, f: impl FnMut(&mut T, &T)) {
                let other = other.tensor_view();
                let Some(broadcast) = other.broadcast(self.raw_dim()) else {
                    refuse("", format_args!("shapes {:?} and {:?} do not broadcast", self.shape(), other.shape()))
                };
                self.zip_mut_with(&broadcast, f);
            }
        }
    )*};
}
array_place!(Array<T, D> ArrayViewMut<'_, T, D> ndarray::ArrayRef<T, D>);

/// `place = value`, element by element, where `value` is broadcast.
#[inline]
#[track_caller]
pub fn assign<P: TensorMut + ?Sized, X: Tensor<Elem = P::Elem> + ?Sized>(place: &mut P, value: &X) {
    place.combine(value, |a, b| *a = *b);
}

/// `place += value`, where `value` is broadcast.
#[inline]
#[track_caller]
pub fn add_to<P: TensorMut + ?Sized, X: Tensor<Elem = P::Elem> + ?Sized>(place: &mut P, value: &X) {
    place.combine(value, |a, b| *a += *b);
}

/// `place -= value`, where `value` is broadcast.
#[inline]
#[track_caller]
pub fn subtract_from<P: TensorMut + ?Sized, X: Tensor<Elem = P::Elem> + ?Sized>(place: &mut P, value: &X) {
    place.combine(value, |a, b| *a -= *b);
}

#[cfg(test)]
mod tests {
    use ndarray::{array, s};

    use super::{add_part, add_to, clear_part, part, put_part, subtract_from, take_part};

    #[test]
    fn parts_of_lists() {
        let mut list = vec![1.0, f64::NAN, 3.0];
        assert_eq!(take_part(&mut list[0]), 1.0);
        clear_part(&mut list[1..]);
        assert_eq!(list, [0.0; 3]);
        add_part(&mut list[..2], vec![4.0, 5.0]);
        assert_eq!(part(&list[1..]), [5.0, 0.0]);
        put_part(&mut list[1..], vec![6.0, 7.0]);
        assert_eq!(list, [4.0, 6.0, 7.0]);
        put_part(&mut list, vec![8.0]);
        assert_eq!(list, [8.0]);
    }

    #[test]
    fn parts_of_arrays() {
        let mut a = array![[1.0, 2.0], [f64::NAN, f64::INFINITY]];
        assert_eq!(part(&a.column(0))[0], 1.0);
        clear_part(&mut a.row_mut(1));
        add_part(&mut a.slice_mut(s![.., 1]), array![10.0, 20.0]);
        assert_eq!(a, array![[1.0, 12.0], [0.0, 20.0]]);
        assert_eq!(take_part(&mut a.row_mut(0)), array![1.0, 12.0]);
        assert_eq!(a, array![[0.0, 0.0], [0.0, 20.0]]);
        put_part(&mut a.row_mut(1), array![3.0, 4.0]);
        assert_eq!(a, array![[0.0, 0.0], [3.0, 4.0]]);
    }

    #[test]
    fn numbers_and_arrays_are_added_to() {
        let mut a = array![[1.0, 2.0], [3.0, 4.0]];
        add_to(&mut a, &array![10.0, 20.0]);
        subtract_from(&mut a.row_mut(0), &1.0);
        assert_eq!(a, array![[10.0, 21.0], [13.0, 24.0]]);
        let mut x = 1.0_f32;
        add_to(&mut x, &2.0_f32);
        subtract_from(&mut x, &5.0_f32);
        assert_eq!(x, -2.0);
    }

    #[test]
    #[should_panic(expected = "an array of shape [2] is no number")]
    fn arrays_do_not_fit_into_numbers() {
        add_to(&mut 1.0, &array![1.0, 2.0]);
    }
}
