//! Forward over reverse: a function with its sweep, and the tangents of both.
//!
//! The sweep is IR over the same operations, and names the values of the forward pass freely; it names their tangents as
//! freely. What is linear in a cotangent is the same operation on the cotangent's tangent; a rule of an operation that is
//! linear in each operand is linear in all that it reads; of other rules the runtime knows the tangent.

use std::collections::BTreeMap;

use proc_macro2::Span;

use super::Push;
use crate::ir::{Block, Call, Callee, Copying, Kind, Op, Parts, Stmt, Value};
use crate::optimise::shapes::Memo;
use crate::optimise::Definitions;
use crate::reverse::Derivative;
use crate::table::operations::{Operation, Push as Rule, Read};

/// The derivative of a function and of its derivative.
#[derive(Clone)]
pub(crate) enum Second {
    /// The parameters of the forward pass are the arguments and the tangents of those that are differentiated, its results the
    /// result and its tangent. The sweep takes the cotangent of the result and the tangent of that; it gives the gradients, then
    /// their tangents.
    Compiled(Box<Derivative>),
    /// There is none, and why.
    Unsupported(&'static str),
}

/// Gives a function and its sweep tangents.
pub(crate) fn differentiate_twice(derivative: Derivative) -> Second {
    let Derivative { mut values, forward, reverse } = derivative;
    if forward.params.iter().any(|param| values[*param].kind.is_exclusive()) {
        return Second::Unsupported("it changes its arguments");
    }
    if any_call(&forward, &|call| matches!(call.callee, Callee::ValueAndGrad(_))) {
        return Second::Unsupported("it takes a derivative itself");
    }
    if any_call(&forward, &|call| !call.borrowed.is_empty()) {
        return Second::Unsupported("it calls functions that may change their arguments");
    }
    let (definitions, shapes) = (Definitions::of([&forward, &reverse]), Memo::default());
    let mut push = Push::new(&mut values, &definitions, &shapes);
    let (_, along) = push.arguments(&forward.params);
    let span = push.values[forward.results[0]].span;
    let mut pushed = push.nested(&forward, |_| (), |push| vec![push.owned_or_zero(forward.results[0], span)]);
    pushed.params.extend(along);
    let cotangent = reverse.params[0];
    push.sweep = Some(push.values[cotangent].wanted.clone());
    let along = push.derived_each(std::iter::once(cotangent), push.values[cotangent].span);
    let mut swept = push.nested(
        &reverse,
        |_| (),
        |push| {
            let results = reverse.results.iter();
            results
                .map(|gradient| {
                    push.sweep = Some(push.values[*gradient].wanted.clone());
                    push.owned_or_zero(*gradient, push.values[*gradient].span)
                })
                .collect()
        },
    );
    swept.params.extend(along);
    match push.unsupported {
        Some(reason) => Second::Unsupported(reason),
        None => Second::Compiled(Box::new(Derivative { values, forward: pushed, reverse: swept })),
    }
}

fn any_call(block: &Block, is: &dyn Fn(&Call) -> bool) -> bool {
    block.stmts.iter().any(|stmt| {
        matches!(&stmt.op, Op::Linearize(call) if is(call)) || stmt.op.blocks().into_iter().any(|inner| any_call(inner, is))
    })
}

impl Push<'_> {
    /// A call with its pullback, and the tangents of both.
    pub(super) fn linearize(&mut self, stmt: &Stmt, call: &Call) {
        let (result, span) = (stmt.outs[0], stmt.span);
        let mut tangents = Vec::new();
        for arg in &call.args {
            let tangent = self.tangents.get(arg).copied();
            tangents.push(tangent.map(|tangent| self.given_away(tangent, span)));
        }
        let tangent = self.derived_each(std::iter::once(result), span);
        let outs = vec![result, tangent[0], stmt.outs[1]];
        self.stmts.push(Stmt { outs, op: Op::LinearizeAlong(call.clone(), tangents), span });
    }

    /// A tangent for a pullback, which outlives what a view is of.
    fn given_away(&mut self, tangent: Value, span: Span) -> Value {
        let definition = self.stmts.iter().find(|stmt| stmt.outs[..] == [tangent]).map(|stmt| &stmt.op);
        let is_view = match definition {
            Some(Op::View(..) | Op::Copy(Copying::View | Copying::Moved, _)) => true,
            Some(Op::Apply(op, ..)) => op.is_view,
            _ => false,
        };
        if is_view || matches!(self.values[tangent].kind, Kind::Reference(_)) {
            let kind = self.values[tangent].kind.peel().clone();
            return self.emit(Op::Copy(Copying::ToOwned, tangent), kind, span);
        }
        tangent
    }

