//! `vjp`: the hidden form with everything wanted, over the borrowed arguments.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::{Ident, Type};

use super::hidden::given_in_few;
use super::signature::is_consumed_receiver;
use super::Companion;
use crate::emit::types::bare_or_tuple;
use crate::ir::Kind;
use crate::parse::{Argument, Place, Rule};

impl Companion<'_> {
    pub(super) fn vjp(&self) -> TokenStream {
        let (here, vis, krate, outcome) = (self.here(), self.vis(), self.krate, self.outcome());
        let (impl_generics, ..) = self.generics.split_for_impl();
        let bound = self.vjp_bound();
        let parameters = self.parameters();
        let (value, gradients) = (&outcome.value, bare_or_tuple(&self.tangents));
        let cotangents = self.public_cotangents();
        let types = cotangents.iter().map(|(_, ty)| ty);
        let pullback = quote!(::core::ops::FnOnce(#(#types),*) -> #gradients);
        // A pullback that borrowed would keep what is `&mut` borrowed as well.
        let pullback = match (self.changes_arguments(), self.source.place == Place::Trait) {
            (true, true) => {
                let captured = self.captured(&[]);
                quote_spanned!(here=> impl #pullback + use<#(#captured),*>)
            }
            (true, false) => quote_spanned!(here=> impl #pullback),
            (false, _) => quote!(#krate::borrowing!(#pullback)),
        };
        let result = outcome.wrapped_type(quote!((#value, #pullback)));
        let body = match &self.source.options.rule {
            Some(Rule::Whole(rule)) => self.users_vjp(rule),
            _ => self.vjp_of_the_hidden_form(&cotangents.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()),
        };
        let (name, errors, tracked) = (self.companion("vjp"), self.errors_section(), self.tracked());
        quote_spanned! {here=>
            /// The value, and the pullback: from the cotangent of the result to those of the differentiated arguments.
            #errors
            #[inline]
            #tracked
            #vis fn #name #impl_generics (#(#parameters),*) -> #result #bound { #body }
        }
    }

    /// Some argument is `&mut`.
    pub(super) fn changes_arguments(&self) -> bool {
        self.arguments().iter().any(|argument| argument.kind.is_exclusive())
    }

    /// The names of the cotangents of what is left in the arguments that are `&mut`, if these are differentiated.
    pub(super) fn left_cotangents(&self) -> Vec<Option<Ident>> {
        let exclusive = self.arguments().iter().filter(|argument| argument.kind.is_exclusive());
        let name = |argument: &Argument| self.local(&format!("left_{}", argument.name.unraw()));
        exclusive.map(|argument| argument.differentiated.then(|| name(argument))).collect()
    }

    /// What stands in the place of each argument that is `&mut`, where the hidden pullback is called: the cotangent of what
    /// is left there. One that is not differentiated has none.
    pub(super) fn left_slots(&self) -> Vec<TokenStream> {
        let krate = self.krate;
        let slot =
            |left: Option<Ident>| left.map_or_else(|| quote!(#krate::rt::Left(())), |left| quote!(#krate::rt::Left(#left)));
        self.left_cotangents().into_iter().map(slot).collect()
    }

    /// The names and types of what the public pullback takes: the cotangent of the result, unless that is `()`, and those
    /// of what is left in the differentiated arguments that are `&mut`.
    fn public_cotangents(&self) -> Vec<(Ident, TokenStream)> {
        let target = &self.outcome().target;
        let of_result = (!is_unit(target)).then(|| (self.local("cotangent"), self.tangent(target)));
        let exclusive = self.source.signature.differentiated().filter(|(_, argument)| argument.kind.is_exclusive());
        let names = self.left_cotangents().into_iter().flatten();
        let left = names.zip(exclusive.map(|(_, argument)| self.tangent(&argument.ty)));
        of_result.into_iter().chain(left).collect()
    }

    fn vjp_of_the_hidden_form(&self, cotangents: &[Ident]) -> TokenStream {
        let (here, outcome, names) = (self.here(), self.outcome(), self.names());
        let wants = self.all_wanted();
        let first = self.arguments().iter().zip(&names).map(|(argument, name)| Self::lend(argument, name));
        let first = given_in_few(first.collect());
        let owns = self.changes_arguments();
        let given = if owns { self.again_names() } else { names.clone() };
        let mut left = self.left_slots().into_iter();
        let again: Vec<_> = self
            .arguments()
            .iter()
            .zip(&given)
            .map(|(argument, name)| match &argument.kind {
                Kind::Exclusive(_) => left.next().expect("one for each"),
                Kind::Reference(_) if owns => quote!(&#name),
                _ if is_consumed_receiver(argument) => quote!(&#name),
                _ => quote!(#name),
            })
            .collect();
        let borrowed = self.arguments().iter().zip(names.iter().zip(&given));
        let owned: TokenStream = borrowed
            .filter(|(argument, _)| owns && matches!(argument.kind, Kind::Reference(_)))
            .map(|(_, (name, given))| quote_spanned!(here=> let #given = #name.to_owned();))
            .collect();
        let (owner, hidden, generics) = (self.owner(), self.hidden("residual_vjp"), self.explicit_hidden_generics(1));
        let function = self.given_function();
        let [value, pullback, cotangent, kept] = ["value", "pullback", "cotangent", "kept"].map(|name| self.local(name));
        let gradients = self.gradient_names();
        let gradients = bare_or_tuple(&gradients.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        let results = self.gradient_pattern();
        // The value goes to the caller; the pullback needs it a second time.
        let is_scalar = self.source.signature.result_kind.is_scalar();
        let keep = (!is_scalar).then(|| quote_spanned!(here=> let #kept = ::core::clone::Clone::clone(&#value);));
        let kept = if is_scalar { &value } else { &kept };
        let whole_cotangent = self.cotangent_of_the_whole(&cotangent, kept);
        let is_unit = is_unit(&outcome.target);
        let of_unit = (is_unit && outcome.is_fallible()).then(|| quote_spanned!(here=> let #cotangent = ();));
        let of_result = if is_unit && !outcome.is_fallible() { quote!(()) } else { cotangent.to_token_stream() };
        let whole = outcome.is_fallible().then(|| {
            let (result, whole) = (self.result(), outcome.success(kept.to_token_stream()));
            quote_spanned!(here=> let #kept: #result = #whole;)
        });
        let success = outcome.success(quote_spanned!(here=> (#value, move |#(#cotangents),*| {
            #of_unit
            #whole_cotangent
            #whole
            let #results = #pullback(#(#again,)* &#kept, #of_result);
            #gradients
        })));
        let success = outcome.on_success(&value, &quote!(#keep #owned #success));
        quote_spanned! {here=>
            let (#value, #pullback) = #owner::#hidden #generics(#function #(#first,)* #wants);
            #success
        }
    }

    /// From the cotangent of what is differentiated to that of the function's whole result.
    pub(super) fn cotangent_of_the_whole(&self, cotangent: &Ident, value: &Ident) -> TokenStream {
        let (here, krate, outcome) = (self.here(), self.krate, self.outcome());
        if outcome.aux.is_empty() && !outcome.is_fallible() {
            return TokenStream::new();
        }
        let whole = if outcome.aux.is_empty() {
            cotangent.to_token_stream()
        } else {
            let zeros = (1..=outcome.aux.len()).map(|part| {
                let part = syn::Index::from(part);
                quote_spanned!(here=> #krate::rt::zero_tangent(&#value.#part))
            });
            quote_spanned!(here=> (#cotangent, #(#zeros),*))
        };
        let whole = if outcome.is_fallible() { quote_spanned!(here=> ::core::option::Option::Some(#whole)) } else { whole };
        quote_spanned!(here=> let #cotangent = #whole;)
    }

    /// The argument for the first of two times.
    pub(super) fn lend(argument: &Argument, name: &Ident) -> TokenStream {
        match argument.kind {
            Kind::Scalar | Kind::Reference(_) | Kind::Exclusive(_) => quote!(#name),
            _ => quote!(::core::clone::Clone::clone(&#name)),
        }
    }
}

pub(super) fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}
