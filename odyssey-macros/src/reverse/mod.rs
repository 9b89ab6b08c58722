//! Reverse mode: from a function to its primal and the sweep that takes the result's cotangent back to the arguments.
//!
//! The sweep is IR over the same operations. It names primal values freely, also those of another iteration or of a
//! branch; `keep` decides afterwards how it gets hold of them.

mod calls;
mod control;
pub(crate) mod keep;
mod operations;
mod overwritten;
mod places;
mod replay;
pub(crate) mod together;

use std::collections::BTreeMap;

use overwritten::{ask_for_shapes, OldShapes};
use proc_macro2::Span;
use quote::format_ident;
use syn::Ident;

use crate::ir::{
    Block, Copying, FieldName, Info, Kind, Op, Parts, Path, Projection, Stmt, Value, ValueMap, ValueSet, Values, Wanted,
};
use crate::lower::Primal;
use crate::optimise::shapes::Memo;
use crate::optimise::Definitions;
use crate::table::elementwise::Elementwise;

/// A function with its reverse sweep.
#[derive(Clone)]
pub(crate) struct Derivative {
    pub(crate) values: Values,
    /// Computes the result; its parameters are the arguments.
    pub(crate) forward: Block,
    /// Its parameters are the cotangents of the result and of what is left in arguments that are `&mut`; its results are the
    /// gradients.
    pub(crate) reverse: Block,
}

/// Differentiates a function.
pub(crate) fn differentiate(primal: &Primal) -> Derivative {
    let mut values = primal.values.clone();
    let mut forward = primal.body.clone();
    let mut pullbacks = ValueMap::default();
    linearize(&mut forward, &mut values, &mut pullbacks);
    let mut old_shapes = OldShapes::default();
    ask_for_shapes(&mut forward, &mut values, &mut old_shapes);
    outcomes_in(&forward, &mut values);
    let result = forward.results[0];
    let cotangent = values.add(Info {
        name: Some(cotangent_name(values[result].name.as_ref(), "result")),
        kind: values[result].kind.peel().clone(),
        active: false,
        shape_of: Some(result),
        wanted: values[result].wanted.clone(),
        span: values[result].span,
        read_at: None,
    });
    let left = left_behind(&forward, &mut values);
    let mut changed = ValueSet::default();
    changed_in(&forward, &mut changed);
    let params = std::iter::once(cotangent).chain(left.iter().map(|(_, cotangent)| *cotangent)).collect();
    let definitions = Definitions::of([&forward]);
    let shapes = Memo::default();
    let mut sweep = Sweep {
        values: &mut values,
        pullbacks: &pullbacks,
        old_shapes: &old_shapes,
        definitions: &definitions,
        shapes: &shapes,
        changed: &changed,
        stmts: Vec::new(),
        adjoints: ValueMap::default(),
    };
    sweep.contribute(result, cotangent);
    for (left, cotangent) in &left {
        sweep.contribute(*left, *cotangent);
    }
    sweep.block(&forward);
    let differentiated: Vec<_> = forward
        .params
        .iter()
        .enumerate()
        .filter(|(i, param)| sweep.values[**param].wanted.contains(i))
        .map(|(_, param)| *param)
        .collect();
    let gradients = differentiated.into_iter().map(|param| sweep.take_or_zero(param)).collect();
    let stmts = sweep.stmts;
    replay::run_apart(&mut forward, &mut values);
    let reverse = Block { params, stmts, results: gradients, ..Block::default() };
    Derivative { values, forward, reverse }
}

fn changed_in(block: &Block, changed: &mut ValueSet) {
    for stmt in &block.stmts {
        for (before, after) in stmt.overwrites() {
            changed.insert(before);
            changed.insert(after);
        }
        stmt.op.blocks().into_iter().for_each(|inner| changed_in(inner, changed));
    }
}

