//! What `jacobian` goes over: the numbers of tangents that are numbers or of one dimension.

use ndarray::{Array1, Array2};

use crate::dual::Dual;
use crate::real::Real;

/// A number, or a list or an array of one dimension.
#[diagnostic::on_unimplemented(
    message = "a Jacobian is of numbers, lists and arrays of one dimension, and not of `{Self}`",
    label = "not of one dimension"
)]
pub trait Entries {
    /// The type of the numbers.
    type Number: Real;

    /// All of them.
    fn entries(&self) -> &[Self::Number];

    /// The same, to be changed.
    fn entries_mut(&mut self) -> &mut [Self::Number];
}

macro_rules! float {
    ($($({$T:ident})? $float:ty),*) => {$(
        impl $(<$T: Real>)? Entries for $float {
            type Number = $float;

            fn entries(&self) -> &[$float] {
                std::slice::from_ref(self)
            }

            fn entries_mut(&mut self) -> &mut [$float] {
                std::slice::from_mut(self)
            }
        }
    )*};
}
float!(f32, f64, {T} Dual<T>);

/// What has its elements in one line.
pub trait Line<T> {
    /// All of them.
    fn line(&self) -> &[T];

    /// The same, to be changed.
    fn line_mut(&mut self) -> &mut [T];
}

impl<T> Line<T> for Vec<T> {
    fn line(&self) -> &[T] {
        self
    }

    fn line_mut(&mut self) -> &mut [T] {
        self
    }
}

impl<T, const M: usize> Line<T> for [T; M] {
    fn line(&self) -> &[T] {
        self
    }

    fn line_mut(&mut self) -> &mut [T] {
        self
    }
}

impl<T> Line<T> for Array1<T> {
    fn line(&self) -> &[T] {
        self.as_slice().expect("a tangent lies in one piece")
    }

    fn line_mut(&mut self) -> &mut [T] {
        self.as_slice_mut().expect("a tangent lies in one piece")
    }
}

macro_rules! line {
    ($({$($size:tt)*} $line:ty),*) => {$(
        impl<T: Real, $($size)*> Entries for $line {
            type Number = T;

            fn entries(&self) -> &[T] {
                self.line()
            }

            fn entries_mut(&mut self) -> &mut [T] {
                self.line_mut()
            }
        }
    )*};
}
line!({} Vec<T>, {const N: usize} [T; N], {} Array1<T>);

/// The Jacobian `[rows, entries of zero]`, column by column: `push` gives the tangent of the result along a tangent, which has
/// a 1 in one place.
pub fn by_columns<X: Entries, Y: Entries<Number = X::Number>>(
    rows: usize,
    zero: X,
    mut push: impl FnMut(&X) -> Y,
) -> Array2<X::Number> {
    let mut unit = zero;
    let mut jacobian = Array2::zeros((rows, unit.entries().len()));
    for (number, mut column) in jacobian.columns_mut().into_iter().enumerate() {
        unit.entries_mut()[number] = num_traits::one();
        let tangent = push(&unit);
        column.iter_mut().zip(tangent.entries()).for_each(|(entry, tangent)| *entry = *tangent);
        unit.entries_mut()[number] = num_traits::zero();
    }
    jacobian
}

/// A Jacobian without rows, for an argument with the tangent `zero`.
pub fn without_rows<X: Entries>(zero: &X, rows: usize) -> Array2<X::Number> {
    Array2::zeros((rows, zero.entries().len()))
}

/// The tangent with a 1 in one place.
pub fn unit<Y: Entries>(mut zero: Y, number: usize) -> Y {
    zero.entries_mut()[number] = num_traits::one();
    zero
}

/// Writes the gradient of one entry of the result.
pub fn set_row<X: Entries>(jacobian: &mut Array2<X::Number>, number: usize, gradient: &X) {
    jacobian.row_mut(number).iter_mut().zip(gradient.entries()).for_each(|(entry, gradient)| *entry = *gradient);
}

/// How many numbers a tangent has.
pub fn entries<X: Entries>(tangent: &X) -> usize {
    tangent.entries().len()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::{by_columns, entries, set_row, unit, without_rows};

    #[test]
    fn column_by_column_and_row_by_row() {
        let matrix = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        assert_eq!(by_columns(2, Array1::zeros(3), |x| matrix.dot(x)), matrix);
        let mut rows = without_rows(&vec![0.0; 3], 2);
        for row in 0..2 {
            set_row(&mut rows, row, &matrix.t().dot(&unit(Array1::zeros(2), row)));
        }
        assert_eq!(rows, matrix);
        assert_eq!([entries(&0.5), entries(&[1.0, 2.0])], [1, 2]);
    }
}
