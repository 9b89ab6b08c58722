//! The body of the hidden form, as the compiler made it.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};

use super::hidden::Body;
use super::signature::is_consumed_receiver;
use super::Companion;
use crate::emit::layout::{Layout, Places, Results};
use crate::emit::wants::Guards;
use crate::emit::writer::{tuple, Writer};
use crate::emit::Program;
use crate::ir::{Block, Op, Value};
use crate::reverse::Derivative;

impl Companion<'_> {
    pub(super) fn compiled_body(&self, program: &Program) -> Body {
        let residual = &program.residual;
        let wants = self.want_parameters();
        let (layout, places) = Layout::new(
            &residual.values,
            &[(&residual.forward, Results::Named), (&residual.reverse, Results::InPlace)],
            &residual.forward.results[..1],
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
        Body {
            parameters,
            stmts: quote!(#items #forward),
            value,
            pullback: quote_spanned!(self.here()=> move |#again| { #sweep }),
        }
    }

    /// The pullback reads the function's result.
    fn reads_result(residual: &Derivative) -> bool {
        let mut reads = false;
        residual.reverse.reads(&mut |v| reads |= v == residual.forward.results[0]);
        reads
    }

    /// The parameters of the pullback, and its body.
    fn pullback_body(&self, writer: &mut Writer, residual: &Derivative, places: &Places) -> (TokenStream, TokenStream) {
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
            let is_given = !argument.kind.is_exclusive();
            if !is_given || !reads(reverse, *value) && !zeros.contains(value) {
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
        let result = match (
            Self::reads_result(residual) && !forward.params.contains(&result),
            self.source.signature.result_kind.is_scalar(),
        ) {
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
        let mut cotangents = vec![writer.pattern(reverse.params[0])];
        let mut left = reverse.params[1..].iter();
        for argument in self.arguments().iter().filter(|argument| argument.kind.is_exclusive()) {
            cotangents.push(if argument.differentiated {
                writer.pattern(*left.next().expect("the cotangent of what is left"))
            } else {
                quote!(_)
            });
        }
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
        (quote!(#(#again,)* #result, #(#cotangents),*), quote!(#owned #sweep #results))
    }
}

fn reads(block: &Block, value: Value) -> bool {
    let mut found = false;
    block.reads(&mut |v| found |= v == value);
    found
}
