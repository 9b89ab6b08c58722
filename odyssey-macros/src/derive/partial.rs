//! `MlpPartial`: what has arrived of an adjoint, field by field.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::model::Model;

pub(super) fn emit(model: &Model) -> TokenStream {
    let name = model.companion("Partial");
    let fields: Vec<_> = model
        .fields
        .iter()
        .map(|field| {
            let (vis, declaration) = (&field.vis, field.declaration());
            let ty = field.projection(&model.krate, "Partial");
            let doc = format!("What has arrived for `{}`.", field.written());
            quote!(#[doc = #doc] #vis #declaration #ty)
        })
        .collect();
    let definition = model.define(&name, &fields);
    let doc = format!("A tangent of [`{}`] under construction.", model.name);
    let (parameters, arguments, bounds) = model.assumed_generics.split_for_impl();
    let build = model.build(|field| quote_spanned!(field.span=> ::core::default::Default::default()));
    quote! {
        #[doc(hidden)]
        #[doc = #doc]
        #definition

        #[automatically_derived]
        impl #parameters ::core::default::Default for #name #arguments #bounds {
            fn default() -> Self {
                Self #build
            }
        }
    }
}
