//! The traits of the struct itself.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Generics, Ident, Type};

use super::generics::{borrows, in_type};
use super::model::Model;
use super::variant::Field;

pub(super) fn emit(model: &Model) -> TokenStream {
    let differentiable = differentiable(model);
    // What borrows its numbers cannot change them.
    if model.fields().filter(|field| field.differentiable.is_some()).any(|field| borrows(&field.ty)) {
        return differentiable;
    }
    let (parameters, perturb) = (parameters(model), perturb(model));
    quote!(#differentiable #parameters #perturb)
}

fn differentiable(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let body = definition(model);
    let generics = model.differentiable_generics(with_bounds_of(model, &model.tangent_generics));
    let item = implement(model, &generics, &quote!(#krate::rt::Differentiable), &body);
    match model.assumed {
        Some(span) => respan(item, span),
        None => item,
    }
}

/// The items of `impl Differentiable` for the type, and for its tangent, which is its own tangent.
pub(super) fn definition(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let (this, tangent, partial) = (this(), model.companion("Tangent"), model.companion("Partial"));
    let (_, tangent_arguments, _) = model.tangent_generics.split_for_impl();
    let zero = model.variants.iter().map(|variant| {
        let pattern = variant.pattern(&this, "own", variant.active());
        let zero = variant.build(&tangent, |field| {
            let own = field.bound("own");
            quote_spanned!(field.span=> #krate::rt::Differentiable::zero_tangent(#own))
        });
        quote!(#pattern => #zero,)
    });
    let is_shaped_like = is_shaped_like(model);
    let complete = model.variants.iter().map(|variant| {
        let own = variant.pattern(&this, "own", variant.active());
        let name = variant.own_name();
        let parts = if model.is_enum { quote!(#partial::#name(parts)) } else { quote!(parts) };
        let whole = variant.build(&tangent, |field| {
            let (own, member) = (field.bound("own"), &field.member);
            quote_spanned!(field.span=> #krate::rt::Differentiable::complete(#own, parts.#member))
        });
        quote!((#own, #parts) => #whole,)
    });
    let complete_rest = model.is_enum.then(|| {
        let differ = (model.variants.len() > 1).then(|| {
            quote!((own, part) => #krate::rt::different_variants(#krate::rt::zero_tangent(own).__variant(), part.__variant()),)
        });
        quote!((own, #partial::__Nothing) => #krate::rt::zero_tangent(own), #differ)
    });
    let arrived = model.variants.iter().map(|variant| {
        let pattern = variant.pattern(&tangent, "whole", variant.active());
        let arrived = |field: &Field| {
            let (arrive, whole) = (field.projection(krate, "arrived"), field.bound("whole"));
            quote_spanned!(field.span=> #arrive(#whole))
        };
        let part = if model.is_enum {
            super::parts::build_partial(model, &partial, variant, arrived)
        } else {
            variant.build(&partial, arrived)
        };
        quote!(#pattern => #part,)
    });
    quote! {
        type Tangent = #tangent #tangent_arguments;
        type Partial = #partial #tangent_arguments;

        fn zero_tangent(&self) -> Self::Tangent {
            match self { #(#zero)* }
        }

        #is_shaped_like

        fn complete(&self, partial: Self::Partial) -> Self::Tangent {
            match (self, partial) { #(#complete)* #complete_rest }
        }

        fn arrived(tangent: Self::Tangent) -> Self::Partial {
            match tangent { #(#arrived)* }
        }
    }
}

/// Variants are shapes as well.
fn is_shaped_like(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let arms = model.variants.iter().map(|variant| {
        let patterns = ["own", "other"].map(|prefix| variant.pattern(&this(), prefix, variant.active()));
        let fields = variant.active().map(|field| {
            let (own, other) = (field.bound("own"), field.bound("other"));
            quote_spanned!(field.span=> && #krate::rt::Differentiable::is_shaped_like(#own, #other))
        });
        quote!((#(#patterns),*) => true #(#fields)*,)
    });
    let differ = (model.variants.len() > 1).then(|| quote!(_ => false,));
    quote! {
        fn is_shaped_like(&self, other: &Self) -> bool {
            match (self, other) { #(#arms)* #differ }
        }
    }
}

fn this() -> Ident {
    Ident::new("Self", Span::call_site())
}

/// The tokens at another place: what goes wrong in them is the fault of the field there.
fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let respanned = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut moved = Group::new(group.delimiter(), respan(group.stream(), span));
            moved.set_span(span);
            TokenTree::Group(moved)
        }
        mut token => {
            token.set_span(span.resolved_at(token.span()));
            token
        }
    });
    respanned.collect()
}

/// The struct's own generics with the bounds of the tangent's.
fn with_bounds_of(model: &Model, tangent: &Generics) -> Generics {
    let mut generics = model.generics.clone();
    if let Some(bounds) = &tangent.where_clause {
        let known: Vec<_> = generics.where_clause.iter().flat_map(|clause| clause.predicates.iter().cloned()).collect();
        let added = bounds.predicates.iter().filter(|predicate| !known.contains(predicate)).cloned();
        generics.make_where_clause().predicates.extend(added);
    }
    generics
}

fn implement(model: &Model, generics: &Generics, path: &TokenStream, body: &TokenStream) -> TokenStream {
    let name = &model.name;
    let (parameters, _, bounds) = generics.split_for_impl();
    let (_, arguments, _) = model.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters #path for #name #arguments #bounds {
            #body
        }
    }
}

/// Walking over the numbers.
fn parameters(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let mut generics = with_bounds_of(model, &model.assumed_generics);
    let bounds: Vec<&Type> = model.fields().filter(|field| is_conditional(model, field)).map(|field| &field.ty).collect();
    if !bounds.is_empty() {
        let clause = generics.make_where_clause();
        for ty in bounds {
            // Behind a lifetime: checked where the impl is used, not here.
            clause.predicates.push(syn::parse_quote!(for<'__used> #ty: #krate::rt::Parameters));
        }
    }
    let tangent = model.companion("Tangent");
    let visits = model.variants.iter().map(|variant| {
        let patterns = [variant.pattern(&this(), "own", variant.active()), variant.pattern(&tangent, "part", variant.active())];
        let visits = variant.active().map(|field| {
            let (own, part, written) = (field.bound("own"), field.bound("part"), field.written());
            quote_spanned! {field.span=>
                #krate::rt::Visitor::enter(visitor, #krate::rt::Step::Field(#written));
                #krate::rt::Parameters::visit(#own, #part, visitor);
                #krate::rt::Visitor::leave(visitor);
            }
        });
        quote!((#(#patterns),*) => { #(#visits)* })
    });
    let differ = (model.variants.len() > 1).then(
        || quote!((own, part) => #krate::rt::different_variants(#krate::rt::zero_tangent(own).__variant(), part.__variant()),),
    );
    let visitor = model.argument("visitor");
    let body = quote! {
        fn visit<__V: #krate::rt::Visitor>(&mut self, tangent: &Self::Tangent, #visitor: &mut __V) {
            match (self, tangent) { #(#visits)* #differ }
        }
    };
    implement(model, &generics, &quote!(#krate::rt::Parameters), &body)
}

/// Whether the field's numbers can be changed for some type arguments only.
fn is_conditional(model: &Model, field: &Field) -> bool {
    let mentioned = in_type(&field.ty);
    let depends = model.generics.type_params().any(|param| mentioned.contains(&param.ident));
    field.differentiable.is_some() && depends && !mentioned.contains(&model.name)
}

/// Gradient checks work on clones.
fn perturb(model: &Model) -> TokenStream {
    let krate = &model.krate;
    let (name, mut generics) = (&model.name, with_bounds_of(model, &model.assumed_generics));
    let (_, arguments, _) = model.generics.split_for_impl();
    generics.make_where_clause().predicates.push(syn::parse_quote! {
        for<'__used> #name #arguments: ::core::clone::Clone + #krate::rt::Parameters
    });
    let copy = quote! {
        type Owned = Self;

        fn owned_copy(&self) -> Self {
            ::core::clone::Clone::clone(self)
        }
    };
    let lend = quote! {
        type Lent = Self;

        fn lend(owned: &mut Self) -> Self {
            ::core::clone::Clone::clone(owned)
        }
    };
    let perturb = implement(model, &generics, &quote!(#krate::rt::Perturb), &copy);
    let lend = implement(model, &generics, &quote!(#krate::rt::Lend<'_>), &lend);
    quote!(#perturb #lend)
}
