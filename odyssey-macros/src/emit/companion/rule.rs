//! Derivatives that the user wrote. What does not fit is reported at the rule, where the option names it.

use proc_macro2::TokenStream;
use quote::{quote, ToTokens};
use syn::spanned::Spanned;
use syn::{ExprPath, Ident, Type};

use super::hidden::Body;
use super::signature::is_consumed_receiver;
use super::vjp::is_unit;
use super::Companion;
use crate::emit::names::locate;
use crate::emit::writer::tuple;
use crate::parse::Argument;

impl Companion<'_> {
    /// The public `vjp` is the rule itself.
    pub(super) fn users_vjp(&self, rule: &ExprPath) -> TokenStream {
        let (names, outcome, mention) = (self.names(), self.outcome(), self.mention());
        let [value, pullback, cotangent] = ["value", "pullback", "cotangent"].map(|name| self.local(name));
        let (ty, question_mark) = (&outcome.value, outcome.question_mark());
        let result = outcome.success(quote!((#value, move |#cotangent| #pullback(#cotangent))));
        let body = quote! {
            #mention
            let (#value, #pullback): (#ty, _) = #rule(#(#names),*)#question_mark;
            #result
        };
        locate(body, rule.span())
    }

    /// For callers: the function itself, and later the whole rule. Its pullback may borrow, so that it cannot be kept.
    pub(super) fn body_of_a_rule(&self) -> Body {
        let (names, function) = (self.names(), self.function());
        let again = self.again_names();
        let given = self.arguments().iter().zip(&again).map(|(argument, name)| {
            if is_consumed_receiver(argument) {
                quote!(::core::clone::Clone::clone(#name))
            } else if self.outcome().is_fallible() {
                Self::lend(argument, name)
            } else {
                name.to_token_stream()
            }
        });
        let (owner, vjp, generics) = (self.owner(), self.companion("vjp"), self.explicit_generics());
        let cotangent = self.local("cotangent");
        let call = quote!(#owner::#vjp #generics(#(#given),*));
        let gradients = if self.outcome().is_fallible() {
            let (success, zeros) = (self.outcome().success(quote!((_, pullback))), self.zeros(&again));
            quote!(match (#call, #cotangent) {
                (#success, ::core::option::Option::Some(#cotangent)) => pullback(#cotangent),
                _ => #zeros,
            })
        } else {
            quote!((#call.1)(#cotangent))
        };
        let (pattern, wanted) = (self.gradient_names_pattern(), self.wanted_gradients());
        Body {
            parameters: self.parameters(),
            along: Vec::new(),
            stmts: TokenStream::new(),
            value: quote!(#function(#(#names),*)),
            pullback: quote!(|#(#again,)* _, #cotangent| { let #pattern = #gradients; #wanted }),
        }
    }

    /// Both halves as they are: what the first one keeps is owned.
    pub(super) fn body_of_halves(&self, forward: &ExprPath, backward: &ExprPath) -> Body {
        let (names, again, outcome, krate) = (self.names(), self.again_names(), self.outcome(), self.krate);
        let [value, kept, cotangent] = ["value", "kept", "cotangent"].map(|name| self.local(name));
        // What is changed cannot be given a second time: what is needed of it is among what is kept.
        let is_given = |argument: &Argument| !argument.kind.is_exclusive();
        let given = self.arguments().iter().zip(&again).filter(|(argument, _)| is_given(argument));
        let given = given.map(|(argument, name)| by_reference(argument, name));
        let result = self.result();
        let call = quote!(#forward(#(#names),*));
        let keep = quote!(let #kept = #krate::rt::kept!(#kept););
        let of_result = (!is_unit(&outcome.target)).then_some(&cotangent).into_iter();
        let left = self.left_cotangents();
        let cotangents = of_result.chain(left.iter().flatten());
        let gradients = quote!(#backward(#(#given,)* #value, #kept, #(#cotangents),*));
        let (stmts, gradients) = if outcome.is_fallible() {
            let success = outcome.success(quote!((#value, #kept)));
            let (whole, zeros) = (outcome.success(quote!(#value)), self.zeros(&again));
            let failure = outcome.failure();
            let stmts = quote!(let (#value, #kept): (#result, _) = match #call {
                #success => (#whole, ::core::option::Option::Some(#kept)),
                #failure => (#failure, ::core::option::Option::None),
            };);
            let some = |name: &Ident| quote!(::core::option::Option::Some(#name));
            let (some_kept, some_cotangent) = (some(&kept), some(&cotangent));
            let gradients = quote!(match (#value, #kept, #cotangent) {
                (#whole, #some_kept, #some_cotangent) => #gradients,
                _ => #zeros,
            });
            (stmts, gradients)
        } else {
            (quote!(let (#value, #kept): (#result, _) = #call;), gradients)
        };
        let mut slots = self.left_slots().into_iter();
        let again = self.arguments().iter().zip(&again).map(|(argument, name)| {
            if is_given(argument) {
                name.to_token_stream()
            } else {
                slots.next().expect("one for each")
            }
        });
        let (pattern, wanted, backwards) = (self.gradient_names_pattern(), self.wanted_gradients(), backward.span());
        let body = locate(quote!(let #kept = #kept.take(); let #pattern = #gradients; #wanted), backwards);
        Body {
            parameters: self.parameters(),
            along: Vec::new(),
            stmts: locate(quote!(#stmts #keep), forward.span()),
            value: value.to_token_stream(),
            pullback: quote!(move |#(#again,)* #value, #cotangent| { #body }),
        }
    }

    /// The names of the arguments that a pullback is given again.
    pub(super) fn again_names(&self) -> Vec<Ident> {
        let names = self.arguments().iter().zip(self.names());
        names.map(|(argument, name)| if argument.receiver.is_some() { self.local("this") } else { name }).collect()
    }

    /// The gradients where the function had no value.
    fn zeros(&self, again: &[Ident]) -> TokenStream {
        let krate = self.krate;
        let differentiated = || self.source.signature.differentiated();
        if differentiated().any(|(_, argument)| argument.kind.is_exclusive()) {
            return quote!(#krate::rt::failed_change());
        }
        let zeros = differentiated().map(|(position, argument)| {
            let argument = by_reference(argument, &again[position]);
            quote!(#krate::rt::zero_tangent(#argument))
        });
        crate::emit::types::bare_or_tuple(&zeros.collect::<Vec<_>>())
    }

    /// What a rule returns: one name, or a tuple of them.
    fn gradient_names_pattern(&self) -> TokenStream {
        let names: Vec<_> = self.gradient_names().iter().map(ToTokens::to_token_stream).collect();
        crate::emit::types::bare_or_tuple(&names)
    }

    /// What the pullback returns: each gradient, if it is wanted.
    fn wanted_gradients(&self) -> TokenStream {
        let mut names = self.gradient_names().into_iter();
        self.wanted(|| names.next().expect("one name a gradient").to_token_stream())
    }

    /// The same of these.
    pub(super) fn wanted(&self, mut gradient: impl FnMut() -> TokenStream) -> TokenStream {
        let wanted = self.arguments().iter().zip(self.want_parameters()).map(|(argument, want)| {
            if !argument.differentiated {
                return quote!(());
            }
            let gradient = gradient();
            quote!(#want::when(|| #gradient))
        });
        tuple(&wanted.collect::<Vec<_>>())
    }
}

/// An argument that a pullback was given, as a reference.
fn by_reference(argument: &Argument, name: &Ident) -> TokenStream {
    if argument.receiver.is_some() || matches!(argument.ty, Type::Reference(_)) {
        name.to_token_stream()
    } else {
        quote!(&#name)
    }
}
