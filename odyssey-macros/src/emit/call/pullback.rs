//! The pullback of a call: what it is given, the arguments again or what was lent in their place, and what it returns.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::own;
use crate::emit::names::at;
use crate::emit::writer::{tuple, Writer};
use crate::ir::{Call, Callee, Copying, Kind, Op, Stmt, Value};

impl Writer<'_> {
    pub(in crate::emit) fn pullback(
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
    pub(in crate::emit) fn arguments_again(&mut self, call: &Call, slots: &BTreeMap<usize, TokenStream>) -> Vec<TokenStream> {
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
    pub(in crate::emit) fn lent(&mut self, call: &Call, pullback: &TokenStream, cotangents: &[Value], along: &[Value]) -> Lent {
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
    pub(in crate::emit) fn as_given(
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

    fn pull_each_back(&mut self, stmt: &Stmt, pullbacks: Value, call: &Call, result: Value, cotangent: Value) -> TokenStream {
        let (function, pullbacks) = (self.rt("map_pulled_back", stmt.span), self.consume(pullbacks).tokens);
        let (x, y) = (self.reference(call.args[0]), self.reference(result));
        let d = self.reference(cotangent);
        let pattern = self.pattern(stmt.outs[0]);
        let value = quote_spanned!(at(stmt.span)=> #function(#pullbacks, #x, #y, #d, |pullback, x, y, d| pullback(x, y, d).0));
        let value = self.if_wanted(stmt.outs[0], &value);
        quote_spanned!(at(stmt.span)=> let #pattern = #value;)
    }
}

/// A list, an array or a slice: one may be lent as the other.
fn may_be_list(kind: &Kind) -> bool {
    matches!(kind, Kind::Sequence(_))
}

/// What is given to a pullback for the arguments that were lent to the call.
pub(in crate::emit) struct Lent {
    /// The pullback alone.
    pub(super) pullback: TokenStream,
    /// The statements before it is called.
    pub(super) start: TokenStream,
    /// What stands for each of them, by position.
    pub(super) slots: BTreeMap<usize, TokenStream>,
}
