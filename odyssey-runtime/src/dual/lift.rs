//! From a number and its tangent to a dual one, and what stands beside them.

use std::marker::PhantomData;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use ndarray::{Array, ArrayBase, ArrayD, ArrayRef, ArrayView, Axis, Data, Dim, Dimension, Order};

use super::Dual;
use crate::along::Along;
use crate::differentiable::for_each_tuple;
use crate::elementwise::{Extent, Operand, Rank};
use crate::losses::Reduction;
use crate::ops::linalg::Triangle;
use crate::ops::nn::{Conv1d, Conv2d, Mask};
use crate::ops::{Like, Tensor};
use crate::real::Real;

/// `x` with its tangent.
///
/// Panics if their shapes differ.
#[track_caller]
pub fn dual<X, G>(x: &X, x_dot: &G) -> DualLike<X>
where
    X: Operand + Tensor<Elem = Number<X>> + ?Sized,
    G: Tensor<Elem = Number<X>> + ?Sized,
{
    let (x, x_dot) = (x.tensor_view(), x_dot.tensor_view());
    let (shape, of_dot) = (x.shape(), x_dot.shape());
    assert!(shape == of_dot, "a tangent of shape {of_dot:?} for an array of shape {shape:?}");
    let mut numbers = x.iter().zip(&x_dot).map(|(&value, &tangent)| Dual { value, tangent });
    if <X as Operand>::Dim::SCALAR {
        return <<X as Operand>::Dim as Rank>::scalar(numbers.next().expect("a scalar has one value"));
    }
    <<X as Operand>::Dim as Rank>::dense(shape, None, numbers.collect())
}

/// An array of dual numbers like `X`.
pub(crate) type DualArray<X> = Array<Dual<<X as Tensor>::Elem>, <X as Tensor>::Dim>;

/// `x` with a tangent that was lent as an `A`, as an array.
#[track_caller]
pub(crate) fn dual_along<X: Tensor + ?Sized, A: Along<Like<X>>>(x: &X, x_dot: &Like<X>) -> DualArray<X> {
    let x = x.tensor_view();
    if A::VARIES { dual(&x, x_dot) } else { x.map(|x| Dual::constant(*x)) }
}

/// The zero tangent of `x`.
pub(crate) fn zero_array<X: Tensor + ?Sized>(x: &X) -> Like<X> {
    Array::zeros(x.tensor_view().raw_dim())
}

/// The numbers of `X`.
type Number<X> = <X as Operand>::Float;

/// The dual number, or the array of dual numbers, whose parts are like `X`.
type DualLike<X> = <<X as Operand>::Dim as Rank>::Of<Dual<Number<X>>>;

/// `x` as it is among dual numbers: one that does not vary. References to what has no numbers of its own, positions and masks,
/// stay as they are.
#[inline]
pub fn lifted<X: Lift + ?Sized>(x: &X) -> X::Lifted {
    x.lifted()
}

/// A number that does not vary, of the type that is wanted: a literal has none of its own.
#[inline]
pub fn constant<T: Real>(x: T) -> Dual<T> {
    Dual::constant(x)
}

/// What can stand beside dual numbers.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be a parameter of an operation that is differentiated twice",
    label = "not a parameter"
)]
pub trait Lift {
    /// What it is among dual numbers.
    type Lifted;

    /// What a reference to it is among them.
    type Borrowed<'a>
    where
        Self: 'a;

    /// Makes it.
    fn lifted(&self) -> Self::Lifted;

    /// Makes it, of a reference.
    fn borrowed(&self) -> Self::Borrowed<'_>;
}

impl<'x, X: Lift + ?Sized> Lift for &'x X {
    type Lifted = X::Borrowed<'x>;
    type Borrowed<'a>
        = X::Borrowed<'x>
    where
        Self: 'a;

    #[inline]
    fn lifted(&self) -> X::Borrowed<'x> {
        (**self).borrowed()
    }

    #[inline]
    fn borrowed(&self) -> X::Borrowed<'x> {
        (**self).borrowed()
    }
}

macro_rules! number {
    ($($({$T:ident})? $number:ty),*) => {$(
        impl $(<$T: Real>)? Lift for $number {
            type Lifted = Dual<Self>;
            type Borrowed<'a>
                = Dual<Self>
            where
                Self: 'a;

            #[inline]
            fn lifted(&self) -> Dual<Self> {
                Dual::constant(*self)
            }

            #[inline]
            fn borrowed(&self) -> Dual<Self> {
                Dual::constant(*self)
            }
        }
    )*};
}
number!(f32, f64, {T} Dual<T>);

/// What is its own like among dual numbers.
macro_rules! passive {
    ($($({$T:ident})? $type:ty),*) => {$(
        impl $(<$T: Clone>)? Lift for $type {
            type Lifted = Self;
            type Borrowed<'a>
                = &'a Self
            where
                Self: 'a;

            #[inline]
            fn lifted(&self) -> Self {
                self.clone()
            }

            #[inline]
            fn borrowed(&self) -> &Self {
                self
            }
        }
    )*};
}
passive!((), Axis, Order, RangeFull, Reduction, Triangle, Conv1d, Conv2d, {I} Dim<I>);
passive!({T} Range<T>, {T} RangeFrom<T>, {T} RangeInclusive<T>, {T} RangeTo<T>, {T} RangeToInclusive<T>);

impl<T: Real> Lift for PhantomData<T> {
    type Lifted = PhantomData<Dual<T>>;
    type Borrowed<'a>
        = PhantomData<Dual<T>>
    where
        Self: 'a;

