//! `MlpPartial`: what has arrived of an adjoint, field by field.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::model::Model;

pub(super) fn emit(model: &Model) -> TokenStream {
    let name = model.companion("Partial");
    let definition = model.define(&name, "Partial");
    let doc = format!("A tangent of [`{}`] under construction.", model.name);
    let (parameters, arguments, bounds) = model.assumed_generics.split_for_impl();
    let default = if model.is_enum {
        quote!(Self::__Nothing)
    } else {
        model.variants[0].build(&name, |field| quote_spanned!(field.span=> ::core::default::Default::default()))
    };
    quote! {
        #[doc(hidden)]
        #[doc = #doc]
        #definition

        #[automatically_derived]
        impl #parameters ::core::default::Default for #name #arguments #bounds {
            fn default() -> Self {
                #default
            }
        }
    }
}
