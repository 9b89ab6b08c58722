//! `match &mut place { Some(x) => *x *= k, … }`: what a pattern binds is taken out of the place, changed, and put back at the
//! end of the arm.

use std::rc::Rc;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Pat};

use super::bindings::{Place, Variable};
use super::branches::{Body, Choice};
use super::control::Rest;
use super::names::{bound_kinds, bound_names, is_of_variant};
use super::passive::Effects;
use super::pattern::rest_of_list;
use super::place::without_parens;
use super::stmt::Tail;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{self, FieldName, Kind, Op, Path, Projection, Value, Write};

/// A name of a pattern, and the variable that holds what was taken out for it.
type Taken = (Ident, Variable);

impl Lowerer {
    /// The place that a choice takes apart by `&mut`.
    pub(super) fn matched_place(&mut self, scrutinee: &Expr, choice: &Choice) -> Option<Place> {
        let matched = match without_parens(scrutinee) {
            Expr::Reference(e) if e.mutability.is_some() => &*e.expr,
            Expr::MethodCall(e) if e.method == "as_mut" && e.args.is_empty() => &*e.receiver,
            name @ Expr::Path(_) if choice.arms.iter().any(|arm| changes_what_it_binds(arm.pattern.as_deref(), &arm.body)) => {
                self.lent(name, false)?;
                name
            }
            _ => return None,
        };
        let mut place = self.place(matched)?;
        if place.path.is_empty() && self.kind(self.bindings.value(place.root)).is_exclusive() {
            place.path.push(Projection::Dereference);
        }
        Some(place)
    }

    pub(super) fn choice_of_place(
        &mut self,
        place: &Place,
        choice: &Choice,
        tail: Tail,
        mut rest: Option<Rest>,
    ) -> Option<Value> {
        let whole = self.load(place, choice.span);
        let mut heads = Vec::new();
        let mut arms = Vec::new();
        for written in &choice.arms {
            let pattern = named(written.pattern.as_deref().expect("an arm of a match has a pattern"));
            if let Some(guard) = written.guard {
                let text = not_yet("a guard on what is matched by `&mut` is", "write it as an `if` in the arm");
                self.diagnostics.error(guard, text);
            }
            let mut names = Vec::new();
            let arm = self.arm(|lowerer| {
                lowerer.bindings.open();
                let taken = lowerer.take_out(&pattern, whole);
                names.extend(taken.iter().map(|(name, _)| name.clone()));
                let before: Vec<_> = taken.iter().map(|(_, variable)| lowerer.bindings.value(*variable)).collect();
                let mut put_back = |lowerer: &mut Lowerer| {
                    let after = taken.iter().map(|(_, variable)| lowerer.bindings.value(*variable));
                    if !after.eq(before.iter().copied()) {
                        lowerer.put_back(place, &pattern, &taken, whole);
                    }
                };
                let value = lowerer.arm_body_then(&written.body, tail, &mut put_back, &mut rest);
                lowerer.bindings.close();
                value
            });
            heads.push((pattern, names));
            arms.push(arm);
        }
        self.join(arms, choice.span, |blocks| {
            let arms = heads.into_iter().zip(blocks);
            let arms = arms.map(|((pattern, names), block)| ir::Arm { pattern, names, guard: None, block });
            Op::Match(whole, arms.collect())
        })
    }

    fn take_out(&mut self, pattern: &Pat, whole: Value) -> Vec<Taken> {
        let mut names = Vec::new();
        bound_names(pattern, &mut names);
        let kinds = bound_kinds(pattern, &self.kind(whole).peel().clone());
        let active = self.is_active(whole);
        let take = |(name, kind): (Ident, Kind)| {
            let value = self.parameter(kind, active, Some(name.clone()), name.span());
            let variable = self.bindings.hidden(&name, value);
            self.declare_alias(&name, Place { root: variable, path: Path::new() });
            (name, variable)
        };
        names.into_iter().zip(kinds).map(take).collect()
    }

    fn put_back(&mut self, place: &Place, pattern: &Pat, taken: &[Taken], whole: Value) {
        match self.made_again(pattern, taken, whole) {
            Some(value) => self.store(place, value, Write::Set, pattern.span()),
            None => {
                let text = not_yet("changing what this pattern binds is", "bind every part by a name");
                self.diagnostics.error(pattern, text);
            }
        }
    }

