//! Names: the user's may be anything, anywhere, and always mean what they mean to the user.

#![allow(
    non_camel_case_types,
    dead_code,
    unreachable_pub,
    clippy::items_after_statements,
    clippy::module_inception,
    clippy::no_effect_underscore_binding,
    reason = "what users may write"
)]

mod hygiene {
    mod calls;
    mod macros;
    mod places;
    mod shadows;
    mod visibility;
}
