//! Ordinary programs: for each, the value is that of the plain function, the gradient that of central differences, and
//! the two ways to it (`value_and_grad`, `vjp`) agree.

#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::needless_pass_by_value,
    clippy::needless_range_loop,
    clippy::no_effect_underscore_binding,
    clippy::trivially_copy_pass_by_ref,
    reason = "programs as people write them"
)]

mod arguments;
mod arrays;
mod branches;
mod functions;
mod generic;
mod loops;
mod masks;
mod reductions;
mod scalars;
mod shapes;
mod structs;
mod support;
