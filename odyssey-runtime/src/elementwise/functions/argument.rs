//! What an elementwise function takes: numbers by value, arrays by reference.

use std::marker::PhantomData;

use ndarray::{Array, ArrayD, ArrayRef, ArrayView, Dimension};

use super::super::{Full, One, Operand, Rank, Scalar, Sum, like, map_to_modes};
use crate::dual::{Dual, parts};
use crate::ops::probe::{Probe, Probed};
use crate::real::Real;
use crate::want::Want;

/// The mathematics of a function of x and N numbers; implemented by the function's companion.
pub trait Function<const N: usize> {
    /// As any processor computes it.
    type Plain: Formulas<N>;
    /// With fused multiply-adds, for kernels of instruction sets that have them.
    type Fused: Formulas<N>;
}

/// The mathematics of a function at one element.
pub trait Formulas<const N: usize> {
    /// The value.
    fn value<T: Real>(x: T, numbers: [T; N]) -> T;

    /// The cotangent of x, where `y` is the value and `dy` its cotangent.
    fn d_x<T: Real>(x: T, numbers: [T; N], y: T, dy: T) -> T;

    /// The cotangents of the numbers.
    fn d_numbers<T: Real>(x: T, numbers: [T; N], y: T, dy: T) -> [T; N];
}

/// The formulas of a companion, without fused multiply-adds.
#[derive(Debug)]
pub struct Plain<C>(PhantomData<C>);

/// The formulas of a companion, with fused multiply-adds.
#[derive(Debug)]
pub struct Fused<C>(PhantomData<C>);

/// How arguments of type `X`, of this rank, are passed to a function and once more to its pullback, which is of a type
/// without lifetimes.
#[diagnostic::on_unimplemented(
    message = "`{X}` cannot be passed to an elementwise function",
    label = "pass a number by value, and an array or a view by reference"
)]
pub trait Passing<X>: Rank {
    /// The element type.
    type Number: Real;
    /// The type of a function's value.
    type Value: Clone;
    /// The residual pullback of a function of x alone.
    type Pullback<W: Want>: Clone;
    /// The residual pullback of a function of x and a number.
    type NumberPullback<W: Want, V: Want>: Clone;
    /// The residual pullback of a function of x alone, with its tangent.
    type PullbackAlong<W: Want>;
    /// The residual pullback of a function of x and a number, with its tangent.
    type NumberPullbackAlong<W: Want, V: Want>;

    /// The value.
    fn value<C: Function<N>, const N: usize>(x: &X, numbers: [Self::Number; N]) -> Self::Value;

    /// The cotangent of x.
    fn d_x<C: Function<N>, const N: usize>(x: &X, numbers: [Self::Number; N], y: &Self::Value, dy: &Self::Value) -> Self::Value;

    /// The cotangent of the number.
    fn d_number<C: Function<1>>(x: &X, number: Self::Number, y: &Self::Value, dy: &Self::Value) -> Self::Number;

    /// The tangent of the value along that of x, and, if there is one, along that of the number.
    fn tangent<C: Function<N>, const N: usize>(
        x: &X,
        numbers: [Self::Number; N],
        y: &Self::Value,
        dx: &Self::Value,
        d_numbers: [Self::Number; N],
    ) -> Self::Value;

    /// The tangent of a value that does not vary.
    fn constant(y: &Self::Value) -> Self::Value;

    /// The residual pullback of `C`.
    fn pullback<C: Function<0>, W: Want>() -> Self::Pullback<W>;

    /// The residual pullback of `C`.
    fn number_pullback<C: Function<1>, W: Want, V: Want>() -> Self::NumberPullback<W, V>;

    /// The residual pullback of `C` and its tangent along those of x and of the value.
    fn pullback_along<C: Function<0>, W: Want>(x_dot: Self::Value, y_dot: Self::Value) -> Self::PullbackAlong<W>;

    /// The residual pullback of `C` and its tangent along those of x, of the number and of the value.
    fn number_pullback_along<C: Function<1>, W: Want, V: Want>(
        x_dot: Self::Value,
        number_dot: Self::Number,
        y_dot: Self::Value,
    ) -> Self::NumberPullbackAlong<W, V>;
}

/// A number and its tangent.
#[allow(clippy::inline_always, reason = "what is not inlined into a kernel is not vectorised")]
#[inline(always)]
fn pair<T>((value, tangent): (T, T)) -> Dual<T> {
    Dual { value, tangent }
}

