//! Iterators as indices: what a pipeline of iterators yields at position `k`, and how many positions there are. A loop over
//! positions can be run again, and backwards.

use std::rc::Rc;

use proc_macro2::Span;
use quote::format_ident;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Ident, Pat};

use super::bindings::Place;
use super::passive::Effects;
use super::place::{view_kind, without_parens};
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{Kind, Op, Projection, Value, Verbatim};

/// What is walked through, in order.
pub(super) enum Walk {
    /// `a..b` alone: its items are the loop's indices.
    Range(Value),
    /// `a..b` as part of a pipeline.
    Positions {
        range: Expr,
    },
    /// The elements of a slice, a list or an array of one dimension.
    Elements {
        base: Value,
        by_value: bool,
    },
    /// The elements of an array of any rank, in logical order; with their indices, for `indexed_iter`.
    Scalars {
        base: Value,
        is_indexed: bool,
    },
    /// The elements, to be changed.
    Places(Place),
    ScalarPlaces(Place),
    /// Rows, columns, or what else an array is made of along an axis.
    Lanes {
        base: Value,
        lane: Rc<Ident>,
        axis: Option<Value>,
        counted_by: Expr,
    },
    LanePlaces {
        place: Place,
        lane: Rc<Ident>,
        axis: Option<Value>,
        counted_by: Expr,
    },
    /// Slices of a slice: overlapping, or one behind the other.
    Windows {
        base: Value,
        size: Value,
    },
    Chunks {
        base: Value,
        size: Value,
        exact: bool,
    },
    ChunkPlaces {
        place: Place,
        size: Value,
        exact: bool,
    },
    Enumerate(Box<Walk>),
    Zip(Box<Walk>, Box<Walk>),
    Rev(Box<Walk>),
    Skip(Box<Walk>, Value),
    Take(Box<Walk>, Value),
    StepBy(Box<Walk>, Value),
    Copied(Box<Walk>),
    Map(Box<Walk>, Expr),
    Filter(Box<Walk>, Expr),
}

/// One item.
#[derive(Clone)]
pub(super) enum Item {
    Value(Value),
    Tuple(Vec<Item>),
    /// A part that may be changed.
    Place(Place),
}

const SOURCES: [&str; 15] = [
    "indexed_iter",
    "iter",
    "into_iter",
    "iter_mut",
    "windows",
    "chunks",
    "chunks_exact",
    "chunks_mut",
    "chunks_exact_mut",
    "rows",
    "columns",
    "outer_iter",
    "axis_iter",
    "drain",
    "chars",
];
const ADAPTORS: [&str; 10] = ["enumerate", "zip", "rev", "skip", "take", "step_by", "copied", "cloned", "map", "filter"];

/// An iterator, by the methods that make it.
pub(super) fn is_pipeline(expr: &Expr) -> bool {
    match without_parens(expr) {
        Expr::Range(range) => range.start.is_some() && range.end.is_some(),
        Expr::MethodCall(e) => {
            let name = e.method.to_string();
            SOURCES.contains(&name.as_str()) || ADAPTORS.contains(&name.as_str()) && is_pipeline(&e.receiver)
        }
        Expr::Call(e) => is_zip(e),
        _ => false,
    }
}

fn is_zip(e: &syn::ExprCall) -> bool {
    matches!(&*e.func, Expr::Path(path) if path.path.segments.last().is_some_and(|s| s.ident == "zip")) && e.args.len() == 2
}

impl Walk {
    /// What making an item does to variables.
    pub(super) fn effects(&self, effects: &mut Effects) {
        match self {
            Walk::Enumerate(inner) | Walk::Rev(inner) | Walk::Copied(inner) => inner.effects(effects),
            Walk::Skip(inner, _) | Walk::Take(inner, _) | Walk::StepBy(inner, _) => inner.effects(effects),
            Walk::Zip(a, b) => {
                a.effects(effects);
                b.effects(effects);
            }
            Walk::Map(inner, f) | Walk::Filter(inner, f) => {
                inner.effects(effects);
                effects.extend(Effects::of(f));
            }
            _ => {}
        }
    }

