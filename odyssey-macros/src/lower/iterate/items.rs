//! What is at a position.

use std::rc::Rc;

use proc_macro2::Span;
use quote::format_ident;
use syn::spanned::Spanned;
use syn::{Expr, Pat};

use crate::diagnostics::not_yet;
use crate::ir::{Kind, Op, Projection, Value, Verbatim};
use crate::lower::place::{view_kind, without_parens};
use crate::lower::Lowerer;

use super::{extended, Item, Walk};

impl Lowerer {
    /// The item at a position of what yields one at each.
    pub(in crate::lower) fn at(&mut self, walk: &Walk, k: Value, span: Span) -> Item {
        match walk {
            Walk::Range(_) => Item::Value(k),
            Walk::Positions { range } => {
                let mut inputs = self.inputs(quote::ToTokens::to_token_stream(range));
                inputs.push((format_ident!("walked"), k));
                let verbatim = Verbatim { expr: syn::parse_quote!(#range.nth(walked).unwrap()), inputs, is_pure: true };
                Item::Value(self.emit(Op::Verbatim(Rc::new(verbatim)), Kind::Unknown, false, span))
            }
            Walk::Elements { base, by_value } => {
                let (kind, active) = (self.kind(*base).element(), self.is_active(*base));
                let index = self.position(*base, k, span);
                let element = self.emit(Op::Index(*base, index), kind, active, span);
                Item::Value(if *by_value { element } else { self.referred(element, span) })
            }
            Walk::Scalars { base, is_indexed } => {
                let index = self.nth(*base, k, span);
                let active = self.is_active(*base);
                let element = self.emit(Op::Index(*base, index), Kind::Scalar, active, span);
                let element = Item::Value(self.referred(element, span));
                if !*is_indexed {
                    return element;
                }
                let krate = self.krate.clone();
                let index = self.nth_index(*base, k, span);
                let pattern =
                    self.computed(syn::parse_quote!(#krate::rt::ndarray::Dimension::into_pattern(walked)), &[index], span);
                Item::Tuple(vec![Item::Value(pattern), element])
            }
            Walk::Places(place) => {
                let base = self.load_base(place, span);
                let index = self.position(base, k, span);
                Item::Place(extended(place, Projection::Index(index)))
            }
            Walk::ScalarPlaces(place) => {
                let base = self.load_base(place, span);
                let index = self.nth(base, k, span);
                Item::Place(extended(place, Projection::Index(index)))
            }
            Walk::Lanes { base, lane, axis, .. } => {
                let args = axis.iter().copied().chain([k]).collect();
                let (kind, active) = (view_kind(&lane.to_string(), self.kind(*base)), self.is_active(*base));
                Item::Value(self.emit(Op::View(*base, Rc::clone(lane), args), kind, active, span))
            }
            Walk::LanePlaces { place, lane, axis, .. } => {
                let args = axis.iter().copied().chain([k]).collect();
                Item::Place(extended(place, Projection::View(Rc::clone(lane), args)))
            }
            Walk::Windows { base, size } => {
                let range = self.computed(syn::parse_quote!(other..other + walked), &[*size, k], span);
                Item::Value(self.slice(*base, range, span))
            }
            Walk::Chunks { base, size, .. } => {
                let range = self.chunk(*base, *size, k, span);
                Item::Value(self.slice(*base, range, span))
            }
            Walk::ChunkPlaces { place, size, .. } => {
                let base = self.load_base(place, span);
                let range = self.chunk(base, *size, k, span);
                Item::Place(extended(place, Projection::Index(range)))
            }
            Walk::Enumerate(inner) => Item::Tuple(vec![Item::Value(k), self.at(inner, k, span)]),
            Walk::Zip(a, b) => Item::Tuple(vec![self.at(a, k, span), self.at(b, k, span)]),
            Walk::Rev(inner) => {
                let len = self.length_of(inner, span);
                let k = self.computed(syn::parse_quote!(walked - 1 - other), &[len, k], span);
                self.at(inner, k, span)
            }
            Walk::Skip(inner, n) => {
                let k = self.computed(syn::parse_quote!(walked + other), &[k, *n], span);
                self.at(inner, k, span)
            }
            Walk::Take(inner, _) => self.at(inner, k, span),
            Walk::StepBy(inner, n) => {
                let k = self.computed(syn::parse_quote!(walked * other), &[k, *n], span);
                self.at(inner, k, span)
            }
            Walk::Copied(inner) => {
                let item = self.at(inner, k, span);
                let value = self.item_value(&item, span);
                Item::Value(self.dereferenced(value, span))
            }
            Walk::Map(inner, f) => {
                let item = self.at(inner, k, span);
                let value = self.apply_function(f, &[item], span);
                Item::Value(value.unwrap_or_else(|| self.nothing(span)))
            }
            Walk::Chain(a, b) => Item::Value(self.chained(a, b, k, span)),
            Walk::Cycle(inner) => {
                let len = self.length_of(inner, span);
                let k = self.computed(syn::parse_quote!(walked % other), &[k, len], span);
                self.at(inner, k, span)
            }
            Walk::Repeated { value, .. } => Item::Value(*value),
            Walk::Filter(..) | Walk::FilterMap(..) => unreachable!("filters are last"),
        }
    }

    /// The item of the first, or of the second. What is kept of a choice must not borrow: where items are references, the
    /// choice is between what they refer to.
    fn chained(&mut self, a: &Walk, b: &Walk, k: Value, span: Span) -> Value {
        let len = self.length_of(a, span);
        let in_first = self.computed(syn::parse_quote!(walked < other), &[k, len], span);
        let is_reference = std::cell::Cell::new(false);
        let owned = |lowerer: &mut Lowerer, walk: &Walk, k: Value| {
            let item = lowerer.at(walk, k, span);
            let value = lowerer.item_value(&item, span);
            is_reference.set(matches!(lowerer.kind(value), Kind::Reference(_)));
            if is_reference.get() {
                lowerer.dereferenced(value, span)
            } else {
                value
            }
        };
        let first = |lowerer: &mut Lowerer| owned(lowerer, a, k);
        let second = |lowerer: &mut Lowerer| {
            let k = lowerer.computed(syn::parse_quote!(walked - other), &[k, len], span);
            owned(lowerer, b, k)
        };
        let value = self.either_of(in_first, span, first, second);
        if is_reference.get() {
            self.referred(value, span)
        } else {
            value
        }
    }

    /// A part of a list, or of an array of one dimension.
    pub(in crate::lower) fn slice(&mut self, base: Value, range: Value, span: Span) -> Value {
        let (kind, active) = (self.kind(base).peel().clone(), self.is_active(base));
        if matches!(kind, Kind::Array(_)) {
            let krate = self.krate.clone();
            let indices = self.computed(syn::parse_quote!(#krate::rt::ndarray::s![walked]), &[range], span);
            let method = Rc::new(proc_macro2::Ident::new("slice", span));
            return self.emit(Op::View(base, method, vec![indices]), Kind::Array(Some(1)), active, span);
        }
        let slice = self.emit(Op::Index(base, range), kind, active, span);
        self.referred(slice, span)
    }

    pub(in crate::lower) fn chunk(&mut self, base: Value, size: Value, k: Value, span: Span) -> Value {
        // The end is a variable: in a place, an index cannot read the list that is borrowed to be changed.
        let inputs = [("walked", base), ("other", size), ("third", k)];
        let inputs = inputs.map(|(name, v)| (format_ident!("{name}"), v)).to_vec();
        let end = Verbatim { expr: syn::parse_quote!(((third + 1) * other).min(walked.len())), inputs, is_pure: false };
        let end = self.emit(Op::Verbatim(Rc::new(end)), Kind::Unknown, false, span);
        self.computed(syn::parse_quote!(third * other..walked), &[end, size, k], span)
    }

    pub(in crate::lower) fn referred(&mut self, value: Value, span: Span) -> Value {
        let (kind, active) = (Kind::Reference(Box::new(self.kind(value).clone())), self.is_active(value));
        self.emit(Op::Reference(value), kind, active, span)
    }

    pub(in crate::lower) fn dereferenced(&mut self, value: Value, span: Span) -> Value {
        let inner = self.behind_reference(value);
        if inner != value {
            return inner;
        }
        let (kind, active) = (self.kind(value).target(), self.is_active(value));
        self.emit(Op::Dereference(value), kind, active, span)
    }

    /// The item as one value.
    pub(in crate::lower) fn item_value(&mut self, item: &Item, span: Span) -> Value {
        match item {
            Item::Value(value) => *value,
            Item::Place(place) => {
                let part = self.load(place, span);
                self.referred(part, span)
            }
            Item::Tuple(items) => {
                let parts: Vec<_> = items.iter().map(|item| self.item_value(item, span)).collect();
                let kind = Kind::Tuple(parts.iter().map(|v| self.kind(*v).clone()).collect());
                let active = parts.iter().any(|v| self.is_active(*v));
                self.emit(Op::Tuple(parts), kind, active, span)
            }
        }
    }

    /// Binds the names of a pattern to the parts of an item.
    pub(in crate::lower) fn bind_item(&mut self, pattern: &Pat, item: &Item) {
        match (pattern, item) {
            (Pat::Paren(p), item) => self.bind_item(&p.pat, item),
            (Pat::Type(p), item) if !matches!(item, Item::Value(_)) => self.bind_item(&p.pat, item),
            (Pat::Tuple(p), Item::Tuple(items)) if p.elems.len() == items.len() => {
                p.elems.iter().zip(items).for_each(|(p, item)| self.bind_item(p, item));
            }
            (Pat::Reference(p), Item::Tuple(_)) => self.bind_item(&p.pat, item),
            (Pat::Wild(_), Item::Place(_)) => {}
            (Pat::Tuple(_) | Pat::Struct(_) | Pat::TupleStruct(_), Item::Place(place)) => self.bind_places(pattern, place),
            (Pat::Ident(p), Item::Place(place)) => self.declare_alias(&p.ident, place.clone()),
            (pattern, item) => {
                let value = self.item_value(item, pattern.span());
                self.bind(pattern, value);
            }
        }
    }

    /// Runs `body` for the item at a position, unless a filter leaves it out.
    pub(in crate::lower) fn item_then(&mut self, walk: &Walk, k: Value, span: Span, body: &mut dyn FnMut(&mut Lowerer, &Item)) {
        match walk {
            Walk::Filter(inner, condition) => self.item_then(inner, k, span, &mut |lowerer, item| {
                let value = lowerer.item_value(item, span);
                let reference = lowerer.referred(value, span);
                let Some(condition) = lowerer.tested(condition, reference) else { return };
                lowerer.when(condition, span, &mut |lowerer| body(lowerer, item));
            }),
            Walk::FilterMap(inner, f) => self.item_then(inner, k, span, &mut |lowerer, item| {
                let option = lowerer.apply_function(f, std::slice::from_ref(item), span);
                let option = option.unwrap_or_else(|| lowerer.nothing(span));
                let is_there = lowerer.computed(syn::parse_quote!(walked.is_some()), &[option], span);
                lowerer.when(is_there, span, &mut |lowerer| {
                    let value = lowerer.present(option, span);
                    body(lowerer, &Item::Value(value));
                });
            }),
            Walk::Map(inner, f) if inner.filters() => self.item_then(inner, k, span, &mut |lowerer, item| {
                let value = lowerer.apply_function(f, std::slice::from_ref(item), span);
                let value = value.unwrap_or_else(|| lowerer.nothing(span));
                body(lowerer, &Item::Value(value));
            }),
            Walk::Copied(inner) if inner.filters() => self.item_then(inner, k, span, &mut |lowerer, item| {
                let value = lowerer.item_value(item, span);
                let value = lowerer.dereferenced(value, span);
                body(lowerer, &Item::Value(value));
            }),
            _ => {
                let item = self.at(walk, k, span);
                body(self, &item);
            }
        }
    }

    /// The condition of a filter for an item.
    pub(in crate::lower) fn tested(&mut self, condition: &Expr, item: Value) -> Option<Value> {
        let Expr::Closure(closure) = without_parens(condition) else {
            self.diagnostics.error(condition, not_yet("`filter` with a function is", "write a closure: `filter(|x| …)`"));
            return None;
        };
        self.bindings.open();
        for pattern in &closure.inputs {
            self.bind(pattern, item);
        }
        let value = self.passive_condition(&closure.body);
        self.bindings.close();
        Some(value)
    }
}
