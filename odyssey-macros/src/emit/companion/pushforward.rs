//! Forward mode: `jvp`, and the hidden form that callers use.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned, ToTokens};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{ExprPath, Ident, Type};

use super::hidden::{declared_in_few, given_in_few};
use super::residual::{leave_in, leaves_early};
use super::signature::allowing_so_many;
use super::vjp::is_unit;
use super::Companion;
use crate::emit::layout::{Layout, Results};
use crate::emit::names::locate;
use crate::emit::wants::Guards;
use crate::emit::writer::{tuple, Failure};
use crate::ir::{Kind, Value};
use crate::parse::Argument;
use crate::pushforward::Pushforward;

/// What the hidden form computes.
struct Body {
    parameters: Vec<TokenStream>,
    /// The patterns of the tangents that the caller gives.
    given: Vec<TokenStream>,
    text: TokenStream,
}

impl Companion<'_> {
    /// The value and its tangent, from the arguments and their tangents: lent, or `No` where they are zero; of an argument that is
    /// `&mut`, changed in place.
    pub(super) fn pushforward(&self) -> TokenStream {
        let (here, vis, result) = (self.here(), self.vis(), self.result());
        let types = self.type_parameters("Along");
        let generics = self.generics_with(&self.along_bounds(&types));
        let bound = self.tangent_bound();
        let primal = self.primal_parameter();
        let (hidden, attributes, of_result) = (self.hidden("pushforward"), self.hidden_attributes(), self.tangent(result));
        let types = tuple(&types.iter().map(ToTokens::to_token_stream).collect::<Vec<_>>());
        let head = |parameters: Vec<TokenStream>, given: &TokenStream| {
            let parameters = declared_in_few(parameters);
            quote_spanned! {here=>
                #attributes
                #vis fn #hidden #generics (#primal #(#parameters,)* #given: #types) -> (#result, #of_result) #bound
            }
        };
        if self.source.is_declared && self.source.options.rule.is_none() && self.source.options.jvp.is_none() {
            let head = head(self.parameters(), &quote!(_));
            return quote_spanned!(here=> #head;);
        }
        let Body { parameters, given, text } = self.pushed_body();
        let (head, check) = (head(parameters, &tuple(&given)), self.check_of_the_function());
        quote_spanned!(here=> #head { #check #text })
    }

    /// The type parameters of the tangents that a caller gives.
    pub(super) fn along_bounds(&self, types: &[Ident]) -> Vec<TokenStream> {
        let (here, krate) = (self.here(), self.krate);
        let bounds = self.arguments().iter().zip(types).map(|(argument, ty)| {
            match (argument.differentiated, argument.kind.is_exclusive()) {
                (false, _) => quote!(#ty),
                (true, true) => {
                    let target = self.lent_tangent(&argument.ty);
                    quote!(#ty: #krate::rt::AlongMut<#target>)
                }
                (true, false) => {
                    let target = self.tangent(&argument.ty);
                    quote_spanned!(here=> #ty: #krate::rt::Along<#target>)
                }
            }
        });
        bounds.collect()
    }

    /// The same where a caller gives them away; of an argument that is `&mut`, what is left of it comes back.
    pub(super) fn handed_bounds(&self, types: &[Ident]) -> Vec<TokenStream> {
        let (here, krate) = (self.here(), self.krate);
        // The pullback of a function that calls itself is in a box, which borrows nothing.
        let is_boxed = self.source.is_recursive() && !self.source.place.is_of_trait();
        let held = is_boxed.then(|| quote!(, Held: 'static));
        let bounds = self.arguments().iter().zip(types).map(|(argument, ty)| {
            let target = self.tangent(&argument.ty);
            match (argument.differentiated, argument.kind.is_exclusive()) {
                (false, _) => quote!(#ty),
                (true, true) => quote_spanned!(here=> #ty: #krate::rt::AlongPassed<#target>),
                (true, false) => quote_spanned!(here=> #ty: #krate::rt::Along<#target #held>),
            }
        });
        bounds.collect()
    }

    /// What a caller lends of the tangent of an argument that is `&mut`.
    fn lent_tangent(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Reference(reference) => match &*reference.elem {
                Type::Slice(slice) => {
                    let element = self.tangent(&slice.elem);
                    quote!([#element])
                }
                elem => self.tangent(elem),
            },
            other => self.tangent(other),
        }
    }

    fn pushed_body(&self) -> Body {
        match (&self.source.options.jvp, self.program.and_then(|program| program.pushforward.as_ref())) {
            (Some(rule), _) => self.pushed_by_a_rule(rule),
            (None, Some(Pushforward { unsupported: Some(reason), .. })) => {
                self.no_pushforward(&format!("it has no forward mode yet: {reason}"))
            }
            (None, Some(pushforward)) => self.compiled_pushforward(pushforward),
            (None, None) => self.no_pushforward("it has a rule for `vjp` and none for `jvp`"),
        }
    }

    /// Whoever asks for the tangent is told why there is none. Callers have a forward mode that nobody may ever use, and that a
    /// release build looks into all the same: it cannot be an error of the compiler.
    fn no_pushforward(&self, reason: &str) -> Body {
        let text = format!("`{}` cannot be differentiated forwards: {reason}", self.source.item.sig.ident);
        let (krate, names) = (self.krate, self.names());
        let given = self.arguments().iter().map(|_| quote!(_)).collect();
        Body { parameters: self.parameters(), given, text: quote!(let _ = (#(#names,)*); #krate::rt::unsupported(#text)) }
    }

    /// The rule takes tangents by value, and gives those of what it leaves behind.
    fn pushed_by_a_rule(&self, rule: &ExprPath) -> Body {
        let (krate, outcome, names) = (self.krate, self.outcome(), self.names());
        let (mut given, mut tangents, mut left) = (Vec::new(), Vec::new(), Vec::new());
        let (mut start, mut stores) = (TokenStream::new(), TokenStream::new());
        for (argument, name) in self.arguments().iter().zip(&names) {
            if !argument.differentiated {
                given.push(quote!(_));
                continue;
            }
            let dot = self.dot(argument);
            if argument.kind.is_exclusive() {
                let after = self.local(&format!("{dot}_left"));
                given.push(quote!(mut #dot));
                tangents.push(quote!(#krate::rt::AlongMut::along_mut(&mut #dot).to_owned()));
                let store = if is_slice(&argument.ty) { quote!(clone_from_slice) } else { quote!(clone_from) };
                stores.extend(quote!(#krate::rt::AlongMut::along_mut(&mut #dot).#store(&#after);));
                left.push(after);
            } else {
                given.push(dot.to_token_stream());
                start.extend(quote!(let #dot = #krate::rt::along(#dot, &#name);));
                tangents.push(quote!(::core::clone::Clone::clone(&*#dot)));
            }
        }
        let [value, derived] = ["value", "tangent"].map(|name| self.local(name));
        let of_result = (!is_unit(&outcome.target)).then_some(&derived);
        let zero = of_result.is_none().then(|| quote!(let #derived = ();));
        let pattern = of_result.into_iter().chain(&left);
        let pattern = quote!((#value, #(#pattern),*));
        let call = quote!(#rule(#(#names,)* #(#tangents),*));
        let text = if outcome.is_fallible() {
            let (success, whole, failure) =
                (outcome.success(pattern), outcome.success(value.to_token_stream()), outcome.failure());
            let [some, none] = ["Some", "None"].map(|name| Ident::new(name, Span::mixed_site()));
            quote!(#start match #call {
                #success => { #stores #zero (#whole, ::core::option::Option::#some(#derived)) }
                #failure => (#failure, ::core::option::Option::#none),
            })
        } else {
            quote!(#start let #pattern = #call; #stores #zero (#value, #derived))
        };
        Body { parameters: self.parameters(), given, text: locate(text, rule.span()) }
    }

    fn compiled_pushforward(&self, pushforward: &Pushforward) -> Body {
        let here = self.here();
        let Pushforward { values, body, .. } = pushforward;
        let (layout, places) = Layout::new(values, &[(body, Results::Named)], &[]);
        let mut writer = self.writer(values, layout, Guards::default());
        writer.failure = if leaves_early(body) { self.outcome().failing() } else { None };
        let (arguments, mut tangents) = (self.arguments(), body.params[self.arguments().len()..].iter());
        self.name_arguments(&mut writer, &body.params);
        let (mut given, mut start) = (Vec::new(), TokenStream::new());
        for argument in arguments {
            if !argument.differentiated {
                given.push(quote!(_));
                continue;
            }
            let tangent: Value = *tangents.next().expect("a tangent for each");
            if !writer.layout.is_used(tangent) && !argument.kind.is_exclusive() {
                given.push(quote!(_));
                continue;
            }
            let name = writer.name(tangent);
            let (argument_name, krate) = (&argument.name, self.krate);
            start.extend(match &argument.kind {
                Kind::Exclusive(_) => {
                    given.push(quote!(mut #name));
                    quote_spanned!(here=> let #name = #krate::rt::AlongMut::along_mut(&mut #name);)
                }
                _ => {
                    given.push(name.to_token_stream());
                    let along = quote_spanned!(here=> #krate::rt::along(#name, &#argument_name));
                    if values[tangent].kind.is_scalar() {
                        quote_spanned!(here=> let #name = *#along;)
                    } else {
                        quote_spanned!(here=> let #name = #along; let #name = &*#name;)
                    }
                }
            });
        }
        let parameters = self.parameters_read(&mut writer, &body.params, &start.to_string());
        let stmts = writer.block(body, &places[0]);
        let own_results = body.results.len() - self.left_tangents() - 1;
        let (values_left, tangents_left) = (&body.results[1..own_results], &body.results[own_results + 1..]);
        let exclusive = arguments.iter().zip(&body.params).filter(|(argument, _)| argument.kind.is_exclusive());
        let exclusive: Vec<_> = exclusive.map(|(argument, param)| (argument, *param)).collect();
        let of_tangents = body.params[arguments.len()..].iter().filter(|tangent| values[**tangent].kind.is_exclusive());
        // Tangents first: what is in place may read the argument as it was.
        let mut left = TokenStream::new();
        for (tangent, after) in of_tangents.zip(tangents_left) {
            let name = writer.name(*tangent);
            left.extend(leave_in(&mut writer, &name, *tangent, *after));
        }
        for ((argument, param), after) in exclusive.iter().zip(values_left) {
            left.extend(leave_in(&mut writer, &argument.name, *param, *after));
        }
        let stmts = quote!(#stmts #left);
        let value = writer.consume(body.results[0]).tokens;
        let tangent = writer.consume(body.results[own_results]).tokens;
        let (items, quotes) = (self.items(body), writer.quotes());
        let text = if writer.failure.is_some() {
            let label = Failure::label();
            quote_spanned!(here=> #label: { #stmts (#value, #tangent) })
        } else {
            quote_spanned!(here=> #stmts (#value, #tangent))
        };
        Body { parameters, given, text: quote!(#items #quotes #start #text) }
    }

    /// How many arguments leave a tangent behind.
    fn left_tangents(&self) -> usize {
        self.source.signature.differentiated().filter(|(_, argument)| argument.kind.is_exclusive()).count()
    }

    /// The value and its tangent, for users.
    pub(super) fn jvp(&self) -> TokenStream {
        let (here, vis, krate, outcome) = (self.here(), self.vis(), self.krate, self.outcome());
        let (impl_generics, ..) = self.generics.split_for_impl();
        let bound = self.tangent_bound();
        let dots: Vec<Option<Ident>> =
            self.arguments().iter().map(|argument| argument.differentiated.then(|| self.dot(argument))).collect();
        let (parameters, names) = (self.parameters(), self.names());
        let mut types = self.tangents.iter();
        let tangents = self.arguments().iter().zip(&dots).filter_map(|(_, dot)| {
            let (dot, ty) = (dot.as_ref()?, types.next().expect("a type for each tangent"));
            Some(quote!(#dot: #ty))
        });
        let tangents: Vec<_> = tangents.collect();
        let checks = self.arguments().iter().zip(&dots).zip(&names).filter_map(|((argument, dot), name)| {
            let dot = dot.as_ref().filter(|_| !argument.kind.is_scalar())?;
            let mutable = argument.kind.is_exclusive().then(|| quote!(mut));
            Some(quote_spanned!(here=> let #mutable #dot = #krate::rt::checked_tangent(&#name, #dot);))
        });
        let checks: TokenStream = checks.collect();
        let given = self.arguments().iter().zip(&dots).map(|(argument, dot)| match dot {
            None => quote!(#krate::rt::No),
            Some(dot) if argument.kind.is_exclusive() => quote!(&mut #dot),
            Some(dot) => quote!(&#dot),
        });
        let given = tuple(&given.collect::<Vec<_>>());
        let left: Vec<_> = self
            .arguments()
            .iter()
            .zip(&dots)
            .filter(|(argument, _)| argument.kind.is_exclusive())
            .filter_map(|(argument, dot)| Some((dot.clone()?, self.tangent(&argument.ty))))
            .collect();
        let [value, derived] = ["value", "tangent"].map(|name| self.local(name));
        let of_target = if outcome.aux.is_empty() { quote!(#derived) } else { quote!(#derived.0) };
        let target = &outcome.target;
        let of_result = (!is_unit(target)).then(|| (of_target, self.tangent(target)));
        let (results, result_types): (Vec<_>, Vec<_>) =
            of_result.into_iter().chain(left.into_iter().map(|(name, ty)| (name.to_token_stream(), ty))).unzip();
        let value_type = &outcome.value;
        let result = outcome.wrapped_type(quote!((#value_type, #(#result_types),*)));
        let (owner, hidden, generics, names) =
            (self.owner(), self.hidden("pushforward"), self.explicit_hidden_generics(1), names);
        let names = given_in_few(names.iter().map(ToTokens::to_token_stream).collect());
        let function = self.given_function();
        let success = if outcome.is_fallible() {
            let (pattern, failure) = (outcome.success(quote!(#value)), outcome.failure());
            let zero = quote_spanned!(here=> let #derived = #krate::rt::into_payload(#derived, &#value););
            let success = outcome.success(quote!((#value, #(#results),*)));
            quote_spanned!(here=> match #value { #pattern => { #zero #success } #failure => #failure })
        } else {
            quote_spanned!(here=> (#value, #(#results),*))
        };
        let (name, errors, tracked) = (self.companion("jvp"), self.errors_section(), self.tracked());
        let many = allowing_so_many(parameters.len() + tangents.len());
        quote_spanned! {here=>
            /// The value, and its tangent along those of the differentiated arguments.
            #errors
            #[inline]
            #tracked
            #many
            #vis fn #name #impl_generics (#(#parameters,)* #(#tangents),*) -> #result #bound {
                #checks
                let (#value, #derived) = #owner::#hidden #generics(#function #(#names,)* #given);
                #success
            }
        }
    }

    /// The name of the tangent of an argument, in a companion of the macro's own.
    pub(super) fn dot(&self, argument: &Argument) -> Ident {
        self.local(&format!("{}_dot", argument.name.unraw()))
    }
}

fn is_slice(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if matches!(&*reference.elem, Type::Slice(_)))
}
