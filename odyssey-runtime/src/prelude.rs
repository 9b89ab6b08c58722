//! What a module that differentiates functions imports.

pub use ndarray::Axis;

pub use crate::differentiable::Differentiable;
pub use crate::elementwise::functions::prelude::*;
pub use crate::memory::Workspace;
pub use crate::ops::functions::{
    argmax, argmax_axis, cumsum, log_softmax, logsumexp, max_axis, min_axis, norm_l1, norm_l1_axis, norm_l2, norm_l2_axis,
    scatter_add, select_where, softmax,
};
pub use crate::ops::linalg::functions::*;
pub use crate::ops::linalg::{LinalgError, Triangle};
pub use crate::ops::methods::*;
pub use crate::ops::nn::functions::*;
pub use crate::ops::nn::{Conv1d, Conv2d, Mask};
pub use crate::ops::over_axes::*;
pub use crate::real::Real;
pub use odyssey_macros::{Differentiable, differentiable};
