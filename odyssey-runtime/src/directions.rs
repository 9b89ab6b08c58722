//! Several directions in one forward pass: a tangent is an array of those in each direction.

use std::cell::Cell;
use std::ops::Range;

use ndarray::{Array, Array2, Dimension};

use crate::differentiable::Differentiable;
use crate::jacobian::{Entries, Line};
use crate::real::Real;

/// How many columns of a Jacobian or of a Hessian come at a time.
pub const DIRECTIONS: usize = 4;

/// What a function of the number of a direction gives for each of them.
#[inline]
pub fn each_direction<T, const N: usize>(one: impl FnMut(usize) -> T) -> [T; N] {
    std::array::from_fn(one)
}

/// The same of numbers, in a loop that LLVM makes vector instructions of.
#[inline]
pub fn numbers<T: Numbers, const N: usize>(mut one: impl FnMut(usize) -> T) -> [T; N] {
    let mut all = [T::zeros(); N];
    for (direction, place) in all.iter_mut().enumerate() {
        *place = one(direction);
    }
    all
}

/// A number, or a tuple of numbers.
pub trait Numbers: Copy {
    /// All of them zero.
    fn zeros() -> Self;
}

impl<T: Real> Numbers for T {
    #[inline]
    fn zeros() -> T {
        num_traits::zero()
    }
}

/// One of several that are the same, of which there is at least one.
#[inline]
pub fn common<T, const N: usize>(several: [T; N]) -> T {
    several.into_iter().next().expect("there is a direction")
}

/// A tuple, of which there is one for each direction.
pub trait Unzip<const N: usize>: Sized {
    /// A tuple of arrays.
    type Several;

    /// Puts each part into an array of its own.
    fn unzip(each: [Self; N]) -> Self::Several;

    /// The same of numbers, which stay in registers.
    fn unzip_numbers(each: [Self; N]) -> Self::Several
    where
        Self: Copy;
}

/// From an array of tuples to a tuple of arrays.
#[inline]
pub fn unzip<T: Unzip<N>, const N: usize>(each: [T; N]) -> T::Several {
    T::unzip(each)
}

/// The same of numbers.
#[inline]
pub fn unzip_numbers<T: Unzip<N> + Copy, const N: usize>(each: [T; N]) -> T::Several {
    T::unzip_numbers(each)
}

macro_rules! tuples {
    ($($number:tt $part:ident $several:ident),+) => {
        impl<$($part: Numbers),+> Numbers for ($($part,)+) {
            #[inline]
            fn zeros() -> Self {
                ($($part::zeros(),)+)
            }
        }

        impl<$($part,)+ const N: usize> Unzip<N> for ($($part,)+) {
            type Several = ($([$part; N],)+);

            #[inline]
            #[allow(non_snake_case, reason = "the names of the types are at hand")]
            fn unzip(each: [Self; N]) -> Self::Several {
                $(let mut $several = [const { None }; N];)+
                for (direction, ($($part,)+)) in each.into_iter().enumerate() {
                    $($several[direction] = Some($part);)+
                }
                ($($several.map(|part| part.expect("each direction has one")),)+)
            }

            #[inline]
            fn unzip_numbers(each: [Self; N]) -> Self::Several
            where
                Self: Copy,
            {
                ($(each.map(|parts| parts.$number),)+)
            }
        }
    };
}
tuples!(0 A a);
tuples!(0 A a, 1 B b);
tuples!(0 A a, 1 B b, 2 C c);
tuples!(0 A a, 1 B b, 2 C c, 3 D d);
tuples!(0 A a, 1 B b, 2 C c, 3 D d, 4 E e);
tuples!(0 A a, 1 B b, 2 C c, 3 D d, 4 E e, 5 F f);
tuples!(0 A a, 1 B b, 2 C c, 3 D d, 4 E e, 5 F f, 6 G g);
tuples!(0 A a, 1 B b, 2 C c, 3 D d, 4 E e, 5 F f, 6 G g, 7 H h);
tuples!(0 A a, 1 B b, 2 C c, 3 D d, 4 E e, 5 F f, 6 G g, 7 H h, 8 I i);
tuples!(0 A a, 1 B b, 2 C c, 3 D d, 4 E e, 5 F f, 6 G g, 7 H h, 8 I i, 9 J j);
tuples!(0 A a, 1 B b, 2 C c, 3 D d, 4 E e, 5 F f, 6 G g, 7 H h, 8 I i, 9 J j, 10 K k);
tuples!(0 A a, 1 B b, 2 C c, 3 D d, 4 E e, 5 F f, 6 G g, 7 H h, 8 I i, 9 J j, 10 K k, 11 L l);

