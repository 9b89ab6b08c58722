//! Patterns: which part of a value gets which name.

use std::cmp::Ordering;

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Pat, PatIdent, Token};

use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{FieldName, Kind, Op, Value};

impl Lowerer {
    /// Binds the names of an irrefutable pattern to the parts of a value.
    pub(super) fn bind(&mut self, pattern: &Pat, value: Value) {
        match pattern {
            Pat::Ident(p) if p.subpat.is_none() && p.by_ref.is_none() && self.by_reference == 0 => {
                if self.values[value].name.is_none() || self.temporary.remove(&value) {
                    self.values[value].name = Some(p.ident.clone());
                }
                let variable = self.bindings.declare(&p.ident, value);
                if p.mutability.is_some() {
                    self.bindings.make_mutable(variable);
                }
            }
            Pat::Wild(_) => {}
            Pat::Type(p) => {
                let known = self.values[value].kind.meet(&crate::parse::kind(&p.ty, &syn::Generics::default()));
                self.values[value].kind = known;
                if matches!(&*p.pat, Pat::Ident(_)) {
                    self.annotate(value, &p.ty);
                }
                self.bind(&p.pat, value);
            }
            Pat::Paren(p) => self.bind(&p.pat, value),
            // What is taken apart by reference is bound by reference.
            Pat::Tuple(_) | Pat::Struct(_) | Pat::TupleStruct(_) | Pat::Slice(_) if self.is_reference(value) => {
                self.by_reference += 1;
                let inner = self.behind_all_references(value);
                self.bind(pattern, inner);
                self.by_reference -= 1;
            }
            Pat::Ident(_) | Pat::Reference(_)
                if self.by_reference > 0 && (matches!(pattern, Pat::Ident(_)) || !self.is_reference(value)) =>
            {
                let outside = std::mem::take(&mut self.by_reference);
                let reference = self.referred(value, pattern.span());
                self.bind(pattern, reference);
                self.by_reference = outside;
            }
            Pat::Ident(p) if p.subpat.is_none() && p.by_ref.is_some() && p.mutability.is_none() => {
                let reference = self.referred(value, p.span());
                self.bind(&Pat::Ident(PatIdent { by_ref: None, ..p.clone() }), reference);
            }
            Pat::Tuple(p) => {
                let length = match self.kind(value).peel() {
                    Kind::Tuple(kinds) => Some(kinds.len()),
                    _ => None,
                };
                self.bind_fields(&p.elems, length, value);
            }
            Pat::Reference(p) => {
                let inner = self.behind_reference(value);
                let inner = if inner == value {
                    let (target, active) = (self.kind(value).target(), self.is_active(value));
                    self.emit(Op::Dereference(value), target, active, p.span())
                } else {
                    inner
                };
                self.bind(&p.pat, inner);
            }
            Pat::Struct(p) => {
                for field in &p.fields {
                    let part = self.field(value, FieldName::from(&field.member), field.span());
                    self.bind(&field.pat, part);
                }
            }
            Pat::TupleStruct(p) => self.bind_fields(&p.elems, None, value),
            Pat::Slice(p) => self.bind_elements(&p.elems, value),
            other => {
                self.diagnostics
                    .error(other, not_yet("this pattern is", "bind the value to a name and take it apart with field access"));
            }
        }
    }

    /// The parts of a tuple of that length, if it is known.
    fn bind_fields(&mut self, parts: &Punctuated<Pat, Token![,]>, length: Option<usize>, value: Value) {
        let rest = parts.iter().position(|part| matches!(part, Pat::Rest(_))).unwrap_or(parts.len());
        for (position, part) in parts.iter().enumerate().filter(|(position, _)| *position != rest) {
            let number = if position < rest { Some(position) } else { length.map(|length| length + position - parts.len()) };
            let Some(number) = number.and_then(|number| u32::try_from(number).ok()) else {
                let text = not_yet(
                    "a part behind `..` of a tuple of unknown length is",
                    "name the parts before it, or write `_` for them",
                );
                return self.diagnostics.error(part, text);
            };
            let field = self.field(value, FieldName::Unnamed(number), part.span());
            self.bind(part, field);
        }
    }

