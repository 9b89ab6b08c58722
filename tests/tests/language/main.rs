//! The language: every construct of Rust that a differentiated function may use, one a program, and what people write
//! with them. For each, the value is that of the plain function and the gradient that of central differences.

#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::explicit_counter_loop,
    clippy::explicit_iter_loop,
    clippy::manual_memcpy,
    clippy::needless_pass_by_value,
    clippy::needless_range_loop,
    clippy::map_unwrap_or,
    clippy::option_option,
    clippy::ref_option,
    clippy::no_effect_underscore_binding,
    clippy::trivially_copy_pass_by_ref,
    clippy::assign_op_pattern,
    clippy::too_many_arguments,
    clippy::too_many_lines,
    clippy::items_after_statements,
    clippy::borrowed_box,
    clippy::cloned_instead_of_copied,
    clippy::double_ended_iterator_last,
    clippy::format_push_string,
    clippy::manual_is_multiple_of,
    clippy::manual_midpoint,
    clippy::boxed_local,
    clippy::redundant_closure,
    clippy::redundant_closure_for_method_calls,
    clippy::reversed_empty_ranges,
    clippy::unnecessary_box_returns,
    clippy::uninlined_format_args,
    clippy::useless_vec,
    clippy::format_in_format_args,
    clippy::needless_borrow,
    clippy::needless_late_init,
    clippy::obfuscated_if_else,
    clippy::redundant_field_names,
    clippy::unnecessary_lazy_evaluations,
    clippy::unnecessary_map_or,
    clippy::unnecessary_trailing_comma,
    clippy::useless_conversion,
    reason = "programs as people write them"
)]

mod adaptors;
mod arrays_in_place;
mod attributes;
mod boxes;
mod branches;
mod buffers;
mod closures;
mod closures_as_arguments;
mod collecting;
mod collections;
mod counts;
mod dense;
mod enums;
mod events;
mod everyday;
mod failures;
mod fallible;
mod finance;
mod functions;
mod handed_on;
mod idioms;
mod item_by_item;
mod learning;
mod lent_data;
mod lists;
mod long_chains;
mod loops_over_data;
mod macros;
mod models;
mod options;
mod parts_in_place;
mod passive_elements;
mod physics;
mod pipelines;
mod places;
mod reshaped;
mod reshaped_deep;
mod returns;
mod robotics;
mod shapes_of_lists;
mod shorthand;
mod simulations;
mod state;
mod statistics;
mod step_by_step;
mod structs;
#[path = "../programs/support.rs"]
mod support;
mod values;
mod while_loops;