/// A pullback that is called once, from where it stands among those along other directions.
pub struct ForOneCall<P>(Cell<Option<P>>);

/// Keeps it until it is taken.
#[inline]
pub fn for_one_call<P>(pullback: P) -> ForOneCall<P> {
    ForOneCall(Cell::new(Some(pullback)))
}

impl<P> ForOneCall<P> {
    /// Takes it.
    #[inline]
    pub fn take(&self) -> P {
        self.0.take().expect("nothing has taken it before")
    }
}

/// A tangent along several directions, as a Jacobian sees it: numbers, each in each direction.
pub trait Along<const N: usize> {
    /// The type of the numbers.
    type Number: Real;

    /// How many numbers there are in a direction.
    fn numbers(&self) -> usize;

    /// One of them.
    fn number(&self, number: usize, direction: usize) -> Self::Number;

    /// Writes one of them.
    fn write(&mut self, number: usize, direction: usize, entry: Self::Number);
}

/// A tangent for each direction.
#[derive(Clone, Debug)]
pub struct Separate<X, const N: usize>(pub [X; N]);

impl<X: Entries + Clone, const N: usize> Separate<X, N> {
    /// Zero in all directions.
    pub fn zeros(zero: &X) -> Separate<X, N> {
        Separate(each_direction(|_| zero.clone()))
    }
}

impl<X: Entries, const N: usize> Along<N> for Separate<X, N> {
    type Number = X::Number;

    fn numbers(&self) -> usize {
        self.0.first().map_or(0, |one| one.entries().len())
    }

    fn number(&self, number: usize, direction: usize) -> X::Number {
        self.0[direction].entries()[number]
    }

    fn write(&mut self, number: usize, direction: usize, entry: X::Number) {
        self.0[direction].entries_mut()[number] = entry;
    }
}

/// A list of numbers, each an array of those in each direction.
#[derive(Clone, Debug)]
pub struct Interleaved<X: Interleave<N>, const N: usize>(pub X::Interleaved);

impl<X: Interleave<N>, const N: usize> Interleaved<X, N> {
    /// Zero in all directions.
    pub fn zeros(zero: &X) -> Interleaved<X, N> {
        Interleaved(zero.interleaved_zeros())
    }
}

impl<X, const N: usize> Along<N> for Interleaved<X, N>
where
    X: Entries + Interleave<N, Interleaved: Line<[X::Number; N]>>,
{
    type Number = X::Number;

    fn numbers(&self) -> usize {
        self.0.line().len()
    }

    fn number(&self, number: usize, direction: usize) -> X::Number {
        self.0.line()[number][direction]
    }

    fn write(&mut self, number: usize, direction: usize, entry: X::Number) {
        self.0.line_mut()[number][direction] = entry;
    }
}

/// A list or an array of numbers, with an array of numbers in the place of each.
pub trait Interleave<const N: usize> {
    /// The same with such arrays.
    type Interleaved: Clone + std::fmt::Debug;

    /// Of this shape, and zero.
    fn interleaved_zeros(&self) -> Self::Interleaved;
}

/// The zero tangent of `x`, along several directions.
#[inline]
pub fn zeros<X, const N: usize>(x: &X) -> <X::Tangent as Interleave<N>>::Interleaved
where
    X: Differentiable<Tangent: Interleave<N>> + ?Sized,
{
    x.zero_tangent().interleaved_zeros()
}

impl<T: Real, const N: usize> Interleave<N> for Vec<T> {
    type Interleaved = Vec<[T; N]>;

    fn interleaved_zeros(&self) -> Vec<[T; N]> {
        vec![[T::lit(0.0); N]; self.len()]
    }
}

impl<T: Real, const M: usize, const N: usize> Interleave<N> for [T; M] {
    type Interleaved = [[T; N]; M];

    fn interleaved_zeros(&self) -> [[T; N]; M] {
        [[T::lit(0.0); N]; M]
    }
}