impl<T: Real> Passing<T> for Scalar {
    type Number = T;
    type Value = T;
    type Pullback<W: Want> = fn(T, &T, T) -> (W::Of<T>,);
    type NumberPullback<W: Want, V: Want> = fn(T, T, &T, T) -> (W::Of<T>, V::Of<T>);
    type PullbackAlong<W: Want> = Box<dyn FnOnce(T, &T, (T, T)) -> (W::Of<(T, T)>,)>;
    type NumberPullbackAlong<W: Want, V: Want> = Box<dyn FnOnce(T, T, &T, (T, T)) -> (W::Of<(T, T)>, V::Of<(T, T)>)>;

    #[inline]
    fn value<C: Function<N>, const N: usize>(&x: &T, numbers: [T; N]) -> T {
        C::Plain::value(x, numbers)
    }

    #[inline]
    fn d_x<C: Function<N>, const N: usize>(&x: &T, numbers: [T; N], &y: &T, &dy: &T) -> T {
        C::Plain::d_x(x, numbers, y, dy)
    }

    #[inline]
    fn d_number<C: Function<1>>(&x: &T, number: T, &y: &T, &dy: &T) -> T {
        let [d_number] = C::Plain::d_numbers(x, [number], y, dy);
        d_number
    }

    #[inline]
    fn tangent<C: Function<N>, const N: usize>(&x: &T, numbers: [T; N], &y: &T, &dx: &T, d_numbers: [T; N]) -> T {
        tangent::<C::Plain, T, N>(x, numbers, y, dx, d_numbers)
    }

    #[inline]
    fn constant(_y: &T) -> T {
        T::zero()
    }

    #[inline]
    fn pullback<C: Function<0>, W: Want>() -> Self::Pullback<W> {
        |x, &y, dy| (W::when(|| C::Plain::d_x(x, [], y, dy)),)
    }

    #[inline]
    fn number_pullback<C: Function<1>, W: Want, V: Want>() -> Self::NumberPullback<W, V> {
        |x, number, y, dy| {
            let d_x = W::when(|| C::Plain::d_x(x, [number], *y, dy));
            (d_x, V::when(|| Self::d_number::<C>(&x, number, y, &dy)))
        }
    }

    fn pullback_along<C: Function<0>, W: Want>(x_dot: T, y_dot: T) -> Self::PullbackAlong<W> {
        Box::new(move |x, &y, dy| (W::when(|| parts(C::Plain::d_x(pair((x, x_dot)), [], pair((y, y_dot)), pair(dy)))),))
    }

    fn number_pullback_along<C: Function<1>, W: Want, V: Want>(
        x_dot: T,
        number_dot: T,
        y_dot: T,
    ) -> Self::NumberPullbackAlong<W, V> {
        Box::new(move |x, number, &y, dy| {
            let (x, number, y, dy) = (pair((x, x_dot)), pair((number, number_dot)), pair((y, y_dot)), pair(dy));
            let d_x = W::when(|| parts(C::Plain::d_x(x, [number], y, dy)));
            let d_number = V::when(|| {
                let [d_number] = C::Plain::d_numbers(x, [number], y, dy);
                parts(d_number)
            });
            (d_x, d_number)
        })
    }
}

