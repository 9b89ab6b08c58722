//! Forward over reverse: a function with its sweep, and the tangents of both.
//!
//! The sweep is IR over the same operations, and names the values of the forward pass freely; it names their tangents as
//! freely. What is linear in a cotangent is the same operation on the cotangent's tangent; a rule of an operation that is
//! linear in each operand is linear in all that it reads; of other rules the runtime knows the tangent.

use std::collections::BTreeMap;

use proc_macro2::Span;

use super::Push;
use crate::ir::{of_lent_tangent, Block, Call, Callee, Copying, Kind, Op, Parts, Path, Stmt, Value, Wanted};
use crate::optimise::shapes::Memo;
use crate::optimise::Definitions;
use crate::reverse::Derivative;
use crate::table::operations::{Operation, Read};

/// The derivative of a function and of its derivative.
#[derive(Clone)]
pub(crate) enum Second {
    /// The parameters of the forward pass are the arguments and the tangents of those that are differentiated, its results the
    /// result and its tangent, then what is left in arguments that are `&mut`, then the tangents of that. The sweep takes the cotangent
    /// of the result, and those of what was left, each with its tangent; it gives the gradients, then their tangents.
    Compiled(Box<Derivative>),
    /// There is none, and why.
    Unsupported(&'static str),
}

/// Gives a function and its sweep tangents.
pub(crate) fn differentiate_twice(derivative: Derivative) -> Second {
    let Derivative { mut values, forward, reverse } = derivative;
    let (definitions, shapes) = (Definitions::of([&forward, &reverse]), Memo::default());
    let mut push = Push::new(&mut values, &definitions, &shapes);
    let (_, along) = push.arguments(&forward.params);
    let mut pushed = push.with_left_tangents(&forward);
    pushed.params.extend(along);
    let left = forward.results.len() - 1;
    let tangent = pushed.results.remove(left + 1);
    pushed.results.insert(1, tangent);
    let mut params = Vec::new();
    push.sweep = Some(Wanted::new());
    for cotangent in &reverse.params {
        push.sweep = Some(push.values[*cotangent].wanted.clone());
        params.push(*cotangent);
        params.extend(push.derived_each(std::iter::once(*cotangent), push.values[*cotangent].span));
    }
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
    swept.params = params;
    match push.unsupported {
        Some(reason) => Second::Unsupported(reason),
        None => Second::Compiled(Box::new(Derivative { values, forward: pushed, reverse: swept })),
    }
}

/// The functions whose `value_and_grad` is called in the block, each once.
pub(crate) fn gradients_taken(block: &Block) -> Vec<syn::ExprPath> {
    let mut taken: Vec<syn::ExprPath> = Vec::new();
    let mut take = |function: syn::ExprPath| {
        if !taken.contains(&function) {
            taken.push(function);
        }
    };
    for stmt in &block.stmts {
        match &stmt.op {
            Op::Call(Call { callee: Callee::ValueAndGrad(function), .. }) => take(function.clone()),
            op => op.blocks().into_iter().flat_map(gradients_taken).for_each(&mut take),
        }
    }
    taken
}

impl Push<'_> {
    /// A call with its pullback, and the tangents of both.
    pub(super) fn linearize(&mut self, stmt: &Stmt, call: &Call) {
        let span = stmt.span;
        let mut tangents: Vec<_> = (0..call.args.len()).map(|position| self.given(call, position, span)).collect();
        let changed = call.changed();
        let mut wholes: Vec<_> = changed.iter().map(|root| self.owned_or_zero(*root, span)).collect();
        for (position, path) in &call.borrowed {
            let k = changed.iter().position(|root| *root == call.args[*position]).expect("a changed value");
            let path = of_lent_tangent(path, &self.values[changed[k]].kind, &self.values[wholes[k]].kind);
            let (part, rest) = self.taken_out(wholes[k], path, span);
            (tangents[*position], wholes[k]) = (Some(part), rest);
        }
        let (pullback, own) = stmt.outs.split_last().expect("the pullback");
        let mut outs = own.to_vec();
        outs.extend(self.derived_each(own[..1].iter().copied(), span));
        for (position, path) in &call.borrowed {
            let k = changed.iter().position(|root| *root == call.args[*position]).expect("a changed value");
            let kind = if path.is_empty() { self.tangent_kind(changed[k]) } else { Kind::Unknown };
            outs.push(self.derived(kind, own[k + 1], span));
        }
        let left = outs[own.len() + 1..].to_vec();
        outs.push(*pullback);
        self.stmts.push(Stmt { outs, op: Op::LinearizeAlong(call.clone(), tangents), span });
        for ((position, path), left) in call.borrowed.iter().zip(left) {
            let k = changed.iter().position(|root| *root == call.args[*position]).expect("a changed value");
            let path = of_lent_tangent(path, &self.values[changed[k]].kind, &self.values[wholes[k]].kind);
            wholes[k] = self.put_back(wholes[k], path, left, own[k + 1], span);
            self.tangents.insert(own[k + 1], wholes[k]);
        }
    }

