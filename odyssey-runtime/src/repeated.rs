//! Pullbacks for several cotangents: each has a clone of its own, over one run of the function.
//!
//! What a pullback keeps can be cloned, or it is kept [`Once`]: then a clone is without it, and the function runs again.

use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    /// Every clone since this was set had all that it needs.
    static IS_WHOLE: Cell<bool> = const { Cell::new(true) };
}

/// The choices between which method lookup decides.
pub mod keeping {
    pub use super::{KeepCloned as _, KeepOnce as _};
}

/// Calls `row` with a pullback for each row; `run` runs the function once more.
pub fn for_each_row<P: Clone>(rows: usize, mut pullback: P, run: impl Fn() -> P, mut row: impl FnMut(P, usize)) {
    for number in 1..rows {
        let next = cloned(&pullback).unwrap_or_else(&run);
        row(std::mem::replace(&mut pullback, next), number - 1);
    }
    if rows > 0 {
        row(pullback, rows - 1);
    }
}

fn cloned<P: Clone>(pullback: &P) -> Option<P> {
    IS_WHOLE.set(true);
    let clone = pullback.clone();
    IS_WHOLE.get().then_some(clone)
}

/// What only one pullback can have.
#[derive(Debug)]
pub struct Once<T>(Option<T>);

impl<T> Once<T> {
    /// Keeps it.
    #[inline]
    pub fn new(value: T) -> Once<T> {
        Once(Some(value))
    }

    /// What was kept.
    #[inline]
    pub fn take(self) -> T {
        self.0.expect("a clone that is not whole is not called")
    }
}

impl<T> Clone for Once<T> {
    fn clone(&self) -> Once<T> {
        IS_WHOLE.set(false);
        Once(None)
    }
}

/// What a clone has as well.
#[derive(Clone, Debug)]
pub struct Cloned<T>(T);

impl<T> Cloned<T> {
    /// What was kept.
    #[inline]
    pub fn take(self) -> T {
        self.0
    }
}

/// How a value is kept, which method lookup decides: here if it can be cloned.
pub trait KeepCloned<T> {
    /// Keeps it.
    fn keep(&self, value: T) -> Cloned<T>;
}

impl<T: Clone> KeepCloned<T> for PhantomData<T> {
    #[inline]
    fn keep(&self, value: T) -> Cloned<T> {
        Cloned(value)
    }
}

/// Otherwise.
pub trait KeepOnce<T> {
    /// Keeps it.
    fn keep(&self, value: T) -> Once<T>;
}

impl<T> KeepOnce<T> for &PhantomData<T> {
    #[inline]
    fn keep(&self, value: T) -> Once<T> {
        Once::new(value)
    }
}

/// How a value is kept, by its type.
#[inline]
pub fn keeping<T>(_value: &T) -> PhantomData<T> {
    PhantomData
}

/// `rt::kept!(x)`: for a pullback, of whatever type it is.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_kept {
    ($value:expr) => {{
        use $crate::rt::keeping::*;
        let kept = $value;
        (&$crate::rt::keeping(&kept)).keep(kept)
    }};
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::for_each_row;
    use crate::rt;

    struct Unique(f64);

    /// How often a function ran for three rows.
    fn runs<P: Clone + FnOnce() -> f64>(run: impl Fn() -> P) -> usize {
        let (runs, mut sum) = (Cell::new(1), 0.0);
        let again = || {
            runs.set(runs.get() + 1);
            run()
        };
        for_each_row(3, run(), again, |pullback, row| sum += pullback() * row as f64);
        assert_eq!(sum, 6.0);
        runs.get()
    }

    #[test]
    fn a_function_runs_again_only_for_what_cannot_be_cloned() {
        let with_a_list = || {
            let kept = vec![2.0];
            let kept = rt::kept!(kept);
            move || kept.take()[0]
        };
        let with_a_unique = || {
            let kept = Unique(2.0);
            let kept = rt::kept!(kept);
            move || kept.take().0
        };
        assert_eq!([runs(with_a_list), runs(with_a_unique)], [1, 3]);
    }

    #[test]
    fn without_rows_nothing_is_called() {
        for_each_row(0, (), || (), |(), _| unreachable!());
    }
}
