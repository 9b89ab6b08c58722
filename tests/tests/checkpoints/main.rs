//! `#[checkpoint]`: the gradient is the same to the last bit, whatever is kept of the forward pass.

#![allow(
    dead_code,
    unsafe_code,
    clippy::cast_lossless,
    clippy::items_after_statements,
    clippy::needless_range_loop,
    clippy::trivially_copy_pass_by_ref,
    reason = "programs as people write them"
)]

#[path = "../allocations/counting.rs"]
mod counting;
#[path = "../programs/support.rs"]
mod support;

/// A program with each kind of checkpoints, and without: `$program! { attribute }` defines it.
macro_rules! checkpointed {
    ($($program:ident),* $(,)?) => {$(
        mod $program {
            use super::*;
            pub(super) mod plain {
                use super::*;
                $program! {}
            }
            pub(super) mod root {
                use super::*;
                $program! { #[checkpoint] }
            }
            pub(super) mod every_one {
                use super::*;
                $program! { #[checkpoint(every = 1)] }
            }
            pub(super) mod every_three {
                use super::*;
                $program! { #[checkpoint(every = 3)] }
            }
            pub(super) mod one_slot {
                use super::*;
                $program! { #[checkpoint(slots = 1)] }
            }
            pub(super) mod three_slots {
                use super::*;
                $program! { #[checkpoint(slots = 3)] }
            }
            pub(super) mod at_the_start {
                use super::*;
                $program! { #[checkpoint(every = usize::MAX)] }
            }
        }
    )*};
}

/// All of them agree with the first, which agrees with central differences.
macro_rules! same_bits {
    ($program:ident $args:tt) => { same_bits!($program $args: root, every_one, every_three, at_the_start, one_slot, three_slots) };
    ($program:ident $args:tt: $($variant:ident),*) => {
        let plain = $program::plain::$program::value_and_grad $args;
        let pulled = { let (value, pullback) = $program::plain::$program::vjp $args; (value, pullback(1.0)) };
        $(
            let same = $program::$variant::$program::value_and_grad $args;
            assert_eq!(format!("{plain:?}"), format!("{same:?}"), "{} of {}", stringify!($variant), stringify!($program));
            let (value, pullback) = $program::$variant::$program::vjp $args;
            let same = (value, pullback(1.0));
            assert_eq!(format!("{pulled:?}"), format!("{same:?}"), "{} of {}", stringify!($variant), stringify!($program));
        )*
    };
}

mod endings;
mod loops;
mod memory;
mod scopes;
mod states;
