//! The elementwise functions that neither `std` nor `ndarray` has, as functions with companions and as methods.
//!
//! All of them, with their derivatives and their documentation, are made of the rows of the compiler's table
//! (`odyssey-macros/src/table/elementwise_rows.rs`).

mod argument;
mod companion;
mod detach;
mod methods;
mod pairs;
pub(crate) mod probe;
#[cfg(test)]
mod tests;

/// What the crate's prelude has of these.
pub(crate) mod prelude {
    pub use super::companion::*;
    pub use super::detach::{Detach, detach};
    pub use super::methods::{ArrayFunctions, RealFunctions};
    pub use super::pairs::ArrayPairs;
}
