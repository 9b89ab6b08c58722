//! Calls with the tangents of their arguments, and of their pullbacks.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::own;
use super::path::hidden_call;
use crate::emit::fragment::Fragment;
use crate::emit::names::at;
use crate::emit::writer::Writer;
use crate::ir::{Call, Callee, Stmt, Value};

impl Writer<'_> {
    /// `let ((y, y_dot), y_pullback) = f::residual_hvp(f, x, (Handed(x_dot), No), (Yes, No));`
    pub(in crate::emit) fn linearize_along(&mut self, stmt: &Stmt, call: &Call, tangents: &[Option<Value>]) -> TokenStream {
        let (span, krate) = (at(stmt.span), self.krate);
        let pullback = *stmt.outs.last().expect("the pullback");
        let [y, y_dot, y_pullback] = [stmt.outs[0], stmt.outs[changed_count(call) + 1], pullback].map(|out| self.pattern(out));
        if let (Callee::Each(_), Some(tangent)) = (&call.callee, tangents[0]) {
            let (x, x_dot, function) =
                (self.reference(call.args[0]), self.reference(tangent), self.rt("map_linearized_along", stmt.span));
            let further = quote_spanned!(span=> (#krate::rt::Handed(x_dot),), (#krate::rt::Yes,));
            let hidden =
                hidden_call(&call.callee, "residual_hvp", vec![Fragment::tight(quote_spanned!(span=> x))], &further, span);
            return quote_spanned!(span=> let ((#y, #y_dot), #y_pullback) = #function(#x, #x_dot, |x, x_dot| #hidden););
        }
        let (start, changed) = self.changed_variables(stmt, call);
        let args = self.arguments(call, &changed);
        let wants = tuple_at(span, &self.wants(call, pullback));
        let (mut passed, mut back) = (TokenStream::new(), TokenStream::new());
        let mut left = stmt.outs[changed_count(call) + 2..].iter();
        let along = tangents.iter().enumerate().map(|(position, tangent)| {
            let Some(tangent) = tangent else { return quote_spanned!(span=> #krate::rt::No) };
            let tangent = self.consume(*tangent).tokens;
            if !call.borrowed.contains_key(&position) {
                return quote_spanned!(span=> #krate::rt::Handed(#tangent));
            }
            let (name, left) = (own("passed", position), self.pattern(*left.next().expect("one for each")));
            passed.extend(quote_spanned!(span=> let #name = #krate::rt::Passed::new(#tangent);));
            back.extend(quote_spanned!(span=> let #left = #name.back();));
            quote_spanned!(span=> ::core::clone::Clone::clone(&#name))
        });
        let along = tuple_at(span, &along.collect::<Vec<_>>());
        let place = self.place_of_call(&call.callee, stmt.span);
        let value = hidden_call(&call.callee, "residual_hvp", args, &quote_spanned!(span=> #along, #wants), place);
        let kept = self.kept_for_the_pullback(call, pullback, &changed);
        quote_spanned!(span=> #start #passed let ((#y, #y_dot), #y_pullback) = #value; #back #kept)
    }

    /// `let ((d_x, d_x_dot), …) = y_pullback(x, …, &y, (d_y, d_y_dot));`
    pub(in crate::emit) fn pullback_along(
        &mut self,
        stmt: &Stmt,
        pullback: Value,
        call: &Call,
        result: Value,
        [cotangents, along]: [&[Value]; 2],
    ) -> TokenStream {
        let (gradients, tangents) = stmt.outs.split_at(call.args.len());
        if let Callee::Each(_) = &call.callee {
            let (function, pullbacks) = (self.rt("map_pulled_back_along", stmt.span), self.consume(pullback).tokens);
            let (x, y) = (self.reference(call.args[0]), self.reference(result));
            let [d, d_dot] = [cotangents[0], along[0]].map(|d| self.reference(d));
            let [d_x, d_x_dot] = [gradients[0], tangents[0]].map(|out| self.pattern(out));
            let both = quote_spanned!(at(stmt.span)=>
                #function(#pullbacks, #x, #y, (#d, #d_dot), |pullback, x, y, d| pullback(x, y, d).0));
            let mut both = self.if_wanted(gradients[0], &both);
            if self.is_guarded(gradients[0]) {
                both = quote_spanned!(at(stmt.span)=> ::core::option::Option::unzip(#both));
            }
            return quote_spanned!(at(stmt.span)=> let (#d_x, #d_x_dot) = #both;);
        }
        let span = at(stmt.span);
        let function = self.consume(pullback).tokens;
        let lent = self.lent(call, &function, cotangents, along);
        let (function, start) = (lent.pullback, lent.start);
        let again = self.arguments_again(call, &lent.slots);
        let result = self.reference(result);
        let [d, d_dot] = [cotangents[0], along[0]].map(|d| self.consume(d).tokens);
        let (mut patterns, mut unwrap) = (Vec::new(), TokenStream::new());
        for (position, outs) in gradients.iter().zip(tangents).enumerate() {
            let (pattern, start) = self.gradient_along(pullback, call, cotangents, position, [*outs.0, *outs.1]);
            patterns.push(pattern);
            unwrap.extend(start);
        }
        let pattern = tuple_at(span, &patterns);
        let call = quote_spanned!(span=> #start let #pattern = #function(#(#again,)* #result, (#d, #d_dot)); #unwrap);
        self.unless_unwanted(stmt, call)
    }

    /// The pattern of a gradient and its tangent, and what takes them apart where they may not be there or have another type.
    fn gradient_along(
        &mut self,
        pullback: Value,
        call: &Call,
        cotangents: &[Value],
        position: usize,
        outs: [Value; 2],
    ) -> (TokenStream, TokenStream) {
        let span = at(self.values[outs[0]].span);
        let used = outs.map(|out| self.layout.is_used(out));
        if used == [false; 2] {
            return (quote_spanned!(span=> _), TokenStream::new());
        }
        let patterns = outs.map(|out| self.pattern(out));
        let [d, d_dot] = ["d", "d_dot"].map(|name| own(name, position));
        let converted = [(&d, "rest"), (&d_dot, "rest_dot")].map(|(d, rest)| self.as_given(call, cotangents, position, d, rest));
        let [first, second] = &patterns;
        if self.guards.passes_on(pullback, position) {
            let krate = self.krate;
            let ty = self.guards.any_of(&self.values[outs[0]].wanted, krate);
            let map = match &converted {
                [Some(a), Some(b)] => quote_spanned!(span=> .map(|(#d, #d_dot)| (#a, #b))),
                _ => TokenStream::new(),
            };
            let both = own("both", position);
            return (
                quote_spanned!(span=> #both),
                quote_spanned!(span=> let (#first, #second) = ::core::option::Option::unzip(<#ty as #krate::rt::Want>::get(#both)#map);),
            );
        }
        match &converted {
            [Some(a), Some(b)] => (quote_spanned!(span=> (#d, #d_dot)), quote_spanned!(span=> let (#first, #second) = (#a, #b);)),
            _ => (quote_spanned!(span=> (#first, #second)), TokenStream::new()),
        }
    }
}

/// `(a, b)`, `(a,)`, at that place: what is wrong with it is the fault of the call.
fn tuple_at(span: Span, elements: &[TokenStream]) -> TokenStream {
    match elements {
        [one] => quote_spanned!(span=> (#one,)),
        several => quote_spanned!(span=> (#(#several),*)),
    }
}

fn changed_count(call: &Call) -> usize {
    call.changed().len()
}
