//! Each element from one of two arrays, by a mask.

use ndarray::{Array, ArrayBase, ArrayRef, ArrayView, Data, Dimension, Zip};

use super::probe::{IsChoice, Probe, Probed};
use super::tensor::Tensor;
use crate::dual::Dual;
use crate::elementwise::{Operand, Rank, fit};
use crate::real::Real;

/// `a` where the mask is true, else `b`: an array of the shape of the mask. `a` and `b` are arrays of that shape or numbers.
/// What is not chosen contributes nothing to the derivative, whatever it is. Panics if an array has another shape.
#[track_caller]
pub fn select_where<M: Mask<A, B> + ?Sized, A: ?Sized, B: ?Sized>(mask: &M, a: &A, b: &B) -> M::Chosen {
    mask.choose(a, b)
}

/// What chooses between `A` and `B`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot choose between `{A}` and `{B}`",
    label = "not an array of `bool`",
    note = "a mask is an array of `bool`; what it chooses from are arrays or numbers of one float type"
)]
pub trait Mask<A: ?Sized, B: ?Sized> {
    /// The result.
    type Chosen;

    /// `a` where the mask is true, else `b`.
    #[track_caller]
    fn choose(&self, a: &A, b: &B) -> Self::Chosen;
}

impl<S, D, A, B> Mask<A, B> for ArrayBase<S, D>
where
    S: Data<Elem = bool>,
    D: Dimension,
    A: Alternative + ?Sized,
    B: Alternative<Elem = A::Elem> + ?Sized,
{
    type Chosen = Array<A::Elem, D>;

    #[track_caller]
    fn choose(&self, a: &A, b: &B) -> Array<A::Elem, D> {
        let (a, b) = (a.tensor_view(), b.tensor_view());
        let (a, b) = (repeated(&a, self.raw_dim()), repeated(&b, self.raw_dim()));
        Zip::from(self).and(&a).and(&b).map_collect(|mask, a, b| if *mask { *a } else { *b })
    }
}

impl Mask<Probe, Probe> for Probe {
    type Chosen = Probed<select_where>;

    fn choose(&self, _a: &Probe, _b: &Probe) -> Probed<select_where> {
        self.absurd()
    }
}

/// An array of `bool`, or a reference to one.
pub trait Flags {
    /// Its rank.
    type Dim: Dimension;

    /// All of it, borrowed.
    fn flags(&self) -> ArrayView<'_, bool, Self::Dim>;
}

impl<S: Data<Elem = bool>, D: Dimension> Flags for ArrayBase<S, D> {
    type Dim = D;

    fn flags(&self) -> ArrayView<'_, bool, D> {
        self.view()
    }
}

impl<M: Flags + ?Sized> Flags for &M {
    type Dim = M::Dim;

    fn flags(&self) -> ArrayView<'_, bool, M::Dim> {
        (**self).flags()
    }
}

/// 1 where the mask is true, else 0, in the type of the elements of `like`: what kernels choose by. The function that is
/// called has to be [`select_where()`].
#[doc(hidden)]
pub fn mask_like<F: IsChoice<select_where>, M: Flags + ?Sized, X: Tensor + ?Sized>(
    _called: F,
    mask: &M,
    _like: &X,
) -> Array<X::Elem, M::Dim> {
    mask.flags().mapv(|mask| if mask { num_traits::one() } else { num_traits::zero() })
}

/// What a mask chooses from: an array, a view or a number.
pub trait Alternative: Tensor {
    /// What has the shape of its cotangent.
    type Again: Operand<Float = Self::Elem> + ?Sized;

    /// The reference.
    fn again(&self) -> &Self::Again;
}

macro_rules! float {
    ($($({$T:ident})? $float:ty),*) => {$(
        impl $(<$T: Real>)? Alternative for $float {
            type Again = Self;

            fn again(&self) -> &Self {
                self
            }
        }
    )*};
}
float!(f32, f64, {T} Dual<T>);

impl<T: Real, S: Data<Elem = T>, D: Dimension> Alternative for ArrayBase<S, D> {
    type Again = ArrayRef<T, D>;

