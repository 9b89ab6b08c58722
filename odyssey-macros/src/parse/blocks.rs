//! Annotated blocks: an `impl` or a trait whose methods get companions, all that can.

use proc_macro2::{TokenStream, TokenTree};
use quote::{quote, ToTokens};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, FnArg, Generics, Ident, ImplItem, ImplItemFn, ItemFn, ItemImpl, ItemTrait, Path, PathSegment, ReturnType, Token,
    TraitItem, TraitItemFn, Type, TypePath, Visibility,
};

use super::anonymous;
use super::options::Options;
use super::passive::{is_passive, ungroup};
use super::signature;
use super::{clean_arguments, without_own_attributes, Outcome, Place, Source, Surroundings, WithoutCheckpoints};
use crate::diagnostics::Diagnostics;

/// The methods of an annotated block.
pub(crate) struct Block {
    pub(crate) members: Vec<Member>,
    /// What is wrong with the block, and with methods that are not among the members.
    pub(crate) errors: Vec<syn::Error>,
    pub(crate) place: Place,
    /// The path of the runtime crate.
    pub(crate) krate: Path,
}

/// A method, by its position among the block's items.
pub(crate) enum Member {
    Differentiated(usize, Box<Source>),
    /// It says `skip`.
    Skipped(usize, Ident),
}

