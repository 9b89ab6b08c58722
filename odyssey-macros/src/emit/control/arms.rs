//! `match` as a statement.

use proc_macro2::TokenStream;
use quote::{quote, ToTokens};
use syn::visit_mut::VisitMut;
use syn::{FieldPat, Ident, Pat, PatIdent};

use crate::emit::layout::Places;
use crate::emit::writer::Writer;
use crate::ir::{Arm, Stmt, Value};

impl Writer<'_> {
    /// `let (a, b) = match value { pattern => { …; (a, b) } … };`
    pub(in crate::emit) fn match_arms(&mut self, stmt: &Stmt, scrutinee: Value, arms: &[Arm], places: &[Places]) -> TokenStream {
        let scrutinee = self.consume(scrutinee).tokens;
        let mut text = TokenStream::new();
        for (arm, places) in arms.iter().zip(places) {
            let scope = self.names.scope();
            let pattern = self.arm_pattern(arm);
            let guard = arm.guard.as_ref().map(|guard| {
                let guard = self.verbatim(guard).tokens;
                quote!(if #guard)
            });
            let body = self.arm(stmt, &arm.block, places);
            self.names.leave(scope);
            text.extend(quote!(#pattern #guard => { #body }));
        }
        self.bind(stmt, &quote!(match #scrutinee { #text }))
    }

    /// The pattern, with its names as they are here.
    fn arm_pattern(&mut self, arm: &Arm) -> TokenStream {
        let names: Vec<_> = arm
            .bindings()
            .map(|(name, value)| {
                let is_read = self.layout.is_used(value) || arm.guard.iter().any(|g| g.inputs.iter().any(|(_, v)| *v == value));
                (name.clone(), is_read.then(|| self.name(value)))
            })
            .collect();
        let mut pattern = arm.pattern.clone();
        Rename { names: &names }.visit_pat_mut(&mut pattern);
        pattern.into_token_stream()
    }
}

struct Rename<'a> {
    /// What each name of the pattern is called; nothing if it is not read.
    names: &'a [(Ident, Option<Ident>)],
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

    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        if let Pat::Ident(PatIdent { ident, mutability, subpat, .. }) = pattern {
            match self.of(ident) {
                Some(Some(renamed)) => {
                    *ident = renamed.clone();
                    *mutability = None;
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