/// The values that are taken apart as a `Result` is.
fn outcomes_in(block: &Block, values: &mut Values) {
    for stmt in &block.stmts {
        match &stmt.op {
            Op::Try(outcome, _) | Op::Unwrap(outcome, _) | Op::Copy(Copying::Success, outcome) => {
                values.outcomes.insert(*outcome);
            }
            Op::Match(outcome, arms) if arms.iter().any(|arm| is_of_a_result(&arm.pattern)) => {
                values.outcomes.insert(*outcome);
            }
            _ => {}
        }
        stmt.op.blocks().into_iter().for_each(|inner| outcomes_in(inner, values));
    }
}

fn is_of_a_result(pattern: &syn::Pat) -> bool {
    let syn::Pat::TupleStruct(pattern) = pattern else { return false };
    pattern.path.segments.last().is_some_and(|last| last.ident == "Ok" || last.ident == "Err")
}

/// What is left in each differentiated argument that is `&mut`, with its cotangent.
fn left_behind(forward: &Block, values: &mut Values) -> Vec<(Value, Value)> {
    let exclusive: Vec<_> = forward.params.iter().enumerate().filter(|(_, param)| values[**param].kind.is_exclusive()).collect();
    let mut left = Vec::new();
    for ((position, param), last) in exclusive.into_iter().zip(&forward.results[1..]) {
        if !values[*param].wanted.contains(&position) {
            continue;
        }
        let cotangent = values.add(Info {
            name: Some(cotangent_name(values[*param].name.as_ref(), "argument")),
            kind: values[*param].kind.peel().clone(),
            active: false,
            shape_of: Some(*last),
            wanted: values[*last].wanted.clone(),
            span: values[*param].span,
            read_at: None,
        });
        left.push((*last, cotangent));
    }
    left
}

/// `d_h` for `h`, located at the user's `h`.
fn cotangent_name(name: Option<&Ident>, otherwise: &str) -> Ident {
    match name {
        Some(name) => format_ident!("d_{}", name, span = name.span()),
        None => Ident::new(&format!("d_{otherwise}"), Span::call_site()),
    }
}

/// Replaces calls through which a derivative passes by calls that also return their pullback.
fn linearize(block: &mut Block, values: &mut Values, pullbacks: &mut ValueMap<Value>) {
    for stmt in &mut block.stmts {
        if let Op::Call(call) = &stmt.op {
            let result = stmt.outs[0];
            if stmt.outs.iter().any(|out| values[*out].active) {
                let name = values[result].name.as_ref().map(|name| format_ident!("{}_pullback", name, span = name.span()));
                let info = Info {
                    name,
                    kind: Kind::Unknown,
                    active: false,
                    shape_of: None,
                    wanted: Wanted::new(),
                    span: stmt.span,
                    read_at: None,
                };
                let pullback = values.add(info);
                pullbacks.insert(result, pullback);
                stmt.op = Op::Linearize(call.clone());
                stmt.outs.push(pullback);
            }
        }
        stmt.op.blocks_mut().into_iter().for_each(|inner| linearize(inner, values, pullbacks));
    }
}

/// The reverse sweep over a block, under construction.
struct Sweep<'a> {
    values: &'a mut Values,
    /// The pullback of a call, by its result.
    pullbacks: &'a ValueMap<Value>,
    old_shapes: &'a OldShapes,
    /// How the values of the forward pass are defined.
    definitions: &'a Definitions<'a>,
    /// The shapes of the values of the forward pass.
    shapes: &'a Memo,
    /// Values that are changed in place, before and after.
    changed: &'a ValueSet,
    stmts: Vec<Stmt>,
    /// What has arrived so far, by primal value.
    adjoints: ValueMap<Parts>,
}

