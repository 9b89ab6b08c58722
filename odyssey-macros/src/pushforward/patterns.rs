//! The tangents of what a pattern binds: the same parts of the tangent of what is matched.

use std::rc::Rc;

use proc_macro2::Span;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Ident, Pat, Token};

use super::Push;
use crate::ir::{Arm, Block, FieldName, Kind, Op, Stmt, Value};

impl Push<'_> {
    /// Defines the tangents of the names that an arm's pattern binds.
    pub(super) fn bindings(&mut self, scrutinee: Value, arm: &Arm) {
        let Some(tangent) = self.tangents.get(&scrutinee).copied() else { return };
        for (name, value) in arm.bindings() {
            if self.varies(value) {
                let part = self.part(&arm.pattern, name, value, tangent);
                if part.is_none() {
                    self.unsupported.get_or_insert("a pattern takes a list apart");
                }
                self.tangents.insert(value, part.unwrap_or(tangent));
            }
        }
    }

    /// The part of a tangent that belongs to a name of the pattern.
    fn part(&mut self, pattern: &Pat, name: &Ident, value: Value, tangent: Value) -> Option<Value> {
        let span = name.span();
        match pattern {
            Pat::Ident(p) if p.ident == *name => {
                let kind = self.tangent_kind(value);
                self.values[tangent].kind = self.values[tangent].kind.meet(&kind);
                Some(tangent)
            }
            Pat::Ident(p) => p.subpat.as_ref().and_then(|(_, inner)| self.part(inner, name, value, tangent)),
            Pat::Reference(p) => self.part(&p.pat, name, value, tangent),
            Pat::Paren(p) => self.part(&p.pat, name, value, tangent),
            Pat::Or(p) => p.cases.iter().find_map(|case| self.part(case, name, value, tangent)),
            Pat::Tuple(p) => self.part_of_several(&p.elems, name, value, tangent),
            Pat::TupleStruct(p) => {
                let variant = &p.path.segments.last()?.ident;
                if !mentions(pattern, name) {
                    return None;
                }
                if variant == "Some" || variant == "Ok" {
                    let tangent = self.owned(tangent, span);
                    let payload = self.emit(Op::Expect(tangent), Kind::Unknown, span);
                    return self.part(p.elems.first()?, name, value, payload);
                }
                let parts = self.parts(&p.path, tangent);
                self.part_of_several(&p.elems, name, value, parts)
            }
            Pat::Struct(p) => {
                let field = p.fields.iter().find(|field| mentions(&field.pat, name))?;
                let parts = self.parts(&p.path, tangent);
                let part = self.emit(Op::Field(parts, FieldName::from(&field.member)), Kind::Unknown, span);
                self.part(&field.pat, name, value, part)
            }
            _ => None,
        }
    }

    fn part_of_several(
        &mut self,
        parts: &Punctuated<Pat, Token![,]>,
        name: &Ident,
        value: Value,
        tangent: Value,
    ) -> Option<Value> {
        let number = parts.iter().position(|part| mentions(part, name))?;
        if parts.iter().take(number).any(|part| matches!(part, Pat::Rest(_))) {
            let part = self.part_from_the_end(tangent, parts.len() - 1 - number, name.span());
            return self.part(&parts[number], name, value, part);
        }
        let field = FieldName::Unnamed(u32::try_from(number).expect("a short tuple"));
        let part = self.emit(Op::Field(tangent, field), Kind::Unknown, name.span());
        self.part(&parts[number], name, value, part)
    }

    /// The part of a tuple that has so many others behind it: `match tangent { (.., part, _) => part }`.
    fn part_from_the_end(&mut self, tangent: Value, behind: usize, span: Span) -> Value {
        let tangent = self.owned(tangent, span);
        let name = Ident::new("part", Span::mixed_site());
        let others = std::iter::repeat_n(quote!(_), behind);
        let pattern = Pat::parse_single.parse2(quote!((.., #name, #(#others),*))).expect("a pattern");
        let [bound, part] = [(); 2].map(|()| self.derived(Kind::Unknown, tangent, span));
        let block = Block { params: vec![bound], results: vec![bound], ..Block::default() };
        let arm = Arm { pattern, names: vec![name], guard: None, block };
        self.stmts.push(Stmt { outs: vec![part], op: Op::Match(tangent, vec![arm]), span });
        part
    }

    /// The tangents of the fields of a struct or a variant.
    fn parts(&mut self, path: &syn::Path, tangent: Value) -> Value {
        if path.is_ident("Self") {
            return tangent;
        }
        let span = syn::spanned::Spanned::span(path);
        let tangent = self.owned(tangent, span);
        self.emit(Op::IntoParts(tangent, Rc::new(path.clone())), Kind::Unknown, span)
    }
}

fn mentions(pattern: &Pat, name: &Ident) -> bool {
    crate::parse::mentions(quote::ToTokens::to_token_stream(pattern), name)
}
