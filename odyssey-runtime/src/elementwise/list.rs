//! Short lists of lengths and strides.

use std::ops::{Deref, DerefMut};

/// A list that allocates only beyond `N` entries, as shapes hardly ever do.
#[derive(Clone, Debug)]
pub(super) struct List<T, const N: usize = 4> {
    len: usize,
    inline: [T; N],
    heap: Option<Box<[T]>>,
}

impl<T: Copy + Default, const N: usize> List<T, N> {
    /// `len` copies of `value`.
    #[inline]
    pub(super) fn filled(len: usize, value: T) -> Self {
        let heap = if len > N { Some(vec![value; len].into_boxed_slice()) } else { None };
        Self { len, inline: [value; N], heap }
    }

    /// The same entries.
    #[inline]
    pub(super) fn of(entries: &[T]) -> Self {
        let mut list = Self::filled(entries.len(), T::default());
        list.iter_mut().zip(entries).for_each(|(entry, &value)| *entry = value);
        list
    }

    /// Drops the entries from `len` on.
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = len;
    }
}

impl<T, const N: usize> Deref for List<T, N> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.heap {
            Some(heap) => &heap[..self.len],
            None => &self.inline[..self.len],
        }
    }
}

impl<T, const N: usize> DerefMut for List<T, N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.heap {
            Some(heap) => &mut heap[..self.len],
            None => &mut self.inline[..self.len],
        }
    }
}
