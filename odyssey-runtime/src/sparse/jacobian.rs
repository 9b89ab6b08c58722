//! A Jacobian by its colours.

use ndarray::{Array1, Array2};
use num_traits::Float;

use super::Sparsity;
use crate::differentiable::{Differentiable, zero_tangent};
use crate::directions::{Along, Separate};
use crate::jacobian::Entries;
use crate::real::Real;

impl Sparsity {
    /// The Jacobian of a function at `x`, of which `push` is the tangent of the result along that of the argument: `|direction| f::jvp(&x,
    /// direction).1`. With `|direction| f::hvp(&x, direction)` it is the Hessian.
    ///
    /// Numbers, lists and arrays of one dimension, as for `jacobian`. An entry that the pattern leaves out is taken to be zero. In builds with debug
    /// assertions, one more pass finds out whether it is.
    ///
    /// # Panics
    ///
    /// If `x` or the tangent has another length than the pattern, or (see above) the pattern leaves something out.
    #[track_caller]
    pub fn jacobian<X, Y>(&self, x: X, mut push: impl FnMut(X::Tangent) -> Y) -> SparseJacobian<'_, Y::Number>
    where
        X: Differentiable<Tangent: Entries<Number = Y::Number>>,
        Y: Entries,
    {
        self.in_passes(Separate::zeros(&zero_tangent(&x)), |Separate([direction])| Separate([push(direction.clone())]))
    }

    /// The same of a function along `N` directions at a time, which take the place of zeros.
    #[track_caller]
    pub(crate) fn in_passes<X, Y, const N: usize>(&self, zeros: X, mut push: impl FnMut(&X) -> Y) -> SparseJacobian<'_, Y::Number>
    where
        X: Along<N, Number = Y::Number>,
        Y: Along<N>,
    {
        let (rows, columns) = self.shape();
        let mut directions = zeros;
        let numbers = directions.numbers();
        assert!(numbers == columns, "the pattern has {columns} columns, the argument {numbers} numbers");
        let mut along = |weight: &dyn Fn(usize, usize) -> Y::Number| {
            for column in 0..columns {
                (0..N).for_each(|direction| directions.write(column, direction, weight(column, direction)));
            }
            let tangents = push(&directions);
            let numbers = tangents.numbers();
            assert!(numbers == rows, "the pattern has {rows} rows, the result {numbers} numbers");
            tangents
        };
        let mut of_colours = vec![Vec::new(); self.passes()];
        for (number, (row, column)) in self.entries().enumerate() {
            of_colours[self.colours.of[column]].push((number, row));
        }
        let mut values = vec![num_traits::zero(); self.len()];
        for (pass, colours) in of_colours.chunks(N).enumerate() {
            let is_along = |column, direction| self.colours.of[column] == N * pass + direction;
            let one_or_zero = |is_along| if is_along { num_traits::one() } else { num_traits::zero() };
            let tangents = along(&|column, direction| one_or_zero(is_along(column, direction)));
            for (direction, entries) in colours.iter().enumerate() {
                entries.iter().for_each(|(number, row)| values[*number] = tangents.number(*row, direction));
            }
        }
        let jacobian = SparseJacobian { sparsity: self, values };
        if cfg!(debug_assertions) && columns > 0 {
            let direction: Array1<Y::Number> = (0..columns).map(without_a_pattern).collect();
            let tangents = along(&|column, _| direction[column]);
            jacobian.assert_whole(&direction, |row| tangents.number(row, 0));
        }
        jacobian
    }
}

/// A sparse Jacobian or Hessian, several colours at a time: what generated code calls.
#[track_caller]
pub fn by_colours<X, Y, const N: usize>(sparsity: &Sparsity, zeros: X, push: impl FnMut(&X) -> Y) -> SparseJacobian<'_, Y::Number>
where
    X: Along<N, Number = Y::Number>,
    Y: Along<N>,
{
    sparsity.in_passes(zeros, push)
}

impl Sparsity {
    /// The pattern of a function's Jacobian at `x`: which numbers of the result a NaN in each number of the direction reaches. One pass a column, for a
    /// pattern that serves ever after; `push` is as for [`jacobian`](Sparsity::jacobian).
    ///
    /// It does not depend on whether a derivative happens to be zero at `x`, but on what runs there: of a branch that is not taken, an element
    /// that is not the largest, it sees nothing.
    #[track_caller]
    pub fn detect<X, Y>(x: X, mut push: impl FnMut(X::Tangent) -> Y) -> Self
    where
        X: Differentiable<Tangent: Entries<Number = Y::Number>>,
        Y: Entries,
    {
        let zero = zero_tangent(&x);
        let (rows, columns) = (push(zero.clone()).entries().len(), zero.entries().len());
        let mut entries = Vec::new();
        for column in 0..columns {
            let mut direction = zero.clone();
            direction.entries_mut()[column] = Y::Number::nan();
            let tangent = push(direction);
            let reached = tangent.entries().iter().enumerate().filter(|(_, tangent)| tangent.is_nan());
            entries.extend(reached.map(|(row, _)| (row, column)));
        }
        Self::new(rows, columns, entries)
    }
}

/// Numbers between 1 and 2, of which no sum is another by chance: the fractional parts of multiples of the golden ratio.
fn without_a_pattern<T: Real>(number: usize) -> T {
    T::lit(1.0 + (number as f64 * 0.618_033_988_749_894_8).fract())
}

/// The entries of a Jacobian that may be other than zero.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseJacobian<'s, T> {
    sparsity: &'s Sparsity,
    /// In the order of the pattern's entries.
    values: Vec<T>,
}

