//! What second derivatives are made with beside those of first order.
#![allow(clippy::type_complexity, reason = "values and pullbacks, each with its tangent")]

use std::cell::Cell;
use std::rc::Rc;

use ndarray::{Array, ArrayView, Dimension};

use crate::along::{Along, Made, along};
use crate::differentiable::{Differentiable, ScalarResult};
use crate::dual::Dual;
use crate::losses::Reduction;
use crate::ops::Tensor;
use crate::place::IntoTangent;
use crate::real::Real;
use crate::tangent::Tangent;

/// The gradient can be differentiated twice; of a companion. The lifetime lets a function demand it of one that has not, which is no
/// error but for who calls that function.
#[diagnostic::on_unimplemented(
    message = "the gradient of `{Self}` cannot be differentiated twice",
    label = "of third order",
    note = "say `#[differentiable(order = 3)]` for the function whose gradient is taken, and for the one that takes it: the first is compiled over other floats as well, and has to be made of numbers, arrays, lists, and structs that are generic over their numbers: `struct Mlp<T: Real>`"
)]
pub trait OfThirdOrder<'a> {}

/// A function of which nothing is known where its gradient is differentiated: it is declared inside of a body, or a method takes its
/// gradient.
pub struct SomeFunction;

/// The gradient can be differentiated; of the companion of a function that takes gradients itself.
#[diagnostic::on_unimplemented(
    message = "the gradient of `{Self}` cannot be differentiated",
    label = "of third order",
    note = "it takes gradients that cannot be differentiated twice"
)]
pub trait OfSecondOrder<'a> {}

/// Is an error where the gradient cannot be differentiated twice.
#[inline]
pub fn assert_of_third_order<F>()
where
    F: for<'a> OfThirdOrder<'a>,
{
}

/// A tangent that is given away: what outlives the call owns it.
pub struct Handed<D>(pub D);

/// The tangent of `x` that is lent, as one that is given away.
#[inline]
pub fn handed<X: Differentiable + ?Sized, A: Along<X::Tangent>>(lent: A, x: &X) -> Handed<X::Tangent> {
    Handed(X::Tangent::clone(&along(lent, x)))
}

impl<D, G: GivenAs<D>> Along<D> for Handed<G> {
    type Held = Made<D>;

    #[inline]
    fn along(self, _zero: impl FnOnce() -> D) -> Made<D> {
        Made::new(self.0.given())
    }
}

/// A tangent that can be given away as a `D`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be given as a tangent of type `{D}`",
    label = "the argument along this tangent is of another type",
    note = "a function with `order = 3` is compiled over another float type, `Float`: what it calls says `order = 3` as well, and takes no gradient itself"
)]
pub trait GivenAs<D> {
    /// The tangent.
    fn given(self) -> D;
}

impl<D> GivenAs<D> for D {
    #[inline]
    fn given(self) -> D {
        self
    }
}

impl<D> GivenAs<D> for Box<D> {
    #[inline]
    fn given(self) -> D {
        *self
    }
}

/// A list that is given where a slice is taken.
impl<T, const N: usize> GivenAs<Vec<T>> for [T; N] {
    #[inline]
    fn given(self) -> Vec<T> {
        self.into()
    }
}

/// A view, of which nothing says that it is one.
impl<T: Real, D: Dimension> GivenAs<Array<T, D>> for ArrayView<'_, T, D> {
    #[inline]
    fn given(self) -> Array<T, D> {
        self.to_owned()
    }
}

/// A tangent that a call is passed, and that the caller gets back, changed or not.
pub struct Passed<D>(Rc<Cell<Option<D>>>);

impl<D> Passed<D> {
    /// Passes it.
    #[inline]
    pub fn new(tangent: D) -> Passed<D> {
        Passed(Rc::new(Cell::new(Some(tangent))))
    }

    /// What has become of it.
    #[inline]
    pub fn back(self) -> D {
        self.0.take().expect("a tangent that was taken has been given back")
    }
}

impl<D> Clone for Passed<D> {
    #[inline]
    fn clone(&self) -> Passed<D> {
        Passed(Rc::clone(&self.0))
    }
}

/// To a call that only looks at the argument.
impl<D, P: Clone + IntoTangent<D>> Along<D> for Passed<P> {
    type Held = Made<D>;

