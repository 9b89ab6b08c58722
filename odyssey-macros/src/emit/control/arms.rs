//! `match` as a statement.

use proc_macro2::TokenStream;
use quote::{quote, ToTokens};
use syn::visit_mut::VisitMut;
use syn::{FieldPat, Ident, Pat, PatIdent, PatReference};

use crate::emit::at;
use crate::emit::layout::Places;
use crate::emit::writer::Writer;
use crate::ir::{Arm, Stmt, Value};

impl Writer<'_> {
    /// `let (a, b) = match value { pattern => { …; (a, b) } … };`
    pub(in crate::emit) fn match_arms(&mut self, stmt: &Stmt, scrutinee: Value, arms: &[Arm], places: &[Places]) -> TokenStream {
        // What is read again is looked at: a copy of all of it may be impossible, as that of most errors.
        let is_lent = self.is_kept(scrutinee) && arms.iter().all(|arm| arm.guard.is_none());
        let scrutinee = if is_lent { self.expr(scrutinee).tokens } else { self.consume(scrutinee).tokens };
        let mut text = TokenStream::new();
        for (arm, places) in arms.iter().zip(places) {
            let scope = self.names.scope();
            // An arm that leaves may take what it binds away with it.
            let (pattern, copies) = self.arm_pattern(arm, is_lent && !arm.block.diverges);
            let guard = arm.guard.as_ref().map(|guard| {
                let guard = self.verbatim(guard).tokens;
                quote!(if #guard)
            });
            let body = self.arm(stmt, &arm.block, places);
            self.names.leave(scope);
            text.extend(quote!(#pattern #guard => { #copies #body }));
        }
        self.bind(stmt, &quote!(match #scrutinee { #text }))
    }

    /// The pattern, with its names as they are here; for what is matched where it is, and copies of what the names stand for.
    fn arm_pattern(&mut self, arm: &Arm, is_lent: bool) -> (TokenStream, TokenStream) {
        let names: Vec<_> = arm
            .bindings()
            .map(|(name, value)| {
                let is_read = self.layout.is_used(value) || arm.guard.iter().any(|g| g.inputs.iter().any(|(_, v)| *v == value));
                (name.clone(), is_read.then(|| self.name(value)))
            })
            .collect();
        let mut pattern = arm.pattern.clone();
        Rename { names: &names, is_lent }.visit_pat_mut(&mut pattern);
        let read = names.iter().filter_map(|(_, renamed)| renamed.as_ref()).filter(|_| is_lent);
        let copies = read.map(|name| quote!(let #name = ::core::clone::Clone::clone(#name);));
        (pattern.into_token_stream(), copies.collect())
    }
}

struct Rename<'a> {
    /// What each name of the pattern is called; nothing if it is not read.
    names: &'a [(Ident, Option<Ident>)],
    /// Each is bound by reference.
    is_lent: bool,
}

impl Rename<'_> {
    fn of(&self, ident: &Ident) -> Option<&Option<Ident>> {
        self.names.iter().find(|(name, _)| name == ident).map(|(_, renamed)| renamed)
    }
}

impl VisitMut for Rename<'_> {
    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        if let (Pat::Ident(pattern), None) = (&*field.pat, field.colon_token) {
            if self.of(&pattern.ident).is_some_and(|renamed| renamed.as_ref() != Some(&pattern.ident)) {
                field.colon_token = Some(syn::Token![:](pattern.ident.span()));
            }
        }
        syn::visit_mut::visit_field_pat_mut(self, field);
    }

    /// `&ref x`, which nobody would write: lints look away from what the macro writes.
    fn visit_pat_reference_mut(&mut self, pattern: &mut PatReference) {
        if self.is_lent {
            pattern.and_token.span = at(pattern.and_token.span);
        }
        syn::visit_mut::visit_pat_reference_mut(self, pattern);
    }

    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        if let Pat::Ident(PatIdent { ident, by_ref, mutability, subpat, .. }) = pattern {
            match self.of(ident) {
                Some(Some(renamed)) => {
                    *ident = renamed.clone();
                    *mutability = None;
                    *by_ref = by_ref.or_else(|| self.is_lent.then(Default::default));
                }
                Some(None) if subpat.is_none() => {
                    *pattern = syn::parse_quote!(_);
                    return;
                }
                _ => {}
            }
        }
        syn::visit_mut::visit_pat_mut(self, pattern);
    }
}
