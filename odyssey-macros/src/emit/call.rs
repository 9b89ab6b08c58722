//! Calls of differentiable functions, and of their pullbacks.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use super::companion::given_in_few;
use super::fragment::Fragment;
use super::names::{at, given};
use super::place::Access;
use super::writer::{tuple, Writer};
use crate::ir::{of_lent_tangent, Call, Callee, Copying, Kind, Op, Stmt, Value};

impl Writer<'_> {
    /// `let (y, y_pullback) = f::residual_vjp(f, x, (Yes, No));`
    pub(super) fn linearize(&mut self, stmt: &Stmt, call: &Call) -> TokenStream {
        if let Callee::Each(_) = &call.callee {
            return self.linearize_each(stmt, call);
        }
        let (start, changed) = self.changed_variables(stmt, call);
        let args = self.arguments(call, &changed);
        let pullback = *stmt.outs.last().expect("the pullback");
        let wants = tuple(&self.wants(call, pullback));
        let pattern = tuple(&[self.pattern(stmt.outs[0]), self.pattern(pullback)]);
        let place = self.place_of_call(&call.callee, stmt.span);
        let value = hidden_call(&call.callee, "residual_vjp", args, &wants, place);
        let kept = self.kept_for_the_pullback(call, pullback, &changed);
        quote!(#start let #pattern = #value; #kept)
    }

    /// `let y_pullback = (y_pullback, rt::keep(&state));`: of what the call may have only looked at.
    pub(super) fn kept_for_the_pullback(&mut self, call: &Call, pullback: Value, changed: &[(Value, Ident)]) -> TokenStream {
        if call.perhaps.is_empty() || !self.layout.is_used(pullback) {
            return TokenStream::new();
        }
        let kept: Vec<_> = call
            .perhaps
            .iter()
            .map(|position| {
                let keep = self.rt("keep", self.values[call.args[*position]].span);
                let place = self.lent_place(call, *position, changed, Access::Shared);
                quote!(#keep(&#place))
            })
            .collect();
        let pullback = self.name(pullback);
        quote!(let #pullback = (#pullback, #(#kept),*);)
    }

    /// The part of a variable that a call is lent.
    pub(super) fn lent_place(&mut self, call: &Call, position: usize, changed: &[(Value, Ident)], access: Access) -> TokenStream {
        let (_, name) = changed.iter().find(|(root, _)| *root == call.args[position]).expect("it is changed");
        self.part(quote!(#name), &call.borrowed[&position], access)
    }

    /// `let (y, y_dot) = f::pushforward(f, x, (&x_dot, No));`
    pub(super) fn push_forward(&mut self, stmt: &Stmt, call: &Call, tangents: &[Option<Value>]) -> TokenStream {
        let (span, krate) = (at(stmt.span), self.krate);
        let (values, derived) = stmt.outs.split_at(stmt.outs.len() / 2);
        let pattern = tuple(&[self.pattern(values[0]), self.pattern(derived[0])]);
        if let (Callee::Each(_), Some(tangent)) = (&call.callee, tangents[0]) {
            let (x, x_dot, function) = (self.reference(call.args[0]), self.reference(tangent), self.rt("map_pushed", stmt.span));
            let hidden = hidden_call(&call.callee, "pushforward", vec![Fragment::tight(quote!(x))], &quote!((&x_dot,)), span);
            return quote_spanned!(span=> let #pattern = #function(#x, #x_dot, |x, x_dot| #hidden););
        }
        let (start, changed) = self.changed_variables(stmt, call);
        let mut starts = start;
        let mut changed_tangents = Vec::new();
        for (root, out) in call.changed().into_iter().zip(&derived[1..]) {
            let position = call.args.iter().position(|arg| *arg == root).expect("an argument");
            let (start, name) = self.sum_in_place(*out, tangents[position].expect("what is changed has a tangent"));
            starts.extend(start);
            changed_tangents.push((root, name));
        }
        let args = self.arguments(call, &changed);
        let given =
            call.args.iter().enumerate().map(|(position, arg)| match (call.borrowed.get(&position), tangents[position]) {
                (Some(path), tangent) => {
                    let (_, name) = changed_tangents.iter().find(|(root, _)| root == arg).expect("it is changed");
                    let tangent = tangent.expect("what is changed has a tangent");
                    let path = of_lent_tangent(path, &self.values[*arg].kind, &self.values[tangent].kind);
                    let place = self.part(quote!(#name), &path, Access::Exclusive);
                    quote!(&mut #place)
                }
                (None, Some(tangent)) => self.reference(tangent),
                (None, None) => quote!(#krate::rt::No),
            });
        let given = tuple(&given.collect::<Vec<_>>());
        let place = self.place_of_call(&call.callee, stmt.span);
        let value = hidden_call(&call.callee, "pushforward", args, &given, place);
        quote!(#starts let #pattern = #value;)
    }

    /// A call that changes some of its arguments, without a derivative.
    pub(super) fn changing_call(&mut self, stmt: &Stmt, call: &Call) -> TokenStream {
        let (start, changed) = self.changed_variables(stmt, call);
        let value = self.call(call, &changed, stmt.span).tokens;
        let pattern = self.pattern(stmt.outs[0]);
        if self.layout.is_used(stmt.outs[0]) {
            quote!(#start let #pattern = #value;)
        } else {
            quote!(#start #value;)
        }
    }

    /// Makes sure that what a call changes is in the variables of the results; these.
    pub(super) fn changed_variables(&mut self, stmt: &Stmt, call: &Call) -> (TokenStream, Vec<(Value, Ident)>) {
        let changed = call.changed().into_iter().zip(&stmt.outs[1..]);
        let (starts, changed): (Vec<_>, Vec<_>) = changed
            .map(|(root, out)| {
                let (start, name) = self.sum_in_place(*out, root);
                (start, (root, name))
            })
            .unzip();
        (starts.into_iter().collect(), changed)
    }

    /// The arguments of a call; a receiver is borrowed as it is.
    pub(super) fn arguments(&mut self, call: &Call, changed: &[(Value, Ident)]) -> Vec<Fragment> {
        let is_method = matches!(call.callee, Callee::Method(..));
        let mut args = Vec::new();
        for (i, v) in call.args.iter().enumerate() {
            args.push(match call.borrowed.get(&i) {
                Some(_) => {
                    let place = self.lent_place(call, i, changed, Access::Exclusive);
                    if i == 0 && is_method {
                        Fragment::tight(place)
                    } else {
                        Fragment::new(quote!(&mut #place), super::fragment::Binding::Prefix)
                    }
                }
                // A method that changed its receiver without saying so would not be differentiated.
                None if i == 0 && is_method && self.layout.is_mutable(*v) && !self.layout.is_inline(*v) => {
                    let receiver = self.reference(*v);
                    Fragment::new(receiver, super::fragment::Binding::Prefix)
                }
                None if i == 0 && is_method => self.owned(*v),
                None => self.consume(*v),
            });
        }
        args
    }

    /// The call itself, with the variables in which it changes its arguments.
    pub(super) fn call(&mut self, call: &Call, changed: &[(Value, Ident)], span: Span) -> Fragment {
        let args = self.arguments(call, changed);
        match &call.callee {
            Callee::Each(path) => {
                let array = args[0].receiver();
                Fragment::tight(quote_spanned!(at(span)=> #array.mapv(#path)))
            }
            Callee::Path(path) => {
                let args = args.iter().map(|arg| &arg.tokens);
                let args = given(quote_spanned!(at(span)=> #(#args),*), self.place_of_call(&call.callee, span));
                Fragment::tight(quote!(#path #args))
            }
            Callee::ValueAndGrad(path) => {
                let args = args.iter().map(|arg| &arg.tokens);
                Fragment::tight(quote_spanned!(at(span)=> #path::value_and_grad(#(#args),*)))
            }
            Callee::Method(name, turbofish) => {
                let place = self.place_of_call(&call.callee, span);
                let (receiver, args) = (args[0].receiver(), args[1..].iter().map(|arg| &arg.tokens));
                let args = given(quote_spanned!(at(span)=> #(#args),*), place);
                Fragment::tight(quote_spanned!(at(span)=> #receiver.#name #turbofish #args))
            }
        }
    }

    /// `let (y, y_pullbacks) = rt::map_linearized(&x, |element| f::residual_vjp(f, element, (Yes,)));`
    fn linearize_each(&mut self, stmt: &Stmt, call: &Call) -> TokenStream {
        let span = at(stmt.span);
        let array = self.reference(call.args[0]);
        let (function, krate) = (self.rt("map_linearized", stmt.span), self.krate);
        let wants = quote!((#krate::rt::Yes,));
        let hidden = hidden_call(&call.callee, "residual_vjp", vec![Fragment::tight(quote!(element))], &wants, span);
        let pattern = tuple(&[self.pattern(stmt.outs[0]), self.pattern(stmt.outs[1])]);
        quote_spanned!(span=> let #pattern = #function(#array, |element| #hidden);)
    }

    fn pull_each_back(&mut self, stmt: &Stmt, pullbacks: Value, call: &Call, result: Value, cotangent: Value) -> TokenStream {
        let (function, pullbacks) = (self.rt("map_pulled_back", stmt.span), self.consume(pullbacks).tokens);
        let (x, y) = (self.reference(call.args[0]), self.reference(result));
        let d = self.reference(cotangent);
        let pattern = self.pattern(stmt.outs[0]);
        let value = quote_spanned!(at(stmt.span)=> #function(#pullbacks, #x, #y, #d, |pullback, x, y, d| pullback(x, y, d).0));
        let value = self.if_wanted(stmt.outs[0], &value);
        quote_spanned!(at(stmt.span)=> let #pattern = #value;)
    }

    /// The wants of a call, one an argument, as values.
    pub(super) fn wants(&self, call: &Call, pullback: Value) -> Vec<TokenStream> {
        let krate = self.krate;
        let want = |(position, arg): (usize, &Value)| {
            let wanted = &self.values[*arg].wanted;
            if wanted.is_empty() {
                quote!(#krate::rt::No)
            } else if self.guards.passes_on(pullback, position) {
                let ty = self.guards.any_of(wanted, krate);
                quote!(<#ty>::default())
            } else {
                quote!(#krate::rt::Yes)
            }
        };
        call.args.iter().enumerate().map(want).collect()
    }

    pub(super) fn pullback(
        &mut self,
        stmt: &Stmt,
        pullback: Value,
        call: &Call,
        result: Value,
        cotangents: &[Value],
    ) -> TokenStream {
        if let Callee::Each(_) = &call.callee {
            return self.pull_each_back(stmt, pullback, call, result, cotangents[0]);
        }
        let function = self.consume(pullback).tokens;
        let lent = self.lent(call, &function, cotangents, &[]);
        let function = lent.pullback;
        let again = self.arguments_again(call, &lent.slots);
        let result = self.reference(result);
        let cotangent = self.consume(cotangents[0]).tokens;
        let (patterns, unwrap) = self.pullback_results(stmt, pullback, call, cotangents);
        let (pattern, start) = (tuple(&patterns), lent.start);
        let here = at(stmt.span);
        let call = quote_spanned!(here=> #start let #pattern = #function(#(#again,)* #result, #cotangent); #unwrap);
        self.unless_unwanted(stmt, call)
    }

    /// The arguments for the pullback, or what it takes in their place.
    pub(super) fn arguments_again(&mut self, call: &Call, slots: &BTreeMap<usize, TokenStream>) -> Vec<TokenStream> {
        let is_method = matches!(call.callee, Callee::Method(..));
        let is_associated = call.callee.is_associated();
        let args = call.args.iter().enumerate();
        args.map(|(i, v)| match (slots.get(&i), i == 0 && is_method) {
            (Some(slot), _) => slot.clone(),
            (None, true) => self.given_again(*v),
            (None, false) if i == 0 && is_associated && self.values[*v].kind == Kind::Unknown => self.again(*v),
            (None, false) => self.consume(*v).tokens,
        })
        .collect()
    }

    /// A receiver, by reference, with the type that it was called with.
    fn given_again(&mut self, value: Value) -> TokenStream {
        match self.layout.definition(value) {
            Some(Op::Copy(Copying::Moved, _)) => self.owned(value).reference(),
            _ => self.reference(value),
        }
    }

    /// Perhaps a receiver, which a pullback takes by reference even where the function takes it by value.
    fn again(&mut self, value: Value) -> TokenStream {
        let (again, value) = (self.rt("again", self.values[value].span), self.reference(value));
        quote!(#again(#value))
    }

    /// What a pullback takes in the place of the arguments that were lent: the cotangent of what is left there, or the
    /// argument again if the call only looked at it. What is lent as a slice may be an array or a list: its cotangent goes
    /// there as a list, and comes back as what it was.
    ///
    /// With tangents, a cotangent is a pair.
    pub(super) fn lent(&mut self, call: &Call, pullback: &TokenStream, cotangents: &[Value], along: &[Value]) -> Lent {
        let kept: Vec<_> = call.perhaps.iter().map(|position| own("kept", *position)).collect();
        let (pullback, mut start) = if kept.is_empty() {
            (pullback.clone(), TokenStream::new())
        } else {
            let name = Ident::new("pullback", Span::mixed_site());
            (quote!(#name), quote!(let (#name, #(#kept),*) = #pullback;))
        };
        let mut slots = BTreeMap::new();
        for (number, (position, v)) in call.borrowed.keys().zip(&cotangents[1..]).enumerate() {
            let span = self.values[*v].span;
            let is_list = may_be_list(&self.values[*v].kind);
            let reference = self.reference(*v);
            let d = self.consume(*v).tokens;
            let d_dot = along.get(number + 1).map(|v| self.consume(*v).tokens);
            slots.insert(
                *position,
                if call.perhaps.contains(position) {
                    let [kept, slot, rest, rest_dot] = ["kept", "lent", "rest", "rest_dot"].map(|name| own(name, *position));
                    start.extend(match d_dot {
                        None => {
                            let lend = self.rt("lend", span);
                            quote!(let (#slot, #rest) = #lend(&#kept, #d);)
                        }
                        Some(d_dot) => {
                            let lend = self.rt("lend_along", span);
                            quote!(let (#slot, (#rest, #rest_dot)) = #lend(&#kept, (#d, #d_dot));)
                        }
                    });
                    quote!(#slot)
                } else {
                    let left = self.rt("Left", span);
                    let slot = |d: TokenStream| {
                        if !is_list {
                            return d;
                        }
                        let into = self.rt("into_tangent", span);
                        quote!(#into(#d))
                    };
                    let slot = match d_dot {
                        None => slot(d),
                        Some(d_dot) => {
                            let [d, d_dot] = [d, d_dot].map(slot);
                            quote!((#d, #d_dot))
                        }
                    };
                    if is_list {
                        let (kind_of, kind) = (self.rt("kind_of", span), own("kind", *position));
                        start.extend(quote!(let #kind = #kind_of(#reference);));
                    }
                    quote!(#left(#slot))
                },
            );
        }
        Lent { pullback, start, slots }
    }

    /// The gradient `d` of an argument as the tangent of what was given for it, where that may be another type; `rest` is the name of
    /// what has become of its cotangent.
    pub(super) fn as_given(
        &mut self,
        call: &Call,
        cotangents: &[Value],
        position: usize,
        d: &Ident,
        rest: &str,
    ) -> Option<TokenStream> {
        let (arg, span) = (call.args[position], self.values[call.args[position]].span);
        if call.perhaps.contains(&position) {
            let (before, rest) = (self.rt("before", span), own(rest, position));
            return Some(quote!(#before(#rest, #d)));
        }
        if let Some(number) = call.borrowed.keys().position(|lent| *lent == position) {
            let is_list = may_be_list(&self.values[cotangents[number + 1]].kind);
            let (of_kind, kind) = (self.rt("of_kind", span), own("kind", position));
            return is_list.then(|| quote!(#of_kind(#kind, #d)));
        }
        // A reference to an array of a fixed length may be given where a slice is expected.
        let is_made_here = matches!(self.layout.definition(arg), Some(Op::Reference(_)));
        let is_converted = match self.values[arg].kind.peel() {
            Kind::Sequence(_) => is_made_here || matches!(self.values[arg].kind, Kind::Reference(_)),
            kind => matches!(kind, Kind::Boxed(_)),
        };
        if !is_converted {
            return None;
        }
        let (as_tangent, given) = (self.rt("as_tangent", span), self.reference(arg));
        Some(quote!(#as_tangent(#given, #d)))
    }

    /// The patterns of a pullback's results, and the statements that take apart those that may not be there.
    fn pullback_results(
        &mut self,
        stmt: &Stmt,
        pullback: Value,
        call: &Call,
        cotangents: &[Value],
    ) -> (Vec<TokenStream>, TokenStream) {
        let (mut patterns, mut unwrap) = (Vec::new(), TokenStream::new());
        for (position, out) in stmt.outs.iter().enumerate() {
            let pattern = self.pattern(*out);
            if self.layout.is_used(*out) && self.guards.passes_on(pullback, position) {
                let (krate, name) = (self.krate, self.name(*out));
                let ty = self.guards.any_of(&self.values[*out].wanted, krate);
                let d = Ident::new("d", Span::mixed_site());
                let converted =
                    self.as_given(call, cotangents, position, &d, "rest").map(|converted| quote!(.map(|#d| #converted)));
                unwrap.extend(quote!(let #pattern = <#ty as #krate::rt::Want>::get(#name)#converted;));
                patterns.push(quote!(#name));
            } else if self.layout.is_used(*out) {
                let name = self.name(*out);
                match self.as_given(call, cotangents, position, &name, "rest") {
                    Some(converted) => {
                        unwrap.extend(quote!(let #pattern = #converted;));
                        patterns.push(quote!(#name));
                    }
                    None => patterns.push(pattern),
                }
            } else {
                patterns.push(pattern);
            }
        }
        (patterns, unwrap)
    }
}

/// The hidden form of that name of what is called, with what comes behind the arguments.
pub(in crate::emit) fn hidden_call(
    callee: &Callee,
    form: &str,
    args: Vec<Fragment>,
    further: &TokenStream,
    span: Span,
) -> TokenStream {
    let receiver = args[0].receiver();
    // Its own type parameters: one an argument for each of tangents and wants.
    let own = args.len() * if form == "residual_hvp" { 2 } else { 1 };
    let mut args = given_in_few(args.into_iter().map(|arg| arg.tokens).collect());
    let here = at(span);
    match callee {
        Callee::Path(path) if callee.is_associated() => {
            let companion = sibling_path(path, form, own);
            let args = given(quote_spanned!(here=> #(#args,)* #further), span);
            quote_spanned!(here=> #companion #args)
        }
        Callee::Path(path) | Callee::Each(path) | Callee::ValueAndGrad(path) => {
            let (companion, generics) = companion_path(path, own);
            let function = match (callee, form) {
                (Callee::ValueAndGrad(_), _) => format_ident!("value_and_grad_{form}", span = span),
                _ => Ident::new(form, span),
            };
            let args = given(quote_spanned!(here=> #path, #(#args,)* #further), span);
            quote_spanned!(span=> #companion::#function #generics #args)
        }
        Callee::Method(name, turbofish) => {
            let function = format_ident!("{name}_{form}", span = name.span());
            let turbofish = turbofish.as_ref().map(|generics| with_inferred(generics, own));
            args.remove(0);
            let args = given(quote_spanned!(here=> #(#args,)* #further), span);
            quote_spanned!(here=> #receiver.#function #turbofish #args)
        }
    }
}

/// `Type::f::<T>` as the path of the hidden form beside it.
fn sibling_path(path: &syn::ExprPath, form: &str, arguments: usize) -> syn::ExprPath {
    let mut sibling = path.clone();
    let last = sibling.path.segments.last_mut().expect("a path has a segment");
    last.ident = format_ident!("{}_{form}", last.ident, span = last.ident.span());
    if let syn::PathArguments::AngleBracketed(generics) = &last.arguments {
        last.arguments = syn::PathArguments::AngleBracketed(with_inferred(generics, arguments));
    }
    sibling
}

/// The generic arguments that the user wrote, and the wants, which are inferred.
fn with_inferred(generics: &syn::AngleBracketedGenericArguments, arguments: usize) -> syn::AngleBracketedGenericArguments {
    let mut generics = generics.clone();
    generics.args.extend((0..arguments).map(|_| -> syn::GenericArgument { syn::parse_quote!(_) }));
    generics
}

/// A list, an array or a slice: one may be lent as the other.
fn may_be_list(kind: &Kind) -> bool {
    matches!(kind, Kind::Sequence(_))
}

/// A name that belongs to what is lent in this position.
pub(super) fn own(name: &str, position: usize) -> Ident {
    Ident::new(&format!("{name}_{position}"), Span::mixed_site())
}

/// What is given to a pullback for the arguments that were lent to the call.
pub(super) struct Lent {
    /// The pullback alone.
    pub(super) pullback: TokenStream,
    /// The statements before it is called.
    pub(super) start: TokenStream,
    /// What stands for each of them, by position.
    pub(super) slots: BTreeMap<usize, TokenStream>,
}

/// `nn::f::<T>` as the companion's path and the generic arguments of its function.
pub(super) fn companion_path(path: &syn::ExprPath, arguments: usize) -> (syn::ExprPath, TokenStream) {
    let mut companion = path.clone();
    let last = companion.path.segments.last_mut().expect("a path has a segment");
    let generics = match std::mem::take(&mut last.arguments) {
        syn::PathArguments::AngleBracketed(generics) => {
            let given = generics.args.iter();
            let inferred = (0..=arguments).map(|_| quote!(_));
            quote!(::<#(#given,)* #(#inferred),*>)
        }
        _ => TokenStream::new(),
    };
    (companion, generics)
}
