//! `value_and_grad` and `grad`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned, ToTokens};
use syn::Ident;

use super::signature::{allowing_so_many, gradient_name};
use super::Companion;
use crate::emit::layout::{Layout, Results};
use crate::emit::types::bare_or_tuple;
use crate::emit::wants::Guards;
use crate::reverse::Derivative;

impl Companion<'_> {
    pub(super) fn value_and_grad(&self) -> TokenStream {
        if !self.has_gradient() {
            return TokenStream::new();
        }
        let (here, vis, bound, outcome) = (self.here(), self.vis(), self.scalar_bound(), self.outcome());
        let tracked = self.tracked();
        let (impl_generics, ..) = self.generics.split_for_impl();
        let (parameters, body) = match self.fused() {
            Some(fused) => self.fused_body(fused),
            None => (self.parameters(), self.pulled_back()),
        };
        let (name, value, gradients) = (self.companion("value_and_grad"), &outcome.value, bare_or_tuple(&self.tangents));
        let result = outcome.wrapped_type(quote_spanned!(here=> (#value, #gradients)));
        let errors = self.errors_section();
        quote_spanned! {here=>
            /// The value, and the gradient with respect to the differentiated arguments.
            #errors
            #[inline]
            #tracked
            #vis fn #name #impl_generics (#(#parameters),*) -> #result #bound { #body }
        }
    }

    pub(super) fn grad(&self) -> TokenStream {
        if !self.has_gradient() {
            return TokenStream::new();
        }
        let (here, vis, bound, outcome) = (self.here(), self.vis(), self.scalar_bound(), self.outcome());
        let tracked = self.tracked();
        let (parameters, names) = (self.parameters(), self.names());
        let (impl_generics, ..) = self.generics.split_for_impl();
        let [name, value_and_grad] = ["grad", "value_and_grad"].map(|name| self.companion(name));
        let (owner, generics, question_mark) = (self.owner(), self.explicit_generics(), outcome.question_mark());
        let result = outcome.wrapped_type(bare_or_tuple(&self.tangents));
        let gradient = outcome.success(quote_spanned!(here=> #owner::#value_and_grad #generics(#(#names),*)#question_mark.1));
        let errors = self.errors_section();
        quote_spanned! {here=>
            /// The gradient with respect to the differentiated arguments.
            #errors
            #[inline]
            #tracked
            #vis fn #name #impl_generics (#(#parameters),*) -> #result #bound { #gradient }
        }
    }

    /// `value_and_grad_into` and `accumulate_grad_into`.
    pub(super) fn gradients_in_place(&self) -> TokenStream {
        if !self.has_gradient() {
            return TokenStream::new();
        }
        let into = self.with_workspace(
            "value_and_grad_into",
            "The value; the gradient takes the place of what was in `gradient`. Memory comes from the workspace.",
        );
        let accumulated = self.with_workspace(
            "accumulate_grad_into",
            "The value; the gradient is added to what is in `gradient`. Memory comes from the workspace.",
        );
        quote!(#into #accumulated)
    }

    fn with_workspace(&self, name: &str, doc: &str) -> TokenStream {
        let (here, vis, bound, outcome, krate) = (self.here(), self.vis(), self.scalar_bound(), self.outcome(), self.krate);
        let (mut parameters, names, (impl_generics, ..)) = (self.parameters(), self.names(), self.generics.split_for_impl());
        let [workspace, gradient] = ["workspace", "gradient"].map(|name| self.local(name));
        let gradients = bare_or_tuple(&self.tangents);
        let first = usize::from(self.arguments().first().is_some_and(|argument| argument.receiver.is_some()));
        let own = [quote!(#workspace: &mut #krate::Workspace), quote!(#gradient: &mut #gradients)];
        parameters.splice(first..first, own);
        let (function, companion) = (Ident::new(name, here), self.companion(name));
        let (owner, value_and_grad, generics) = (self.owner(), self.companion("value_and_grad"), self.explicit_generics());
        let (result, errors) = (outcome.wrapped_type(outcome.value.to_token_stream()), self.errors_section());
        let (doc, many) = (format!(" {doc}"), allowing_so_many(parameters.len()));
        quote_spanned! {here=>
            #[doc = #doc]
            #errors
            #[inline]
            #[track_caller]
            #many
            #vis fn #companion #impl_generics (#(#parameters),*) -> #result #bound {
                #krate::rt::#function(#workspace, #gradient, || #owner::#value_and_grad #generics(#(#names),*))
            }
        }
    }

    /// The gradient as the pullback of 1.
    fn pulled_back(&self) -> TokenStream {
        let (here, krate, names, outcome) = (self.here(), self.krate, self.names(), self.outcome());
        let [value, pullback] = ["value", "pullback"].map(|name| self.local(name));
        let (owner, vjp, generics) = (self.owner(), self.companion("vjp"), self.explicit_generics());
        let (target, question_mark) = (&outcome.target, outcome.question_mark());
        // What is left in arguments has no part in the result.
        let exclusive = self.source.signature.differentiated().filter(|(_, argument)| argument.kind.is_exclusive());
        let left = exclusive.map(|(position, _)| {
            let name = &names[position];
            quote_spanned!(here=> #krate::rt::zero_tangent(&*#name))
        });
        let seed = quote_spanned!(here=> <#target as #krate::rt::ScalarResult>::seed());
        let result = outcome.success(quote_spanned!(here=> (#value, #pullback(#seed #(, #left)*))));
        quote_spanned! {here=>
            let (#value, #pullback) = #owner::#vjp #generics(#(#names),*)#question_mark;
            #result
        }
    }

    /// Both passes in one scope.
    fn fused_body(&self, fused: &Derivative) -> (Vec<TokenStream>, TokenStream) {
        let mut program = fused.forward.clone();
        let own = program.results.len();
        program.results.extend(&fused.reverse.results);
        program.stmts.extend(fused.reverse.stmts.iter().cloned());
        let (layout, places) = Layout::new(&fused.values, &[(&program, Results::Named)], &[]);
        let mut writer = self.writer(&fused.values, layout, Guards::default());
        let parameters = self.signature(&mut writer, &program.params);
        let items = self.items(&fused.forward);
        let stmts = writer.block(&program, &places[0]);
        let value = writer.consume(program.results[0]).tokens;
        let differentiated = self.source.signature.differentiated();
        let gradients =
            program.results[own..].iter().zip(differentiated).map(|(v, (_, argument))| self.gradient(&mut writer, *v, argument));
        let results = std::iter::once(value).chain(gradients.collect::<Vec<_>>()).collect();
        let mut hints = vec![Ident::new("value", self.here())];
        hints.extend(self.source.signature.differentiated().map(|(_, argument)| gradient_name(argument)));
        let ended = writer.ended(&program, &[]);
        let (recycle, results) = writer.recycling(results, &hints, &ended, self.here());
        let quotes = writer.quotes();
        let (value, gradients, mention) = (&results[0], bare_or_tuple(&results[1..]), self.mention());
        (parameters, quote!(#items #mention #quotes #stmts #recycle (#value, #gradients)))
    }
}