    fn lifted(&self) -> PhantomData<Dual<T>> {
        PhantomData
    }

    fn borrowed(&self) -> PhantomData<Dual<T>> {
        PhantomData
    }
}

impl<'m> Lift for dyn Mask + 'm {
    type Lifted = ArrayD<bool>;
    type Borrowed<'a>
        = &'a (dyn Mask + 'm)
    where
        'm: 'a;

    fn lifted(&self) -> ArrayD<bool> {
        self.stays().into_owned()
    }

    fn borrowed(&self) -> &(dyn Mask + 'm) {
        self
    }
}

/// What lists and arrays are made of.
pub trait LiftElement: Clone {
    /// What it is among dual numbers.
    type Lifted;

    /// What an array that is given by reference is.
    type Array<'a, D: 'a>
    where
        Self: 'a;

    /// What a list that is given by reference is.
    type List<'a>
    where
        Self: 'a;

    /// Makes it.
    fn element(&self) -> Self::Lifted;

    /// Makes it of an array.
    fn array<D: Dimension>(array: &ArrayRef<Self, D>) -> Self::Array<'_, D>;

    /// Makes it of a list.
    fn list(list: &[Self]) -> Self::List<'_>;
}

impl<T: Real> LiftElement for T {
    type Lifted = Dual<T>;
    type Array<'a, D: 'a> = Array<Dual<T>, D>;
    type List<'a> = Vec<Dual<T>>;

    #[inline]
    fn element(&self) -> Dual<T> {
        Dual::constant(*self)
    }

    fn array<D: Dimension>(array: &ArrayRef<T, D>) -> Array<Dual<T>, D> {
        array.map(T::element)
    }

    fn list(list: &[T]) -> Vec<Dual<T>> {
        list.iter().map(T::element).collect()
    }
}

macro_rules! passive_element {
    ($($type:ty),*) => {$(
        impl LiftElement for $type {
            type Lifted = Self;
            type Array<'a, D: 'a> = ArrayView<'a, Self, D>;
            type List<'a> = &'a [Self];

            fn element(&self) -> Self {
                *self
            }

            fn array<D: Dimension>(array: &ArrayRef<Self, D>) -> ArrayView<'_, Self, D> {
                array.view()
            }

            fn list(list: &[Self]) -> &[Self] {
                list
            }
        }
    )*};
}
passive!(bool, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);
passive_element!(bool, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, (usize, usize));

/// The array of the elements, lifted; by reference as they say.
macro_rules! array {
    ($([$($generics:tt)*] $type:ty),*) => {$(
        impl<A: LiftElement, D: Dimension, $($generics)*> Lift for $type {
            type Lifted = Array<A::Lifted, D>;
            type Borrowed<'a>
                = A::Array<'a, D>
            where
                Self: 'a;

            fn lifted(&self) -> Array<A::Lifted, D> {
                self.map(A::element)
            }

            fn borrowed(&self) -> A::Array<'_, D> {
                A::array(self)
            }
        }
    )*};
}
array!([S: Data<Elem = A>] ArrayBase<S, D>, [] ArrayRef<A, D>);

/// The list of the elements, lifted; by reference as they say.
macro_rules! list {
    ($([$($generics:tt)*] $type:ty => $Lifted:ty, $lifted:expr;)*) => {$(
        impl<A: LiftElement $($generics)*> Lift for $type {
            type Lifted = $Lifted;
            type Borrowed<'a>
                = A::List<'a>
            where
                Self: 'a;

            fn lifted(&self) -> $Lifted {
                $lifted(self)
            }

            fn borrowed(&self) -> A::List<'_> {
                A::list(self)
            }
        }
    )*};
}
list! {
    [] Vec<A> => Vec<A::Lifted>, |list: &Self| list.iter().map(A::element).collect();
    [] [A] => Vec<A::Lifted>, |list: &Self| list.iter().map(A::element).collect();
    [, const N: usize] [A; N] => [A::Lifted; N], |list: &Self| list.each_ref().map(A::element);
}

impl<T: Real, D: Rank> Lift for Extent<T, D> {
    type Lifted = Extent<Dual<T>, D>;
    type Borrowed<'a>
        = Extent<Dual<T>, D>
    where
        Self: 'a;

    fn lifted(&self) -> Extent<Dual<T>, D> {
        Extent::new(self.dim().clone())
    }

    fn borrowed(&self) -> Extent<Dual<T>, D> {
        self.lifted()
    }
}

impl<A: Lift> Lift for Option<A> {
    type Lifted = Option<A::Lifted>;
    type Borrowed<'a>
        = Option<A::Borrowed<'a>>
    where
        Self: 'a;

    fn lifted(&self) -> Option<A::Lifted> {
        self.as_ref().map(A::lifted)
    }

    fn borrowed(&self) -> Option<A::Borrowed<'_>> {
        self.as_ref().map(A::borrowed)
    }
}

macro_rules! tuple {
    ($($A:ident $i:tt),*) => {
        impl<$($A: Lift),*> Lift for ($($A,)*) {
            type Lifted = ($($A::Lifted,)*);
            type Borrowed<'a>
                = ($($A::Borrowed<'a>,)*)
            where
                Self: 'a;

            fn lifted(&self) -> Self::Lifted {
                ($(self.$i.lifted(),)*)
            }

            fn borrowed(&self) -> Self::Borrowed<'_> {
                ($(self.$i.borrowed(),)*)
            }
        }
    };
}
for_each_tuple!(tuple);
