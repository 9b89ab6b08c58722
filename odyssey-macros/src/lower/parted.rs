//! Methods that give an `Option` of a part of a list: a test, and the part where it holds.

use syn::spanned::Spanned;
use syn::Expr;

use super::branches::{Choice, Written};
use super::control::Rest;
use super::iterate::{is_pipeline, Walk};
use super::place::without_parens;
use super::stmt::Tail;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::emit::at;
use crate::ir::{Op, Value};

/// A part that may not be there.
struct Parted {
    is_there: Expr,
    part: Expr,
}

/// `x.first()` as `!x.is_empty()` and `&x[0]`.
fn parted(expr: &Expr) -> Option<Parted> {
    let Expr::MethodCall(e) = without_parens(expr) else { return None };
    let (list, here) = (&e.receiver, at(e.span()));
    let some = |part: Expr| Parted { is_there: syn::parse_quote_spanned!(here=> !(#list).is_empty()), part };
    let last = quote::quote_spanned!(here=> (#list).len() - 1);
    match (e.method.to_string().as_str(), e.args.len()) {
        ("copied" | "cloned", 0) => {
            let Parted { is_there, part } = parted(list)?;
            Some(Parted { is_there, part: syn::parse_quote_spanned!(here=> *#part) })
        }
        _ if !is_place(list) => None,
        ("first", 0) => Some(some(syn::parse_quote_spanned!(here=> &(#list)[0]))),
        ("last", 0) => Some(some(syn::parse_quote_spanned!(here=> &(#list)[#last]))),
        ("first_mut", 0) => Some(some(syn::parse_quote_spanned!(here=> &mut (#list)[0]))),
        ("last_mut", 0) => Some(some(syn::parse_quote_spanned!(here=> &mut (#list)[#last]))),
        ("split_first", 0) => Some(some(syn::parse_quote_spanned!(here=> (&(#list)[0], &(#list)[1..])))),
        ("split_last", 0) => Some(some(syn::parse_quote_spanned!(here=> (&(#list)[#last], &(#list)[..#last])))),
        ("get" | "get_mut", 1) if !matches!(e.args[0], Expr::Range(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Reference(_)) => {
            let (index, exclusive) = (&e.args[0], (e.method == "get_mut").then(<syn::Token![mut]>::default));
            let is_there = syn::parse_quote_spanned!(here=> #index < (#list).len());
            Some(Parted { is_there, part: syn::parse_quote_spanned!(here=> &#exclusive (#list)[#index]) })
        }
        _ => None,
    }
}

/// Evaluating it twice is no work.
fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => true,
        Expr::Field(e) => is_place(&e.base),
        Expr::Index(e) => is_place(&e.expr),
        Expr::Paren(e) => is_place(&e.expr),
        Expr::Reference(e) => is_place(&e.expr),
        Expr::Unary(e) => is_place(&e.expr),
        _ => false,
    }
}

/// An expression gives the `Option` of a part.
pub(super) fn is_parted(option: &Expr) -> bool {
    let from_iterator =
        |e: &syn::ExprMethodCall| is_pipeline(&e.receiver) && ["last", "next", "nth"].iter().any(|name| e.method == name);
    parted(option).is_some() || matches!(without_parens(option), Expr::MethodCall(e) if from_iterator(e))
}

/// Where the part comes from.
pub(super) enum Source {
    Expr(Expr),
    Item(Box<Walk>, Value),
}

impl Source {
    /// What is given away as `&mut`.
    fn lent(&self) -> Option<&Expr> {
        match self {
            Source::Expr(Expr::Reference(e)) if e.mutability.is_some() => Some(&e.expr),
            _ => None,
        }
    }
}

impl Lowerer {
    /// What `unwrap` makes of a part of a list, or of an item of an iterator.
    pub(super) fn certain_part(&mut self, option: &Expr) -> Option<Value> {
        let (_, source) = self.uncertain_part(option)?;
        Some(self.part_from(&source, option))
    }

    /// Whether it is there, and where.
    pub(super) fn uncertain_part(&mut self, option: &Expr) -> Option<(Value, Source)> {
        if let Some(Parted { is_there, part }) = parted(option) {
            return Some((self.condition(&is_there), Source::Expr(part)));
        }
        let Expr::MethodCall(e) = without_parens(option) else { return None };
        if !is_pipeline(&e.receiver) || !["last", "next", "nth"].iter().any(|name| e.method == name) {
            return None;
        }
        let span = e.span();
        let walk = self.unfiltered(&e.receiver)?;
        let length = self.length_of(&walk, span);
        let number = match e.args.first() {
            Some(number) => self.index_value(number),
            None if e.method == "last" => self.computed(syn::parse_quote!(walked.wrapping_sub(1)), &[length], span),
            None => self.verbatim(&syn::parse_quote!(0)),
        };
        let is_there = self.computed(syn::parse_quote!(walked < other), &[number, length], span);
        Some((is_there, Source::Item(Box::new(walk), number)))
    }

    pub(super) fn part_from(&mut self, source: &Source, option: &Expr) -> Value {
        match source {
            Source::Expr(part) => self.expr(part),
            Source::Item(walk, number) => {
                let item = self.at(walk, *number, option.span());
                self.item_value(&item, option.span())
            }
        }
    }

    /// `match x.first() { Some(part) => …, None => … }`; with `rest`, what follows it.
    pub(super) fn choice_of_part(&mut self, option: &Expr, choice: &Choice, tail: Tail, mut rest: Option<Rest>) -> Option<Value> {
        let somes: Vec<_> = choice.arms.iter().map(some_of).collect();
        let there = match (&somes[..], &choice.arms[..]) {
            ([Some(_), None], [.., Written { guard: None, .. }]) => 0,
            ([None, Some(_)], [Written { guard: None, .. }, ..]) => 1,
            _ => {
                let text = not_yet(
                    "this `match` on a part of a list is",
                    "write one arm for `Some(part)` and one for `None`, without guards",
                );
                return Some(self.refuse(option, option.span(), &text));
            }
        };
        let pattern = somes[there].expect("found above");
        let (condition, source) = self.uncertain_part(option)?;
        let then = self.arm(|lowerer| {
            lowerer.bindings.open();
            match source.lent().and_then(|lent| lowerer.place(lent)) {
                Some(place) => lowerer.bind_places(pattern, &place),
                None => {
                    let part = lowerer.part_from(&source, option);
                    lowerer.bind(pattern, part);
                }
            }
            let value = lowerer.arm_body(&choice.arms[there].body, tail, &mut rest);
            lowerer.bindings.close();
            value
        });
        let otherwise = self.arm(|lowerer| lowerer.arm_body(&choice.arms[1 - there].body, tail, &mut rest));
        self.join(vec![then, otherwise], choice.span, |mut blocks| {
            let otherwise = blocks.pop().expect("two arms");
            Op::If(condition, blocks.pop().expect("two arms"), otherwise)
        })
    }
}

/// The pattern in `Some(…)`, if nothing guards it.
fn some_of<'a>(arm: &'a Written) -> Option<&'a syn::Pat> {
    match arm.pattern.as_deref() {
        Some(syn::Pat::TupleStruct(p)) if p.path.is_ident("Some") && arm.guard.is_none() => p.elems.first(),
        _ => None,
    }
}
