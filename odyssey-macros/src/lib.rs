//! The compiler of Odyssey: it reads a Rust function and writes its derivative.
//!
//! Users depend on `odyssey-runtime`, which re-exports these macros. ARCHITECTURE.md has the map.

mod activity;
mod blocks;
mod checkpoint;
mod derive;
mod diagnostics;
mod emit;
mod expand;
mod expansion;
mod expressions;
#[cfg(test)]
mod golden;
mod ir;
mod kinds;
mod lower;
mod optimise;
mod parse;
mod pipeline;
mod pushforward;
mod renamed;
mod replay;
mod reverse;
mod table;
mod third;

use proc_macro::TokenStream;

/// Writes the derivative of a function: a companion struct of the same name with `value_and_grad`, `grad`, `vjp` and
/// `check_grad`.
///
/// Options: `wrt(a, b)` names the arguments to differentiate, `name = f_ad` the companion, `crate = my_ad` the path of
/// the runtime where it was renamed.
#[proc_macro_attribute]
pub fn differentiable(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::differentiable(attribute.into(), item.into()).into()
}

/// Makes a struct or an enum differentiable: its tangent has the same fields.
///
/// `#[differentiable(skip)]` leaves a field out, whose type then needs no derivative. A function that differentiates the struct reads such
/// a field by `detach`: `x * detach(self.temperature)`.
#[proc_macro_derive(Differentiable, attributes(differentiable))]
pub fn derive_differentiable(input: TokenStream) -> TokenStream {
    derive::derive_differentiable(input.into()).into()
}

/// Hands the table of elementwise operations to a macro: `for_each_elementwise!(callback)` becomes
/// `callback! { rows }`.
#[doc(hidden)]
#[proc_macro]
pub fn for_each_elementwise(callback: TokenStream) -> TokenStream {
    pipeline::for_each_elementwise(callback.into()).into()
}

/// Hands the names of the operations that are not elementwise to a macro: `for_each_operation!(callback)` becomes
/// `callback! { names }`.
#[doc(hidden)]
#[proc_macro]
pub fn for_each_operation(callback: TokenStream) -> TokenStream {
    pipeline::for_each_operation(callback.into()).into()
}

/// Hands all elementwise functions with their derivative rules to a macro: `for_each_elementwise_rule!(callback)` becomes
/// `callback! { rows }`.
#[doc(hidden)]
#[proc_macro]
pub fn for_each_elementwise_rule(callback: TokenStream) -> TokenStream {
    pipeline::for_each_elementwise_rule(callback.into()).into()
}

/// Hands the elementwise functions of the prelude, with their derivative rules, to a macro:
/// `for_each_elementwise_function!(callback)` becomes `callback! { rows }`.
#[doc(hidden)]
#[proc_macro]
pub fn for_each_elementwise_function(callback: TokenStream) -> TokenStream {
    pipeline::for_each_elementwise_function(callback.into()).into()
}