impl<T: Real, D: Dimension, X> Passing<&X> for D
where
    X: Operand<Elem = T, Float = T, Dim = D> + ?Sized,
{
    type Number = T;
    type Value = Array<T, D>;
    type Pullback<W: Want> = fn(&ArrayRef<T, D>, &Array<T, D>, Array<T, D>) -> (W::Of<Self::Value>,);
    type NumberPullback<W: Want, V: Want> = fn(&ArrayRef<T, D>, T, &Array<T, D>, Array<T, D>) -> (W::Of<Self::Value>, V::Of<T>);
    type PullbackAlong<W: Want> = Box<dyn FnOnce(&ArrayRef<T, D>, &Self::Value, Twice<T, D>) -> (W::Of<Twice<T, D>>,)>;
    type NumberPullbackAlong<W: Want, V: Want> =
        Box<dyn FnOnce(&ArrayRef<T, D>, T, &Self::Value, Twice<T, D>) -> (W::Of<Twice<T, D>>, V::Of<(T, T)>)>;

    #[track_caller]
    fn value<C: Function<N>, const N: usize>(x: &&X, numbers: [T; N]) -> Array<T, D> {
        map_to_modes(
            (x,),
            One(Full),
            #[inline(always)]
            |(x,)| C::Plain::value(x, numbers),
            #[inline(always)]
            |(x,)| C::Fused::value(x, numbers),
        )
    }

    #[track_caller]
    fn d_x<C: Function<N>, const N: usize>(x: &&X, numbers: [T; N], y: &Array<T, D>, dy: &Array<T, D>) -> Array<T, D> {
        map_to_modes(
            (x, y, dy),
            One(like(x)),
            #[inline(always)]
            |(x, y, dy)| C::Plain::d_x(x, numbers, y, dy),
            #[inline(always)]
            |(x, y, dy)| C::Fused::d_x(x, numbers, y, dy),
        )
    }

    #[track_caller]
    fn d_number<C: Function<1>>(x: &&X, number: T, y: &Array<T, D>, dy: &Array<T, D>) -> T {
        map_to_modes(
            (x, y, dy),
            (Sum,),
            #[inline(always)]
            |(x, y, dy)| C::Plain::d_numbers(x, [number], y, dy).into(),
            #[inline(always)]
            |(x, y, dy)| C::Fused::d_numbers(x, [number], y, dy).into(),
        )
        .0
    }

    #[track_caller]
    fn tangent<C: Function<N>, const N: usize>(
        x: &&X,
        numbers: [T; N],
        y: &Array<T, D>,
        dx: &Array<T, D>,
        d_numbers: [T; N],
    ) -> Array<T, D> {
        map_to_modes(
            (x, y, dx),
            One(Full),
            #[inline(always)]
            |(x, y, dx)| tangent::<C::Plain, T, N>(x, numbers, y, dx, d_numbers),
            #[inline(always)]
            |(x, y, dx)| tangent::<C::Fused, T, N>(x, numbers, y, dx, d_numbers),
        )
    }

    fn constant(y: &Array<T, D>) -> Array<T, D> {
        Array::zeros(y.raw_dim())
    }

    fn pullback<C: Function<0>, W: Want>() -> Self::Pullback<W> {
        |x, y, dy| (W::when(|| <D as Passing<_>>::d_x::<C, 0>(&x, [], y, &dy)),)
    }

    fn number_pullback<C: Function<1>, W: Want, V: Want>() -> Self::NumberPullback<W, V> {
        |x, number, y, dy| {
            let d_x = W::when(|| <D as Passing<_>>::d_x::<C, 1>(&x, [number], y, &dy));
            let d_number = V::when(|| <D as Passing<_>>::d_number::<C>(&x, number, y, &dy));
            (d_x, d_number)
        }
    }

    fn pullback_along<C: Function<0>, W: Want>(x_dot: Array<T, D>, y_dot: Array<T, D>) -> Self::PullbackAlong<W> {
        let along = Along::new(x_dot, y_dot);
        Box::new(move |x, y, d| (W::when(|| along.d_x::<C, D, 0>(x, [], y, &d)),))
    }

    fn number_pullback_along<C: Function<1>, W: Want, V: Want>(
        x_dot: Array<T, D>,
        number_dot: T,
        y_dot: Array<T, D>,
    ) -> Self::NumberPullbackAlong<W, V> {
        let along = Along::new(x_dot, y_dot);
        Box::new(move |x, number, y, d| {
            let number = pair((number, number_dot));
            let d_x = W::when(|| along.d_x::<C, D, 1>(x, [number], y, &d));
            (d_x, V::when(|| along.d_number::<C, D>(x, number, y, &d)))
        })
    }
}

/// An array, and its tangent.
type Twice<T, D> = (Array<T, D>, Array<T, D>);

/// The tangents of x and of the value, which a pullback owns: of any rank, since what a trait object owns outlives everything,
/// and not every type of a rank says that it does.
struct Along<T> {
    x_dot: ArrayD<T>,
    y_dot: ArrayD<T>,
}

impl<T: Real> Along<T> {
    fn new<D: Dimension>(x_dot: Array<T, D>, y_dot: Array<T, D>) -> Self {
        Self { x_dot: x_dot.into_dyn(), y_dot: y_dot.into_dyn() }
    }

    fn of_rank<D: Dimension>(&self) -> [ArrayView<'_, T, D>; 2] {
        [&self.x_dot, &self.y_dot].map(|dot| dot.view().into_dimensionality().expect("of the rank that it was of"))
    }

