//! Automatic differentiation of ordinary Rust at compile time.
//!
//! `#[differentiable]` on a function over scalars and [`ndarray`] tensors writes its derivative as Rust: no tape, no
//! graph, no global state. This crate has the macro, the operations that `ndarray` lacks, and what generated code calls.

// What the macros write names this crate by its public name.
extern crate self as odyssey_runtime;

mod along;
mod answer;
pub mod check;
mod checkpoint;
#[doc(hidden)]
pub mod differentiable;
#[doc(hidden)]
pub mod directions;
#[doc(hidden)]
pub mod dual;
#[doc(hidden)]
pub mod elementwise;
#[doc(hidden)]
pub mod ended;
mod found;
mod jacobian;
mod lent;
pub mod losses;
#[doc(hidden)]
pub mod math;
mod memory;
mod nth;
#[doc(hidden)]
pub mod ops;
pub mod optim;
#[doc(hidden)]
pub mod outliving;
mod over;
#[doc(hidden)]
pub mod overwritten;
mod place;
pub mod prelude;
mod quoted;
mod real;
mod repeated;
#[doc(hidden)]
pub mod rt;
mod second;
pub mod sparse;
mod tangent;
#[doc(hidden)]
pub mod want;

pub use differentiable::{Differentiable, Parameters, ScalarResult};
pub use memory::Workspace;
pub use odyssey_macros::{Differentiable, differentiable};
pub use real::Real;
pub use tangent::Tangent;

/// `impl …` that captures the lifetimes in scope, as code of this crate's edition does, in code that a macro of an
/// earlier edition writes.
#[doc(hidden)]
#[macro_export]
macro_rules! borrowing {
    ($($bound:tt)*) => { impl $($bound)* };
}

/// `tangent.__into_Rect()` for a tangent that may be of a struct: its parts are its fields. A method of the tangent's own comes
/// before that of a trait.
#[doc(hidden)]
#[macro_export]
macro_rules! __odyssey_into_parts {
    ($tangent:expr, $method:ident) => {{
        trait $method: Sized {
            fn $method(self) -> Self {
                self
            }
        }
        impl<T> $method for T {}
        $tangent.$method()
    }};
}
