//! Forward mode: from a function to the same function with the tangents of its values beside them.
//!
//! A statement becomes the statement and its tangent; control flow hands tangents on as it hands on values, and what is
//! changed in place is changed in the tangent as well. Nothing is kept: a tangent is read where its primal is.
//!
//! A value that does not vary has no tangent; where one is needed, it is zero. The tangent of a reference is that of what it refers
//! to: what owns its tangent (a field, a result, what a loop carries) copies where there is only a reference.

mod calls;
mod control;
mod directions;
mod operations;
mod patterns;
mod places;
mod sweep;

use proc_macro2::Span;
use quote::format_ident;
use syn::Ident;

use crate::ir::{Block, Copying, Info, Kind, Op, Stmt, Value, ValueMap, Values, Wanted};
use crate::lower::Primal;
use crate::optimise::shapes::Memo;
use crate::optimise::Definitions;
pub(crate) use directions::{along_several, gradient_along_several};
pub(crate) use sweep::{differentiate_twice, gradients_taken, Second};

/// A function with its tangent.
#[derive(Clone)]
pub(crate) struct Pushforward {
    pub(crate) values: Values,
    /// Its parameters are the arguments and the tangents of those that are differentiated; its results are the function's,
    /// then the tangents of the result and of what is left in differentiated arguments that are `&mut`.
    pub(crate) body: Block,
    /// Why there is none, if there is none.
    pub(crate) unsupported: Option<&'static str>,
}

/// Differentiates a function.
pub(crate) fn differentiate(primal: &Primal) -> Pushforward {
    let mut values = primal.values.clone();
    let (definitions, shapes) = (Definitions::of([&primal.body]), Memo::default());
    let mut push = Push::new(&mut values, &definitions, &shapes);
    let (_, tangents) = push.arguments(&primal.body.params);
    let mut body = push.with_left_tangents(&primal.body);
    body.params.extend(tangents);
    let unsupported = push.unsupported;
    Pushforward { values, body, unsupported }
}

/// The pass over a function, under way.
struct Push<'a> {
    values: &'a mut Values,
    /// How the values of the function are defined, and their shapes.
    definitions: &'a Definitions<'a>,
    shapes: &'a Memo,
    tangents: ValueMap<Value>,
    stmts: Vec<Stmt>,
    unsupported: Option<&'static str>,
    /// In a reverse sweep: what the statement at hand is needed for, and so its tangent.
    sweep: Option<Wanted>,
}

impl<'a> Push<'a> {
    fn new(values: &'a mut Values, definitions: &'a Definitions<'a>, shapes: &'a Memo) -> Push<'a> {
        let (tangents, stmts) = (ValueMap::default(), Vec::new());
        Push { values, definitions, shapes, tangents, stmts, unsupported: None, sweep: None }
    }
}

