//! Patterns: which part of a value gets which name.

use syn::Pat;

use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{FieldName, Kind, Op, Value};

impl Lowerer {
    /// Binds the names of an irrefutable pattern to the parts of a value.
    pub(super) fn bind(&mut self, pattern: &Pat, value: Value) {
        match pattern {
            Pat::Ident(p) if p.subpat.is_none() && p.by_ref.is_none() && (self.by_reference == 0 || self.is_reference(value)) => {
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
            Pat::Ident(_) | Pat::Reference(_) if self.by_reference > 0 && !self.is_reference(value) => {
                let outside = std::mem::take(&mut self.by_reference);
                let reference = self.referred(value, syn::spanned::Spanned::span(pattern));
                self.bind(pattern, reference);
                self.by_reference = outside;
            }
            Pat::Tuple(p) => {
                for (number, part) in p.elems.iter().enumerate() {
                    if matches!(part, Pat::Rest(_)) {
                        self.diagnostics.error(part, not_yet("`..` in a pattern is", "name every part"));
                        return;
                    }
                    let number = u32::try_from(number).expect("a short tuple");
                    let field = self.field(value, FieldName::Unnamed(number), syn::spanned::Spanned::span(part));
                    self.bind(part, field);
                }
            }
            Pat::Reference(p) => {
                let inner = self.behind_reference(value);
                let inner = if inner == value {
                    let (target, active) = (self.kind(value).target(), self.is_active(value));
                    self.emit(Op::Dereference(value), target, active, syn::spanned::Spanned::span(p))
                } else {
                    inner
                };
                self.bind(&p.pat, inner);
            }
            Pat::Struct(p) => {
                for field in &p.fields {
                    let part = self.field(value, FieldName::from(&field.member), syn::spanned::Spanned::span(field));
                    self.bind(&field.pat, part);
                }
            }
            Pat::TupleStruct(p) => {
                for (number, part) in p.elems.iter().enumerate() {
                    let number = u32::try_from(number).expect("a short tuple");
                    let field = self.field(value, FieldName::Unnamed(number), syn::spanned::Spanned::span(part));
                    self.bind(part, field);
                }
            }
            Pat::Slice(p) if !p.elems.iter().any(|part| matches!(part, Pat::Rest(_))) => {
                let base = self.behind_reference(value);
                for (number, part) in p.elems.iter().enumerate() {
                    let number = proc_macro2::Literal::usize_unsuffixed(number);
                    let index = self.verbatim(&syn::parse_quote!(#number));
                    let (kind, active) = (self.kind(base).element(), self.is_active(base));
                    let element = self.emit(Op::Index(base, index), kind, active, syn::spanned::Spanned::span(part));
                    self.bind(part, element);
                }
            }
            other => {
                self.diagnostics
                    .error(other, not_yet("this pattern is", "bind the value to a name and take it apart with field access"));
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
            ["f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"].iter().any(|p| name == p)
        }));
        let suffix = quote::ToTokens::to_token_stream(ty).to_string();
        let depth = self.home.get(&value).copied().unwrap_or(0);
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
        value
    }
}
