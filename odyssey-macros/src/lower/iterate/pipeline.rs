//! From the methods that make an iterator to what is walked through.

use std::rc::Rc;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Ident};

use crate::diagnostics::not_yet;
use crate::ir::{Kind, Op, Value};
use crate::lower::bindings::Place;
use crate::lower::place::without_parens;
use crate::lower::Lowerer;

use super::{is_pipeline, is_simple_range, is_zip, Walk};

impl Lowerer {
    /// How an expression is iterated over; reports what cannot be.
    pub(in crate::lower) fn walk(&mut self, expr: &Expr) -> Option<Walk> {
        let expr = without_parens(expr);
        if is_simple_range(expr) {
            return Some(Walk::Range(self.verbatim(expr)));
        }
        self.pipeline(expr)
    }

    pub(in crate::lower) fn pipeline(&mut self, expr: &Expr) -> Option<Walk> {
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
            Expr::Reference(e) => Some(self.elements(&e.expr, false)),
            other => {
                if let Some(place) = self.lent(other, false) {
                    return Some(self.changed_elements(place, other.span()));
                }
                Some(self.elements(other, true))
            }
        }
    }

    pub(in crate::lower) fn elements(&mut self, expr: &Expr, by_value: bool) -> Walk {
        let value = self.place_value(expr);
        let by_value = by_value && !matches!(self.kind(value), Kind::Reference(_) | Kind::Exclusive(_));
        let base = self.behind_reference(value);
        match self.kind(base).peel() {
            Kind::Array(Some(1)) | Kind::Sequence(_) => {}
            Kind::Array(_) | Kind::Tensor => return Walk::Scalars { base, is_indexed: false },
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
