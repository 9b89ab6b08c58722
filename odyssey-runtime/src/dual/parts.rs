//! From dual numbers back to numbers and their tangents, and what a pullback over dual numbers takes.

use ndarray::{Array, Dimension};

use super::{Dual, Lift, dual};
use crate::differentiable::for_each_tuple;
use crate::real::Real;
use crate::tangent::Tangent;

/// What an operation has made of dual numbers.
pub trait Parts {
    /// The numbers.
    type Value;

    /// Their tangents.
    type Tangent: Tangent;

    /// A cotangent of it, over dual numbers.
    type Cotangent;

    /// Both in one.
    fn of_parts(value: Self::Value, tangent: Self::Tangent) -> Self;

    /// Both parts.
    fn parts(self) -> (Self::Value, Self::Tangent);

    /// A cotangent with its tangent.
    fn join(d: Self::Tangent, d_dot: Self::Tangent) -> Self::Cotangent;
}

/// The numbers and their tangents.
#[inline]
pub fn parts<P: Parts>(dual: P) -> (P::Value, P::Tangent) {
    dual.parts()
}

/// The tangents of the numbers.
#[inline]
pub fn tangent_part<P: Parts>(dual: P) -> P::Tangent {
    dual.parts().1
}

/// `y` as a dual number.
#[inline]
#[track_caller]
pub(crate) fn with_tangent<Y: Clone + Lift<Lifted: Parts<Value = Y, Tangent = D>>, D: Clone>(y: &Y, y_dot: &D) -> Y::Lifted {
    Parts::of_parts(y.clone(), y_dot.clone())
}

/// A cotangent of `y` with its tangent.
#[inline]
#[track_caller]
pub(crate) fn join<P: Parts>(_y: &P, d: P::Tangent, d_dot: P::Tangent) -> P::Cotangent {
    P::join(d, d_dot)
}

impl<T: Real> Parts for Dual<T> {
    type Value = T;
    type Tangent = T;
    type Cotangent = Self;

    #[inline]
    fn of_parts(value: T, tangent: T) -> Self {
        Self { value, tangent }
    }

    #[inline]
    fn parts(self) -> (T, T) {
        (self.value, self.tangent)
    }

    #[inline]
    fn join(value: T, tangent: T) -> Self {
        Self { value, tangent }
    }
}

impl<T: Real, D: Dimension> Parts for Array<Dual<T>, D> {
    type Value = Array<T, D>;
    type Tangent = Array<T, D>;
    type Cotangent = Self;

    #[track_caller]
    fn of_parts(value: Array<T, D>, tangent: Array<T, D>) -> Self {
        dual(&value, &tangent)
    }

    fn parts(self) -> (Array<T, D>, Array<T, D>) {
        (self.map(|x| x.value), self.map(|x| x.tangent))
    }

    #[track_caller]
    fn join(d: Array<T, D>, d_dot: Array<T, D>) -> Self {
        dual(&d, &d_dot)
    }
}

impl<P: Parts> Parts for Vec<P> {
    type Value = Vec<P::Value>;
    type Tangent = Vec<P::Tangent>;
    type Cotangent = Vec<P::Cotangent>;

    #[track_caller]
    fn of_parts(value: Vec<P::Value>, tangent: Vec<P::Tangent>) -> Self {
        pairs(value, tangent).map(|(value, tangent)| P::of_parts(value, tangent)).collect()
    }

    fn parts(self) -> (Vec<P::Value>, Vec<P::Tangent>) {
        self.into_iter().map(P::parts).unzip()
    }

    #[track_caller]
    fn join(d: Vec<P::Tangent>, d_dot: Vec<P::Tangent>) -> Vec<P::Cotangent> {
        pairs(d, d_dot).map(|(d, d_dot)| P::join(d, d_dot)).collect()
    }
}

/// The elements of two lists. Panics if one is longer.
#[track_caller]
fn pairs<A, B>(a: Vec<A>, b: Vec<B>) -> impl Iterator<Item = (A, B)> {
    assert!(a.len() == b.len(), "a tangent of length {} for a list of length {}", b.len(), a.len());
    a.into_iter().zip(b)
}

impl<P: Parts, const N: usize> Parts for [P; N]
where
    [P::Tangent; N]: Tangent,
{
    type Value = [P::Value; N];
    type Tangent = [P::Tangent; N];
    type Cotangent = [P::Cotangent; N];

    #[track_caller]
    fn of_parts(value: [P::Value; N], tangent: [P::Tangent; N]) -> Self {
        let mut tangents = tangent.into_iter();
        value.map(|value| P::of_parts(value, tangents.next().expect(NO_TANGENT)))
    }

    fn parts(self) -> ([P::Value; N], [P::Tangent; N]) {
        let mut tangents = Vec::with_capacity(N);
        let values = self.map(|element| {
            let (value, tangent) = element.parts();
            tangents.push(tangent);
            value
        });
        let mut tangents = tangents.into_iter();
        (values, std::array::from_fn(|_| tangents.next().expect(NO_TANGENT)))
    }

    #[track_caller]
    fn join(d: [P::Tangent; N], d_dot: [P::Tangent; N]) -> [P::Cotangent; N] {
        let mut tangents = d_dot.into_iter();
        d.map(|d| P::join(d, tangents.next().expect(NO_TANGENT)))
    }
}

