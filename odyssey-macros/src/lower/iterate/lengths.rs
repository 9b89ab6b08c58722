//! How many positions there are.

use std::rc::Rc;

use proc_macro2::Span;
use quote::format_ident;
use syn::Expr;

use crate::ir::{Kind, Op, Value, Verbatim};
use crate::lower::bindings::Place;
use crate::lower::Lowerer;

use super::Walk;

impl Lowerer {
    /// The range that the loop runs through.
    pub(in crate::lower) fn walked_range(&mut self, walk: &Walk, span: Span) -> Value {
        match walk {
            Walk::Range(range) => *range,
            _ => {
                let len = self.length_of(walk, span);
                self.computed(syn::parse_quote!(0..walked), &[len], span)
            }
        }
    }

    /// Passive arithmetic over values: they are called `walked`, `other` and `third` in the text.
    pub(in crate::lower) fn computed(&mut self, expr: Expr, operands: &[Value], span: Span) -> Value {
        let names = ["walked", "other", "third"];
        let inputs = operands.iter().zip(names).map(|(v, name)| (format_ident!("{name}"), *v)).collect();
        self.emit(Op::Verbatim(Rc::new(Verbatim { expr, inputs, is_pure: true })), Kind::Unknown, false, span)
    }

    pub(in crate::lower) fn length_of(&mut self, walk: &Walk, span: Span) -> Value {
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
            Walk::Enumerate(inner) | Walk::Rev(inner) | Walk::Copied(inner) => self.length_of(inner, span),
            Walk::Map(inner, _) | Walk::Filter(inner, _) | Walk::FilterMap(inner, _) => self.length_of(inner, span),
            Walk::Chain(a, b) => {
                let (a, b) = (self.length_of(a, span), self.length_of(b, span));
                self.computed(syn::parse_quote!(walked.saturating_add(other)), &[a, b], span)
            }
            Walk::Cycle(inner) => {
                let len = self.length_of(inner, span);
                self.computed(syn::parse_quote!(if walked == 0 { 0 } else { usize::MAX }), &[len], span)
            }
            Walk::Repeated { times: Some(times), .. } => *times,
            Walk::Repeated { times: None, .. } => self.verbatim(&syn::parse_quote!(usize::MAX)),
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
    pub(in crate::lower) fn computed_with_axis(&mut self, counted_by: &Expr, base: Value, span: Span) -> Value {
        let mut inputs = self.inputs(quote::ToTokens::to_token_stream(counted_by));
        inputs.push((format_ident!("walked"), base));
        let verbatim = Verbatim { expr: counted_by.clone(), inputs, is_pure: true };
        self.emit(Op::Verbatim(Rc::new(verbatim)), Kind::Unknown, false, span)
    }

    pub(in crate::lower) fn chunk_count(&mut self, base: Value, size: Value, exact: bool, span: Span) -> Value {
        let expr = if exact { syn::parse_quote!(walked.len() / other) } else { syn::parse_quote!(walked.len().div_ceil(other)) };
        self.computed(expr, &[base, size], span)
    }

    pub(in crate::lower) fn load_base(&mut self, place: &Place, span: Span) -> Value {
        let value = self.load(place, span);
        self.behind_reference(value)
    }
}
