//! Is the function that is called the one whose derivative is taken?
//!
//! A module's own plain `fn softmax` shadows an imported one, but not its companion. So differentiated code hands the
//! function that it calls to the companion, which accepts only a function that maps a [`Probe`] to its own [`Probed`]:
//! a generic function of the prelude does, by the trait bound on its argument, and no other can.

use std::marker::PhantomData;

/// An argument that no function takes but those of the prelude.
#[derive(Debug)]
pub struct Probe {
    never: std::convert::Infallible,
}

impl Probe {
    /// What a function of the prelude would do with a probe, if there were any.
    pub(crate) fn absurd<T>(&self) -> T {
        match self.never {}
    }
}

/// The result of the function whose companion is `C`.
#[derive(Debug)]
pub struct Probed<C>(PhantomData<C>);

/// The function of one tensor and parameters of these types whose companion is `C`.
#[diagnostic::on_unimplemented(
    message = "this function has no derivative",
    label = "a differentiable function of this name is imported, but another function is called here",
    note = "annotate the function with `#[differentiable]`"
)]
pub trait IsFunction<C, Parameters> {}

impl<C, F: Fn(&Probe) -> Probed<C>> IsFunction<C, ()> for F {}
impl<C, P, F: Fn(&Probe, P) -> Probed<C>> IsFunction<C, (P,)> for F {}

/// The function of a mask and what it chooses from whose companion is `C`.
#[diagnostic::on_unimplemented(
    message = "this function has no derivative",
    label = "a differentiable function of this name is imported, but another function is called here",
    note = "annotate the function with `#[differentiable]`"
)]
pub trait IsChoice<C> {}

impl<C, F: Fn(&Probe, &Probe, &Probe) -> Probed<C>> IsChoice<C> for F {}

/// The function whose companion is `C` and that takes these arguments, with probes as its operands.
#[diagnostic::on_unimplemented(
    message = "this function has no derivative",
    label = "a differentiable function of this name is imported, but another function is called here",
    note = "annotate the function with `#[differentiable]`"
)]
pub trait IsOperation<C, Arguments> {}

macro_rules! is_operation {
    ($(($($A:ident)+))+) => {$(
        impl<C, F: Fn($($A),+) -> Probed<C>, $($A),+> IsOperation<C, ($($A,)+)> for F {}
    )+};
}
is_operation! {
    (A0)
    (A0 A1)
    (A0 A1 A2)
    (A0 A1 A2 A3)
    (A0 A1 A2 A3 A4)
    (A0 A1 A2 A3 A4 A5)
}