/// The methods of an `impl` block, off which the attributes are taken that only the compiler understands.
pub(crate) fn of_impl(attribute: TokenStream, block: &mut ItemImpl) -> syn::Result<Block> {
    let methods = block.items.iter_mut().enumerate().filter_map(|(position, item)| match item {
        ImplItem::Fn(method) => {
            let written = method.clone();
            clean(&mut method.attrs, &mut method.sig.inputs);
            WithoutCheckpoints.visit_block_mut(&mut method.block);
            Some((position, written))
        }
        _ => None,
    });
    let methods: Vec<_> = methods.collect();
    let options = Options::parse_of_block(attribute)?;
    let of_trait = block.trait_.as_ref().map(|(_, path, _)| path.clone());
    let place = if of_trait.is_some() && options.inherent.is_none() { Place::TraitImpl } else { Place::Impl };
    let is_inherent = of_trait.is_some() && place == Place::Impl;
    if is_inherent {
        check_owner(&block.self_ty, &block.generics)?;
    } else {
        options.refuse_those_of_blocks()?;
    }
    let mut associated = Associated { of_trait: of_trait.clone(), names: associated_types(block) };
    let (generics, _, bounds) = block.generics.split_for_impl();
    let (owner, for_type) = (&block.self_ty, of_trait.iter().filter(|_| !is_inherent).map(|of_trait| quote!(#of_trait for)));
    let header = quote!(impl #generics #(#for_type)* #owner #bounds);
    let name = owner.to_token_stream().into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    let (name, generics) = (name.unwrap_or_default(), block.generics.clone());
    let mut reader = Reader::new(options.krate, place, Surroundings { generics, of_trait, name, header });
    for (position, method) in methods {
        let mut item = of_impl_item(method, is_inherent);
        if is_inherent {
            associated.visit_item_fn_mut(&mut item);
        }
        reader.method(position, item, false);
    }
    Ok(reader.block)
}

/// The methods of a trait, with those that have no body.
pub(crate) fn of_trait(attribute: TokenStream, block: &mut ItemTrait) -> syn::Result<Block> {
    let methods = block.items.iter_mut().enumerate().filter_map(|(position, item)| match item {
        TraitItem::Fn(method) => {
            let written = method.clone();
            clean(&mut method.attrs, &mut method.sig.inputs);
            method.default.iter_mut().for_each(|body| WithoutCheckpoints.visit_block_mut(body));
            Some((position, written))
        }
        _ => None,
    });
    let methods: Vec<_> = methods.collect();
    let options = Options::parse_of_block(attribute)?;
    options.refuse_those_of_blocks()?;
    let (name, (_, arguments, _)) = (&block.ident, block.generics.split_for_impl());
    let of_trait = Some(syn::parse_quote!(#name #arguments));
    let (generics, _, bounds) = block.generics.split_for_impl();
    let header = quote!(trait #name #generics #bounds);
    let surroundings = Surroundings { generics: block.generics.clone(), of_trait, name: name.to_string(), header };
    let mut reader = Reader::new(options.krate, Place::Trait, surroundings);
    for (position, method) in methods {
        let is_declared = method.default.is_none();
        reader.method(position, of_trait_item(method), is_declared);
    }
    Ok(reader.block)
}

/// An inherent `impl` is possible for a type of this crate alone, by its name.
fn check_owner(ty: &Type, generics: &Generics) -> syn::Result<()> {
    let is_parameter =
        |path: &Path| path.get_ident().is_some_and(|ident| generics.type_params().any(|param| param.ident == *ident));
    match ungroup(ty) {
        Type::Path(path) if !is_parameter(&path.path) => Ok(()),
        _ => Err(syn::Error::new_spanned(
            ty,
            "`inherent` puts the companions into an `impl` of this type, which must be a struct or an enum\nhelp: implement the trait for the type itself, or annotate the trait",
        )),
    }
}

fn associated_types(block: &ItemImpl) -> Vec<Ident> {
    let names = block.items.iter().filter_map(|item| match item {
        ImplItem::Type(ty) => Some(ty.ident.clone()),
        _ => None,
    });
    names.collect()
}

/// Writes `Self::Output` as `<Self as Neg>::Output`, as it must be outside of the trait's `impl`.
struct Associated {
    of_trait: Option<Path>,
    names: Vec<Ident>,
}

impl VisitMut for Associated {
    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        if let ([owner, name], None, Some(of_trait)) = (&segments(&ty.path)[..], &ty.qself, &self.of_trait) {
            if owner.ident == "Self" && self.names.contains(&name.ident) {
                *ty = syn::parse_quote!(<Self as #of_trait>::#name);
            }
        }
        visit_mut::visit_type_path_mut(self, ty);
    }
}

fn segments(path: &Path) -> Vec<&PathSegment> {
    path.segments.iter().collect()
}

/// Reads one method after the other.
struct Reader {
    surroundings: Surroundings,
    block: Block,
}

impl Reader {
    fn new(krate: Path, place: Place, surroundings: Surroundings) -> Reader {
        Reader { surroundings, block: Block { members: Vec::new(), errors: Vec::new(), place, krate } }
    }

    fn method(&mut self, position: usize, mut item: ItemFn, is_declared: bool) {
        anonymous::name_functions(&mut item);
        let item = &item;
        let attribute = item.attrs.iter().find(|attribute| is_ours(attribute));
        let scope = self.surroundings.scope(item);
        if attribute.is_none() && !can_be_differentiated(item, &scope) {
            return;
        }
        match self.member(position, attribute, item, scope, is_declared) {
            Ok(member) => self.block.members.push(member),
            Err(error) => self.block.errors.push(error),
        }
    }

    fn member(
        &self,
        position: usize,
        attribute: Option<&Attribute>,
        item: &ItemFn,
        scope: Generics,
        is_declared: bool,
    ) -> syn::Result<Member> {
        let tokens = attribute.and_then(|attribute| attribute.meta.require_list().ok()).map(|list| list.tokens.clone());
        let options = Options::parse_in(tokens.unwrap_or_default(), self.block.krate.clone())?;
        if options.skip.is_some() {
            return Ok(Member::Skipped(position, item.sig.ident.clone()));
        }
        options.refuse_those_of_blocks()?;
        let (place, mut diagnostics) = (self.block.place, Diagnostics::default());
        let mut signature = signature::read(item, place, &scope, &options, &mut diagnostics);
        diagnostics.propagate()?;
        let mut item = without_own_attributes(item.clone());
        item.attrs.retain(|attribute| !is_ours(attribute));
        super::lifetimes::name(&mut signature.arguments, &mut item.sig.generics);
        let surroundings = self.surroundings.clone();
        Ok(Member::Differentiated(
            position,
            Box::new(Source { item, place, surroundings, is_declared, scope, options, signature }),
        ))
    }
}

fn is_ours(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == "differentiable")
}

/// A method that says nothing itself is left alone if its signature has no derivative.
fn can_be_differentiated(item: &ItemFn, scope: &Generics) -> bool {
    let has_input = item.sig.inputs.iter().any(|input| match input {
        FnArg::Receiver(_) => true,
        FnArg::Typed(typed) => !is_passive(&typed.ty, scope),
    });
    let has_result = match &item.sig.output {
        ReturnType::Default => false,
        ReturnType::Type(_, ty) => {
            let outcome = Outcome::of(ty, None, scope, &mut Diagnostics::default());
            if matches!(outcome.value, Type::ImplTrait(_) | Type::Reference(_)) || is_bare_result(ty) {
                return false;
            }
            !is_passive(ty, scope)
        }
    };
    let changes = item.sig.inputs.iter().any(|input| match input {
        FnArg::Receiver(receiver) => receiver.mutability.is_some() && receiver.reference.is_some(),
        FnArg::Typed(typed) => {
            matches!(ungroup(&typed.ty), Type::Reference(ty) if ty.mutability.is_some()) && !is_passive(&typed.ty, scope)
        }
    });
    has_input && (has_result || changes)
}

/// `fmt::Result`: an alias of which nothing is known, but mostly that it holds no value.
fn is_bare_result(ty: &Type) -> bool {
    matches!(ungroup(ty), Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Result" && last.arguments.is_none()))
}

fn clean(attributes: &mut Vec<Attribute>, inputs: &mut Punctuated<FnArg, Token![,]>) {
    attributes.retain(|attribute| !is_ours(attribute));
    clean_arguments(inputs);
}

/// A trait's method is as visible as the trait; its inherent companions are public.
fn of_impl_item(method: ImplItemFn, is_inherent: bool) -> ItemFn {
    let ImplItemFn { attrs, vis, sig, block, .. } = method;
    let vis = if is_inherent { Visibility::Public(Token![pub](sig.ident.span())) } else { vis };
    ItemFn { attrs, vis, sig, block: Box::new(block) }
}

fn of_trait_item(method: TraitItemFn) -> ItemFn {
    let TraitItemFn { attrs, sig, default, .. } = method;
    let block = default.unwrap_or_else(|| syn::parse_quote!({}));
    ItemFn { attrs, vis: Visibility::Inherited, sig, block: Box::new(block) }
}