    /// The value that matches the pattern, with what its names stand for now.
    fn made_again(&mut self, pattern: &Pat, taken: &[Taken], whole: Value) -> Option<Value> {
        let span = pattern.span();
        match pattern {
            Pat::Ident(p) if p.subpat.is_none() => {
                let (_, variable) = taken.iter().find(|(name, _)| *name == p.ident)?;
                Some(self.bindings.value(*variable))
            }
            Pat::Paren(p) => self.made_again(&p.pat, taken, whole),
            Pat::Tuple(p) => {
                let parts: Option<Vec<_>> = p.elems.iter().map(|part| self.made_again(part, taken, whole)).collect();
                let parts = parts?;
                let kind = Kind::Tuple(parts.iter().map(|v| self.kind(*v).clone()).collect());
                Some(self.made(Op::Tuple(parts.clone()), kind, &parts, span))
            }
            Pat::TupleStruct(p) => {
                let parts: Option<Vec<_>> = p.elems.iter().map(|part| self.made_again(part, taken, whole)).collect();
                let parts = parts?;
                let last = p.path.segments.last()?.ident.to_string();
                match (last.as_str(), &parts[..]) {
                    ("Some" | "Ok", [value]) => {
                        let kind = Kind::Optional(Box::new(self.kind(*value).peel().clone()));
                        let op = if last == "Some" { Op::Present(*value) } else { Op::Okay(*value) };
                        Some(self.made(op, kind, &parts, span))
                    }
                    _ => {
                        let numbers = (0..).map(FieldName::Unnamed);
                        let fields = numbers.zip(parts.iter().copied()).collect();
                        Some(self.made(Op::Construct(Rc::new(p.path.clone()), fields, None), Kind::Unknown, &parts, span))
                    }
                }
            }
            Pat::Struct(p) => {
                let rest = match p.rest {
                    Some(_) if is_of_variant(&p.path) => return None,
                    Some(_) => Some(whole),
                    None => None,
                };
                let mut fields = Vec::new();
                for field in &p.fields {
                    fields.push((FieldName::from(&field.member), self.made_again(&field.pat, taken, whole)?));
                }
                let parts: Vec<_> = fields.iter().map(|(_, value)| *value).chain(rest).collect();
                Some(self.made(Op::Construct(Rc::new(p.path.clone()), fields, rest), Kind::Unknown, &parts, span))
            }
            _ => None,
        }
    }

    fn made(&mut self, op: Op, kind: Kind, parts: &[Value], span: Span) -> Value {
        let active = parts.iter().any(|v| self.is_active(*v));
        self.emit(op, kind, active, span)
    }

    /// `let (a, b) = &mut pair;`: each name stands for its part.
    pub(super) fn bind_places(&mut self, pattern: &Pat, place: &Place) {
        let part = |name: FieldName| {
            let mut part = place.clone();
            part.path.push(Projection::Field(name));
            part
        };
        match pattern {
            Pat::Wild(_) => {}
            Pat::Ident(p) if p.subpat.is_none() => self.declare_alias(&p.ident, place.clone()),
            Pat::Paren(p) => self.bind_places(&p.pat, place),
            Pat::Tuple(syn::PatTuple { elems, .. }) | Pat::TupleStruct(syn::PatTupleStruct { elems, .. })
                if !elems.iter().any(|part| matches!(part, Pat::Rest(_))) =>
            {
                (0..).zip(elems).for_each(|(number, inner)| self.bind_places(inner, &part(FieldName::Unnamed(number))));
            }
            Pat::Slice(p) if !p.elems.iter().any(rest_of_list) => {
                for (number, inner) in p.elems.iter().enumerate() {
                    let number = proc_macro2::Literal::usize_unsuffixed(number);
                    let index = self.verbatim(&syn::parse_quote!(#number));
                    let mut element = place.clone();
                    element.path.push(Projection::Index(index));
                    self.bind_places(inner, &element);
                }
            }
            Pat::Struct(p) => {
                p.fields.iter().for_each(|field| self.bind_places(&field.pat, &part(FieldName::from(&field.member))));
            }
            other => {
                let text = not_yet("this pattern over a `&mut` is", "borrow the parts one by one: `let part = &mut x.part;`");
                self.diagnostics.error(other, text);
            }
        }
    }
}

/// An arm changes something that its pattern binds.
fn changes_what_it_binds(pattern: Option<&Pat>, body: &Body) -> bool {
    let mut names = Vec::new();
    pattern.into_iter().for_each(|pattern| bound_names(pattern, &mut names));
    let effects = match body {
        Body::Block(block) => Effects::of_block(block),
        Body::Expr(expr) => Effects::of(expr),
        Body::Nothing => return false,
    };
    names.iter().any(|name| effects.assigned.iter().chain(&effects.receivers).chain(&effects.lent).any(|changed| changed == name))
}

/// The pattern with a name for each part of a tuple that has none, so that the value can be made again.
fn named(pattern: &Pat) -> Pat {
    fn name(pattern: &mut Pat, count: &mut usize) {
        match pattern {
            Pat::TupleStruct(syn::PatTupleStruct { elems, .. }) | Pat::Tuple(syn::PatTuple { elems, .. }) => {
                for part in elems {
                    if matches!(part, Pat::Wild(_)) {
                        *count += 1;
                        let unnamed = quote::format_ident!("unnamed_{count}", span = Span::mixed_site());
                        *part = syn::parse_quote!(#unnamed);
                    } else {
                        name(part, count);
                    }
                }
            }
            Pat::Struct(p) => p.fields.iter_mut().for_each(|field| name(&mut field.pat, count)),
            Pat::Paren(p) => name(&mut p.pat, count),
            _ => {}
        }
    }
    let mut pattern = pattern.clone();
    name(&mut pattern, &mut 0);
    pattern
}