    /// The variables whose parts it gives away to be changed.
    pub(super) fn roots(&self, roots: &mut Vec<super::bindings::Variable>) {
        match self {
            Walk::Places(place)
            | Walk::ScalarPlaces(place)
            | Walk::LanePlaces { place, .. }
            | Walk::ChunkPlaces { place, .. } => roots.push(place.root),
            Walk::Enumerate(inner) | Walk::Rev(inner) | Walk::Copied(inner) => inner.roots(roots),
            Walk::Skip(inner, _) | Walk::Take(inner, _) | Walk::StepBy(inner, _) => inner.roots(roots),
            Walk::Map(inner, _) | Walk::Filter(inner, _) => inner.roots(roots),
            Walk::Zip(a, b) => {
                a.roots(roots);
                b.roots(roots);
            }
            _ => {}
        }
    }

    fn filters(&self) -> bool {
        match self {
            Walk::Filter(..) => true,
            Walk::Enumerate(inner) | Walk::Rev(inner) | Walk::Copied(inner) | Walk::Map(inner, _) => inner.filters(),
            Walk::Skip(inner, _) | Walk::Take(inner, _) | Walk::StepBy(inner, _) => inner.filters(),
            Walk::Zip(a, b) => a.filters() || b.filters(),
            _ => false,
        }
    }
}

impl Lowerer {
    /// How an expression is iterated over; reports what cannot be.
    pub(super) fn walk(&mut self, expr: &Expr) -> Option<Walk> {
        let expr = without_parens(expr);
        if is_simple_range(expr) {
            return Some(Walk::Range(self.verbatim(expr)));
        }
        self.pipeline(expr)
    }