    /// A statement of the sweep, with the tangents of its results.
    pub(super) fn sweep_stmt(&mut self, stmt: &Stmt) {
        let span = stmt.span;
        self.sweep = Some(stmt.outs.iter().flat_map(|out| self.values[*out].wanted.iter().copied()).collect());
        match &stmt.op {
            Op::If(condition, then, otherwise) => return self.branch(stmt, *condition, then, otherwise),
            Op::For(l) => return self.for_loop(stmt, l),
            Op::Match(scrutinee, arms) => return self.match_arms(stmt, *scrutinee, arms),
            Op::Pullback { pullback, call, result, cotangents, .. } => {
                let along = Some(self.owned_or_zero(cotangents[0], span));
                let outs = self.derived_each(stmt.outs.iter().copied(), span);
                let outs = stmt.outs.iter().copied().chain(outs).collect();
                let (pullback, call, result, cotangents) = (*pullback, call.clone(), *result, cotangents.clone());
                self.stmts.push(Stmt { outs, op: Op::Pullback { pullback, call, result, cotangents, along }, span });
                return;
            }
            Op::Elementwise(op, operands, parameters) => {
                self.stmts.push(stmt.clone());
                return self.elementwise(*op, operands, parameters, stmt.outs[0], span);
            }
            Op::Rule(op, operand, reads) => {
                self.stmts.push(stmt.clone());
                return self.rule(op, *operand, reads, stmt.outs[0], span);
            }
            _ => {}
        }
        // What is taken out of a cotangent, or put into it, is so in its tangent: first, since it may be overwritten.
        if let Some(op) = self.linear(&stmt.op, span) {
            let outs = self.derived_each(stmt.outs.iter().copied(), span);
            self.stmts.push(Stmt { outs, op, span });
        }
        self.stmts.push(stmt.clone());
    }

    /// The same operation on the tangents of the cotangents that it is linear in; `None` where the result is constant.
    fn linear(&mut self, op: &Op, span: Span) -> Option<Op> {
        let mut push = |v: &Value| self.owned_or_zero(*v, span);
        Some(match op {
            Op::Literal(_) | Op::Verbatim(_) | Op::Extent(_) | Op::Length(_) => return None,
            Op::Zero(_) | Op::Absent => op.clone(),
            Op::Fit { value, over, like } => Op::Fit { value: push(value), over: *over, like: *like },
            Op::Accumulate(sum, term) => Op::Accumulate(push(sum), push(term)),
            Op::AccumulatePart { tangent, path, value } => {
                Op::AccumulatePart { tangent: push(tangent), path: path.clone(), value: push(value) }
            }
            Op::TakePart { tangent, path } => Op::TakePart { tangent: push(tangent), path: path.clone() },
            Op::Part(tangent, path) => Op::Part(push(tangent), path.clone()),
            Op::Assemble(base, parts) => Op::Assemble(*base, self.parts_along(parts, span)),
            Op::CastBack { cotangent, like } => Op::CastBack { cotangent: push(cotangent), like: *like },
            Op::Payload(d, like) => Op::Payload(push(d), *like),
            Op::JoinedPart { cotangent, axis, parts, stacked } => {
                Op::JoinedPart { cotangent: push(cotangent), axis: *axis, parts: parts.clone(), stacked: *stacked }
            }
            Op::IntoParts(d, path) => Op::IntoParts(push(d), path.clone()),
            Op::Unmatch { scrutinee, pattern, parts } => {
                let parts = parts.iter().map(|(name, [primal, d])| (name.clone(), [*primal, push(d)])).collect();
                Op::Unmatch { scrutinee: *scrutinee, pattern: pattern.clone(), parts }
            }
            Op::Push { base, path, value } => Op::Push { base: push(base), path: path.clone(), value: push(value) },
            Op::Pop { base, path } => Op::Pop { base: push(base), path: path.clone() },
            Op::Unpop { base, path, last, cotangent } => {
                Op::Unpop { base: push(base), path: path.clone(), last: *last, cotangent: push(cotangent) }
            }
            Op::Swap { base, path, indices } => Op::Swap { base: push(base), path: path.clone(), indices: *indices },
            Op::Field(d, name) => Op::Field(push(d), name.clone()),
            Op::Boxed(d) => Op::Boxed(push(d)),
            Op::Dereference(d) => Op::Dereference(push(d)),
            Op::Present(d) => Op::Present(push(d)),
            Op::Expect(d) => Op::Expect(push(d)),
            other => unreachable!("{other:?} is not of a sweep"),
        })
    }

    fn parts_along(&mut self, parts: &Parts, span: Span) -> Parts {
        let whole = parts.whole.map(|whole| self.owned_or_zero(whole, span));
        let fields: BTreeMap<_, _> =
            parts.fields.iter().map(|(name, inner)| (name.clone(), self.parts_along(inner, span))).collect();
        Parts { whole, fields }
    }

    /// The tangent of what a rule computes.
    fn rule(&mut self, op: &'static Operation, operand: usize, reads: &[Value], y: Value, span: Span) {
        let varies = |read: &Read| !matches!(read, Read::Extent(_) | Read::Parameter(_));
        let tangents = op.rules[operand].1.iter().zip(reads);
        let tangents: Vec<_> = tangents.map(|(read, v)| self.tangents.get(v).copied().filter(|_| varies(read))).collect();
        if matches!(op.push, Rule::Rules(_)) {
            return self.define(y, Op::RuleAlong(op, operand, reads.to_vec(), tangents), span);
        }
        let terms = tangents.into_iter().enumerate().filter_map(|(position, tangent)| {
            let mut reads = reads.to_vec();
            reads[position] = tangent?;
            Some(Op::Rule(op, operand, reads))
        });
        self.sum_of(y, terms.collect(), self.values[y].shape_of, span);
    }
}
