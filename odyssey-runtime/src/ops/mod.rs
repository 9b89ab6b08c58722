//! The operations that are not elementwise: one file each, with its kernel, its derivative rules and its tests.
//!
//! A function and the struct of its name stand together: `dot(&a, &b)` is the value, `dot::d_lhs(&b, &dy)` a rule. The
//! `…Residual` traits have the operations as methods in residual form: the value, and a pullback that owns nothing of the
//! arguments but takes them again by reference, with the value and its cotangent.

pub mod axes;
mod blocked;
pub mod broadcast;
pub mod cumulative;
pub mod diff;
pub mod dot;
pub mod extremes;
mod gemm;
pub mod joined;
pub mod linalg;
pub mod log_softmax;
pub mod logsumexp;
pub mod nn;
pub mod norms;
pub(crate) mod operation;
pub mod over_axes;
pub(crate) mod probe;
pub mod product;
mod ranks;
mod reduction_rules;
pub mod reshape;
pub(crate) mod row_kernels;
mod rows;
pub mod scatter_add;
pub mod select;
pub mod select_where;
pub mod several_axes;
mod slices;
pub mod softmax;
pub mod sum;
pub mod sum_axis;
pub mod t;
mod tensor;
mod tensor_function;
#[cfg(test)]
mod testing;
pub mod triangles;
pub mod variance;
pub mod views;

pub use gemm::Multiply;
pub use ranks::{Contract, Matrix, OtherDim};
pub use tensor::{Elements, Like, Shaped, Tensor};

/// All operations with their companions, by name.
pub mod functions {
    pub use super::axes::{invert_axis, permuted_axes, reversed_axes, swap_axes};
    pub use super::broadcast::broadcast;
    pub use super::cumulative::{cumprod, cumsum};
    pub use super::diff::diff;
    pub use super::dot::dot;
    pub use super::extremes::{argmax, argmax_axis, max_axis, min_axis};
    pub use super::linalg::functions::*;
    pub use super::log_softmax::log_softmax;
    pub use super::logsumexp::logsumexp;
    pub use super::nn::functions::*;
    pub use super::norms::{norm_l1, norm_l1_axis, norm_l2, norm_l2_axis};
    pub use super::over_axes::*;
    pub use super::product::{product, product_axis};
    pub use super::reshape::{
        flatten, insert_axis, into_dimensionality, into_dyn, into_flat, into_shape_clone, into_shape_with_order, rank, to_shape,
    };
    pub use super::scatter_add::scatter_add;
    pub use super::select::select;
    pub use super::select_where::{mask_like, select_where};
    pub use super::several_axes::{insert_axes, merged_axes};
    pub use super::softmax::softmax;
    pub use super::sum::{mean, sum};
    pub use super::sum_axis::{mean_axis, sum_axis};
    pub use super::t::t;
    pub use super::triangles::{tril, triu};
    pub use super::variance::{std, std_axis, var, var_axis};
}

/// The methods that the prelude adds to arrays.
pub mod methods {
    pub use super::cumulative::CumSum;
    pub use super::extremes::{ArgMax, MaxAxis, MinAxis};
    pub use super::linalg::methods::*;
    pub use super::log_softmax::LogSoftmax;
    pub use super::logsumexp::LogSumExp;
    pub use super::nn::methods::*;
    pub use super::norms::{NormL1, NormL1Axis, NormL2, NormL2Axis};
    pub use super::scatter_add::ScatterAdd;
    pub use super::several_axes::AxesOf;
    pub use super::softmax::Softmax;
}

/// The methods in residual form.
pub mod residuals {
    pub use super::cumulative::{CumProdResidual, CumSumResidual};
    pub use super::diff::DiffResidual;
    pub use super::dot::DotResidual;
    pub use super::extremes::{MaxAxisResidual, MinAxisResidual};
    pub use super::linalg::hidden::*;
    pub use super::log_softmax::LogSoftmaxResidual;
    pub use super::logsumexp::LogSumExpResidual;
    pub use super::nn::hidden::*;
    pub use super::norms::{NormL1AxisResidual, NormL1Residual, NormL2AxisResidual, NormL2Residual};
    pub use super::product::{ProductAxisResidual, ProductResidual};
    pub use super::scatter_add::ScatterAddHidden;
    pub use super::select::SelectResidual;
    pub use super::softmax::SoftmaxResidual;
    pub use super::sum::SumResidual;
    pub use super::sum_axis::{MeanAxisResidual, SumAxisResidual};
    pub use super::t::TransposeResidual;
    pub use super::triangles::{TrilResidual, TriuResidual};
    pub use super::variance::{StdAxisResidual, StdResidual, VarAxisResidual, VarResidual};
}
