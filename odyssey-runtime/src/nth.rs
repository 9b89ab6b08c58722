//! Elements of arrays of any rank and of lists, by their number.

#![allow(unsafe_code, reason = "ndarray's trait of indices is unsafe")]

use std::collections::VecDeque;
use std::ops::{Index, IndexMut};

use ndarray::{Dimension, NdIndex};

/// Indexes the element of that number, in logical order. Unlike the index of an array of any rank, it is `Copy`; and lists know it as well,
/// for code that does not know which of both it walks through.
#[derive(Clone, Copy, Debug)]
pub struct Nth(pub usize);

// SAFETY: each coordinate is less than the length of its axis, since it is a remainder by it.
unsafe impl<D: Dimension> NdIndex<D> for Nth {
    #[inline]
    fn index_checked(&self, lengths: &D, strides: &D) -> Option<isize> {
        let (mut number, mut offset) = (self.0, 0);
        for (&length, &stride) in lengths.slice().iter().zip(strides.slice()).rev() {
            let coordinate = number.checked_rem(length)?;
            number /= length;
            // A stride is a signed number in an unsigned type.
            offset += coordinate.cast_signed() * stride.cast_signed();
        }
        (number == 0).then_some(offset)
    }

    fn index_unchecked(&self, _strides: &D) -> isize {
        unreachable!("without the lengths, a number is no place")
    }
}

macro_rules! list {
    ($($list:ty),*) => {$(
        impl<T> Index<Nth> for $list {
            type Output = T;

            #[inline]
            #[track_caller]
            fn index(&self, Nth(number): Nth) -> &T {
                &self[number]
            }
        }

        impl<T> IndexMut<Nth> for $list {
            #[inline]
            #[track_caller]
            fn index_mut(&mut self, Nth(number): Nth) -> &mut T {
                &mut self[number]
            }
        }
    )*};
}
list!([T], Vec<T>, VecDeque<T>);

#[cfg(test)]
mod tests {
    use super::Nth;
    use ndarray::{ArrayD, Axis, arr0, array};

    #[test]
    fn counts_in_logical_order() {
        let mut x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        x.invert_axis(Axis(1));
        let x = x.reversed_axes();
        let by_number: Vec<f64> = (0..6).map(|k| x[Nth(k)]).collect();
        assert_eq!(by_number, x.iter().copied().collect::<Vec<_>>());
        assert_eq!(x.get(Nth(6)), None);
        assert_eq!(x.into_dyn()[Nth(5)], 4.0);
    }

    #[test]
    fn of_lists() {
        let mut list = Vec::from([1, 2]);
        list[Nth(1)] += [3, 4][Nth(0)];
        list[..1][Nth(0)] = 7;
        assert_eq!((list[Nth(1)], &list[..]), (5, &[7, 5][..]));
    }

    #[test]
    fn of_few_elements() {
        assert_eq!(arr0(7.0)[Nth(0)], 7.0);
        assert_eq!(arr0(7.0).get(Nth(1)), None);
        assert_eq!(ArrayD::<f64>::zeros(vec![2, 0]).get(Nth(0)), None);
    }
}