    fn again(&self) -> &ArrayRef<T, D> {
        self
    }
}

impl<T: Real, D: Dimension> Alternative for ArrayRef<T, D> {
    type Again = Self;

    fn again(&self) -> &Self {
        self
    }
}

impl<A: Alternative + ?Sized> Alternative for &A {
    type Again = A::Again;

    fn again(&self) -> &A::Again {
        (**self).again()
    }
}

/// The cotangent of an alternative: a number or an array.
pub type Cotangent<A> = <<<A as Alternative>::Again as Operand>::Dim as Rank>::Of<<A as Tensor>::Elem>;

#[track_caller]
fn repeated<'x, T: Real, A: Dimension, D: Dimension>(x: &'x ArrayView<'_, T, A>, dim: D) -> ArrayView<'x, T, D> {
    let (own, shape) = (x.shape(), dim.clone());
    assert!(
        own.is_empty() || own == shape.slice(),
        "an array of shape {own:?} cannot be chosen from by a mask of shape {:?}",
        shape.slice()
    );
    x.broadcast(dim).expect("of that shape, or a number")
}

/// The derivative of [`select_where()`].
#[allow(non_camel_case_types, reason = "the companion of a function has its name")]
#[derive(Debug)]
pub struct select_where {}

impl select_where {
    /// The value, and the function from its cotangent to those of `a` and `b`.
    #[track_caller]
    #[allow(clippy::type_complexity, reason = "a value and a pullback")]
    pub fn vjp<S, D, A, B>(
        mask: &ArrayBase<S, D>,
        a: &A,
        b: &B,
    ) -> (Array<A::Elem, D>, impl FnOnce(Array<A::Elem, D>) -> (Cotangent<A>, Cotangent<B>))
    where
        S: Data<Elem = bool>,
        D: Dimension,
        A: Alternative + ?Sized,
        B: Alternative<Elem = A::Elem> + ?Sized,
    {
        (mask.choose(a, b), move |dy| (where_mask(mask, true, &dy, a.again()), where_mask(mask, false, &dy, b.again())))
    }
}

/// `dy` where the mask is `chosen`, 0 elsewhere, summed to the shape of `like`.
#[track_caller]
fn where_mask<T: Real, D: Dimension, X: Operand<Float = T> + ?Sized>(
    mask: &ArrayRef<bool, D>,
    chosen: bool,
    dy: &Array<T, D>,
    like: &X,
) -> <X::Dim as Rank>::Of<T> {
    let d = Zip::from(mask).and(dy).map_collect(|mask, dy| if *mask == chosen { *dy } else { T::zero() });
    fit(d, like)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::select_where;

    #[test]
    fn chooses() {
        let mask = array![[true, false], [false, true]];
        let (a, b) = (array![[1.0, 2.0], [3.0, 4.0]], array![[10.0, 20.0], [30.0, 40.0]]);
        assert_eq!(select_where(&mask, &a, &b), array![[1.0, 20.0], [30.0, 4.0]]);
        assert_eq!(select_where(&mask.t(), &0.5, &a.view()), array![[0.5, 2.0], [3.0, 0.5]]);
        assert_eq!(select_where(&Array2::from_elem((0, 2), true), &1.0f32, &2.0f32).dim(), (0, 2));
    }

    #[test]
    fn what_is_not_chosen_gets_nothing() {
        let mask = array![[true, false], [false, false]];
        let a = array![[1.0, f64::NAN], [f64::INFINITY, 4.0]];
        let (_, pullback) = select_where::vjp(&mask, &a, &10.0);
        assert_eq!(pullback(array![[1.0, 2.0], [3.0, 4.0]]), (array![[1.0, 0.0], [0.0, 0.0]], 9.0));
    }

    #[test]
    #[should_panic(expected = "an array of shape [3] cannot be chosen from by a mask of shape [2]")]
    fn shapes_are_checked() {
        select_where(&array![true, false], &array![1.0, 2.0, 3.0], &0.0);
    }
}
