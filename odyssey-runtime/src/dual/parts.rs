//! From dual numbers back to numbers and their tangents.

use ndarray::{Array, ArrayBase, Data, Dimension};

use super::Dual;
use crate::differentiable::for_each_tuple;

/// What an operation has made of dual numbers.
pub trait Parts {
    /// The numbers.
    type Value;

    /// Their tangents.
    type Tangent;

    /// Both.
    fn parts(self) -> (Self::Value, Self::Tangent);
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

impl<T> Parts for Dual<T> {
    type Value = T;
    type Tangent = T;

    #[inline]
    fn parts(self) -> (T, T) {
        (self.value, self.tangent)
    }
}

impl<T: Copy, S: Data<Elem = Dual<T>>, D: Dimension> Parts for ArrayBase<S, D> {
    type Value = Array<T, D>;
    type Tangent = Array<T, D>;

    fn parts(self) -> (Array<T, D>, Array<T, D>) {
        (self.map(|x| x.value), self.map(|x| x.tangent))
    }
}

impl Parts for () {
    type Value = ();
    type Tangent = ();

    fn parts(self) -> ((), ()) {
        ((), ())
    }
}

impl<P: Parts> Parts for Option<P> {
    type Value = Option<P::Value>;
    type Tangent = Option<P::Tangent>;

    fn parts(self) -> (Option<P::Value>, Option<P::Tangent>) {
        self.map(P::parts).unzip()
    }
}

/// The tangent of a `Result` is an `Option`.
impl<P: Parts, E> Parts for Result<P, E> {
    type Value = Result<P::Value, E>;
    type Tangent = Option<P::Tangent>;

    fn parts(self) -> (Result<P::Value, E>, Option<P::Tangent>) {
        match self.map(P::parts) {
            Ok((value, tangent)) => (Ok(value), Some(tangent)),
            Err(error) => (Err(error), None),
        }
    }
}

macro_rules! tuple {
    ($($P:ident $i:tt),*) => {
        impl<$($P: Parts),*> Parts for ($($P,)*) {
            type Value = ($($P::Value,)*);
            type Tangent = ($($P::Tangent,)*);

            fn parts(self) -> (Self::Value, Self::Tangent) {
                let parts = ($(self.$i.parts(),)*);
                (($(parts.$i.0,)*), ($(parts.$i.1,)*))
            }
        }
    };
}
for_each_tuple!(tuple);
