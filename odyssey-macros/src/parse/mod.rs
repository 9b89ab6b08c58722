//! From tokens to a function whose signature is understood: options, arguments, what is differentiated.
//!
//! Post-condition: everything about the signature that cannot be differentiated has been reported.

mod groups;
mod options;
mod outcome;
mod passive;
mod place;
mod recursion;
mod signature;

use proc_macro2::TokenStream;
use syn::{Generics, Item, ItemFn};

pub(crate) use options::{Options, Rule};
pub(crate) use outcome::Outcome;
pub(crate) use passive::{bound_every_type, is_passive, kind, with_cloned_functions};
pub(crate) use place::{mentions, Place};
pub(crate) use signature::{generic_names, result_type, Argument, Signature};

use crate::diagnostics::Diagnostics;

/// A function to differentiate, and its signature.
pub(crate) struct Source {
    /// As the user wrote it, without the attributes that only the compiler understands.
    pub(crate) item: ItemFn,
    pub(crate) place: Place,
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
}

/// Parses the attribute and the item under it.
pub(crate) fn parse(attribute: TokenStream, item: ItemFn) -> syn::Result<Source> {
    let options = Options::parse(attribute)?;
    let place = Place::of(&item);
    let scope = place.scope(&item);
    let mut diagnostics = Diagnostics::default();
    let signature = signature::read(&item, place, &scope, &options, &mut diagnostics);
    diagnostics.propagate()?;
    Ok(Source { item: without_own_attributes(item), place, scope, options, signature })
}

/// The item under the attribute, if it is a function; otherwise what to say.
pub(crate) fn function(item: TokenStream) -> syn::Result<ItemFn> {
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(mut function)) => {
            groups::make_visible(&mut function);
            Ok(function)
        }
        Ok(Item::Impl(_) | Item::Trait(_)) => Err(syn::Error::new_spanned(
            item,
            crate::diagnostics::not_yet("blocks are", "annotate the methods of an inherent `impl` one by one"),
        )),
        Ok(_) => Err(syn::Error::new_spanned(
            item,
            "`#[differentiable]` stands on a function; for a type use `#[derive(Differentiable)]`",
        )),
        Err(error) => Err(error),
    }
}

/// `#[no_grad]` is ours; left on an argument, rustc would look for such an attribute.
pub(crate) fn without_own_attributes(mut item: ItemFn) -> ItemFn {
    for input in &mut item.sig.inputs {
        let attributes = match input {
            syn::FnArg::Receiver(receiver) => &mut receiver.attrs,
            syn::FnArg::Typed(typed) => &mut typed.attrs,
        };
        attributes.retain(|attribute| !attribute.path().is_ident("no_grad"));
    }
    item
}
