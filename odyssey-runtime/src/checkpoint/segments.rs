//! Segments of loops, before each of which their state is kept.

use core::ops::{Range, RangeFrom};

/// Consecutive items of an iterator that can be started again.
#[derive(Clone, Debug)]
pub struct Segment<I> {
    rest: I,
    left: usize,
}

impl<I: Iterator + Clone> Segment<I> {
    /// So many items from that one on.
    pub(super) fn of(range: &I, start: usize, len: usize) -> Segment<I> {
        let mut rest = range.clone();
        if let Some(skipped) = start.checked_sub(1) {
            rest.nth(skipped);
        }
        Segment { rest, left: len }
    }
}

impl<I: Iterator> Iterator for Segment<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.checked_sub(1)?;
        self.rest.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<I: Iterator> ExactSizeIterator for Segment<I> {}

impl<I: Iterator + Clone> DoubleEndedIterator for Segment<I> {
    #[inline]
    fn next_back(&mut self) -> Option<I::Item> {
        self.left = self.left.checked_sub(1)?;
        self.rest.clone().nth(self.left)
    }
}

/// The segments of an iterator, in order.
#[derive(Clone, Debug)]
pub struct Segments<I> {
    rest: I,
    /// How many items there are.
    left: usize,
    /// How many there are in each segment but the last.
    size: usize,
}

impl<I: Iterator + Clone> Iterator for Segments<I> {
    type Item = Segment<I>;

    #[inline]
    fn next(&mut self) -> Option<Segment<I>> {
        let len = self.left.min(self.size);
        let last = len.checked_sub(1)?;
        let segment = Segment { rest: self.rest.clone(), left: len };
        self.rest.nth(last);
        self.left -= len;
        Some(segment)
    }
}

impl<I: Iterator + Clone> DoubleEndedIterator for Segments<I> {
    #[inline]
    fn next_back(&mut self) -> Option<Segment<I>> {
        let start = self.left.checked_sub(1)? / self.size * self.size;
        let segment = Segment::of(&self.rest, start, self.left - start);
        self.left = start;
        Some(segment)
    }
}

/// About as many segments as there are items in each.
pub fn segments<I: Iterator + Clone>(range: &I) -> Segments<I> {
    let left = range.clone().count();
    let root = left.isqrt();
    let size = if root * root < left { root + 1 } else { root };
    Segments { rest: range.clone(), left, size: size.max(1) }
}

/// Segments of that size.
///
/// # Panics
///
/// If the size is 0.
pub fn segments_of<I: Iterator + Clone>(range: &I, size: usize) -> Segments<I> {
    assert!(size > 0, "`#[checkpoint(every = 0)]`: a checkpoint is kept every 1 or more iterations");
    Segments { rest: range.clone(), left: range.clone().count(), size }
}

/// Segments of that size, without end: for a loop that ends by itself.
///
/// # Panics
///
/// If the size is 0.
pub fn endless_segments_of(size: usize) -> core::iter::RepeatN<Range<usize>> {
    assert!(size > 0, "`#[checkpoint(every = 0)]`: a checkpoint is kept every 1 or more iterations");
    core::iter::repeat_n(0..size, usize::MAX)
}

/// Segments of 1, 2, 3, … items, without end: after `n` items there were about `√(2n)`, as many as there are items in the last.
#[derive(Clone, Debug)]
pub struct GrowingSegments(RangeFrom<usize>);

impl Iterator for GrowingSegments {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        self.0.next().map(|size| 0..size)
    }
}

/// For a loop that ends by itself.
pub fn growing_segments() -> GrowingSegments {
    GrowingSegments(1..)
}

#[cfg(test)]
mod tests {
    use super::{endless_segments_of, growing_segments, segments, segments_of};

    fn collected<I: Iterator>(segments: impl Iterator<Item = I>) -> Vec<Vec<I::Item>> {
        segments.map(Iterator::collect).collect()
    }

    #[test]
    fn all_items_once() {
        for n in 0..50 {
            for size in 1..8 {
                let parts = collected(segments_of(&(0..n), size));
                assert!(parts.iter().rev().skip(1).all(|part| part.len() == size), "{n} {size}");
                assert_eq!(parts.concat(), (0..n).collect::<Vec<_>>());
                let mut back = collected(segments_of(&(0..n), size).rev());
                back.reverse();
                assert_eq!(parts, back);
                let inside: Vec<_> = segments_of(&(0..n), size).rev().flat_map(Iterator::rev).collect();
                assert_eq!(inside, (0..n).rev().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn as_many_as_their_items() {
        for n in [0_usize, 1, 2, 3, 4, 5, 10, 99, 100, 101, 10_000] {
            let parts = collected(segments(&(0..n)));
            let longest = parts.iter().map(Vec::len).max().unwrap_or(0);
            assert!(parts.len().max(longest) <= n.isqrt() + 1, "{n}: {} of {longest}", parts.len());
        }
    }

    #[test]
    fn of_other_iterators() {
        assert_eq!(collected(segments_of(&(0..=7).rev().step_by(2), 3)), [vec![7, 5, 3], vec![1]]);
        assert_eq!(collected(segments_of(&(0..=7).rev().step_by(2), 3).rev()), [vec![1], vec![7, 5, 3]]);
        assert_eq!(collected(endless_segments_of(2).take(2)), [[0, 1], [0, 1]]);
        assert_eq!(collected(growing_segments().take(3)), [vec![0], vec![0, 1], vec![0, 1, 2]]);
    }

    #[test]
    #[should_panic(expected = "a checkpoint is kept every 1 or more iterations")]
    fn of_no_size() {
        let _ = segments_of(&(0..3), 0);
    }
}
