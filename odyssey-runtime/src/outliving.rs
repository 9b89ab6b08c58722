//! What a reverse pass reads of passive code, kept so that it outlives what it may have been borrowed from.
//!
//! Generated code does not know the type. Method lookup decides: what is behind a reference is copied, and lent again where it is
//! read; anything else is kept as it is.

use std::borrow::Borrow;
use std::cell::Cell;

use ndarray::{Array, ArrayView, Dimension};

/// The choices between which method lookup decides.
pub mod choices {
    pub use super::{OutliveBorrowed as _, OutliveOwned as _};
}

/// A value that is to be kept.
pub struct Kept<T>(Cell<Option<T>>);

impl<T> Kept<T> {
    /// This one.
    #[inline]
    pub fn new(value: T) -> Kept<T> {
        Kept(Cell::new(Some(value)))
    }

    fn value(&self) -> T {
        self.0.take().expect("it is kept once")
    }
}

/// The first choice: see the module.
pub trait OutliveBorrowed {
    /// What is kept.
    type Form;
    /// Copies what is borrowed.
    fn outlive(&self) -> Self::Form;
}

/// The second.
pub trait OutliveOwned {
    /// What is kept.
    type Form;
    /// Keeps it as it is.
    fn outlive(&self) -> Self::Form;
}

impl<T: ToOwned + ?Sized> OutliveBorrowed for &Kept<&T> {
    type Form = Referred<T>;

    fn outlive(&self) -> Referred<T> {
        Referred(self.value().to_owned())
    }
}

impl<T: Clone> OutliveBorrowed for &Kept<Option<&T>> {
    type Form = Perhaps<T>;

    fn outlive(&self) -> Perhaps<T> {
        Perhaps(self.value().cloned())
    }
}

impl<T: Clone> OutliveBorrowed for &Kept<Vec<&T>> {
    type Form = Listed<T>;

    fn outlive(&self) -> Listed<T> {
        Listed(self.value().into_iter().cloned().collect())
    }
}

impl<T: Clone, D: Dimension> OutliveBorrowed for &Kept<ArrayView<'_, T, D>> {
    type Form = Viewed<T, D>;

    fn outlive(&self) -> Viewed<T, D> {
        Viewed(self.value().to_owned())
    }
}

impl<T> OutliveOwned for Kept<T> {
    type Form = Own<T>;

    #[inline]
    fn outlive(&self) -> Own<T> {
        Own(self.value())
    }
}

/// A copy of what a reference refers to.
#[derive(Debug)]
pub struct Referred<T: ToOwned + ?Sized>(T::Owned);

impl<T: ToOwned<Owned: Clone> + ?Sized> Clone for Referred<T> {
    fn clone(&self) -> Referred<T> {
        Referred(self.0.clone())
    }
}

impl<T: ToOwned + ?Sized> Referred<T> {
    /// A reference to it.
    pub fn lend(&self) -> &T {
        self.0.borrow()
    }
}

/// A copy of what there is a reference to, if there is one.
#[derive(Clone, Debug)]
pub struct Perhaps<T>(Option<T>);

impl<T> Perhaps<T> {
    /// The reference.
    pub fn lend(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

/// A copy of what the references of a list refer to.
#[derive(Clone, Debug)]
pub struct Listed<T>(Vec<T>);

impl<T> Listed<T> {
    /// The list.
    pub fn lend(&self) -> Vec<&T> {
        self.0.iter().collect()
    }
}

/// A copy of the elements of a view.
#[derive(Clone, Debug)]
pub struct Viewed<T, D: Dimension>(Array<T, D>);

impl<T, D: Dimension> Viewed<T, D> {
    /// A view of them.
    pub fn lend(&self) -> ArrayView<'_, T, D> {
        self.0.view()
    }
}

/// The value itself.
#[derive(Clone, Debug)]
pub struct Own<T>(T);

impl<T> Own<T> {
    /// It.
    #[inline]
    pub fn lend(self) -> T {
        self.0
    }
}

/// `rt::outliving!(x)`: of whatever type it is.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_outliving {
    ($value:expr) => {{
        use $crate::rt::outliving::choices::*;
        (&&$crate::rt::outliving::Kept::new($value)).outlive()
    }};
}

#[cfg(test)]
mod tests {
    use crate::rt;
    use ndarray::array;

    #[test]
    fn what_is_borrowed_is_lent_again() {
        let kept = {
            let (list, text, view) = (vec![1, 2], "ab".to_string(), array![1.0, 2.0]);
            let (of_a_list, of_a_text) = (rt::outliving!(&list[1..]), rt::outliving!(text.as_str()));
            (
                of_a_list,
                of_a_text,
                rt::outliving!(view.view()),
                rt::outliving!(list.get(5)),
                rt::outliving!(list.iter().collect::<Vec<_>>()),
            )
        };
        assert_eq!((kept.0.lend(), kept.1.lend(), kept.3.lend()), (&[2][..], "ab", None));
        assert_eq!(kept.2.lend(), array![1.0, 2.0].view());
        assert_eq!(kept.4.lend(), [&1, &2]);
    }

    #[test]
    fn anything_else_is_kept_as_it_is() {
        struct NoClone(usize);
        assert_eq!(rt::outliving!(NoClone(3)).lend().0, 3);
        assert_eq!(rt::outliving!(vec![1]).lend(), [1]);
        let number = &mut 4;
        *rt::outliving!(number).lend() += 1;
    }
}