    /// The tangent of an argument that is not lent, given away.
    fn given(&mut self, call: &Call, position: usize, span: Span) -> Option<Value> {
        let arg = call.args[position];
        if call.borrowed.contains_key(&position) {
            return None;
        }
        let tangent = self.tangent_of_argument(call, position, span)?;
        Some(self.given_away(arg, tangent, span))
    }

    /// A part of a tangent, and the tangent with nothing there.
    fn taken_out(&mut self, tangent: Value, path: Path, span: Span) -> (Value, Value) {
        if path.is_empty() {
            return (tangent, tangent);
        }
        let part = self.unnamed(Kind::Unknown, span);
        let rest = self.unnamed(self.values[tangent].kind.clone(), span);
        let name = self.values[tangent].name.clone();
        self.values[rest].name = name;
        self.stmts.push(Stmt { outs: vec![part, rest], op: Op::TakePart { tangent, path, was: None }, span });
        (part, rest)
    }

    /// The tangent of `of`, with a part put back.
    fn put_back(&mut self, tangent: Value, path: Path, part: Value, of: Value, span: Span) -> Value {
        if path.is_empty() {
            return part;
        }
        let whole = self.derived(self.values[tangent].kind.clone(), of, span);
        let op = Op::AccumulatePart { tangent, path, value: part, is_taken: true };
        self.stmts.push(Stmt { outs: vec![whole], op, span });
        whole
    }

    /// The tangent of an argument for a pullback, which outlives what a view is of.
    fn given_away(&mut self, of: Value, tangent: Value, span: Span) -> Value {
        let kind = self.values[tangent].kind.clone();
        if !kind.is_scalar() && (self.is_view(of) || matches!(kind, Kind::Reference(_))) {
            return self.emit(Op::Copy(Copying::ToOwned, tangent), kind.peel().clone(), span);
        }
        tangent
    }

    /// A part of something, as its tangent is one of that thing's tangent.
    fn is_view(&self, value: Value) -> bool {
        match self.definitions.get(&value) {
            Some(Op::Reference(x) | Op::Dereference(x)) => self.is_view(*x),
            Some(Op::View(..) | Op::Index(..) | Op::Copy(Copying::View | Copying::Moved, _)) => true,
            Some(Op::Apply(op, ..)) => op.is_view,
            _ => false,
        }
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
                let along = cotangents.iter().map(|d| self.owned_or_zero(*d, span)).collect();
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
        let mut is_constant = true;
        let mut push = |v: &Value| {
            is_constant &= !self.tangents.contains_key(v);
            self.owned_or_zero(*v, span)
        };
        let along = match op {
            Op::Literal(_) | Op::Verbatim(_) | Op::Extent(_) | Op::Length(_) => return None,
            Op::Zero(_) | Op::Absent => return Some(op.clone()),
            Op::Fit { value, over, like } => Op::Fit { value: push(value), over: *over, like: *like },
            Op::Accumulate(sum, term) => Op::Accumulate(push(sum), push(term)),
            Op::AccumulatePart { tangent, path, value, is_taken } => {
                let (tangent, value) = (push(tangent), push(value));
                Op::AccumulatePart { tangent, path: path.clone(), value, is_taken: *is_taken }
            }
            Op::TakePart { tangent, path, was } => Op::TakePart { tangent: push(tangent), path: path.clone(), was: *was },
            Op::Part(tangent, path) => Op::Part(push(tangent), path.clone()),
            Op::Assemble(base, parts) => return Some(Op::Assemble(*base, self.parts_along(parts, span))),
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
        };
        (!is_constant).then_some(along)
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
        if !op.is_rule_linear(operand) {
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
