//! Activity: which of the differentiated arguments each value varies with.
//!
//! Post-condition: `wanted` of every primal value is the set of those arguments, by position. An adjoint is needed
//! for exactly these, so that derivative code inherits the set.

use crate::ir::{Block, Op, Stmt, Value, Values, Wanted};
use crate::lower::Primal;

/// Fills in what every value of the function varies with.
pub(crate) fn analyse(primal: &mut Primal) {
    for (position, argument) in primal.body.params.iter().enumerate() {
        if primal.values[*argument].active {
            primal.values[*argument].wanted.insert(position);
        }
    }
    block(&primal.body, &mut primal.values);
}

fn block(block: &Block, values: &mut Values) {
    block.stmts.iter().for_each(|s| stmt(s, values));
}

fn stmt(stmt: &Stmt, values: &mut Values) {
    match &stmt.op {
        Op::If(_, then, otherwise) => {
            block(then, values);
            block(otherwise, values);
            for (i, out) in stmt.outs.iter().enumerate() {
                merge(*out, then.results[i], values);
                merge(*out, otherwise.results[i], values);
            }
        }
        Op::Match(scrutinee, arms) => {
            for arm in arms {
                for binding in &arm.block.params {
                    merge(*binding, *scrutinee, values);
                }
                block(&arm.block, values);
                for (out, result) in stmt.outs.iter().zip(&arm.block.results) {
                    merge(*out, *result, values);
                }
            }
        }
        Op::Scope(inner) => {
            block(inner, values);
            for (out, result) in stmt.outs.iter().zip(&inner.results) {
                merge(*out, *result, values);
            }
        }
        Op::For(l) => {
            for (param, init) in l.body.params[1..].iter().zip(&l.inits) {
                merge(*param, *init, values);
            }
            // Sets only grow: as many rounds as there are carried values reach the fixed point.
            loop {
                block(&l.body, values);
                let grown = l.body.params[1..]
                    .iter()
                    .zip(&l.body.results)
                    .filter(|(param, result)| merge(**param, **result, values))
                    .count();
                if grown == 0 {
                    break;
                }
            }
            for (out, param) in stmt.outs.iter().zip(&l.body.params[1..]) {
                merge(*out, *param, values);
            }
        }
        Op::Effect(_, targets) => {
            for (target, out) in targets.iter().zip(&stmt.outs[1..]) {
                merge(*out, *target, values);
            }
        }
        op => {
            let mut wanted = Wanted::new();
            op.differentiable_operands(&mut |v| wanted.extend(&values[v].wanted));
            for out in &stmt.outs {
                values[*out].wanted.clone_from(&wanted);
            }
        }
    }
    for out in &stmt.outs {
        values[*out].active = !values[*out].wanted.is_empty();
    }
}

/// Adds what `from` varies with to `to`; whether that was news.
fn merge(to: Value, from: Value, values: &mut Values) -> bool {
    let news = values[from].wanted.clone();
    let before = values[to].wanted.len();
    values[to].wanted.extend(news);
    values[to].active = !values[to].wanted.is_empty();
    values[to].wanted.len() > before
}

impl Op {
    /// Calls `f` with the operands through which a derivative passes.
    pub(crate) fn differentiable_operands(&self, f: &mut impl FnMut(Value)) {
        match self {
            Op::Verbatim(_)
            | Op::Effect(..)
            | Op::Literal(_)
            | Op::Length(_)
            | Op::OldShape(..)
            | Op::If(..)
            | Op::For(_)
            | Op::Match(..)
            | Op::Scope(_)
            | Op::Offer(..) => {}
            Op::Store { base, value, .. } | Op::Update { base, value, .. } | Op::Push { base, value, .. } => {
                f(*base);
                f(*value);
            }
            Op::Pop { base, .. } | Op::Swap { base, .. } => f(*base),
            Op::View(base, ..) => f(*base),
            Op::Call(call) | Op::Linearize(call) => call.args.iter().for_each(|v| f(*v)),
            Op::Elementwise(op, operands, _) => {
                let rule = op.rule();
                operands.iter().zip(&rule.cotangents).filter(|(_, rule)| rule.is_some()).for_each(|(v, _)| f(*v));
            }
            Op::Apply(_, operands, _) => operands.iter().for_each(|v| f(*v)),
            Op::Index(base, _) => f(*base),
            other => other.operands(f),
        }
    }
}
