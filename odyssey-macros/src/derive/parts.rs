//! Access to the parts of one variant, by the variant's name: for code that sees a pattern and no more.
//!
//! `tangent.__Circle()` are the tangents of the fields of `Circle`, to be changed; `tangent.__into_Circle()` are the
//! same by value; `partial.__Circle()` are those under construction. Parts of tuple variants are tuples, with `()` in the
//! place of fields without a derivative, so that they are numbered as in the pattern; those of struct variants are a
//! struct with the same field names.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Member};

use super::model::Model;
use super::variant::{Field, Style, Variant};

pub(super) fn emit(model: &Model) -> TokenStream {
    let structs = model.variants.iter().filter(|variant| variant.style == Style::Named).map(|variant| define(model, variant));
    let tangent = implement(
        model,
        "Tangent",
        model.variants.iter().flat_map(|variant| [of_tangent(model, variant), into(model, variant)]),
        None,
    );
    let nothing = quote!(Self::__Nothing => "nothing",);
    let partial = implement(model, "Partial", model.variants.iter().map(|variant| of_partial(model, variant)), Some(nothing));
    quote!(#(#structs)* #tangent #partial)
}

fn implement(
    model: &Model,
    companion: &str,
    methods: impl Iterator<Item = TokenStream>,
    more: Option<TokenStream>,
) -> TokenStream {
    let (name, vis) = (model.companion(companion), &model.vis);
    let (parameters, arguments, bounds) = model.assumed_generics.split_for_impl();
    let arms = model.variants.iter().map(|variant| {
        let (pattern, written) = (variant.pattern(&this(), "", [].into_iter()), format!("{}::{}", model.name, variant.name));
        quote!(#pattern => #written,)
    });
    quote! {
        impl #parameters #name #arguments #bounds {
            #(#methods)*

            #[doc(hidden)]
            #vis fn __variant(&self) -> &'static str {
                match self { #(#arms)* #more }
            }
        }
    }
}

fn this() -> Ident {
    Ident::new("Self", Span::call_site())
}

/// `__ShapeRect`: the parts of a struct variant.
fn name(model: &Model, variant: &Variant) -> Ident {
    let span = model.name.span().resolved_at(Span::call_site());
    format_ident!("__{}{}", model.name, variant.name, span = span)
}

fn define(model: &Model, variant: &Variant) -> TokenStream {
    let (vis, name) = (&model.vis, name(model, variant));
    let types: Vec<Ident> = (0..variant.present().count()).map(|i| format_ident!("T{i}")).collect();
    let members = variant.present().map(|field| &field.member);
    quote! {
        #[doc(hidden)]
        #vis struct #name<#(#types),*> { #(#vis #members: #types,)* }
    }
}

/// The type of a variant's parts, by that of a field's.
fn parts_type(model: &Model, variant: &Variant, of: impl Fn(&Field) -> TokenStream) -> TokenStream {
    let types = variant.present().map(of);
    match variant.style {
        Style::Named => {
            let name = name(model, variant);
            quote!(#name<#(#types),*>)
        }
        Style::Tuple | Style::Unit => quote!((#(#types,)*)),
    }
}

/// A variant's parts, by the values of its fields.
fn parts(model: &Model, variant: &Variant, of: impl Fn(&Field) -> TokenStream) -> TokenStream {
    let values = variant.present().map(|field| match (&field.member, of(field)) {
        (Member::Named(name), value) => quote!(#name: #value),
        (Member::Unnamed(_), value) => value,
    });
    match variant.style {
        Style::Named => {
            let name = name(model, variant);
            quote!(#name { #(#values,)* })
        }
        Style::Tuple | Style::Unit => quote!((#(#values,)*)),
    }
}

/// `__Circle(&mut self)`.
fn by_reference(model: &Model, variant: &Variant, companion: &str, before: Option<TokenStream>) -> TokenStream {
    let (vis, method) = (&model.vis, format_ident!("__{}", variant.own_name()));
    let ty = parts_type(model, variant, |field| {
        let ty = field.projection(&model.krate, companion);
        quote_spanned!(field.span=> &mut #ty)
    });
    let arms = arms(model, variant, model.variants.len() > 1 || before.is_some());
    quote! {
        #[doc(hidden)]
        #[track_caller]
        #vis fn #method(&mut self) -> #ty {
            #before
            match self { #arms }
        }
    }
}

fn of_tangent(model: &Model, variant: &Variant) -> TokenStream {
    by_reference(model, variant, "Tangent", None)
}

/// What is of no variant yet becomes one of this.
fn of_partial(model: &Model, variant: &Variant) -> TokenStream {
    let empty = variant.build(&this(), |field| quote_spanned!(field.span=> ::core::default::Default::default()));
    by_reference(model, variant, "Partial", Some(quote!(if let Self::__Nothing = self { *self = #empty; })))
}

/// `__into_Circle(self)`.
fn into(model: &Model, variant: &Variant) -> TokenStream {
    let (vis, method) = (&model.vis, format_ident!("__into_{}", variant.own_name()));
    let ty = parts_type(model, variant, |field| field.projection(&model.krate, "Tangent"));
    let arms = arms(model, variant, model.variants.len() > 1);
    quote! {
        #[doc(hidden)]
        #[track_caller]
        #vis fn #method(self) -> #ty {
            match self { #arms }
        }
    }
}

/// The variant's fields as its parts, and the panic for a tangent of another variant.
fn arms(model: &Model, variant: &Variant, has_others: bool) -> TokenStream {
    let (krate, written) = (&model.krate, format!("{}::{}", model.name, variant.name));
    let pattern = variant.pattern(&this(), "own", variant.present());
    let value = parts(model, variant, |field| {
        let own = field.bound("own");
        quote!(#own)
    });
    let otherwise = has_others.then(|| quote!(own => #krate::rt::different_variants(own.__variant(), #written),));
    quote!(#pattern => #value, #otherwise)
}