impl Sweep<'_> {
    fn block(&mut self, block: &Block) {
        for stmt in block.stmts.iter().rev() {
            self.stmt(stmt);
        }
    }

    fn varies(&self, value: Value) -> bool {
        !self.values[value].wanted.is_empty()
    }

    /// Appends a statement that serves the adjoint of `of`.
    fn emit(&mut self, op: Op, kind: Kind, of: Value, span: Span) -> Value {
        let out = self.derived(kind, of, span);
        self.stmts.push(Stmt { outs: vec![out], op, span });
        out
    }

    /// A value of derivative code, needed for the gradients that the adjoint of `of` serves.
    fn derived(&mut self, kind: Kind, of: Value, span: Span) -> Value {
        let wanted = self.values[of].wanted.clone();
        self.values.add(Info { wanted, ..Info::unnamed(kind, span) })
    }

    /// The kind of an adjoint: that of its primal, owned.
    fn tangent_kind(&self, of: Value) -> Kind {
        self.values[of].kind.peel().clone()
    }

    /// Marks a value as (part of) the adjoint of `of`: its name and its shape.
    fn mark_adjoint(&mut self, adjoint: Value, of: Value) {
        let name = self.values[of].name.clone();
        let info = &mut self.values[adjoint];
        info.shape_of.get_or_insert(of);
        if let (None, Some(name)) = (&info.name, name) {
            info.name = Some(cotangent_name(Some(&name), ""));
        }
    }

    /// Adds to the adjoint of a value.
    fn contribute(&mut self, value: Value, contribution: Value) {
        if !self.varies(value) {
            return;
        }
        let whole = self.adjoints.get(&value).and_then(|parts| parts.whole);
        let sum = match whole {
            None => contribution,
            Some(before) => {
                let (kind, span) = (self.tangent_kind(value), self.values[value].span);
                let op = if kind.is_scalar() {
                    Op::Elementwise(Elementwise::named("add"), vec![before, contribution], Vec::new())
                } else {
                    Op::Accumulate(before, contribution)
                };
                self.emit(op, kind, value, span)
            }
        };
        self.mark_adjoint(sum, value);
        self.adjoints.or_default(value).whole = Some(sum);
    }

    /// Adds to the adjoint of a field.
    fn contribute_parts(&mut self, base: Value, name: &FieldName, parts: Parts) {
        if !self.varies(base) {
            return;
        }
        let field = self.adjoints.or_default(base).fields.entry(name.clone()).or_default();
        // A field is read once (see `Lowerer::field`), so that its parts arrive once.
        *field = parts;
    }

    /// The adjoint of a value, complete; `None` if nothing arrived.
    fn take(&mut self, value: Value) -> Option<Value> {
        let parts = self.adjoints.remove(&value)?;
        if parts.fields.is_empty() {
            return parts.whole;
        }
        if let Some(whole) = parts.whole {
            let sum = self.add_fields(value, whole, &Path::new(), parts.fields);
            return Some(sum);
        }
        let (kind, span) = (self.tangent_kind(value), self.values[value].span);
        let adjoint = self.emit(Op::Assemble(value, parts), kind, value, span);
        self.mark_adjoint(adjoint, value);
        Some(adjoint)
    }

    /// The adjoint of a value with those of its fields added where they belong.
    fn add_fields(&mut self, of: Value, mut whole: Value, place: &Path, fields: BTreeMap<FieldName, Parts>) -> Value {
        for (name, parts) in fields {
            let mut path = place.clone();
            path.push(Projection::Field(name));
            if let Some(value) = parts.whole {
                let (kind, span) = (self.tangent_kind(of), self.values[of].span);
                whole =
                    self.emit(Op::AccumulatePart { tangent: whole, path: path.clone(), value, is_taken: false }, kind, of, span);
                self.mark_adjoint(whole, of);
            }
            whole = self.add_fields(of, whole, &path, parts.fields);
        }
        whole
    }

    fn take_or_zero(&mut self, value: Value) -> Value {
        self.take(value).unwrap_or_else(|| self.zero(value))
    }

    fn zero(&mut self, value: Value) -> Value {
        if matches!(self.values[value].kind, Kind::Optional(_)) {
            // `None` counts as zero, whatever it is an option of.
            let (kind, span) = (self.values[value].kind.clone(), self.values[value].span);
            return self.emit(Op::Absent, kind, value, span);
        }
        let (kind, span) = (self.tangent_kind(value), self.values[value].span);
        let zero = self.emit(Op::Zero(value), kind, value, span);
        self.mark_adjoint(zero, value);
        zero
    }
}
