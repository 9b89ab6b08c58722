//! Access to the parts of one variant, by the variant's name: for code that sees a pattern and no more.
//!
//! `tangent.__Circle()` are the tangents of the fields of `Circle`, by `&mut`; `tangent.__into_Circle()` are the same by
//! value; `partial.__Circle()` are those under construction, which the partial tangent of an enum holds as they are.
//! Parts of tuple variants are tuples, with `()` in the place of fields without a derivative, so that they are numbered
//! as in the pattern; those of struct variants are a struct with the same field names.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, Member};

use super::model::Model;
use super::variant::{article, Field, Style, Variant};

/// The variants of the partial tangent.
pub(super) fn of_partials(model: &Model) -> TokenStream {
    let variants = model.variants.iter().map(|variant| {
        let (doc, name) = (format!("{} of [`{}::{}`].", article("Partial"), model.name, variant.name), variant.own_name());
        let parts = parts_type(model, variant, |field| field.projection(&model.krate, "Partial"));
        quote!(#[doc = #doc] #name(#parts))
    });
    quote!(#(#variants,)* #[doc = "Nothing has arrived: it is of no variant yet."] __Nothing)
}

/// `ShapePartial::Circle((value, …))`.
pub(super) fn build_partial(model: &Model, head: &Ident, variant: &Variant, of: impl Fn(&Field) -> TokenStream) -> TokenStream {
    let name = variant.own_name();
    let parts = parts(model, variant, |field| if field.differentiable.is_some() { of(field) } else { quote!(()) });
    quote!(#head::#name(#parts))
}

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

/// `tangent.__field_x()` for every named field of a struct: the tangent's, by `&mut`, or what says that the tangent leaves it out.
pub(super) fn fields(model: &Model) -> TokenStream {
    let (name, krate) = (model.companion("Tangent"), &model.krate);
    let (parameters, arguments, bounds) = model.assumed_generics.split_for_impl();
    let methods = model.fields().filter_map(|field| {
        let (Member::Named(member), vis) = (&field.member, &field.vis) else { return None };
        let method = format_ident!("__field_{}", member.unraw(), span = member.span().resolved_at(Span::call_site()));
        let (ty, part) = if field.differentiable.is_some() {
            let tangent = field.projection(krate, "Tangent");
            (quote_spanned!(field.span=> &mut #tangent), quote!(&mut self.#member))
        } else {
            (quote!(#krate::rt::NoField), quote!(#krate::rt::NoField))
        };
        Some(quote! {
            #[doc(hidden)]
            #[inline]
            #vis fn #method(&mut self) -> #ty { #part }
        })
    });
    quote!(impl #parameters #name #arguments #bounds { #(#methods)* })
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
        let (name, written) = (variant.own_name(), format!("{}::{}", model.name, variant.name));
        quote!(Self::#name { .. } => #written,)
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
        #[derive(Clone)]
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

/// `__Circle(&mut self)` of a tangent.
fn of_tangent(model: &Model, variant: &Variant) -> TokenStream {
    let (vis, method) = (&model.vis, method(variant));
    let ty = parts_type(model, variant, |field| {
        let ty = field.projection(&model.krate, "Tangent");
        quote_spanned!(field.span=> &mut #ty)
    });
    let arms = arms(model, variant);
    quote! {
        #[doc(hidden)]
        #[track_caller]
        #vis fn #method(&mut self) -> #ty {
            match self { #arms }
        }
    }
}

/// `__Circle(&mut self)` of a partial tangent: what is of no variant yet becomes one of this.
fn of_partial(model: &Model, variant: &Variant) -> TokenStream {
    let (vis, method, name) = (&model.vis, method(variant), variant.own_name());
    let ty = parts_type(model, variant, |field| field.projection(&model.krate, "Partial"));
    let empty = build_partial(model, &this(), variant, |field| quote_spanned!(field.span=> ::core::default::Default::default()));
    let differ = differ(model, variant);
    quote! {
        #[doc(hidden)]
        #[track_caller]
        #vis fn #method(&mut self) -> &mut #ty {
            if let Self::__Nothing = self {
                *self = #empty;
            }
            match self {
                Self::#name(parts) => parts,
                own => #differ,
            }
        }
    }
}

/// `__Circle`.
fn method(variant: &Variant) -> Ident {
    format_ident!("__{}", variant.own_name())
}

/// The panic for a tangent of another variant.
fn differ(model: &Model, variant: &Variant) -> TokenStream {
    let (krate, written) = (&model.krate, format!("{}::{}", model.name, variant.name));
    quote!(#krate::rt::different_variants(own.__variant(), #written))
}

/// `__into_Circle(self)`.
fn into(model: &Model, variant: &Variant) -> TokenStream {
    let (vis, method) = (&model.vis, format_ident!("__into_{}", variant.own_name()));
    let ty = parts_type(model, variant, |field| field.projection(&model.krate, "Tangent"));
    let arms = arms(model, variant);
    quote! {
        #[doc(hidden)]
        #[track_caller]
        #vis fn #method(self) -> #ty {
            match self { #arms }
        }
    }
}

/// The variant's fields as its parts.
fn arms(model: &Model, variant: &Variant) -> TokenStream {
    let pattern = variant.pattern(&this(), "own", variant.present());
    let value = parts(model, variant, |field| {
        let own = field.bound("own");
        quote!(#own)
    });
    let differ = differ(model, variant);
    let otherwise = (model.variants.len() > 1).then(|| quote!(own => #differ,));
    quote!(#pattern => #value, #otherwise)
}