impl<P: Parts> Parts for Box<P> {
    type Value = Box<P::Value>;
    type Tangent = Box<P::Tangent>;
    type Cotangent = Box<P::Cotangent>;

    #[track_caller]
    fn of_parts(value: Box<P::Value>, tangent: Box<P::Tangent>) -> Self {
        Box::new(P::of_parts(*value, *tangent))
    }

    fn parts(self) -> (Box<P::Value>, Box<P::Tangent>) {
        let (value, tangent) = (*self).parts();
        (Box::new(value), Box::new(tangent))
    }

    #[track_caller]
    fn join(d: Box<P::Tangent>, d_dot: Box<P::Tangent>) -> Box<P::Cotangent> {
        Box::new(P::join(*d, *d_dot))
    }
}

impl Parts for () {
    type Value = ();
    type Tangent = ();
    type Cotangent = ();

    fn of_parts((): (), (): ()) {}

    fn parts(self) -> ((), ()) {
        ((), ())
    }

    fn join((): (), (): ()) {}
}

impl<P: Parts> Parts for Option<P> {
    type Value = Option<P::Value>;
    type Tangent = Option<P::Tangent>;
    type Cotangent = Option<P::Cotangent>;

    #[track_caller]
    fn of_parts(value: Option<P::Value>, tangent: Option<P::Tangent>) -> Self {
        value.map(|value| P::of_parts(value, tangent.expect(NO_TANGENT)))
    }

    fn parts(self) -> (Option<P::Value>, Option<P::Tangent>) {
        self.map(P::parts).unzip()
    }

    #[track_caller]
    fn join(d: Option<P::Tangent>, d_dot: Option<P::Tangent>) -> Option<P::Cotangent> {
        join_optional::<P>(d, d_dot)
    }
}

/// The tangent of a `Result` is an `Option`.
impl<P: Parts, E> Parts for Result<P, E> {
    type Value = Result<P::Value, E>;
    type Tangent = Option<P::Tangent>;
    type Cotangent = Option<P::Cotangent>;

    #[track_caller]
    fn of_parts(value: Result<P::Value, E>, tangent: Option<P::Tangent>) -> Self {
        value.map(|value| P::of_parts(value, tangent.expect(NO_TANGENT)))
    }

    fn parts(self) -> (Result<P::Value, E>, Option<P::Tangent>) {
        match self.map(P::parts) {
            Ok((value, tangent)) => (Ok(value), Some(tangent)),
            Err(error) => (Err(error), None),
        }
    }

    #[track_caller]
    fn join(d: Option<P::Tangent>, d_dot: Option<P::Tangent>) -> Option<P::Cotangent> {
        join_optional::<P>(d, d_dot)
    }
}

const NO_TANGENT: &str = "what is there has a tangent";

/// `None` counts as zero.
#[track_caller]
fn join_optional<P: Parts>(d: Option<P::Tangent>, d_dot: Option<P::Tangent>) -> Option<P::Cotangent> {
    let zero_like = |d: &P::Tangent| {
        let mut zero = d.clone();
        zero.clear();
        zero
    };
    let d = d.or_else(|| d_dot.as_ref().map(zero_like))?;
    let d_dot = d_dot.unwrap_or_else(|| zero_like(&d));
    Some(P::join(d, d_dot))
}

macro_rules! tuple {
    ($($P:ident $i:tt),*) => {
        impl<$($P: Parts),*> Parts for ($($P,)*) {
            type Value = ($($P::Value,)*);
            type Tangent = ($($P::Tangent,)*);
            type Cotangent = ($($P::Cotangent,)*);

            #[track_caller]
            fn of_parts(value: Self::Value, tangent: Self::Tangent) -> Self {
                ($($P::of_parts(value.$i, tangent.$i),)*)
            }

            fn parts(self) -> (Self::Value, Self::Tangent) {
                let parts = ($(self.$i.parts(),)*);
                (($(parts.$i.0,)*), ($(parts.$i.1,)*))
            }

            #[track_caller]
            fn join(d: Self::Tangent, d_dot: Self::Tangent) -> Self::Cotangent {
                ($($P::join(d.$i, d_dot.$i),)*)
            }
        }
    };
}
for_each_tuple!(tuple);
