//! The slots of a loop with binomial checkpoints.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::writer::{tuple, Writer};
use crate::ir::{Stmt, Value};

impl Writer<'_> {
    /// `let mut slots = rt::slots(count, Some(range.clone().count()));`
    pub(in crate::emit) fn slots(&mut self, stmt: &Stmt, count: Value, range: Option<Value>) -> TokenStream {
        let (slots, new) = (self.pattern(stmt.outs[0]), self.rt("slots", stmt.span));
        let count = self.consume(count).tokens;
        let iterations = match range {
            Some(range) => {
                let range = self.expr(range).receiver();
                quote!(::core::option::Option::Some(#range.clone().count()))
            }
            None => quote!(::core::option::Option::None),
        };
        quote!(let #slots = #new(#count, #iterations);)
    }

    /// `if slots.is_due() { slots.keep((h.clone(),)); }`
    pub(in crate::emit) fn offer(&mut self, slots: Value, state: &[Value]) -> TokenStream {
        let slots = self.name(slots);
        let state: Vec<_> = state.iter().map(|v| self.consume(*v).tokens).collect();
        let state = tuple(&state);
        quote!(if #slots.is_due() { #slots.keep(#state); })
    }

    /// `let (iterations, (mut h,)) = slots.restore(&range);`
    pub(in crate::emit) fn restore(&mut self, stmt: &Stmt, slots: Value, range: Value) -> TokenStream {
        let (slots, range) = (self.name(slots), self.expr(range).reference());
        let patterns: Vec<_> = stmt.outs.iter().map(|out| self.pattern(*out)).collect();
        let state = tuple(&patterns[1..]);
        let iterations = &patterns[0];
        quote!(let (#iterations, #state) = #slots.restore(#range);)
    }
}
