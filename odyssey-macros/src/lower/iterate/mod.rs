//! Iterators as indices: what a pipeline of iterators yields at position `k`, and how many positions there are. A loop over
//! positions can be run again, and backwards.

mod items;
mod lengths;
mod pipeline;

use std::rc::Rc;

use syn::{Expr, Ident};

use crate::ir::{Projection, Value};
use crate::lower::bindings::Place;
use crate::lower::passive::Effects;
use crate::lower::place::without_parens;

/// What is walked through, in order.
pub(in crate::lower) enum Walk {
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
    /// One behind the other.
    Chain(Box<Walk>, Box<Walk>),
    /// From the start again and again.
    Cycle(Box<Walk>),
    /// The same value, so often, or without end.
    Repeated {
        value: Value,
        times: Option<Value>,
    },
    Copied(Box<Walk>),
    Map(Box<Walk>, Expr),
    Filter(Box<Walk>, Expr),
    FilterMap(Box<Walk>, Expr),
}

/// One item.
#[derive(Clone)]
pub(in crate::lower) enum Item {
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
const ADAPTORS: [&str; 13] =
    ["enumerate", "zip", "rev", "skip", "take", "step_by", "chain", "cycle", "copied", "cloned", "map", "filter", "filter_map"];

/// An iterator, by the methods that make it.
pub(in crate::lower) fn is_pipeline(expr: &Expr) -> bool {
    match without_parens(expr) {
        Expr::Range(range) => range.start.is_some(),
        Expr::MethodCall(e) => {
            let name = e.method.to_string();
            SOURCES.contains(&name.as_str()) || ADAPTORS.contains(&name.as_str()) && is_pipeline(&e.receiver)
        }
        Expr::Call(e) => iterator_function(e).is_some(),
        _ => false,
    }
}

/// The name of a function of `std::iter` that makes an iterator.
fn iterator_function(e: &syn::ExprCall) -> Option<&Ident> {
    let Expr::Path(path) = &*e.func else { return None };
    let mut segments = path.path.segments.iter().rev();
    let (name, owner) = (&segments.next()?.ident, segments.next());
    let is_known = ["zip", "chain", "once", "repeat", "repeat_n"].iter().any(|known| name == known);
    let is_of_iter = owner.map_or(name == "zip", |owner| owner.ident == "iter");
    (is_known && is_of_iter).then_some(name)
}

impl Walk {
    /// What making an item does to variables.
    pub(in crate::lower) fn effects(&self, effects: &mut Effects) {
        match self {
            Walk::Enumerate(inner) | Walk::Rev(inner) | Walk::Copied(inner) | Walk::Cycle(inner) => inner.effects(effects),
            Walk::Skip(inner, _) | Walk::Take(inner, _) | Walk::StepBy(inner, _) => inner.effects(effects),
            Walk::Zip(a, b) | Walk::Chain(a, b) => {
                a.effects(effects);
                b.effects(effects);
            }
            Walk::Map(inner, f) | Walk::Filter(inner, f) | Walk::FilterMap(inner, f) => {
                inner.effects(effects);
                effects.extend(Effects::of(f));
            }
            _ => {}
        }
    }

    /// The variables whose parts it gives away to be changed.
    pub(in crate::lower) fn roots(&self, roots: &mut Vec<crate::lower::bindings::Variable>) {
        match self {
            Walk::Places(place)
            | Walk::ScalarPlaces(place)
            | Walk::LanePlaces { place, .. }
            | Walk::ChunkPlaces { place, .. } => roots.push(place.root),
            Walk::Enumerate(inner) | Walk::Rev(inner) | Walk::Copied(inner) | Walk::Cycle(inner) => inner.roots(roots),
            Walk::Skip(inner, _) | Walk::Take(inner, _) | Walk::StepBy(inner, _) => inner.roots(roots),
            Walk::Map(inner, _) | Walk::Filter(inner, _) | Walk::FilterMap(inner, _) => inner.roots(roots),
            Walk::Zip(a, b) | Walk::Chain(a, b) => {
                a.roots(roots);
                b.roots(roots);
            }
            _ => {}
        }
    }

    fn filters(&self) -> bool {
        match self {
            Walk::Filter(..) | Walk::FilterMap(..) => true,
            Walk::Enumerate(inner) | Walk::Rev(inner) | Walk::Copied(inner) | Walk::Cycle(inner) | Walk::Map(inner, _) => {
                inner.filters()
            }
            Walk::Skip(inner, _) | Walk::Take(inner, _) | Walk::StepBy(inner, _) => inner.filters(),
            Walk::Zip(a, b) | Walk::Chain(a, b) => a.filters() || b.filters(),
            _ => false,
        }
    }
}

/// `a..b`, `(a..=b).rev()`, `(a..b).step_by(k)`: iterators that can be run again, and backwards.
pub(in crate::lower) fn is_simple_range(expr: &Expr) -> bool {
    match expr {
        Expr::Range(e) => e.start.is_some() && e.end.is_some(),
        Expr::Paren(e) => is_simple_range(&e.expr),
        Expr::Group(e) => is_simple_range(&e.expr),
        Expr::MethodCall(e) => (e.method == "rev" || e.method == "step_by") && is_simple_range(&e.receiver),
        _ => false,
    }
}

/// A range in steps, which can be run backwards only if its length is known to its type: that of `0..=n` is not.
pub(crate) fn is_stepped(range: &Expr) -> bool {
    match range {
        Expr::Paren(e) => is_stepped(&e.expr),
        Expr::Group(e) => is_stepped(&e.expr),
        Expr::MethodCall(e) => e.method == "step_by" || is_stepped(&e.receiver),
        _ => false,
    }
}

fn extended(place: &Place, step: Projection) -> Place {
    let mut place = place.clone();
    place.path.push(step);
    place
}
