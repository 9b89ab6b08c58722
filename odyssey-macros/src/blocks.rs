//! Annotated blocks: what stands in them, and the companions beside it.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, ImplItem, ItemImpl, ItemTrait, TraitItem};

use crate::parse::{self, Block, Member, Place};
use crate::pipeline::compile;

/// What every annotated `impl` of an annotated trait has: an `impl` that is not annotated lacks it, even if all methods
/// that it leaves out have a body in the trait. Its own would not be those that are differentiated.
const MARKER: &str = "differentiable_in_trait_and_impl";

/// An `impl` block, with companions among its items or, for a trait that is not annotated, in a block beside it.
pub(crate) fn of_impl(attribute: TokenStream, mut block: ItemImpl) -> TokenStream {
    let is_of_trait = block.trait_.is_some();
    let (companions, place, errors) = match parse::of_impl(attribute, &mut block) {
        Ok(methods) => companions(methods),
        Err(error) => return with_errors(&quote!(#block), vec![error]),
    };
    if is_of_trait && place == Place::Impl {
        let (generics, _, bounds) = block.generics.split_for_impl();
        let (ty, companions) = (&block.self_ty, companions.into_iter().map(|(_, tokens)| tokens));
        return with_errors(&quote!(#block impl #generics #ty #bounds { #(#companions)* }), errors);
    }
    for (position, tokens) in companions.into_iter().rev() {
        block.items.insert(position + 1, ImplItem::Verbatim(tokens));
    }
    if let (Place::TraitImpl, Some((_, of_trait, _))) = (place, &block.trait_) {
        let here = of_trait.segments.last().map_or_else(Span::call_site, |last| made_at(last.ident.span()));
        let marker = Ident::new(MARKER, here);
        block.items.push(ImplItem::Verbatim(quote_spanned!(here=> #[inline] fn #marker() {})));
    }
    with_errors(&quote!(#block), errors)
}

/// A trait, with companions among its items.
pub(crate) fn of_trait(attribute: TokenStream, mut block: ItemTrait) -> TokenStream {
    let (companions, _, errors) = match parse::of_trait(attribute, &mut block) {
        Ok(methods) => companions(methods),
        Err(error) => return with_errors(&quote!(#block), vec![error]),
    };
    for (position, tokens) in companions.into_iter().rev() {
        block.items.insert(position + 1, TraitItem::Verbatim(tokens));
    }
    let here = made_at(block.ident.span());
    let marker = Ident::new(MARKER, here);
    let marker = quote_spanned!(here=> #[doc(hidden)] fn #marker() where Self: ::core::marker::Sized;);
    block.items.push(TraitItem::Verbatim(marker));
    with_errors(&quote!(#block), errors)
}

/// The companions of each method, by its position in the block, and what is wrong with others.
fn companions(methods: Block) -> (Vec<(usize, TokenStream)>, Place, Vec<syn::Error>) {
    let Block { members, mut errors, place, .. } = methods;
    let mut companions = Vec::new();
    for member in members {
        match member {
            Member::Differentiated(position, source) => match compile(&source) {
                Ok(tokens) => companions.push((position, tokens)),
                Err(error) => errors.push(error),
            },
            Member::Skipped(position, name) => companions.push((position, skipped(&name, place))),
        }
    }
    (companions, place, errors)
}

/// A trait and its `impl`s skip the same methods: otherwise the derivative of a body that the trait provides would be
/// that of an `impl` with another body.
fn skipped(method: &Ident, place: Place) -> TokenStream {
    let here = made_at(method.span());
    let name = format_ident!("{method}_is_skipped", span = here);
    match place {
        Place::Trait => quote_spanned!(here=> #[doc(hidden)] #[inline] fn #name() where Self: ::core::marker::Sized {}),
        Place::TraitImpl => quote_spanned!(here=> #[inline] fn #name() {}),
        _ => TokenStream::new(),
    }
}

/// The user's place, seen as written by the macro: rustc points there, lints look away.
fn made_at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

fn with_errors(written: &TokenStream, errors: Vec<syn::Error>) -> TokenStream {
    let errors = errors.iter().map(syn::Error::to_compile_error);
    quote!(#written #(#errors)*)
}