    #[inline]
    fn along(self, _zero: impl FnOnce() -> D) -> Made<D> {
        let tangent = self.0.take();
        self.0.set(tangent.clone());
        Made::new(tangent.expect("a tangent that is passed is there").into_tangent())
    }
}

/// The tangent `D` of an argument that is `&mut`, as a caller passes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent as a tangent of type `{D}` to be changed",
    label = "the argument along this tangent is of another type"
)]
pub trait AlongPassed<D> {
    /// Takes it.
    fn take(&self) -> D;

    /// Gives back what is left of it.
    fn give_back(&self, tangent: D);
}

impl<D: IntoTangent<P>, P: IntoTangent<D>> AlongPassed<D> for Passed<P> {
    #[inline]
    #[track_caller]
    fn take(&self) -> D {
        self.0.take().expect("a tangent that is passed is there").into_tangent()
    }

    #[inline]
    #[track_caller]
    fn give_back(&self, tangent: D) {
        self.0.set(Some(tangent.into_tangent()));
    }
}

/// An option of a loss among dual numbers, as the loss takes it.
pub(crate) trait Lent {
    /// The type that the loss takes.
    type Lent<'a>
    where
        Self: 'a;

    /// Lends it.
    fn lent(&self) -> Self::Lent<'_>;
}

impl<T> Lent for Vec<T> {
    type Lent<'a>
        = &'a [T]
    where
        T: 'a;

    fn lent(&self) -> &[T] {
        self
    }
}

impl<T: Copy> Lent for Dual<T> {
    type Lent<'a>
        = Dual<T>
    where
        T: 'a;

    fn lent(&self) -> Dual<T> {
        *self
    }
}

impl Lent for Reduction {
    type Lent<'a> = Reduction;

    fn lent(&self) -> Reduction {
        *self
    }
}

/// The cotangent that a sweep starts with, and its tangent.
#[inline]
pub fn constant_seed<R: ScalarResult>() -> (R::Tangent, R::Tangent) {
    let seed = R::seed();
    let mut zero = R::seed();
    zero.scale(0.0);
    (seed, zero)
}

/// A function's value, its tangent, and its pullback with its tangent, for every element, in logical order.
pub fn map_linearized_along<X, G, R: Real, P>(
    x: &X,
    dx: &G,
    mut f: impl FnMut(X::Elem, X::Elem) -> ((R, R), P),
) -> ((Array<R, X::Dim>, Array<R, X::Dim>), Vec<P>)
where
    X: Tensor + ?Sized,
    G: Tensor<Elem = X::Elem, Dim = X::Dim> + ?Sized,
{
    let (x, dx) = (x.tensor_view(), dx.tensor_view());
    assert!(x.shape() == dx.shape(), "a tangent of shape {:?} for an array of shape {:?}", dx.shape(), x.shape());
    let (both, pullbacks): (Vec<_>, Vec<_>) = x.iter().zip(&dx).map(|(x, dx)| f(*x, *dx)).unzip();
    let (values, tangents) = both.into_iter().unzip();
    let shaped = |values| Array::from_shape_vec(x.raw_dim(), values).expect("a value for each element");
    ((shaped(values), shaped(tangents)), pullbacks)
}

/// The cotangent of every element and its tangent, from the pullbacks of [`map_linearized_along`].
pub fn map_pulled_back_along<X, Y, C, P>(
    pullbacks: Vec<P>,
    x: &X,
    y: &Y,
    (d, d_dot): (&C, &C),
    mut pull: impl FnMut(P, X::Elem, &Y::Elem, (Y::Elem, Y::Elem)) -> (X::Elem, X::Elem),
) -> (Array<X::Elem, X::Dim>, Array<X::Elem, X::Dim>)
where
    X: Tensor + ?Sized,
    Y: Tensor + ?Sized,
    C: Tensor<Elem = Y::Elem> + ?Sized,
{
    let (x, y, d, d_dot) = (x.tensor_view(), y.tensor_view(), d.tensor_view(), d_dot.tensor_view());
    let elements = pullbacks.into_iter().zip(x.iter()).zip(y.iter().zip(d.iter().zip(d_dot.iter())));
    let (values, tangents) = elements.map(|((pullback, x), (y, (d, d_dot)))| pull(pullback, *x, y, (*d, *d_dot))).unzip();
    let shaped = |values| Array::from_shape_vec(x.raw_dim(), values).expect("a value for each element");
    (shaped(values), shaped(tangents))
}
