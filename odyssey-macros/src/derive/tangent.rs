//! `MlpTangent`: the tangents of the fields, as an element of a vector space.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::model::{Field, Model, Style};

pub(super) fn emit(model: &Model) -> TokenStream {
    let (definition, space) = (define(model), vector_space(model));
    let (clone, debug, partial_eq) = (clone(model), debug(model), partial_eq(model));
    quote!(#definition #clone #debug #partial_eq #space)
}

fn define(model: &Model) -> TokenStream {
    let name = model.companion("Tangent");
    let fields: Vec<_> = model
        .fields
        .iter()
        .map(|field| {
            let (vis, declaration) = (&field.vis, field.declaration());
            let ty = field.projection(&model.krate, "Tangent");
            let doc = format!("The tangent of `{}`.", field.written());
            quote!(#[doc = #doc] #vis #declaration #ty)
        })
        .collect();
    let definition = model.define(&name, &fields);
    let doc = format!("The tangent of [`{}`].", model.name);
    quote!(#[doc = #doc] #definition)
}

/// `impl Trait for MlpTangent { body }`.
fn implement(model: &Model, path: &TokenStream, body: &TokenStream) -> TokenStream {
    let name = model.companion("Tangent");
    let (parameters, arguments, bounds) = model.assumed_generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters #path for #name #arguments #bounds {
            #body
        }
    }
}

fn clone(model: &Model) -> TokenStream {
    let build = model.build(|field| {
        let member = &field.tangent_member;
        quote_spanned!(field.span=> ::core::clone::Clone::clone(&self.#member))
    });
    let body = quote! {
        fn clone(&self) -> Self {
            Self #build
        }
    };
    implement(model, &quote!(::core::clone::Clone), &body)
}

fn debug(model: &Model) -> TokenStream {
    let name = model.companion("Tangent").to_string();
    let fields = model.fields.iter().map(|field| {
        let member = &field.tangent_member;
        if model.style == Style::Named {
            let written = field.written();
            quote_spanned!(field.span=> .field(#written, &self.#member))
        } else {
            quote_spanned!(field.span=> .field(&self.#member))
        }
    });
    let helper = if model.style == Style::Named { quote!(debug_struct) } else { quote!(debug_tuple) };
    let body = quote! {
        fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            formatter.#helper(#name)#(#fields)*.finish()
        }
    };
    implement(model, &quote!(::core::fmt::Debug), &body)
}

fn partial_eq(model: &Model) -> TokenStream {
    let equal = model.fields.iter().map(|field| {
        let member = &field.tangent_member;
        quote_spanned!(field.span=> ::core::cmp::PartialEq::eq(&self.#member, &other.#member))
    });
    let other = if model.fields.is_empty() { quote!(_other) } else { quote!(other) };
    let body = quote! {
        fn eq(&self, #other: &Self) -> bool {
            true #(&& #equal)*
        }
    };
    implement(model, &quote!(::core::cmp::PartialEq), &body)
}

/// For each field that has a derivative.
fn each(model: &Model, f: impl Fn(&Field) -> TokenStream) -> Vec<TokenStream> {
    model.fields.iter().filter(|field| field.differentiable.is_some()).map(f).collect()
}

fn vector_space(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let tangent = quote!(#krate::rt::Tangent);
    let member = |field: &Field| field.tangent_member.clone();
    let accumulate = each(model, |field| {
        let member = member(field);
        quote_spanned!(field.span=> #tangent::accumulate(&mut self.#member, other.#member);)
    });
    let accumulate_ref = each(model, |field| {
        let member = member(field);
        quote_spanned!(field.span=> #tangent::accumulate_ref(&mut self.#member, &other.#member);)
    });
    let scale = each(model, |field| {
        let member = member(field);
        quote_spanned!(field.span=> #tangent::scale(&mut self.#member, factor);)
    });
    let add_scaled = each(model, |field| {
        let member = member(field);
        quote_spanned!(field.span=> #tangent::add_scaled(&mut self.#member, factor, &other.#member);)
    });
    let inner_product = each(model, |field| {
        let member = member(field);
        quote_spanned!(field.span=> #tangent::inner_product(&self.#member, &other.#member))
    });
    let (other, factor) = (model.argument("other"), model.argument("factor"));
    let body = quote! {
        fn accumulate(&mut self, #other: Self) {
            #(#accumulate)*
        }
        fn accumulate_ref(&mut self, #other: &Self) {
            #(#accumulate_ref)*
        }
        fn scale(&mut self, #factor: f64) {
            #(#scale)*
        }
        fn add_scaled(&mut self, #factor: f64, #other: &Self) {
            #(#add_scaled)*
        }
        fn inner_product(&self, #other: &Self) -> f64 {
            0.0 #(+ #inner_product)*
        }
    };
    implement(model, &tangent, &body)
}
