//! Functions as arguments by `impl Fn…`: the companions give their types names, since they call the function more than
//! once and write its signature as a bound.

use proc_macro2::Span;
use syn::{FnArg, Ident, ItemFn, Type};

use super::passive::is_function_bound;

const PREFIX: &str = "__Function";

/// Gives each `impl Fn…` a name, that of a type parameter.
pub(super) fn name_functions(item: &mut ItemFn) {
    for (number, input) in item.sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(typed) = input else { continue };
        let Type::ImplTrait(written) = &*typed.ty else { continue };
        if written.bounds.iter().any(is_function_bound) {
            let name = Ident::new(&format!("{PREFIX}{number}"), Span::call_site());
            let bounds = &written.bounds;
            item.sig.generics.params.push(syn::parse_quote!(#name: #bounds));
            typed.ty = syn::parse_quote!(#name);
        }
    }
}

/// The user's function does not have this type parameter by name.
pub(crate) fn is_anonymous(parameter: &Ident) -> bool {
    parameter.to_string().starts_with(PREFIX)
}
