//! The hidden form of a derivative, for callers: see ARCHITECTURE.md.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::Ident;

use super::signature::{is_consumed_receiver, own};
use super::Companion;
use crate::emit::layout::{Layout, Places, Results};
use crate::emit::names::at;
use crate::emit::types::{any_lifetime, tangent};
use crate::emit::wants::Guards;
use crate::emit::writer::{tuple, Writer};
use crate::ir::{Block, Op, Value};
use crate::parse::Place;
use crate::reverse::Derivative;

impl Companion<'_> {
    /// The pullback of the hidden form reads the function's result.
    pub(super) fn reads_result(&self) -> bool {
        let residual = &self.program.residual;
        let mut reads = false;
        residual.reverse.reads(&mut |v| reads |= v == residual.forward.results[0]);
        reads
    }

    /// The type parameters for wants, one an argument.
    pub(super) fn want_parameters(&self) -> Vec<Ident> {
        let mut taken: Vec<_> = crate::parse::generic_names(&self.source.item).iter().map(ToString::to_string).collect();
        self.arguments()
            .iter()
            .map(|argument| {
                let mut camel = String::from("Want");
                for word in argument.name.unraw().to_string().split('_') {
                    let mut chars = word.chars();
                    camel.extend(chars.next().into_iter().flat_map(char::to_uppercase));
                    camel.push_str(chars.as_str());
                }
                while taken.contains(&camel) {
                    camel.push('_');
                }
                taken.push(camel.clone());
                Ident::new(&camel, at(argument.name.span()))
            })
            .collect()
    }

    /// The hidden form: the value, and a pullback that borrows nothing, takes the arguments and the result a second
    /// time and computes what is wanted.
    pub(super) fn residual_vjp(&self) -> TokenStream {
        let residual = &self.program.residual;
        let (here, krate, vis, result) = (self.here(), self.krate, self.vis(), self.result());
        let function = self.instance();
        let wants = self.want_parameters();
        let (layout, places) = Layout::new(
            &residual.values,
            &[(&residual.forward, Results::Named), (&residual.reverse, Results::InPlace)],
            &residual.forward.results,
        );
        let differentiated: BTreeMap<_, _> = self.source.signature.differentiated().map(|(i, _)| (i, wants[i].clone())).collect();
        let guards = Guards::new(differentiated, &residual.values, &residual.reverse);
        let mut writer = self.writer(&residual.values, layout, guards);
        let parameters: Vec<_> = self.signature(&mut writer, &residual.forward.params);
        let forward = writer.block(&residual.forward, &places[0]);
        // What the pullback reads of it is given again: no reason to keep a copy.
        let result_value = residual.forward.results[0];
        let value = if writer.layout.is_inline(result_value) {
            writer.consume(result_value).tokens
        } else {
            writer.expr(result_value).tokens
        };
        let (again, sweep) = self.pullback_body(&mut writer, residual, &places[1]);
        let items = self.items(residual);
        let mut bound = Vec::new();
        let types: Vec<_> =
            self.arguments().iter().map(|argument| any_lifetime(&argument.ty, self.generics, &mut bound)).collect();
        let again_types =
            self.arguments().iter().zip(&types).map(
                |(argument, ty)| {
                    if is_consumed_receiver(argument) {
                        quote!(&#ty)
                    } else {
                        quote!(#ty)
                    }
                },
            );
        let for_any = (!bound.is_empty()).then(|| quote!(for<#(#bound),*>));
        let cotangent = tangent(result, krate);
        let gradients = self.arguments().iter().zip(&wants).map(|(argument, want)| {
            let tangent = tangent(&argument.ty, krate);
            if argument.differentiated {
                quote!(#want::Of<#tangent>)
            } else {
                quote!(())
            }
        });
        let gradients = tuple(&gradients.collect::<Vec<_>>());
        let bounds = self.arguments().iter().zip(&wants).map(|(argument, want)| {
            let is_excluded = !argument.differentiated;
            if is_excluded {
                quote!(#want: #krate::rt::Excluded)
            } else {
                quote!(#want: #krate::rt::Want)
            }
        });
        let (lifetimes, others): (Vec<_>, Vec<_>) =
            self.generics.params.iter().partition(|param| matches!(param, syn::GenericParam::Lifetime(_)));
        let (_, _, where_clause) = self.generics.split_for_impl();
        // The hidden form has more arguments than the user's function, which lints have agreed to.
        let further = if self.source.place == Place::Module { 2 } else { 1 };
        let too_many = (self.arguments().len() + further > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
        let (primal_type, primal, check) = match self.source.place {
            Place::Module => {
                let (primal, ty) = (own("primal"), self.free_name("__Primal"));
                let check = quote!(#krate::rt::assert_same(&#primal, &#function););
                (quote!(#ty: #for_any ::core::ops::Fn(#(#types),*) -> #result,), quote!(#primal: #ty,), check)
            }
            // A method is found by the type of its receiver, as its companion is.
            Place::Impl => (TokenStream::new(), TokenStream::new(), quote!(let _ = #function;)),
        };
        let (hidden, want_tuple) =
            (self.hidden_companion(), tuple(&wants.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>()));
        quote_spanned! {here=>
            #[doc(hidden)]
            #[inline]
            #too_many
            #vis fn #hidden<#(#lifetimes,)* #(#others,)* #primal_type #(#bounds),*>(
                #primal #(#parameters,)* _: #want_tuple
            ) -> (#result, impl #for_any ::core::ops::FnOnce(#(#again_types,)* &#result, #cotangent) -> #gradients) #where_clause {
                #items
                #check
                #forward
                (#value, move |#again| { #sweep })
            }
        }
    }

    /// The parameters of the pullback, and its body.
    pub(super) fn pullback_body(
        &self,
        writer: &mut Writer,
        residual: &Derivative,
        places: &Places,
    ) -> (TokenStream, TokenStream) {
        let (forward, reverse) = (&residual.forward, &residual.reverse);
        // A gradient that stayed zero is made from the argument itself, where its type is not known otherwise.
        let differentiated = self.source.signature.differentiated().map(|(position, _)| forward.params[position]);
        let is_zero = |v: &Value| writer.float.is_some() && matches!(writer.layout.definition(*v), Some(Op::Literal(_)));
        let zeros: Vec<_> = differentiated
            .zip(&reverse.results)
            .filter(|(_, gradient)| is_zero(gradient))
            .map(|(argument, _)| argument)
            .collect();
        let mut owned = TokenStream::new();
        let mut again = Vec::new();
        for (argument, value) in self.arguments().iter().zip(&forward.params) {
            if !reads(reverse, *value) && !zeros.contains(value) {
                again.push(quote!(_));
                continue;
            }
            // `self` is no name for a parameter of a closure.
            let name = if argument.receiver.is_some() { writer.names.rename(*value, "this") } else { argument.name.clone() };
            if is_consumed_receiver(argument) {
                owned = quote!(let #name = ::core::clone::Clone::clone(#name););
            }
            again.push(name.to_token_stream());
        }
        let result = forward.results[0];
        let result =
            match (self.reads_result() && !forward.params.contains(&result), self.source.signature.result_kind.is_scalar()) {
                (false, _) => quote!(_),
                (true, is_scalar) => {
                    let name = writer.name(result);
                    if is_scalar {
                        quote!(&#name)
                    } else {
                        quote!(#name)
                    }
                }
            };
        let cotangent = writer.pattern(reverse.params[0]);
        let sweep = writer.block(reverse, places);
        let mut gradients = reverse.results.iter();
        let wants = self.want_parameters();
        let results = self.arguments().iter().zip(&wants).map(|(argument, want)| {
            if !argument.differentiated {
                return quote!(());
            }
            let value = self.gradient(writer, *gradients.next().expect("one gradient an argument"), argument);
            quote!(#want::when(|| #value))
        });
        let results = tuple(&results.collect::<Vec<_>>());
        (quote!(#(#again,)* #result, #cotangent), quote!(#owned #sweep #results))
    }
}

fn reads(block: &Block, value: Value) -> bool {
    let mut found = false;
    block.reads(&mut |v| found |= v == value);
    found
}
