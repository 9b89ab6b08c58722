//! From dual numbers back to numbers and their tangents, and what a pullback over dual numbers takes.

use ndarray::{Array, Dimension};

use super::{Dual, Lift, dual, dual_array, dual_list};
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

impl<T: Real> Parts for Vec<Dual<T>> {
    type Value = Vec<T>;
    type Tangent = Vec<T>;
    type Cotangent = Self;

    #[track_caller]
    fn of_parts(value: Vec<T>, tangent: Vec<T>) -> Self {
        dual_list(&value, &tangent)
    }

    fn parts(self) -> (Vec<T>, Vec<T>) {
        self.into_iter().map(Dual::parts).unzip()
    }

    #[track_caller]
    fn join(d: Vec<T>, d_dot: Vec<T>) -> Self {
        dual_list(&d, &d_dot)
    }
}

impl<T: Real, const N: usize> Parts for [Dual<T>; N] {
    type Value = [T; N];
    type Tangent = [T; N];
    type Cotangent = Self;

    fn of_parts(value: [T; N], tangent: [T; N]) -> Self {
        dual_array(&value, &tangent)
    }

    fn parts(self) -> ([T; N], [T; N]) {
        (self.map(|x| x.value), self.map(|x| x.tangent))
    }

    fn join(d: [T; N], d_dot: [T; N]) -> Self {
        dual_array(&d, &d_dot)
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
