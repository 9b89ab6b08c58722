//! What rules and pullbacks read and give, as lists of numbers.

use ndarray::{Array, ArrayBase, Data, Dimension, IntoDimension};

/// Numbers without a pattern.
pub(super) fn numbers<S: IntoDimension>(shape: S, seed: usize) -> Array<f64, S::Dim> {
    let mut i = 0.0;
    Array::from_shape_simple_fn(shape.into_dimension(), || {
        i += 1.7;
        (i + seed as f64 * 0.61).sin()
    })
}

/// What a rule reads.
pub(super) trait Read {
    /// A direction, by the number of the operand.
    fn direction(&self, number: usize) -> Self;

    /// So far along it.
    fn moved(&self, number: usize, step: f64) -> Self;
}

impl Read for f64 {
    fn direction(&self, number: usize) -> f64 {
        (number as f64 * 1.1 + 0.4).cos()
    }

    fn moved(&self, number: usize, step: f64) -> f64 {
        self + step * self.direction(number)
    }
}

impl<D: Dimension> Read for Array<f64, D> {
    fn direction(&self, number: usize) -> Self {
        numbers(self.raw_dim(), 50 + 7 * number).into_dimensionality().unwrap()
    }

    fn moved(&self, number: usize, step: f64) -> Self {
        self + &(self.direction(number) * step)
    }
}

/// What a rule gives.
pub(super) trait Given {
    fn list(&self) -> Vec<f64>;
}

impl Given for f64 {
    fn list(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl<S: Data<Elem = f64>, D: Dimension> Given for ArrayBase<S, D> {
    fn list(&self) -> Vec<f64> {
        self.iter().copied().collect()
    }
}

impl Given for () {
    fn list(&self) -> Vec<f64> {
        Vec::new()
    }
}

impl<A: Given> Given for Option<A> {
    fn list(&self) -> Vec<f64> {
        self.as_ref().expect("a result").list()
    }
}

impl<A: Given, E: std::fmt::Debug> Given for Result<A, E> {
    fn list(&self) -> Vec<f64> {
        self.as_ref().expect("a result").list()
    }
}

/// A result, of which a cotangent moves along its own direction.
pub(super) trait Answer: Given {
    type Cotangent;

    fn cotangent(&self, step: f64) -> Self::Cotangent;

    fn cotangent_dot(&self) -> Self::Cotangent;
}

macro_rules! answer {
    ($([$($generics:tt)*] $type:ty),*) => {$(
        impl $($generics)* Answer for $type {
            type Cotangent = Self;

            fn cotangent(&self, step: f64) -> Self {
                self.direction(20).moved(21, step)
            }

            fn cotangent_dot(&self) -> Self {
                self.direction(21)
            }
        }
    )*};
}
answer!([] f64, [<D: Dimension>] Array<f64, D>);

impl<A: Answer> Answer for Option<A> {
    type Cotangent = Option<A::Cotangent>;

    fn cotangent(&self, step: f64) -> Self::Cotangent {
        self.as_ref().map(|y| y.cotangent(step))
    }

    fn cotangent_dot(&self) -> Self::Cotangent {
        self.as_ref().map(A::cotangent_dot)
    }
}

impl<A: Answer, E: std::fmt::Debug> Answer for Result<A, E> {
    type Cotangent = Option<A::Cotangent>;

    fn cotangent(&self, step: f64) -> Self::Cotangent {
        self.as_ref().ok().map(|y| y.cotangent(step))
    }

    fn cotangent_dot(&self) -> Self::Cotangent {
        self.as_ref().ok().map(A::cotangent_dot)
    }
}

/// Numbers and their tangents, of what is wanted.
pub(super) trait Half {
    fn half(&self) -> (Vec<f64>, Vec<f64>);
}

impl Half for () {
    fn half(&self) -> (Vec<f64>, Vec<f64>) {
        (Vec::new(), Vec::new())
    }
}

impl<A: Given> Half for (A, A) {
    fn half(&self) -> (Vec<f64>, Vec<f64>) {
        (self.0.list(), self.1.list())
    }
}

/// The same of all arguments.
pub(super) trait Halves {
    fn halves(&self) -> (Vec<f64>, Vec<f64>);
}

macro_rules! tuple {
    ($($($A:ident $i:tt),+;)*) => {$(
        impl<$($A: Given),+> Given for ($($A,)+) {
            fn list(&self) -> Vec<f64> {
                [$(self.$i.list()),+].concat()
            }
        }

        impl<$($A: Half),+> Halves for ($($A,)+) {
            fn halves(&self) -> (Vec<f64>, Vec<f64>) {
                let all = [$(self.$i.half()),+];
                (all.iter().flat_map(|half| half.0.clone()).collect(), all.iter().flat_map(|half| half.1.clone()).collect())
            }
        }
    )*};
}
tuple! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}

macro_rules! several {
    ($($($A:ident $i:tt),+;)*) => {$(
        impl<$($A: Answer),+> Answer for ($($A,)+) {
            type Cotangent = ($($A::Cotangent,)+);

            fn cotangent(&self, step: f64) -> Self::Cotangent {
                ($(self.$i.cotangent(step),)+)
            }

            fn cotangent_dot(&self) -> Self::Cotangent {
                ($(self.$i.cotangent_dot(),)+)
            }
        }
    )*};
}
several! {
    A 0, B 1;
    A 0, B 1, C 2;
}
