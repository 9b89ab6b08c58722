//! What a module that differentiates functions imports.

pub use ndarray::Axis;

pub use crate::differentiable::Differentiable;
pub use crate::elementwise::functions::prelude::*;
pub use crate::ops::functions::{log_softmax, logsumexp, softmax};
pub use crate::ops::methods::*;
pub use crate::real::Real;
pub use odyssey_macros::{Differentiable, differentiable};
