//! `MlpPartial`: what has arrived of an adjoint, field by field.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::model::Model;

pub(super) fn emit(model: &Model) -> TokenStream {
    let name = model.companion("Partial");
    // An enum of which nothing has arrived is of no variant yet.
    let nothing = model.is_enum.then(|| {
        quote!(
            #[doc = "Nothing has arrived."]
            __Nothing
        )
    });
    let definition = model.define(&name, "Partial", nothing);
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
