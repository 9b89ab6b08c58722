//! `MlpTangent`: the tangents of the fields, as an element of a vector space.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Generics, Ident};

use super::model::Model;
use super::variant::{Field, Style, Variant};

pub(super) fn emit(model: &Model) -> TokenStream {
    let doc = format!("The tangent of [`{}`].", model.name);
    let definition = model.define(&model.companion("Tangent"), "Tangent");
    let (clone, debug, partial_eq) = (clone(model), debug(model), partial_eq(model));
    let (space, krate) = (vector_space(model), &model.krate);
    let generics = model.differentiable_generics(model.assumed_generics.clone());
    // Where a body may go on with a gradient.
    let differentiable = cfg!(feature = "second-order")
        .then(|| implement_in(model, &generics, &quote!(#krate::rt::Differentiable), &super::primal::definition(model)));
    quote!(#[doc = #doc] #definition #clone #debug #partial_eq #space #differentiable)
}

/// `impl Trait for MlpTangent { body }`.
fn implement(model: &Model, path: &TokenStream, body: &TokenStream) -> TokenStream {
    implement_in(model, &model.assumed_generics, path, body)
}

/// The same with other bounds.
fn implement_in(model: &Model, generics: &Generics, path: &TokenStream, body: &TokenStream) -> TokenStream {
    let name = model.companion("Tangent");
    let (parameters, arguments, bounds) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters #path for #name #arguments #bounds {
            #body
        }
    }
}

fn this() -> Ident {
    Ident::new("Self", Span::call_site())
}

/// `match self { … }`, with an arm for each variant whose fields are bound.
fn match_self(model: &Model, arm: impl Fn(&Variant) -> TokenStream) -> TokenStream {
    let arms = model.variants.iter().map(|variant| {
        let (pattern, value) = (variant.pattern(&this(), "own", variant.active()), arm(variant));
        quote!(#pattern => #value,)
    });
    quote!(match self { #(#arms)* })
}

/// `match (self, other) { … }`, with an arm for each variant that both are of; what else there is goes to `otherwise`.
fn match_both(model: &Model, arm: impl Fn(&Variant) -> TokenStream, otherwise: TokenStream) -> TokenStream {
    let arms = model.variants.iter().map(|variant| {
        let patterns = ["own", "other"].map(|prefix| variant.pattern(&this(), prefix, variant.active()));
        let value = arm(variant);
        quote!((#(#patterns),*) => #value,)
    });
    let otherwise = (model.variants.len() > 1).then(|| quote!((own, other) => #otherwise,));
    quote!(match (self, other) { #(#arms)* #otherwise })
}

fn clone(model: &Model) -> TokenStream {
    let clones = match_self(model, |variant| {
        variant.build(&this(), |field| {
            let own = field.bound("own");
            quote_spanned!(field.span=> ::core::clone::Clone::clone(#own))
        })
    });
    implement(model, &quote!(::core::clone::Clone), &quote!(fn clone(&self) -> Self { #clones }))
}

fn debug(model: &Model) -> TokenStream {
    let written = match_self(model, |variant| {
        let name = if variant.is_struct { model.companion("Tangent").to_string() } else { variant.name.to_string() };
        let is_named = variant.style == Style::Named;
        let fields = variant.present().map(|field| {
            let own = field.bound("own");
            let value = if field.differentiable.is_some() { quote!(#own) } else { quote!(&()) };
            let label = is_named.then(|| field.name()).map(|name| quote!(#name,));
            quote_spanned!(field.span=> .field(#label #value))
        });
        let helper = if is_named { quote!(debug_struct) } else { quote!(debug_tuple) };
        quote!(formatter.#helper(#name)#(#fields)*.finish())
    });
    let body = quote!(fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { #written });
    implement(model, &quote!(::core::fmt::Debug), &body)
}

fn partial_eq(model: &Model) -> TokenStream {
    let equal = |variant: &Variant| {
        let equal = variant.active().map(|field| {
            let (own, other) = (field.bound("own"), field.bound("other"));
            quote_spanned!(field.span=> ::core::cmp::PartialEq::eq(#own, #other))
        });
        quote!(true #(&& #equal)*)
    };
    let arms = model.variants.iter().map(|variant| {
        let patterns = ["own", "other"].map(|prefix| variant.pattern(&this(), prefix, variant.active()));
        let value = equal(variant);
        quote!((#(#patterns),*) => #value,)
    });
    let otherwise = (model.variants.len() > 1).then(|| quote!(_ => false,));
    let body = quote!(fn eq(&self, other: &Self) -> bool { match (self, other) { #(#arms)* #otherwise } });
    implement(model, &quote!(::core::cmp::PartialEq), &body)
}

fn vector_space(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let tangent = quote!(#krate::rt::Tangent);
    let differ = quote!(#krate::rt::different_variants(own.__variant(), other.__variant()));
    let both = |each: &dyn Fn(&Field, Ident, Ident) -> TokenStream| {
        let arm = |variant: &Variant| {
            let each = variant.active().map(|field| each(field, field.bound("own"), field.bound("other")));
            quote!({ #(#each)* })
        };
        match_both(model, arm, differ.clone())
    };
    let accumulate = both(&|field, own, other| quote_spanned!(field.span=> #tangent::accumulate(#own, #other);));
    let accumulate_ref = both(&|field, own, other| quote_spanned!(field.span=> #tangent::accumulate_ref(#own, #other);));
    let add_scaled = both(&|field, own, other| quote_spanned!(field.span=> #tangent::add_scaled(#own, factor, #other);));
    let scale = match_self(model, |variant| {
        let each = variant.active().map(|field| {
            let own = field.bound("own");
            quote_spanned!(field.span=> #tangent::scale(#own, factor);)
        });
        quote!({ #(#each)* })
    });
    let clear = match_self(model, |variant| {
        let each = variant.active().map(|field| {
            let own = field.bound("own");
            quote_spanned!(field.span=> #tangent::clear(#own);)
        });
        quote!({ #(#each)* })
    });
    let map_scalars = match_self(model, |variant| {
        let each = variant.active().map(|field| {
            let own = field.bound("own");
            quote_spanned!(field.span=> #tangent::map_scalars(#own, map);)
        });
        quote!({ #(#each)* })
    });
    let recycle = match_self(model, |variant| {
        let each = variant.active().map(|field| {
            let own = field.bound("own");
            quote_spanned!(field.span=> #tangent::recycle_tangent(#own);)
        });
        quote!({ #(#each)* })
    });
    let product = |variant: &Variant| {
        let each = variant.active().map(|field| {
            let (own, other) = (field.bound("own"), field.bound("other"));
            quote_spanned!(field.span=> #tangent::inner_product(#own, #other))
        });
        quote!(0.0 #(+ #each)*)
    };
    let inner_product = match_both(model, product, differ.clone());
    let [factor, map] = ["factor", "map"].map(|name| model.argument(name));
    let body = quote! {
        #[track_caller]
        fn accumulate(&mut self, other: Self) { #accumulate }
        #[track_caller]
        fn accumulate_ref(&mut self, other: &Self) { #accumulate_ref }
        fn clear(&mut self) { #clear }
        fn recycle_tangent(self) { #recycle }
        fn scale(&mut self, #factor: f64) { #scale }
        fn map_scalars(&mut self, #map: &mut dyn ::core::ops::FnMut(f64) -> f64) { #map_scalars }
        #[track_caller]
        fn add_scaled(&mut self, #factor: f64, other: &Self) { #add_scaled }
        #[track_caller]
        fn inner_product(&self, other: &Self) -> f64 { #inner_product }
    };
    implement(model, &tangent, &body)
}
