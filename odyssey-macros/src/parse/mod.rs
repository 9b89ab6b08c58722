//! From tokens to a function whose signature is understood: options, arguments, what is differentiated.
//!
//! Post-condition: everything about the signature that cannot be differentiated has been reported.

mod anonymous;
mod blocks;
mod checkpoints;
mod groups;
mod lifetimes;
mod options;
mod outcome;
mod over_floats;
mod passive;
mod place;
mod recursion;
mod signature;

use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{FnArg, Generics, Ident, Item, ItemFn, ItemImpl, ItemTrait, Token};

pub(crate) use anonymous::is_anonymous;
pub(crate) use blocks::{of_impl, of_trait, Block, Member};
pub(crate) use checkpoints::{is_checkpoint, WithoutCheckpoints};
pub(crate) use lifetimes::is_given_with_any_lifetime;
pub(crate) use options::{Options, Rule};
pub(crate) use outcome::Outcome;
pub(crate) use over_floats::{is_constant, is_constant_path, only_float, CONSTANT, WHOLE};
pub(crate) use passive::{
    add_bound, bound_every_type, is_only_real, is_passive, kind, type_arguments, ungroup, with_cloned_functions, INTEGERS,
};
pub(crate) use place::{mentions, Place, Surroundings};
pub(crate) use signature::{generic_names, names_of, result_type, Argument, Signature};

use crate::diagnostics::Diagnostics;

/// A function to differentiate, and its signature.
pub(crate) struct Source {
    /// As the user wrote it, without the attributes that only the compiler understands, and with names for the types of
    /// `impl Fn…` arguments.
    pub(crate) item: ItemFn,
    pub(crate) place: Place,
    /// Of a method in an annotated block.
    pub(crate) surroundings: Surroundings,
    /// A method of a trait without a body.
    pub(crate) is_declared: bool,
    /// The generic parameters that its types may mention, those of the block around it included.
    pub(crate) scope: Generics,
    pub(crate) options: Options,
    pub(crate) signature: Signature,
}

impl Source {
    /// The pullback needs a type of its own, since that of a function that calls itself would contain itself.
    pub(crate) fn is_recursive(&self) -> bool {
        self.options.recursive || recursion::calls_itself(&self.item, self.place)
    }

    /// The type parameter that stands for floats.
    pub(crate) fn float(&self) -> Option<&Ident> {
        let names = self.scope.type_params().map(|param| &param.ident);
        names.into_iter().find(|ident| kind(&syn::parse_quote!(#ident), &self.scope).is_scalar())
    }

    /// The same where it is known to be its own tangent.
    pub(crate) fn real(&self) -> Option<&Ident> {
        self.float().filter(|float| passive::is_bounded(float, &self.scope, &["Real"]))
    }

    /// The function can be called with dual numbers in the place of its floats, and has a gradient: so has its gradient a
    /// derivative of second order.
    pub(crate) fn has_third(&self) -> bool {
        self.float().is_some() && self.has_gradient()
    }

    /// A function, not a method, of a gradient that consists of numbers, arrays and lists.
    pub(crate) fn has_gradient_of_numbers(&self) -> bool {
        self.place == Place::Module
            && self.has_gradient()
            && self.signature.differentiated().all(|(_, argument)| argument.kind.peel().is_of_numbers())
    }

    /// It has a number as its result, leaves its arguments as they are, and belongs to no trait.
    fn has_gradient(&self) -> bool {
        let (outcome, arguments) = (&self.signature.outcome, &self.signature.arguments);
        !self.place.is_of_trait()
            && outcome.target_kind.is_scalar()
            && !outcome.is_fallible()
            && outcome.aux.is_empty()
            && !arguments.iter().any(|argument| argument.kind.is_exclusive())
    }
}

/// Parses the attribute and the item under it.
pub(crate) fn parse(attribute: TokenStream, mut item: ItemFn) -> syn::Result<Source> {
    let options = Options::parse(attribute)?;
    options.refuse_those_of_blocks()?;
    anonymous::name_functions(&mut item);
    let place = Place::of(&item);
    let scope = place.scope(&item);
    let mut diagnostics = Diagnostics::default();
    let mut signature = signature::read(&item, place, &scope, &options, &mut diagnostics);
    diagnostics.propagate()?;
    let surroundings = Surroundings::default();
    let mut item = without_own_attributes(item);
    lifetimes::name(&mut signature.arguments, &mut item.sig.generics);
    Ok(Source { item, place, surroundings, is_declared: false, scope, options, signature })
}

/// What the attribute stands on.
pub(crate) enum Annotated {
    Function(ItemFn),
    Impl(ItemImpl),
    Trait(ItemTrait),
}

/// The item under the attribute; otherwise what to say.
pub(crate) fn annotated(item: TokenStream) -> syn::Result<Annotated> {
    match syn::parse2::<Item>(item.clone()) {
        Ok(mut item @ (Item::Fn(_) | Item::Impl(_) | Item::Trait(_))) => {
            groups::make_visible(&mut item);
            Ok(match item {
                Item::Fn(function) => Annotated::Function(function),
                Item::Impl(block) => Annotated::Impl(block),
                Item::Trait(block) => Annotated::Trait(block),
                _ => unreachable!("one of the three"),
            })
        }
        Ok(_) => Err(syn::Error::new_spanned(
            item,
            "`#[differentiable]` stands on a function, an `impl` or a trait; for a type use `#[derive(Differentiable)]`",
        )),
        Err(error) => Err(error),
    }
}

/// The function as rustc sees it.
pub(crate) fn visible(item: ItemFn) -> ItemFn {
    let mut item = without_own_attributes(item);
    WithoutCheckpoints.visit_block_mut(&mut item.block);
    item
}

/// The function without the attributes on arguments that only the compiler understands.
fn without_own_attributes(mut item: ItemFn) -> ItemFn {
    clean_arguments(&mut item.sig.inputs);
    item
}

/// `#[no_grad]` is ours; left on an argument, rustc would look for such an attribute.
fn clean_arguments(inputs: &mut Punctuated<FnArg, Token![,]>) {
    for input in inputs {
        let attributes = match input {
            FnArg::Receiver(receiver) => &mut receiver.attrs,
            FnArg::Typed(typed) => &mut typed.attrs,
        };
        attributes.retain(|attribute| !attribute.path().is_ident("no_grad"));
    }
}
