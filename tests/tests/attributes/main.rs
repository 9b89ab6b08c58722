//! What the attribute can say and where it can stand: methods, traits, custom rules, results of several kinds.

#![allow(
    clippy::manual_is_multiple_of,
    clippy::manual_midpoint,
    clippy::needless_pass_by_value,
    clippy::needless_range_loop,
    clippy::trivially_copy_pass_by_ref,
    clippy::type_complexity,
    clippy::unused_self,
    reason = "programs as people write them"
)]

mod associated;
mod blocks;
mod changing;
mod columns;
mod fallible;
mod foreign_types;
mod forwards;
mod generic_impls;
mod jacobians;
mod left;
mod methods;
mod mutable;
mod outcomes;
mod recursion;
mod rules;
mod rules_of_second_order;
mod sparse;
#[path = "../programs/support.rs"]
mod support;
mod traits;

/// The same as `agrees!` for a method or an associated function, whose companions stand beside it:
/// `siblings_agree!(spring.energy(x): energy_value_and_grad, energy_grad, energy_vjp, energy_check_grad)`.
macro_rules! siblings_agree {
    ([$($f:tt)*] $args:tt [$($value_and_grad:tt)*] [$($grad:tt)*] [$($vjp:tt)*] [$($check_grad:tt)*]) => {{
        let plain = $($f)* $args;
        let (value, gradient) = $($value_and_grad)* $args;
        $crate::support::assert_close(value, plain);
        $($check_grad)* $args.unwrap();
        // A pullback borrows the arguments: it is called before temporaries among them are gone.
        let (value, pulled) = match $($vjp)* $args {
            (value, pullback) => (value, pullback(1.0)),
        };
        $crate::support::assert_close(value, plain);
        $crate::support::assert_same_gradient(pulled, &gradient, f64::EPSILON);
        $crate::support::assert_same_gradient($($grad)* $args, &gradient, f64::EPSILON);
    }};
    ($owner:ident.$f:ident($($arg:expr),* $(,)?): $($companion:ident),* $(,)?) => {
        siblings_agree!([$owner.$f] ($($arg),*) $([$owner.$companion])*)
    };
    ($owner:ty; $f:ident($($arg:expr),* $(,)?): $($companion:ident),* $(,)?) => {
        siblings_agree!([<$owner>::$f] ($($arg),*) $([<$owner>::$companion])*)
    };
}
pub(crate) use siblings_agree;
