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

impl Writer<'_> {
    /// The tangent of what was matched, with those of the pattern's names in their places.
    pub(in crate::emit) fn unmatch(
        &mut self,
        stmt: &Stmt,
        scrutinee: Value,
        pattern: &Pat,
        parts: &[(Ident, [Value; 2])],
        bound: &TokenStream,
    ) -> TokenStream {
        let [partial, complete] = ["partial", "complete"].map(|name| self.rt(name, stmt.span));
        let (owner, name) = (self.reference(scrutinee), self.name(stmt.outs[0]));
        let mut text = quote!(let mut #name = #partial(#owner););
        for (part, [primal, d]) in parts {
            let place = self.place_of_name(pattern, part, quote!(#name)).expect("a name of the pattern");
            let arrived = self.rt(if self.values[*d].kind.is_scalar() { "arrived" } else { "arrived_as" }, stmt.span);
            let (primal, d) = (self.reference(*primal), self.consume(*d).tokens);
            text.extend(quote!(#place = #arrived(#primal, #d);));
        }
        quote!(#text let #bound = #complete(#owner, #name);)
    }

    /// Where the part that a name of the pattern stands for is in a tangent under construction.
    fn place_of_name(&self, pattern: &Pat, name: &Ident, place: TokenStream) -> Option<TokenStream> {
        match pattern {
            Pat::Ident(p) => (p.ident == *name).then_some(place),
            Pat::Reference(p) => self.place_of_name(&p.pat, name, place),
            Pat::Paren(p) => self.place_of_name(&p.pat, name, place),
            Pat::Tuple(p) => p.elems.iter().enumerate().find_map(|(i, part)| {
                let number = syn::Index::from(i);
                self.place_of_name(part, name, quote!(#place.#number))
            }),
            Pat::TupleStruct(p) => {
                let variant = &p.path.segments.last()?.ident;
                p.elems.iter().enumerate().find_map(|(i, part)| {
                    let place = if variant == "Some" || variant == "Ok" {
                        let payload = self.rt("payload", variant.span());
                        quote!((*#payload(&mut #place)))
                    } else {
                        let (method, number) = (parts_method(variant), syn::Index::from(i));
                        quote!((*#place.#method().#number))
                    };
                    self.place_of_name(part, name, place)
                })
            }
            Pat::Struct(p) => {
                let method = parts_method(&p.path.segments.last()?.ident);
                p.fields.iter().find_map(|field| {
                    let member = &field.member;
                    self.place_of_name(&field.pat, name, quote!((*#place.#method().#member)))
                })
            }
            _ => None,
        }
    }
}

/// The hidden method that takes the tangent of a variant apart.
fn parts_method(variant: &Ident) -> Ident {
    quote::format_ident!("__{}", variant, span = crate::emit::names::at(variant.span()))
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
