//! Which of two methods of one name a method call finds. The value is that of a type's own method, which comes first; the
//! derivative must not be that of a trait's. Where a trait's method gets its derivative, both can be named, and functions
//! have types of their own.

use std::marker::PhantomData;

/// Different functions.
pub struct Pair<Found, Meant>(PhantomData<(Found, Meant)>);

/// The types of two functions.
pub fn pair<F, G>(_: &F, _: &G) -> Pair<F, G> {
    Pair(PhantomData)
}

/// They are one function.
pub struct Same;

/// They are two.
pub struct Different;

/// Of one function.
pub trait IsSame {
    /// The verdict.
    fn verdict(&self) -> Same;
}

impl<F> IsSame for Pair<F, F> {
    fn verdict(&self) -> Same {
        Same
    }
}

/// Of any two: what method calls find last.
pub trait IsDifferent {
    /// The verdict.
    fn verdict(&self) -> Different;
}

impl<F, G> IsDifferent for &Pair<F, G> {
    fn verdict(&self) -> Different {
        Different
    }
}

/// The verdict on methods, and that on their derivatives.
#[diagnostic::on_unimplemented(
    message = "method calls find another method of this name, without a derivative, and not the trait's",
    label = "the type has a method of this name of its own",
    note = "annotate that one as well, rename one of them, or leave this one out: `#[differentiable(skip)]` here and in the trait"
)]
pub trait Found {}

impl<D> Found for (Same, D) {}
impl Found for (Different, Different) {}

/// Compiles if method calls and the calls of their derivatives find the same.
pub fn found<V: Found>(_: V) {}

/// `assert_found!(Trait, [method as found, method of the trait], [the same of a companion])`
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_assert_found {
    ($of_trait:path, $method:tt $(, $companion:tt)?) => {{
        use $of_trait as _;
        use $crate::rt::{IsSame as _, IsDifferent as _};
        let _ = || $crate::rt::found(($crate::__odyssey_assert_found!(@verdict $method), $crate::__odyssey_assert_found!(@or_same $($companion)?)));
    }};
    (@or_same) => { $crate::rt::Same };
    (@or_same $companion:tt) => { $crate::__odyssey_assert_found!(@verdict $companion) };
    (@verdict [$found:expr, $meant:expr]) => { (&$crate::rt::pair(&$found, &$meant)).verdict() };
}