    fn pipeline(&mut self, expr: &Expr) -> Option<Walk> {
        match without_parens(expr) {
            range if is_simple_range(range) => {
                let range = range.clone();
                Some(Walk::Positions { range: syn::parse_quote!((#range)) })
            }
            Expr::MethodCall(e) => self.method_pipeline(e),
            Expr::Call(e) if is_zip(e) => {
                let (a, b) = (self.pipeline(&e.args[0])?, self.pipeline(&e.args[1])?);
                Some(Walk::Zip(Box::new(a), Box::new(b)))
            }
            Expr::Reference(e) if e.mutability.is_some() => {
                let place = self.place(&e.expr)?;
                Some(self.changed_elements(place, e.span()))
            }
            Expr::Reference(e) => self.elements(&e.expr, false),
            other => {
                if let Some(place) = self.lent(other, false) {
                    return Some(self.changed_elements(place, other.span()));
                }
                self.elements(other, true)
            }
        }
    }

    fn elements(&mut self, expr: &Expr, by_value: bool) -> Option<Walk> {
        let value = self.place_value(expr);
        let by_value = by_value && !matches!(self.kind(value), Kind::Reference(_) | Kind::Exclusive(_));
        let base = self.behind_reference(value);
        match self.kind(base).peel() {
            Kind::Array(Some(1)) | Kind::Sequence(_) => {}
            Kind::Array(_) | Kind::Tensor => return Some(Walk::Scalars { base, is_indexed: false }),
            _ if !self.is_active(base) && !matches!(without_parens(expr), Expr::Index(_) | Expr::Field(_)) => {
                return Some(self.collected_items(base, by_value, expr.span()));
            }
            _ => {}
        }
        Some(Walk::Elements { base, by_value })
    }

    /// A passive collection that may not have positions: its items in a list.
    fn collected_items(&mut self, base: Value, by_value: bool, span: Span) -> Walk {
        let items: Expr = if by_value {
            syn::parse_quote!(walked.clone().into_iter().collect::<::std::vec::Vec<_>>())
        } else {
            syn::parse_quote!((&walked).into_iter().collect::<::std::vec::Vec<_>>())
        };
        let base = self.computed(items, &[base], span);
        Walk::Elements { base, by_value: true }
    }

    /// A place that is read, by its steps: bound to a variable as a whole, it would be moved there.
    fn place_value(&mut self, expr: &Expr) -> Value {
        let span = expr.span();
        match without_parens(expr) {
            Expr::Field(e) => {
                let base = self.place_value(&e.base);
                self.field(base, crate::ir::FieldName::from(&e.member), span)
            }
            Expr::Index(e) => {
                let base = self.place_value(&e.expr);
                let base = self.behind_reference(base);
                let index = self.index_value(&e.index);
                let is_slice = matches!(without_parens(&e.index), Expr::Range(_));
                let kind = if is_slice { self.kind(base).peel().clone() } else { self.kind(base).element() };
                let active = self.is_active(base);
                self.emit(Op::Index(base, index), kind, active, span)
            }
            other => self.expr(other),
        }
    }

    fn changed_elements(&mut self, place: Place, span: Span) -> Walk {
        let base = self.load_base(&place, span);
        match self.kind(base).peel() {
            Kind::Array(Some(1)) => Walk::Places(place),
            Kind::Array(_) | Kind::Tensor => Walk::ScalarPlaces(place),
            _ => Walk::Places(place),
        }
    }

    /// The index of an element of an array, by its number.
    fn nth_index(&mut self, base: Value, k: Value, span: Span) -> Value {
        let krate = self.krate.clone();
        self.computed(syn::parse_quote!(#krate::rt::nth_index(&walked, other)), &[base, k], span)
    }

    fn method_pipeline(&mut self, e: &ExprMethodCall) -> Option<Walk> {
        let name = e.method.to_string();
        let boxed = |walk: Walk| Box::new(walk);
        Some(match (name.as_str(), e.args.len()) {
            ("iter", 0) => return self.elements(&e.receiver, false),
            ("into_iter", 0) if is_pipeline(&e.receiver) => return self.pipeline(&e.receiver),
            ("into_iter", 0) => return self.pipeline(without_parens(&e.receiver)),
            ("iter_mut", 0) => {
                let place = self.place(&e.receiver)?;
                self.changed_elements(place, e.span())
            }
            ("indexed_iter", 0) => Walk::Scalars { base: self.base(&e.receiver), is_indexed: true },
            ("enumerate", 0) => Walk::Enumerate(boxed(self.unfiltered(&e.receiver)?)),
            ("rev", 0) => Walk::Rev(boxed(self.unfiltered(&e.receiver)?)),
            ("copied" | "cloned", 0) => Walk::Copied(boxed(self.pipeline(&e.receiver)?)),
            ("zip", 1) => {
                let (a, b) = (self.unfiltered(&e.receiver)?, self.unfiltered(&e.args[0])?);
                Walk::Zip(boxed(a), boxed(b))
            }
            ("skip", 1) => Walk::Skip(boxed(self.unfiltered(&e.receiver)?), self.index_value(&e.args[0])),
            ("take", 1) => Walk::Take(boxed(self.unfiltered(&e.receiver)?), self.index_value(&e.args[0])),
            ("step_by", 1) => Walk::StepBy(boxed(self.unfiltered(&e.receiver)?), self.index_value(&e.args[0])),
            ("map", 1) => Walk::Map(boxed(self.pipeline(&e.receiver)?), e.args[0].clone()),
            ("filter", 1) => Walk::Filter(boxed(self.pipeline(&e.receiver)?), e.args[0].clone()),
            ("windows", 1) => {
                let (base, size) = (self.base(&e.receiver), self.index_value(&e.args[0]));
                Walk::Windows { base, size }
            }
            ("chunks" | "chunks_exact", 1) => {
                let (base, size) = (self.base(&e.receiver), self.index_value(&e.args[0]));
                Walk::Chunks { base, size, exact: name == "chunks_exact" }
            }
            ("chunks_mut" | "chunks_exact_mut", 1) => {
                let (place, size) = (self.place(&e.receiver)?, self.index_value(&e.args[0]));
                Walk::ChunkPlaces { place, size, exact: name == "chunks_exact_mut" }
            }
            _ => return self.lanes(e),
        })
    }

    /// `x.rows()`, `x.axis_iter_mut(axis)`, ….
    fn lanes(&mut self, e: &ExprMethodCall) -> Option<Walk> {
        let name = e.method.to_string();
        let (read, is_changed) = name.strip_suffix("_mut").map_or((&name[..], false), |read| (read, true));
        let count: Expr = syn::parse_quote!(walked);
        let (lane, counted_by, axis): (&str, Expr, Option<Expr>) = match (read, e.args.len()) {
            ("rows", 0) => ("row", syn::parse_quote!(#count.nrows()), None),
            ("columns", 0) => ("column", syn::parse_quote!(#count.ncols()), None),
            ("outer_iter", 0) => {
                let krate = &self.krate;
                ("index_axis", syn::parse_quote!(#count.shape()[0]), Some(syn::parse_quote!(#krate::rt::ndarray::Axis(0))))
            }
            ("axis_iter", 1) => {
                let axis = e.args[0].clone();
                ("index_axis", syn::parse_quote!(#count.len_of(#axis)), Some(axis))
            }
            _ => {
                let text = not_yet(
                    "iterating over this in a differentiated loop is",
                    "loop over the indices of a slice or a `Vec`: collect the items into one before the loop",
                );
                self.diagnostics.error(e, text);
                return None;
            }
        };
        let lane = Rc::new(Ident::new(lane, e.method.span()));
        let axis = axis.map(|axis| self.verbatim(&axis));
        Some(if is_changed {
            Walk::LanePlaces { place: self.place(&e.receiver)?, lane, axis, counted_by }
        } else {
            Walk::Lanes { base: self.base(&e.receiver), lane, axis, counted_by }
        })
    }

    fn base(&mut self, receiver: &Expr) -> Value {
        let value = self.place_value(receiver);
        self.behind_reference(value)
    }

    fn unfiltered(&mut self, expr: &Expr) -> Option<Walk> {
        let walk = self.pipeline(expr)?;
        if walk.filters() {
            self.diagnostics
                .error(expr, not_yet("positions behind a `filter` are", "filter last, or write a loop with `if` and a counter"));
            return None;
        }
        Some(walk)
    }

    /// The range that the loop runs through.
    pub(super) fn walked_range(&mut self, walk: &Walk, span: Span) -> Value {
        match walk {
            Walk::Range(range) => *range,
            _ => {
                let len = self.length_of(walk, span);
                self.computed(syn::parse_quote!(0..walked), &[len], span)
            }
        }
    }

    /// Passive arithmetic over values: they are called `walked`, `other` and `third` in the text.
    fn computed(&mut self, expr: Expr, operands: &[Value], span: Span) -> Value {
        let names = ["walked", "other", "third"];
        let inputs = operands.iter().zip(names).map(|(v, name)| (format_ident!("{name}"), *v)).collect();
        self.emit(Op::Verbatim(Rc::new(Verbatim { expr, inputs, is_pure: true })), Kind::Unknown, false, span)
    }

    fn length_of(&mut self, walk: &Walk, span: Span) -> Value {
        match walk {
            Walk::Range(range) => self.computed(syn::parse_quote!(walked.clone().count()), &[*range], span),
            Walk::Positions { range } => {
                let length: Expr = syn::parse_quote!(#range.count());
                self.verbatim(&length)
            }
            Walk::Elements { base, .. } | Walk::Scalars { base, .. } => {
                self.computed(syn::parse_quote!(walked.len()), &[*base], span)
            }
            Walk::Places(place) | Walk::ScalarPlaces(place) => {
                let base = self.load_base(place, span);
                self.computed(syn::parse_quote!(walked.len()), &[base], span)
            }
            Walk::Lanes { base, counted_by, .. } => self.computed_with_axis(counted_by, *base, span),
            Walk::LanePlaces { place, counted_by, .. } => {
                let base = self.load_base(place, span);
                self.computed_with_axis(counted_by, base, span)
            }
            Walk::Windows { base, size } => {
                self.computed(syn::parse_quote!((walked.len() + 1).saturating_sub(other)), &[*base, *size], span)
            }
            Walk::Chunks { base, size, exact } => self.chunk_count(*base, *size, *exact, span),
            Walk::ChunkPlaces { place, size, exact } => {
                let base = self.load_base(place, span);
                self.chunk_count(base, *size, *exact, span)
            }
            Walk::Enumerate(inner) | Walk::Rev(inner) | Walk::Copied(inner) | Walk::Map(inner, _) | Walk::Filter(inner, _) => {
                self.length_of(inner, span)
            }
            Walk::Zip(a, b) => {
                let (a, b) = (self.length_of(a, span), self.length_of(b, span));
                self.computed(syn::parse_quote!(walked.min(other)), &[a, b], span)
            }
            Walk::Skip(inner, n) => {
                let len = self.length_of(inner, span);
                self.computed(syn::parse_quote!(walked.saturating_sub(other)), &[len, *n], span)
            }
            Walk::Take(inner, n) => {
                let len = self.length_of(inner, span);
                self.computed(syn::parse_quote!(walked.min(other)), &[len, *n], span)
            }
            Walk::StepBy(inner, n) => {
                let len = self.length_of(inner, span);
                self.computed(syn::parse_quote!(walked.div_ceil(other)), &[len, *n], span)
            }
        }
    }

    /// The count of lanes; the axis in it may read variables of the user's.
    fn computed_with_axis(&mut self, counted_by: &Expr, base: Value, span: Span) -> Value {
        let mut inputs = self.inputs(quote::ToTokens::to_token_stream(counted_by));
        inputs.push((format_ident!("walked"), base));
        let verbatim = Verbatim { expr: counted_by.clone(), inputs, is_pure: true };
        self.emit(Op::Verbatim(Rc::new(verbatim)), Kind::Unknown, false, span)
    }

    fn chunk_count(&mut self, base: Value, size: Value, exact: bool, span: Span) -> Value {
        let expr = if exact { syn::parse_quote!(walked.len() / other) } else { syn::parse_quote!(walked.len().div_ceil(other)) };
        self.computed(expr, &[base, size], span)
    }

    fn load_base(&mut self, place: &Place, span: Span) -> Value {
        let value = self.load(place, span);
        self.behind_reference(value)
    }

    /// The item at a position of what yields one at each.
    fn at(&mut self, walk: &Walk, k: Value, span: Span) -> Item {
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
                let element = self.emit(Op::Index(*base, k), kind, active, span);
                Item::Value(if *by_value { element } else { self.referred(element, span) })
            }
            Walk::Scalars { base, is_indexed } => {
                let index = self.nth_index(*base, k, span);
                let active = self.is_active(*base);
                let element = self.emit(Op::Index(*base, index), Kind::Scalar, active, span);
                let element = Item::Value(self.referred(element, span));
                if !*is_indexed {
                    return element;
                }
                let krate = self.krate.clone();
                let pattern =
                    self.computed(syn::parse_quote!(#krate::rt::ndarray::Dimension::into_pattern(walked)), &[index], span);
                Item::Tuple(vec![Item::Value(pattern), element])
            }
            Walk::Places(place) => Item::Place(extended(place, Projection::Index(k))),
            Walk::ScalarPlaces(place) => {
                let base = self.load_base(place, span);
                let index = self.nth_index(base, k, span);
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
                self.slice(*base, range, span)
            }
            Walk::Chunks { base, size, .. } => {
                let range = self.chunk(*base, *size, k, span);
                self.slice(*base, range, span)
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
            Walk::Filter(..) => unreachable!("filters are last"),
        }
    }

    fn slice(&mut self, base: Value, range: Value, span: Span) -> Item {
        let (kind, active) = (self.kind(base).peel().clone(), self.is_active(base));
        let slice = self.emit(Op::Index(base, range), kind, active, span);
        Item::Value(self.referred(slice, span))
    }

    fn chunk(&mut self, base: Value, size: Value, k: Value, span: Span) -> Value {
        self.computed(syn::parse_quote!(third * other..((third + 1) * other).min(walked.len())), &[base, size, k], span)
    }

    pub(super) fn referred(&mut self, value: Value, span: Span) -> Value {
        let (kind, active) = (Kind::Reference(Box::new(self.kind(value).clone())), self.is_active(value));
        self.emit(Op::Reference(value), kind, active, span)
    }

    fn dereferenced(&mut self, value: Value, span: Span) -> Value {
        let inner = self.behind_reference(value);
        if inner != value {
            return inner;
        }
        let (kind, active) = (self.kind(value).target(), self.is_active(value));
        self.emit(Op::Dereference(value), kind, active, span)
    }

    /// The item as one value.
    pub(super) fn item_value(&mut self, item: &Item, span: Span) -> Value {
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
    pub(super) fn bind_item(&mut self, pattern: &Pat, item: &Item) {
        match (pattern, item) {
            (Pat::Paren(p), item) => self.bind_item(&p.pat, item),
            (Pat::Type(p), item) if !matches!(item, Item::Value(_)) => self.bind_item(&p.pat, item),
            (Pat::Tuple(p), Item::Tuple(items)) if p.elems.len() == items.len() => {
                p.elems.iter().zip(items).for_each(|(p, item)| self.bind_item(p, item));
            }
            (Pat::Reference(p), Item::Tuple(_)) => self.bind_item(&p.pat, item),
            (Pat::Wild(_), Item::Place(_)) => {}
            (Pat::Ident(p), Item::Place(place)) => self.declare_alias(&p.ident, place.clone()),
            (pattern, item) => {
                let value = self.item_value(item, pattern.span());
                self.bind(pattern, value);
            }
        }
    }

    /// Runs `body` for the item at a position, unless a filter leaves it out.
    pub(super) fn item_then(&mut self, walk: &Walk, k: Value, span: Span, body: &mut dyn FnMut(&mut Lowerer, &Item)) {
        match walk {
            Walk::Filter(inner, condition) => self.item_then(inner, k, span, &mut |lowerer, item| {
                let value = lowerer.item_value(item, span);
                let reference = lowerer.referred(value, span);
                let Some(condition) = lowerer.tested(condition, reference) else { return };
                lowerer.when(condition, span, &mut |lowerer| body(lowerer, item));
            }),
            Walk::Map(inner, f) if inner.filters() => self.item_then(inner, k, span, &mut |lowerer, item| {
                let value = lowerer.apply_function(f, &[item.clone()], span);
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
    fn tested(&mut self, condition: &Expr, item: Value) -> Option<Value> {
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

/// `a..b`, `(a..=b).rev()`, `(a..b).step_by(k)`: iterators that can be run again, and backwards.
pub(super) fn is_simple_range(expr: &Expr) -> bool {
    match expr {
        Expr::Range(e) => e.start.is_some() && e.end.is_some(),
        Expr::Paren(e) => is_simple_range(&e.expr),
        Expr::Group(e) => is_simple_range(&e.expr),
        Expr::MethodCall(e) => (e.method == "rev" || e.method == "step_by") && is_simple_range(&e.receiver),
        _ => false,
    }
}

fn extended(place: &Place, step: Projection) -> Place {
    let mut place = place.clone();
    place.path.push(step);
    place
}