    /// The cotangent of x, and its tangent.
    #[track_caller]
    fn d_x<C: Function<N>, D: Dimension, const N: usize>(
        &self,
        x: &ArrayRef<T, D>,
        numbers: [Dual<T>; N],
        y: &Array<T, D>,
        (d, d_dot): &Twice<T, D>,
    ) -> Twice<T, D> {
        let [x_dot, y_dot] = self.of_rank::<D>();
        map_to_modes(
            (x, &x_dot, y, &y_dot, d, d_dot),
            (like(x), like(x)),
            #[inline(always)]
            |(x, x_dot, y, y_dot, d, d_dot)| parts(C::Plain::d_x(pair((x, x_dot)), numbers, pair((y, y_dot)), pair((d, d_dot)))),
            #[inline(always)]
            |(x, x_dot, y, y_dot, d, d_dot)| parts(C::Fused::d_x(pair((x, x_dot)), numbers, pair((y, y_dot)), pair((d, d_dot)))),
        )
    }

    /// The cotangent of the number, and its tangent.
    #[track_caller]
    fn d_number<C: Function<1>, D: Dimension>(
        &self,
        x: &ArrayRef<T, D>,
        number: Dual<T>,
        y: &Array<T, D>,
        (d, d_dot): &Twice<T, D>,
    ) -> (T, T) {
        let [x_dot, y_dot] = self.of_rank::<D>();
        map_to_modes(
            (x, &x_dot, y, &y_dot, d, d_dot),
            (Sum, Sum),
            #[inline(always)]
            |(x, x_dot, y, y_dot, d, d_dot)| {
                let [d_number] = C::Plain::d_numbers(pair((x, x_dot)), [number], pair((y, y_dot)), pair((d, d_dot)));
                parts(d_number)
            },
            #[inline(always)]
            |(x, x_dot, y, y_dot, d, d_dot)| {
                let [d_number] = C::Fused::d_numbers(pair((x, x_dot)), [number], pair((y, y_dot)), pair((d, d_dot)));
                parts(d_number)
            },
        )
    }
}

/// The sum of the partial derivatives, each times its tangent. They are functions of one element, so that the rule for the
/// cotangents gives them.
#[allow(clippy::inline_always, reason = "what is not inlined into a kernel is not vectorised")]
#[inline(always)]
fn tangent<F: Formulas<N>, T: Real, const N: usize>(x: T, numbers: [T; N], y: T, dx: T, d_numbers: [T; N]) -> T {
    let of_numbers = d_numbers.map(|d| F::d_numbers(x, numbers, y, d));
    let own = of_numbers.iter().enumerate().map(|(number, along)| along[number]);
    own.fold(F::d_x(x, numbers, y, dx), |sum, along| sum + along)
}

/// A number, or a reference to an array or a view of one.
pub trait Passed: Operand<Dim: Passing<Self>> + Sized {}

impl<X: Operand<Dim: Passing<X>>> Passed for X {}

/// The type of the elements of `X`.
pub(super) type Number<X> = <<X as Operand>::Dim as Passing<X>>::Number;

/// The type of a function's value at `X`.
pub(super) type Value<X> = <<X as Operand>::Dim as Passing<X>>::Value;

/// An argument of the function whose companion is `C`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed to an elementwise function",
    label = "pass a number by value, and an array or a view by reference"
)]
pub trait Argument<C, const N: usize> {
    /// The type of the function's further arguments.
    type Number;
    /// The type of the function's value.
    type Value;

    /// The value.
    fn value(self, numbers: [Self::Number; N]) -> Self::Value;
}

impl<C: Function<N>, X: Passed, const N: usize> Argument<C, N> for X {
    type Number = Number<X>;
    type Value = Value<X>;

    #[inline]
    #[track_caller]
    fn value(self, numbers: [Number<X>; N]) -> Value<X> {
        <X::Dim as Passing<X>>::value::<C, N>(&self, numbers)
    }
}

impl<C, const N: usize> Argument<C, N> for Probe {
    type Number = ();
    type Value = Probed<C>;

    fn value(self, _numbers: [(); N]) -> Probed<C> {
        self.absurd()
    }
}

/// The elementwise function of N numbers beside x whose companion is `C`.
#[diagnostic::on_unimplemented(
    message = "this function has no derivative",
    label = "a differentiable function of this name is imported, but another function is called here",
    note = "annotate the function with `#[differentiable]`"
)]
pub trait IsElementwise<C, const N: usize> {}

impl<C, F: Fn(Probe) -> Probed<C>> IsElementwise<C, 0> for F {}
impl<C, F: Fn(Probe, ()) -> Probed<C>> IsElementwise<C, 1> for F {}
