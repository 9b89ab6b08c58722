//! Branches and loops: variables that change inside become values that blocks hand on.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprForLoop, ExprIf};

use super::bindings::Variable;
use super::passive::Effects;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{Block, For, Info, Kind, Op, Stmt, Value, Wanted};

/// What a branch came to: its block, its value, and the variables it changed.
struct Arm {
    block: Block,
    value: Option<Value>,
    changed: BTreeMap<Variable, Value>,
}

impl Lowerer {
    /// An `if`, as a statement or an expression.
    pub(super) fn branch(&mut self, e: &ExprIf) -> Option<Value> {
        let expr = Expr::If(e.clone());
        if self.is_passive(&expr) {
            return Some(self.verbatim(&expr));
        }
        if self.in_closure {
            return Some(self.choose(e));
        }
        if contains_let(&e.cond) {
            self.diagnostics.error(&e.cond, not_yet("`if let` over differentiated values is", "test with a comparison"));
            return None;
        }
        let condition = self.condition(&e.cond);
        let then = self.arm(|lowerer| lowerer.block(&e.then_branch));
        let otherwise = self.arm(|lowerer| match &e.else_branch {
            None => None,
            Some((_, otherwise)) => match &**otherwise {
                Expr::If(e) => lowerer.branch(e),
                Expr::Block(e) => lowerer.block(&e.block),
                other => Some(lowerer.expr(other)),
            },
        });
        self.join(condition, then, otherwise, e.span())
    }

    /// A condition: passive, whatever it compares.
    fn condition(&mut self, e: &Expr) -> Value {
        if let Some(name) = Effects::of(e).assigned.first() {
            let what = format!("changing `{name}` in a condition is");
            self.diagnostics.error(e, not_yet(&what, "assign before the `if`"));
        }
        self.verbatim(e)
    }

    fn arm(&mut self, lower: impl FnOnce(&mut Lowerer) -> Option<Value>) -> Arm {
        let before = self.bindings.snapshot();
        self.open_block();
        let value = lower(self);
        let block = self.blocks.pop().expect("the arm's block");
        let changed = self.bindings.rewind(&before).into_iter().collect();
        Arm { block, value, changed }
    }

    fn join(&mut self, condition: Value, mut then: Arm, mut otherwise: Arm, span: Span) -> Option<Value> {
        let changed: Vec<_> = then.changed.keys().chain(otherwise.changed.keys()).copied().collect();
        let changed: std::collections::BTreeSet<_> = changed.into_iter().collect();
        let mut outs = Vec::new();
        for variable in changed {
            let before = self.bindings.value(variable);
            let a = then.changed.get(&variable).copied().unwrap_or(before);
            let b = otherwise.changed.get(&variable).copied().unwrap_or(before);
            let out = self.merged(a, b, span);
            self.values[out].name = Some(self.bindings.name(variable).clone());
            self.bindings.assign(variable, out);
            outs.push(out);
            then.block.results.push(a);
            otherwise.block.results.push(b);
        }
        let value = then.value.zip(otherwise.value).map(|(a, b)| {
            let out = self.merged(a, b, span);
            outs.push(out);
            then.block.results.push(a);
            otherwise.block.results.push(b);
            out
        });
        let op = Op::If(condition, then.block, otherwise.block);
        self.push(Stmt { outs, op, span });
        value
    }

    /// A value that is one of two.
    fn merged(&mut self, a: Value, b: Value, span: Span) -> Value {
        let kind = self.kind(a).meet(self.kind(b));
        let active = self.is_active(a) || self.is_active(b);
        self.values.add(Info { name: None, kind, active, shape_of: None, wanted: Wanted::new(), span, read_at: None })
    }

    fn push(&mut self, stmt: Stmt) {
        let depth = self.blocks.len() - 1;
        for out in &stmt.outs {
            self.home.insert(*out, depth);
        }
        self.blocks[depth].stmts.push(stmt);
    }