impl<T: Real> SparseJacobian<'_, T> {
    /// Rows, of the result, and columns, of the argument.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        self.sparsity.shape()
    }

    /// The values of the entries, row by row.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// Each entry's row, column and value, row by row: what libraries for sparse matrices take.
    pub fn triplets(&self) -> impl Iterator<Item = (usize, usize, T)> + '_ {
        self.sparsity.entries().zip(&self.values).map(|((row, column), value)| (row, column, *value))
    }

    /// The same as a matrix, zeros and all.
    #[must_use]
    pub fn to_dense(&self) -> Array2<T> {
        let mut dense = Array2::zeros(self.shape());
        for (row, column, value) in self.triplets() {
            dense[[row, column]] = value;
        }
        dense
    }

    /// The product with a vector.
    ///
    /// # Panics
    ///
    /// If it does not have a number for each column.
    #[must_use]
    #[track_caller]
    pub fn dot(&self, x: &Array1<T>) -> Array1<T> {
        let (rows, columns) = self.shape();
        assert!(x.len() == columns, "a matrix of {rows} by {columns} and a vector of {}", x.len());
        let mut y = Array1::zeros(rows);
        for (row, column, value) in self.triplets() {
            y[row] += value * x[column];
        }
        y
    }

    /// The product of the transpose with a vector: the gradient of half of the sum of squares, for the vector of residuals.
    ///
    /// # Panics
    ///
    /// If it does not have a number for each row.
    #[must_use]
    #[track_caller]
    pub fn transposed_dot(&self, y: &Array1<T>) -> Array1<T> {
        let (rows, columns) = self.shape();
        assert!(y.len() == rows, "a matrix of {columns} by {rows} and a vector of {}", y.len());
        let mut x = Array1::zeros(columns);
        for (row, column, value) in self.triplets() {
            x[column] += value * y[row];
        }
        x
    }

    /// Panics if the tangent along a direction is another than the entries say.
    #[track_caller]
    fn assert_whole(&self, direction: &Array1<T>, tangent: impl Fn(usize) -> T) {
        let found = self.dot(direction);
        let mut scale = Array1::<T>::zeros(found.len());
        for (row, column, value) in self.triplets() {
            scale[row] += (value * direction[column]).abs();
        }
        for (row, found) in found.iter().enumerate() {
            let expected = tangent(row);
            let tolerance = T::epsilon().sqrt() * (scale[row] + expected.abs());
            let is_near = (*found - expected).abs() <= tolerance || found.is_nan() || expected.is_nan() || !tolerance.is_finite();
            assert!(is_near, "row {row} of the Jacobian has an entry other than zero that the pattern leaves out");
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::super::Sparsity;

    /// `y[i] = x[i]² x[i + 1]`, by hand.
    fn push(x: &Array1<f64>, d: &Array1<f64>) -> Vec<f64> {
        (0..x.len() - 1).map(|i| 2.0 * x[i] * x[i + 1] * d[i] + x[i] * x[i] * d[i + 1]).collect()
    }

    #[test]
    fn in_two_passes() {
        let x = array![0.5, -2.0, 3.0, 0.25];
        let sparsity = Sparsity::banded(3, 4, 0, 1);
        let mut passes = 0;
        let jacobian = sparsity.jacobian(&x, |d| {
            passes += 1;
            push(&x, &d)
        });
        assert_eq!(passes, 2 + usize::from(cfg!(debug_assertions)));
        let dense = array![[-2.0, 0.25, 0.0, 0.0], [0.0, -12.0, 4.0, 0.0], [0.0, 0.0, 1.5, 9.0]];
        assert_eq!(jacobian.to_dense(), dense);
        let (v, w) = (array![1.0, 2.0, -1.0, 0.5], array![3.0, -1.0, 0.5]);
        assert_eq!(jacobian.dot(&v), dense.dot(&v));
        assert_eq!(jacobian.transposed_dot(&w), dense.t().dot(&w));
        assert_eq!(jacobian.triplets().next(), Some((0, 0, -2.0)));
        assert_eq!((jacobian.values().len(), jacobian.shape()), (6, (3, 4)));
    }

    #[test]
    fn detected_where_entries_are_zero_by_chance() {
        let x = Array1::zeros(4);
        assert_eq!(Sparsity::detect(&x, |d| push(&x, &d)), Sparsity::banded(3, 4, 0, 1));
        assert!(Sparsity::detect(&x, |_| Vec::<f64>::new()).is_empty());
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "row 1 of the Jacobian has an entry other than zero that the pattern leaves out")]
    fn left_out() {
        let x = array![0.5, -2.0, 3.0, 0.25];
        let _ = Sparsity::new(3, 4, [(0, 0), (0, 1), (1, 1), (2, 2), (2, 3)]).jacobian(&x, |d| push(&x, &d));
    }

    #[test]
    #[should_panic(expected = "the pattern has 5 columns, the argument 4 numbers")]
    fn another_length() {
        let x = array![0.5, -2.0, 3.0, 0.25];
        let _ = Sparsity::banded(3, 5, 0, 1).jacobian(&x, |d| push(&x, &d));
    }

    #[test]
    #[should_panic(expected = "the pattern has 4 rows, the result 3 numbers")]
    fn another_result() {
        let x = array![0.5, -2.0, 3.0, 0.25];
        let _ = Sparsity::banded(4, 4, 0, 1).jacobian(&x, |d| push(&x, &d));
    }

    #[test]
    fn numbers_lists_and_nothing() {
        let sparsity = Sparsity::new(2, 1, [(1, 0)]);
        assert_eq!(sparsity.jacobian(0.5_f32, |d| [0.0, 3.0 * d]).values(), [3.0]);
        let x: [f64; 0] = [];
        let none = Sparsity::new(0, 0, []);
        let jacobian = none.jacobian(&x[..], |d| d);
        assert_eq!(jacobian.to_dense().dim(), (0, 0));
    }
}