impl<T: Real, D: Dimension, const N: usize> Interleave<N> for Array<T, D> {
    type Interleaved = Array<[T; N], D>;

    fn interleaved_zeros(&self) -> Array<[T; N], D> {
        Array::from_elem(self.raw_dim(), [T::lit(0.0); N])
    }
}

/// The Jacobian, or the Hessian, for one argument, of whose columns, and those for other arguments, several come at a time.
#[derive(Debug)]
pub struct Columns<X: Along<N>, const N: usize> {
    /// The directions of a pass: each is zero, or has a 1 in one place.
    units: X,
    /// The first column of the pass that they are for.
    pass: usize,
    /// The number of the first column among those for all arguments.
    start: usize,
    matrix: Array2<X::Number>,
}

impl<X: Along<N>, const N: usize> Columns<X, N> {
    /// Of so many rows, behind so many columns for other arguments; for an argument with these zero tangents.
    pub fn new(rows: usize, start: usize, zeros: X) -> Columns<X, N> {
        let matrix = Array2::zeros((rows, zeros.numbers()));
        Columns { units: zeros, pass: 0, start, matrix }
    }

    /// How many columns there are up to the last one for this argument.
    pub fn end(&self) -> usize {
        self.start + self.matrix.ncols()
    }

    /// The directions for the pass that begins with a column: zero where a column is for another argument.
    pub fn units(&mut self, pass: usize) -> &X {
        self.write(num_traits::zero());
        self.pass = pass;
        self.write(num_traits::one());
        &self.units
    }

    fn write(&mut self, entry: X::Number) {
        let (columns, first) = self.own();
        for (direction, column) in (first..).zip(columns) {
            self.units.write(column, direction, entry);
        }
    }

    /// The columns of the pass that are for this argument, and the direction of the first one.
    fn own(&self) -> (Range<usize>, usize) {
        let column_of = |direction: usize| (self.pass + direction).clamp(self.start, self.end()) - self.start;
        (column_of(0)..column_of(N), self.start.saturating_sub(self.pass))
    }

    /// Takes the columns for this argument from what the pass has found.
    pub fn set(&mut self, tangents: &impl Along<N, Number = X::Number>) {
        let (columns, first) = self.own();
        for (number, mut row) in self.matrix.rows_mut().into_iter().enumerate() {
            let entries = row.as_slice_mut().expect("rows are contiguous")[columns.clone()].iter_mut();
            entries.zip(first..).for_each(|(entry, direction)| *entry = tangents.number(number, direction));
        }
    }

    /// The matrix, when all passes have been made.
    pub fn matrix(self) -> Array2<X::Number> {
        self.matrix
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::{Columns, Interleaved, Separate, common, each_direction, unzip, unzip_numbers};

    #[test]
    fn parts_of_tuples_in_each_direction() {
        let (a, b, c) = unzip(each_direction::<_, 3>(|k| (k, vec![k; 2], k > 1)));
        assert_eq!((a, b, c), ([0, 1, 2], [vec![0; 2], vec![1; 2], vec![2; 2]], [false, false, true]));
        assert_eq!((common([7; 4]), unzip([("a",), ("b",)])), (7, (["a", "b"],)));
        assert_eq!(unzip_numbers([(1.0, 2), (3.0, 4)]), ([1.0, 3.0], [2, 4]));
    }

    #[test]
    fn columns_for_two_arguments_in_passes() {
        let (for_list, for_number) = (array![[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]], array![[9.0], [10.0]]);
        let mut list = Columns::new(2, 0, Interleaved::<_, 3>::zeros(&vec![0.0; 4]));
        let mut number = Columns::new(2, list.end(), Separate::<_, 3>::zeros(&0.0));
        assert_eq!(number.end(), 5);
        for pass in (0..5).step_by(3) {
            let (Interleaved(x), Separate(k)) = (list.units(pass), number.units(pass));
            let tangents = Separate(each_direction(|d| {
                let x: Array1<f64> = x.iter().map(|x| x[d]).collect();
                for_list.dot(&x) + for_number.column(0).to_owned() * k[d]
            }));
            list.set(&tangents);
            number.set(&tangents);
        }
        assert_eq!((list.matrix(), number.matrix()), (for_list, for_number));
    }
}