    /// `for i in range { … }`.
    pub(super) fn for_loop(&mut self, e: &ExprForLoop) {
        if let Some(attribute) = e.attrs.first() {
            self.diagnostics.error(attribute, not_yet("attributes on loops are", "remove it"));
        }
        if !is_range(&e.expr) {
            self.loop_over_values(e);
            return;
        }
        let range = self.verbatim(&e.expr);
        let mut carried: Vec<_> =
            Effects::of_block(&e.body).assigned.iter().filter_map(|name| self.bindings.variable(name)).collect();
        carried.sort_unstable();
        carried.dedup();
        let mut active: Vec<_> = carried.iter().map(|variable| self.is_active(self.bindings.value(*variable))).collect();
        // What a variable carries may become active, or turn out not to change, in the body itself: lower it again
        // until the assumption about its parameters holds.
        loop {
            let point = self.checkpoint();
            let (block, inits) = self.loop_body(e, &carried, &active);
            let unchanged = block.results.iter().zip(&block.params[1..]).position(|(result, param)| result == param);
            let now: Vec<_> = block.results.iter().zip(&active).map(|(v, was)| *was || self.is_active(*v)).collect();
            if let Some(unchanged) = unchanged {
                self.restore(point);
                carried.remove(unchanged);
                active.remove(unchanged);
            } else if now != active {
                self.restore(point);
                active = now;
            } else {
                self.finish_loop(e, range, block, inits, &carried);
                return;
            }
        }
    }

    fn loop_body(&mut self, e: &ExprForLoop, carried: &[Variable], active: &[bool]) -> (Block, Vec<Value>) {
        self.bindings.open();
        self.open_block();
        let inits: Vec<_> = carried.iter().map(|variable| self.bindings.value(*variable)).collect();
        let index = self.parameter(Kind::Unknown, false, None, e.pat.span());
        self.bind(&e.pat, index);
        for ((variable, init), active) in carried.iter().zip(&inits).zip(active) {
            let Info { kind, span, .. } = self.values[*init].clone();
            let name = self.bindings.name(*variable).clone();
            let param = self.parameter(kind.peel().clone(), *active, Some(name), span);
            self.bindings.assign(*variable, param);
        }
        if let Some(value) = self.block(&e.body) {
            self.values[value].name = None;
        }
        let mut block = self.blocks.pop().expect("the loop's block");
        block.results = carried.iter().map(|variable| self.bindings.value(*variable)).collect();
        self.bindings.close();
        (block, inits)
    }

    fn parameter(&mut self, kind: Kind, active: bool, name: Option<syn::Ident>, span: Span) -> Value {
        let param = self.values.add(Info { name, kind, active, shape_of: None, wanted: Wanted::new(), span, read_at: None });
        let depth = self.blocks.len() - 1;
        self.home.insert(param, depth);
        self.definitions.remove(&param);
        self.blocks[depth].params.push(param);
        param
    }

    fn finish_loop(&mut self, e: &ExprForLoop, range: Value, body: Block, inits: Vec<Value>, carried: &[Variable]) {
        let mut outs = Vec::new();
        for (variable, (param, result)) in carried.iter().zip(body.params[1..].iter().zip(&body.results)) {
            let Info { name, kind, active, span, .. } = self.values[*param].clone();
            let kind = kind.meet(self.kind(*result));
            let out = self.values.add(Info { name, kind, active, shape_of: None, wanted: Wanted::new(), span, read_at: None });
            self.bindings.assign(*variable, out);
            outs.push(out);
        }
        let op = For {
            range: Some(range),
            reversed: false,
            times: None,
            condition: None,
            inits,
            body,
            stops: false,
            is_counted: false,
        };
        self.push(Stmt { outs, op: Op::For(Box::new(op)), span: e.span() });
    }

    fn loop_over_values(&mut self, e: &ExprForLoop) {
        let expr = Expr::ForLoop(e.clone());
        if self.is_passive(&expr) {
            self.verbatim(&expr);
        } else {
            self.diagnostics
                .error(&e.expr, not_yet("`for` over anything but a range is", "loop over the indices: `for i in 0..x.len()`"));
        }
    }

    /// Depends on no differentiated value, changes no variable around it and does not leave it.
    pub(super) fn is_passive(&self, expr: &Expr) -> bool {
        let effects = Effects::of(expr);
        effects.escapes.is_none()
            && !effects.assigned.iter().any(|name| self.bindings.lookup(name).is_some())
            && !self.reads_active(expr)
    }
}

/// `a..b`, `(a..=b).rev()`, `(a..b).step_by(k)`: iterators that can be run again, and backwards.
fn is_range(expr: &Expr) -> bool {
    match expr {
        Expr::Range(e) => e.start.is_some() && e.end.is_some(),
        Expr::Paren(e) => is_range(&e.expr),
        Expr::Group(e) => is_range(&e.expr),
        Expr::MethodCall(e) => (e.method == "rev" || e.method == "step_by") && is_range(&e.receiver),
        _ => false,
    }
}

fn contains_let(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(e) => contains_let(&e.left) || contains_let(&e.right),
        Expr::Paren(e) => contains_let(&e.expr),
        _ => false,
    }
}
