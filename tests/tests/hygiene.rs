//! Names: the user's may be anything, anywhere, and always mean what they mean to the user.

#![allow(
    non_camel_case_types,
    dead_code,
    unreachable_pub,
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::items_after_statements,
    clippy::module_inception,
    clippy::needless_pass_by_value,
    clippy::needless_range_loop,
    clippy::neg_multiply,
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_self,
    clippy::no_effect_underscore_binding,
    reason = "what users may write"
)]

mod hygiene {
    mod calls;
    mod macros;
    mod methods;
    mod names;
    mod places;
    mod shadows;
    mod visibility;
}