    /// The elements of a list, counted from its end behind a `..`, which may have a name itself.
    fn bind_elements(&mut self, parts: &Punctuated<Pat, Token![,]>, value: Value) {
        let base = self.behind_reference(value);
        let rest = parts.iter().position(rest_of_list).unwrap_or(parts.len());
        for (position, part) in parts.iter().enumerate() {
            let from_start = proc_macro2::Literal::usize_unsuffixed(position);
            let from_end = proc_macro2::Literal::usize_unsuffixed(parts.len() - position);
            let behind = proc_macro2::Literal::usize_unsuffixed(parts.len() - position - 1);
            let index = match position.cmp(&rest) {
                Ordering::Less => self.verbatim(&syn::parse_quote!(#from_start)),
                Ordering::Equal => self.computed(syn::parse_quote!(#from_start..walked.len() - #behind), &[base], part.span()),
                Ordering::Greater => self.computed(syn::parse_quote!(walked.len() - #from_end), &[base], part.span()),
            };
            match part {
                Pat::Rest(_) => {}
                Pat::Ident(p) if position == rest => {
                    let slice = self.slice(base, index, part.span());
                    self.bindings.declare(&p.ident, slice);
                }
                part => {
                    let (kind, active) = (self.kind(base).element(), self.is_active(base));
                    let element = self.emit(Op::Index(base, index), kind, active, part.span());
                    self.bind(part, element);
                }
            }
        }
    }

    fn is_reference(&self, value: Value) -> bool {
        matches!(self.kind(value), Kind::Reference(_) | Kind::Exclusive(_))
    }

    fn behind_all_references(&mut self, value: Value) -> Value {
        let inner = self.behind_reference(value);
        if !self.is_reference(inner) {
            return inner;
        }
        let (target, active, span) = (self.kind(inner).target(), self.is_active(inner), self.values[inner].span);
        let target = self.emit(Op::Dereference(inner), target, active, span);
        self.behind_all_references(target)
    }

    /// Keeps the type that the user has written for a value; a literal gets it as its suffix.
    fn annotate(&mut self, value: Value, ty: &syn::Type) {
        let is_primitive = matches!(ty, syn::Type::Path(path) if path.path.get_ident().is_some_and(|name| {
            ["f32", "f64"].iter().chain(&crate::parse::INTEGERS).any(|p| name == p)
        }));
        let suffix = quote::ToTokens::to_token_stream(ty).to_string();
        let depth = self.home.get(&value).copied().unwrap_or(0);
        let is_passive = !self.is_active(value);
        let stmt = self.blocks[depth].stmts.iter_mut().rev().find(|stmt| stmt.outs[..] == [value]);
        let Some(stmt) = stmt else { return };
        match &mut stmt.op {
            Op::Literal(number) if is_primitive => {
                if let Some(token) = number.token.as_mut().filter(|token| token.suffix().is_empty()) {
                    *token = syn::LitFloat::new(&format!("{}_{suffix}", token.base10_digits()), token.span());
                }
            }
            Op::Verbatim(verbatim) => match &mut std::rc::Rc::make_mut(verbatim).expr {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(token), .. }) if is_primitive && token.suffix().is_empty() => {
                    *token = syn::LitInt::new(&format!("{token}_{suffix}"), token.span());
                }
                _ => {
                    self.values.annotations.insert(value, std::rc::Rc::new(ty.clone()));
                }
            },
            // What is parsed, or collected, before it is tried.
            Op::Try(..) if is_passive => {
                self.values.annotations.insert(value, std::rc::Rc::new(ty.clone()));
            }
            _ => {}
        }
        if let Some(op) = self.blocks[depth].stmts.iter().rev().find(|stmt| stmt.outs[..] == [value]).map(|stmt| stmt.op.clone())
        {
            self.definitions.insert(value, op);
        }
    }

    /// Part of a value. Read where the value is defined, so that what a loop reads of a struct is outside of the loop.
    pub(super) fn field(&mut self, base: Value, name: FieldName, span: proc_macro2::Span) -> Value {
        if let (Some(Op::Tuple(parts)), FieldName::Unnamed(number)) = (self.definitions.get(&base), &name) {
            return parts[*number as usize];
        }
        let base = self.behind_reference(base);
        let key = (base, name.clone());
        if let Some(known) = self.fields.get(&key) {
            return *known;
        }
        let kind = match name {
            FieldName::Unnamed(number) => self.kind(base).field(number),
            FieldName::Named(_) => Kind::Unknown,
        };
        let (depth, active) = (self.home[&base], self.is_active(base));
        let value = self.emit_in(depth, Op::Field(base, name), kind, active, span);
        self.fields.insert(key, value);
        if self.integers.contains(&base) {
            self.integers.insert(value);
        }
        value
    }
}

/// `..`, `rest @ ..`.
pub(super) fn rest_of_list(part: &Pat) -> bool {
    match part {
        Pat::Rest(_) => true,
        Pat::Ident(p) => p.subpat.as_ref().is_some_and(|(_, inner)| matches!(**inner, Pat::Rest(_))),
        _ => false,
    }
}
