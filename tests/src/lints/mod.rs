//! What the macros write is silent, whatever the user's crate forbids.
//!
//! `cargo clippy --all-targets -- -D warnings` sees these modules with everything below, which is more than the workspace
//! asks for. The private functions are used through their companions alone.

#![forbid(
    unsafe_code,
    dead_code,
    missing_docs,
    missing_copy_implementations,
    missing_debug_implementations,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    private_interfaces,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_code,
    unreachable_pub,
    unused_assignments,
    unused_braces,
    unused_imports,
    unused_lifetimes,
    unused_must_use,
    unused_mut,
    unused_parens,
    unused_qualifications,
    unused_results,
    unused_unsafe,
    unused_variables,
    redundant_lifetimes,
    single_use_lifetimes,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    keyword_idents,
    let_underscore_drop,
    meta_variable_misuse,
    variant_size_differences,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::as_underscore,
    clippy::branches_sharing_code,
    clippy::clone_on_ref_ptr,
    clippy::missing_const_for_fn,
    clippy::needless_collect,
    clippy::needless_pass_by_ref_mut,
    clippy::option_if_let_else,
    clippy::or_fun_call,
    clippy::redundant_clone,
    clippy::significant_drop_tightening,
    clippy::suspicious_operation_groupings,
    clippy::tuple_array_conversions,
    clippy::use_self,
    clippy::useless_let_if_seq,
    clippy::dbg_macro,
    clippy::expect_used,
    clippy::multiple_inherent_impl,
    clippy::mut_mut,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::print_stdout,
    clippy::pub_without_shorthand,
    clippy::redundant_type_annotations,
    clippy::same_name_method,
    clippy::semicolon_inside_block,
    clippy::str_to_string,
    clippy::todo,
    clippy::undocumented_unsafe_blocks,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::unwrap_in_result,
    reason = "generated code must not depend on what the user allows"
)]
#![deny(warnings, reason = "what is not forbidden above")]

mod blocks;
mod language;
mod methods;
mod private;
mod public;
mod structs;

pub use blocks::{Layer, Scale, Wrapped, cube, decay, loss, noted, power, root};
pub use language::{
    Bend, Negative, State, again, all_positive, bent, first_of, halved, lengths, orbit, positive, scale, scaled_sum, square_root,
    twice, weighted, words,
};
pub use methods::{Dense, Point};
pub use public::{Seven, attention, bare, by_value, classify, doubled, energy, limits, nested, roots, series, seven, well};
pub use structs::{Linear, Network, forward, penalty, train};

/// Sums of what the private functions' gradients are, so that they are used.
#[must_use]
pub fn of_private_functions(point: f64) -> f64 {
    private::all(point) + methods::all(point) + blocks::all(point)
}
