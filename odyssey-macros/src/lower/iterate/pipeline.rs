//! From the methods that make an iterator to what is walked through.

use std::rc::Rc;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Ident};

use crate::diagnostics::not_yet;
use crate::emit::at;
use crate::ir::{Kind, Op, Value, Verbatim};
use crate::lower::bindings::Place;
use crate::lower::place::without_parens;
use crate::lower::Lowerer;

use super::{is_pipeline, is_simple_range, iterator_function, Walk};

impl Lowerer {
    /// How an expression is iterated over; reports what cannot be.
    pub(in crate::lower) fn walk(&mut self, expr: &Expr) -> Option<Walk> {
        let expr = without_parens(expr);
        if is_simple_range(expr) {
            return Some(Walk::Range(self.verbatim(expr)));
        }
        if let Some(range) = self.open_range(expr) {
            return Some(Walk::Range(self.verbatim(&range)));
        }
        self.pipeline(expr)
    }

    /// `a..`, as a range that can be run backwards from where it was left.
    fn open_range(&self, expr: &Expr) -> Option<Expr> {
        let Expr::Range(syn::ExprRange { start: Some(start), end: None, .. }) = expr else { return None };
        let (krate, here) = (&self.krate, at(expr.span()));
        let open = quote::quote_spanned!(here=> #krate::rt::open);
        Some(syn::parse_quote!(#open(#start)))
    }

    pub(in crate::lower) fn pipeline(&mut self, expr: &Expr) -> Option<Walk> {
        match without_parens(expr) {
            range if is_simple_range(range) => {
                let range = range.clone();
                Some(Walk::Positions { range: syn::parse_quote!((#range)) })
            }
            range @ Expr::Range(_) => self.open_range(range).map(|range| Walk::Positions { range }),
            Expr::MethodCall(e) => self.method_pipeline(e),
            Expr::Call(e) if iterator_function(e).is_some() => self.made_iterator(e),
            Expr::Reference(e) if e.mutability.is_some() => {
                let place = self.place(&e.expr)?;
                Some(self.changed_elements(place, e.span()))
            }
            Expr::Reference(e) => Some(self.elements(&e.expr, false)),
            other => {
                if let Some(place) = self.lent(other, false) {
                    return Some(self.changed_elements(place, other.span()));
                }
                if matches!(other, Expr::Call(_) | Expr::Macro(_) | Expr::Block(_)) && self.is_passive(other) {
                    return Some(self.passive_items(other));
                }
                Some(self.elements(other, true))
            }
        }
    }

    /// `zip(a, b)`, `once(x)`, … of `std::iter`.
    fn made_iterator(&mut self, e: &syn::ExprCall) -> Option<Walk> {
        let name = iterator_function(e).expect("one of them").to_string();
        Some(match (name.as_str(), e.args.first()?, e.args.get(1)) {
            ("zip", a, Some(b)) => Walk::Zip(Box::new(self.unfiltered(a)?), Box::new(self.unfiltered(b)?)),
            ("chain", a, Some(b)) => Walk::Chain(Box::new(self.unfiltered(a)?), Box::new(self.unfiltered(b)?)),
            ("once", value, None) => {
                let times = self.verbatim(&syn::parse_quote!(1_usize));
                Walk::Repeated { value: self.expr(value), times: Some(times) }
            }
            ("repeat_n", value, Some(times)) => Walk::Repeated { value: self.expr(value), times: Some(self.index_value(times)) },
            (_, value, _) => Walk::Repeated { value: self.expr(value), times: None },
        })
    }

    /// The items of a passive iterator, in a list that has positions.
    fn passive_items(&mut self, expr: &Expr) -> Walk {
        let list: Expr = syn::parse_quote!((#expr).into_iter().collect::<::std::vec::Vec<_>>());
        let inputs = self.inputs(quote::ToTokens::to_token_stream(expr));
        // Items that borrow are collected again where they are needed.
        let verbatim = Verbatim { expr: list, inputs, is_pure: is_made_of_a_place(expr) };
        let base = self.emit(Op::Verbatim(Rc::new(verbatim)), Kind::Sequence(Box::new(Kind::Unknown)), false, expr.span());
        Walk::Elements { base, by_value: true }
    }

    pub(in crate::lower) fn elements(&mut self, expr: &Expr, by_value: bool) -> Walk {
        // What has another name for a part of a variable is looked up at each item: other parts of it may change meanwhile.
        let variable = match without_parens(expr) {
            Expr::Path(path) => path.path.get_ident().and_then(|name| self.bindings.variable(name)),
            _ => None,
        };
        if let Some(place) = variable.and_then(|variable| self.bindings.alias(variable)).filter(|_| !by_value).cloned() {
            return self.changed_elements(place, expr.span());
        }
        let value = self.place_value(expr);
        let base = self.behind_reference(value);
        let is_borrowed = matches!(self.kind(value), Kind::Reference(_) | Kind::Exclusive(_)) || self.is_view(base);
        let by_value = by_value && !is_borrowed;
        match self.kind(base).peel() {
            Kind::Array(Some(1)) | Kind::Sequence(_) => {}
            Kind::Array(_) | Kind::Tensor => {
                let scalars = Walk::Scalars { base, is_indexed: false };
                return if by_value { Walk::Copied(Box::new(scalars)) } else { scalars };
            }
            _ if !self.is_active(base) && !matches!(without_parens(expr), Expr::Index(_) | Expr::Field(_)) => {
                return self.collected_items(base, by_value, expr.span());
            }
            _ => {}
        }
        Walk::Elements { base, by_value }
    }

    /// A passive collection that may not have positions: its items in a list.
    pub(in crate::lower) fn collected_items(&mut self, base: Value, by_value: bool, span: Span) -> Walk {
        let items: Expr = if by_value {
            syn::parse_quote!(walked.clone().into_iter().collect::<::std::vec::Vec<_>>())
        } else {
            syn::parse_quote!((&walked).into_iter().collect::<::std::vec::Vec<_>>())
        };
        let base = self.computed(items, &[base], span);
        Walk::Elements { base, by_value: true }
    }

    /// A place that is read, by its steps: bound to a variable as a whole, it would be moved there.
    pub(in crate::lower) fn place_value(&mut self, expr: &Expr) -> Value {
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

    pub(in crate::lower) fn changed_elements(&mut self, place: Place, span: Span) -> Walk {
        let base = self.load_base(&place, span);
        match self.kind(base).peel() {
            Kind::Array(Some(1)) => Walk::Places(place),
            Kind::Array(_) | Kind::Tensor => Walk::ScalarPlaces(place),
            _ => Walk::Places(place),
        }
    }

    /// What an element of an array is indexed with, by its number. An index into an array of any rank is not `Copy`.
    pub(in crate::lower) fn nth(&mut self, base: Value, k: Value, span: Span) -> Value {
        if matches!(self.kind(base).peel(), Kind::Array(Some(_))) {
            return self.nth_index(base, k, span);
        }
        self.numbered(k, span)
    }

    /// The same of what may be a list, or an array of any rank.
    pub(in crate::lower) fn position(&mut self, base: Value, k: Value, span: Span) -> Value {
        if matches!(self.kind(base).behind_pointers(), Kind::Unknown) {
            return self.numbered(k, span);
        }
        k
    }

    fn numbered(&mut self, k: Value, span: Span) -> Value {
        let krate = self.krate.clone();
        self.computed(syn::parse_quote!(#krate::rt::Nth(walked)), &[k], span)
    }

    /// The index of an element of an array, by its number.
    pub(in crate::lower) fn nth_index(&mut self, base: Value, k: Value, span: Span) -> Value {
        let krate = self.krate.clone();
        self.computed(syn::parse_quote!(#krate::rt::nth_index(&walked, other)), &[base, k], span)
    }

    pub(in crate::lower) fn method_pipeline(&mut self, e: &ExprMethodCall) -> Option<Walk> {
        let name = e.method.to_string();
        let boxed = |walk: Walk| Box::new(walk);
        Some(match (name.as_str(), e.args.len()) {
            ("iter", 0) => self.elements(&e.receiver, false),
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
            ("filter_map", 1) => Walk::FilterMap(boxed(self.pipeline(&e.receiver)?), e.args[0].clone()),
            ("chain", 1) => {
                let (a, b) = (self.unfiltered(&e.receiver)?, self.unfiltered(&e.args[0])?);
                Walk::Chain(boxed(a), boxed(b))
            }
            ("cycle", 0) => Walk::Cycle(boxed(self.unfiltered(&e.receiver)?)),
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
    pub(in crate::lower) fn lanes(&mut self, e: &ExprMethodCall) -> Option<Walk> {
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
            _ => return self.other_items(e),
        };
        let lane = Rc::new(Ident::new(lane, e.method.span()));
        let axis = axis.map(|axis| self.verbatim(&axis));
        Some(if is_changed {
            Walk::LanePlaces { place: self.place(&e.receiver)?, lane, axis, counted_by }
        } else {
            Walk::Lanes { base: self.base(&e.receiver), lane, axis, counted_by }
        })
    }

    /// What is iterated over is no iterator of its own: a passive one, or a list or an array.
    fn other_items(&mut self, e: &ExprMethodCall) -> Option<Walk> {
        let expr = Expr::MethodCall(e.clone());
        if self.is_passive(&expr) {
            return Some(self.passive_items(&expr));
        }
        let point = self.savepoint();
        let value = self.expr(&expr);
        let is_list = matches!(self.kind(value).peel(), Kind::Array(_) | Kind::Sequence(_));
        let is_known = !matches!(self.definitions.get(&value), Some(Op::Call(_)));
        self.restore(point);
        if is_list && is_known {
            return Some(self.elements(&expr, true));
        }
        let text = not_yet(
            "iterating over this in a differentiated loop is",
            "loop over the indices of a slice or a `Vec`: collect the items into one before the loop",
        );
        self.diagnostics.error(e, text);
        None
    }

    pub(in crate::lower) fn base(&mut self, receiver: &Expr) -> Value {
        let value = self.place_value(receiver);
        self.behind_reference(value)
    }

    pub(in crate::lower) fn unfiltered(&mut self, expr: &Expr) -> Option<Walk> {
        let walk = self.pipeline(expr)?;
        if walk.filters() {
            self.diagnostics
                .error(expr, not_yet("positions behind a `filter` are", "filter last, or write a loop with `if` and a counter"));
            return None;
        }
        Some(walk)
    }
}

/// `text.chars()`, `map.values()`: asking again gives the same items.
fn is_made_of_a_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::MethodCall(e) => is_made_of_a_place(&e.receiver),
        Expr::Field(e) => is_made_of_a_place(&e.base),
        Expr::Index(e) => is_made_of_a_place(&e.expr),
        Expr::Reference(e) => is_made_of_a_place(&e.expr),
        Expr::Paren(e) => is_made_of_a_place(&e.expr),
        _ => false,
    }
}