impl Push<'_> {
    /// The arguments among these parameters that are differentiated, and their tangents.
    fn arguments(&mut self, params: &[Value]) -> (Vec<Value>, Vec<Value>) {
        let arguments = params.iter().enumerate().filter(|(i, v)| self.values[**v].wanted.contains(i));
        let arguments: Vec<_> = arguments.map(|(_, v)| *v).collect();
        let tangents = arguments.iter().map(|argument| self.argument(*argument)).collect();
        (arguments, tangents)
    }

    /// The body of the function with tangents: behind its results, that of the result, and those of what is left in differentiated
    /// arguments that are `&mut`.
    fn with_left_tangents(&mut self, body: &Block) -> Block {
        self.nested(
            body,
            |_| (),
            |push| {
                let exclusive = body.params.iter().filter(|v| push.values[**v].kind.is_exclusive());
                let left =
                    exclusive.zip(&body.results[1..]).filter(|(v, _)| push.tangents.contains_key(v)).map(|(_, left)| *left);
                let left: Vec<_> = left.collect();
                let result = push.owned_or_zero(body.results[0], push.values[body.results[0]].span);
                std::iter::once(result).chain(left.into_iter().map(|left| push.tangents[&left])).collect()
            },
        )
    }

    /// The tangent of an argument, as the caller lends it.
    fn argument(&mut self, argument: Value) -> Value {
        let kind = match self.tangent_kind(argument) {
            kind @ (Kind::Scalar | Kind::Exclusive(_)) => kind,
            kind => Kind::Reference(Box::new(kind)),
        };
        let span = self.values[argument].span;
        let tangent = self.derived(kind, argument, span);
        self.tangents.insert(argument, tangent);
        tangent
    }

    /// A block with the tangents of its values, and of what it hands on.
    fn nested(&mut self, block: &Block, start: impl FnOnce(&mut Self), end: impl FnOnce(&mut Self) -> Vec<Value>) -> Block {
        let (around, served) = (std::mem::take(&mut self.stmts), self.sweep.clone());
        start(self);
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
        self.sweep = served;
        let tangents = end(self);
        let stmts = std::mem::replace(&mut self.stmts, around);
        let results = block.results.iter().copied().chain(tangents).collect();
        Block { stmts, results, ..block.clone() }
    }

    fn varies(&self, value: Value) -> bool {
        !self.values[value].wanted.is_empty()
    }

    /// A value that will be a tangent, or a part of one.
    fn unnamed(&mut self, kind: Kind, span: Span) -> Value {
        let wanted = self.sweep.clone().unwrap_or_default();
        let out = self.values.add(Info { wanted, ..Info::unnamed(kind, span) });
        self.values.tangents.insert(out);
        out
    }

    /// Appends a statement that computes one.
    fn emit(&mut self, op: Op, kind: Kind, span: Span) -> Value {
        let out = self.unnamed(kind, span);
        self.stmts.push(Stmt { outs: vec![out], op, span });
        out
    }

    /// A value that will be the tangent of `of`.
    fn derived(&mut self, kind: Kind, of: Value, span: Span) -> Value {
        let name = self.values[of].name.as_ref().map(tangent_name);
        let wanted = if self.sweep.is_some() { self.values[of].wanted.clone() } else { Wanted::new() };
        let tangent = self.values.add(Info { name, kind, active: false, shape_of: Some(of), wanted, span, read_at: None });
        self.values.tangents.insert(tangent);
        tangent
    }

    /// Values that will be the tangents of these.
    fn derived_each(&mut self, values: impl Iterator<Item = Value>, span: Span) -> Vec<Value> {
        let each = |of| {
            let tangent = self.derived(self.tangent_kind(of), of, span);
            self.tangents.insert(of, tangent);
            tangent
        };
        values.map(each).collect()
    }

    /// The kind of a tangent: that of its primal, owned.
    fn tangent_kind(&self, of: Value) -> Kind {
        match &self.values[of].kind {
            Kind::Exclusive(inner) => Kind::Exclusive(Box::new(inner.peel().clone())),
            kind => kind.peel().clone(),
        }
    }

    /// Appends the statement that computes the tangent of `of`.
    fn define(&mut self, of: Value, op: Op, span: Span) {
        let outs = self.derived_each(std::iter::once(of), span);
        self.stmts.push(Stmt { outs, op, span });
    }

    fn zero(&mut self, value: Value, span: Span) -> Value {
        let of = self.sweep.as_ref().and_then(|_| self.values[value].shape_of).unwrap_or(value);
        let op = if self.is_failure(value) { Op::Absent } else { Op::Zero(of) };
        let kind = self.values[value].kind.peel().clone();
        let zero = self.emit(op, kind, span);
        self.values[zero].shape_of = Some(value);
        zero
    }

    /// `None` or `Err(…)`, whose type nothing but its use says: its tangent is `None`.
    fn is_failure(&self, value: Value) -> bool {
        let Some(Op::Verbatim(verbatim)) = self.definitions.get(&value) else {
            return matches!(self.definitions.get(&value), Some(Op::Absent));
        };
        let path = match &verbatim.expr {
            syn::Expr::Path(path) => path,
            syn::Expr::Call(call) => match &*call.func {
                syn::Expr::Path(path) => path,
                _ => return false,
            },
            _ => return false,
        };
        path.path.segments.last().is_some_and(|last| last.ident == "None" || last.ident == "Err")
    }

    fn tangent_or_zero(&mut self, value: Value, span: Span) -> Value {
        self.tangents.get(&value).copied().unwrap_or_else(|| self.zero(value, span))
    }

    /// What a tangent that is lent refers to.
    fn behind_reference(&mut self, tangent: Value, span: Span) -> Value {
        match self.values[tangent].kind.clone() {
            Kind::Reference(kind) => self.emit(Op::Dereference(tangent), *kind, span),
            _ => tangent,
        }
    }

    /// The tangent, for something that owns it.
    fn owned_or_zero(&mut self, value: Value, span: Span) -> Value {
        let tangent = self.tangent_or_zero(value, span);
        self.owned(tangent, span)
    }

    /// A tangent that is lent, for something that owns it.
    fn owned(&mut self, tangent: Value, span: Span) -> Value {
        match self.values[tangent].kind.clone() {
            Kind::Reference(kind) => self.emit(Op::Copy(Copying::Clone, tangent), *kind, span),
            _ => tangent,
        }
    }
}

/// `h_dot` for `h`, located at the user's `h`.
fn tangent_name(name: &Ident) -> Ident {
    format_ident!("{}_dot", name, span = name.span())
}
