//! Statements of a sweep that run only if somebody wants what they serve (see `wants`). What they define is an `Option` then.

use proc_macro2::TokenStream;
use quote::{quote, ToTokens};
use syn::Ident;

use super::types::bare_or_tuple;
use super::writer::Writer;
use crate::ir::{Stmt, Value};

impl Writer<'_> {
    /// A value that is there only if somebody wants it.
    pub(super) fn if_wanted(&self, out: Value, value: &TokenStream) -> TokenStream {
        if !self.is_guarded(out) {
            return value.clone();
        }
        let (condition, some, none) = (self.guards.condition(&self.values[out].wanted), some(value), none());
        quote!(if #condition { #some } else { #none })
    }

    /// What defines the results of a statement, which are there only if somebody wants them.
    pub(super) fn guard_block(&mut self, stmt: &Stmt, stmts: TokenStream) -> TokenStream {
        if !stmt.outs.iter().any(|out| self.is_guarded(*out)) {
            return stmts;
        }
        self.let_if_wanted(stmt, &stmts, some)
    }

    /// The call of a pullback, unless nobody wants any of what it computes. What it defines are options already.
    pub(super) fn unless_unwanted(&mut self, stmt: &Stmt, call: TokenStream) -> TokenStream {
        let is_plain = |out: &Value| self.layout.is_used(*out) && !self.is_guarded(*out);
        if !self.guards.is_partial(&self.guards.wanted(self.values, stmt)) || stmt.outs.iter().any(is_plain) {
            return call;
        }
        self.let_if_wanted(stmt, &call, Ident::into_token_stream)
    }

    /// `let (a, b) = if WantX::ON { stmts (Some(a), Some(b)) } else { (None, None) };`
    fn let_if_wanted(&mut self, stmt: &Stmt, stmts: &TokenStream, present: fn(Ident) -> TokenStream) -> TokenStream {
        let used: Vec<_> = stmt.outs.iter().copied().filter(|out| self.layout.is_used(*out)).collect();
        let patterns: Vec<_> = used.iter().map(|out| self.pattern(*out)).collect();
        let values: Vec<_> = used.iter().map(|out| present(self.name(*out))).collect();
        let absent: Vec<_> = used.iter().map(|_| none()).collect();
        let [pattern, values, absent] = [patterns, values, absent].map(|parts| bare_or_tuple(&parts));
        let condition = self.guards.condition(&self.guards.wanted(self.values, stmt));
        quote!(let #pattern = if #condition { #stmts #values } else { #absent };)
    }

    /// A gradient that is there only if it is wanted, as the `Option` that it is, if nothing reads it any more; or the pair of it and
    /// its tangent.
    pub(super) fn option_at_its_end(&mut self, gradient: Value, along: Option<Value>) -> Option<TokenStream> {
        let is_at_its_end = |value| self.is_guarded(value) && self.layout.is_last_use(value, self.at);
        if !is_at_its_end(gradient) || !along.is_none_or(is_at_its_end) {
            return None;
        }
        let gradient = self.moved_option(gradient);
        Some(match along {
            None => gradient.into_token_stream(),
            Some(along) => {
                let along = self.moved_option(along);
                quote!(#gradient.zip(#along))
            }
        })
    }

    fn moved_option(&mut self, value: Value) -> Ident {
        self.moved.insert(self.layout.variable(value));
        self.name(value)
    }

    /// Runs an update in place only if somebody wants what it serves.
    pub(super) fn guard_update(&mut self, stmt: &Stmt, start: TokenStream, name: &Ident, update: TokenStream) -> TokenStream {
        let wanted = self.guards.wanted(self.values, stmt);
        if !self.guards.is_partial(&wanted) {
            return quote!(#start #update);
        }
        let condition = self.guards.condition(&wanted);
        if start.is_empty() || !self.is_guarded(stmt.outs[0]) {
            return quote!(#start if #condition { #update });
        }
        // A sum that starts here: its first term and its second one are both there, or neither.
        let (sum, none) = (some(name.clone()), none());
        quote!(let mut #name = if #condition { #start #sum } else { #none }; if #condition { #update })
    }
}

fn some(value: impl ToTokens) -> TokenStream {
    quote!(::core::option::Option::Some(#value))
}

fn none() -> TokenStream {
    quote!(::core::option::Option::None)
}
