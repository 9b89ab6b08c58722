//! Programs that once failed, or that combine what `programs` keeps apart: state that is an array, calls in loops and
//! branches, fan-out over different shapes, gradients that some caller does not want.

#![allow(
    clippy::assign_op_pattern,
    clippy::cast_lossless,
    clippy::eq_op,
    clippy::misrefactored_assign_op,
    clippy::needless_range_loop,
    reason = "written as their users would"
)]

mod branches;
mod calls;
mod deep;
mod elements;
mod fusion;
mod generic;
mod passive;
mod state;
#[path = "../programs/support.rs"]
mod support;
mod views;
