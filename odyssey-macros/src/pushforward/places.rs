//! The tangents of what is built and of what is changed in place: the same part of the tangent.

use std::collections::BTreeMap;

use proc_macro2::Span;
use quote::quote;
use syn::parse::Parser;

use super::Push;
use crate::ir::{of_lent_tangent, FieldName, Info, Kind, Listing, Op, Parts, Path, Projection, Stmt, Value, Write};

impl Push<'_> {
    /// Appends the tangent of what is built, or changed in place, before that happens; whether the operation is one that does.
    pub(super) fn place(&mut self, stmt: &Stmt, op: &Op) -> bool {
        let (y, span) = (stmt.outs[0], stmt.span);
        match op {
            Op::Present(x) | Op::Okay(x) => {
                let x = self.owned_or_zero(*x, span);
                self.define(y, Op::Present(x), span);
            }
            Op::Boxed(x) => {
                let x = self.owned_or_zero(*x, span);
                self.define(y, Op::Boxed(x), span);
            }
            Op::Tuple(parts) => {
                let parts = parts.iter().map(|part| self.owned_or_zero(*part, span)).collect();
                self.define(y, Op::Tuple(parts), span);
            }
            Op::List(how, elements) => {
                let is_joined = matches!(how, Listing::Concatenation | Listing::Stack);
                let axis = elements.iter().take(usize::from(is_joined)).copied();
                let parts: Vec<_> = elements.iter().skip(usize::from(is_joined)).map(|v| self.owned_or_zero(*v, span)).collect();
                self.define(y, Op::List(*how, axis.chain(parts).collect()), span);
            }
            Op::Store { base, path, value, how: Write::Set } if self.may_be_left_out(path, *value) => {
                let (tangent, place) = self.place_of(*base, path, span);
                let cleared = self.without_part(y, tangent, place, [*base, *value], path, span);
                self.tangents.insert(y, cleared);
            }
            Op::Store { base, path, value, how } => {
                let ((base, path), value) = (self.place_of(*base, path, span), self.owned_or_zero(*value, span));
                self.define(y, Op::Store { base, path, value, how: *how }, span);
            }
            Op::Update { base, value, .. } if !self.varies(*value) => {
                let base = self.owned_or_zero(*base, span);
                self.tangents.insert(y, base);
            }
            Op::Update { base, path, subtracts, value } => {
                let ((base, path), value) = (self.place_of(*base, path, span), self.tangents[value]);
                self.define(y, Op::Update { base, path, subtracts: *subtracts, value }, span);
            }
            Op::Push { base, path, value } => {
                let ((base, path), value) = (self.place_of(*base, path, span), self.owned_or_zero(*value, span));
                self.define(y, Op::Push { base, path, value }, span);
            }
            Op::Swap { base, path, indices } => {
                let (base, path) = self.place_of(*base, path, span);
                self.define(y, Op::Swap { base, path, indices: *indices }, span);
            }
            Op::Pop { base, path } => {
                let (base, path) = self.place_of(*base, path, span);
                let outs = self.derived_each(stmt.outs.iter().copied(), span);
                self.stmts.push(Stmt { outs, op: Op::Pop { base, path }, span });
            }
            _ => return false,
        }
        true
    }

    /// The tangent of a base, to be changed, and the place in it.
    fn place_of(&mut self, base: Value, path: &Path, span: Span) -> (Value, Path) {
        let tangent = self.owned_or_zero(base, span);
        (tangent, of_lent_tangent(path, &self.values[base].kind, &self.values[tangent].kind))
    }

    /// The tangent of a struct, or of a variant: put together from those of the fields.
    pub(super) fn construct(&mut self, y: Value, path: &syn::Path, fields: &[(FieldName, Value)], span: Span) {
        let varying: Vec<_> = fields.iter().enumerate().filter(|(_, (_, v))| self.varies(*v)).collect();
        let varying: Vec<_> = varying.into_iter().map(|(number, (_, v))| (number, *v, self.owned_or_zero(*v, span))).collect();
        if path.is_ident("Self") {
            let fields = varying
                .into_iter()
                .map(|(number, _, tangent)| (fields[number].0.clone(), Parts { whole: Some(tangent), fields: BTreeMap::new() }));
            let parts = Parts { whole: None, fields: fields.collect() };
            return self.define(y, Op::Assemble(y, parts), span);
        }
        // It may be an imported variant that is constructed.
        let names: Vec<_> = (0..fields.len()).map(|number| quote::format_ident!("field_{number}")).collect();
        let pattern = pattern(path, fields, &names);
        let parts = varying.into_iter().map(|(number, v, tangent)| (names[number].clone(), [v, tangent])).collect();
        self.define(y, Op::Unmatch { scrutinee: y, pattern, parts }, span);
    }

    /// The tangent of a struct literal with a rest: that of the rest, with other fields.
    pub(super) fn replace_fields(&mut self, y: Value, fields: &[(FieldName, Value)], rest: Value, span: Span) {
        let mut whole = self.owned_or_zero(rest, span);
        for (name, value) in fields {
            let path = vec![Projection::Field(name.clone())];
            whole = if self.may_be_left_out(&path, *value) {
                self.without_part(y, whole, path.clone(), [rest, *value], &path, span)
            } else {
                let (kind, value) = (self.tangent_kind(y), self.owned_or_zero(*value, span));
                self.emit(Op::Store { base: whole, path, value, how: Write::Set }, kind, span)
            };
        }
        self.tangents.insert(y, whole);
    }

    /// The tangent may have no such field, since what is written there does not vary.
    fn may_be_left_out(&self, path: &Path, value: Value) -> bool {
        matches!(path.last(), Some(Projection::Field(FieldName::Named(_)))) && !self.varies(value)
    }

    /// The tangent of `y`, a base in which a part gets a value that does not vary: zero of its shape there.
    fn without_part(
        &mut self,
        y: Value,
        tangent: Value,
        place: Path,
        [base, value]: [Value; 2],
        path: &Path,
        span: Span,
    ) -> Value {
        let was = (!self.values[value].kind.peel().is_scalar()).then(|| {
            let before = path.iter().fold(base, |base, step| self.passive(step.of(base), span));
            self.passive(Op::OldShape(value, before), span)
        });
        let part = self.derived(Kind::Unknown, value, span);
        let cleared = self.derived(self.tangent_kind(y), y, span);
        self.stmts.push(Stmt { outs: vec![part, cleared], op: Op::TakePart { tangent, path: place, was }, span });
        cleared
    }

    fn passive(&mut self, op: Op, span: Span) -> Value {
        let out = self.values.add(Info::unnamed(Kind::Unknown, span));
        self.stmts.push(Stmt { outs: vec![out], op, span });
        out
    }
}

/// `Shape::Circle(field_0)`, `Shape::Rect { w: field_0, h: field_1 }`.
fn pattern(path: &syn::Path, fields: &[(FieldName, Value)], names: &[syn::Ident]) -> syn::Pat {
    let is_tuple = fields.iter().all(|(name, _)| matches!(name, FieldName::Unnamed(_)));
    let members = fields.iter().map(|(name, _)| match name {
        FieldName::Named(ident) => syn::Member::Named(ident.clone()),
        FieldName::Unnamed(number) => syn::Member::Unnamed((*number as usize).into()),
    });
    let pattern = if is_tuple { quote!(#path(#(#names),*)) } else { quote!(#path { #(#members: #names),* }) };
    syn::Pat::parse_single.parse2(pattern).expect("a pattern")
}
