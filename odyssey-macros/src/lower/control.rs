//! Branches: variables that change inside become values that arms hand on.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proc_macro2::Span;
use syn::{Expr, Ident, Pat};

use super::bindings::Variable;
use super::branches::{Body, Choice, Head};
use super::handed::Lent;
use super::names::{bound_kinds, bound_names, hides_positions};
use super::parted::is_parted;
use super::slices::matches_slices;
use super::stmt::Tail;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{self, Block, Info, Kind, Number, Op, Stmt, Value, Verbatim, Wanted};

/// What a branch came to: its block, its value, and the variables it changed.
pub(super) struct Arm {
    block: Block,
    value: Option<Value>,
    changed: BTreeMap<Variable, Value>,
}

impl Arm {
    /// The variables that it changed, as it leaves them.
    pub(super) fn changed_values(&self) -> impl Iterator<Item = Value> + '_ {
        self.changed.values().copied()
    }
}

/// What comes after a choice, in the only arm that gets there.
pub(super) type Rest<'r> = &'r mut dyn FnMut(&mut Lowerer, Option<Value>) -> Option<Value>;

impl Lowerer {
    /// A choice; with `rest`, what follows it runs at the end of the arms that do not jump.
    pub(super) fn choice_of(&mut self, choice: &Choice, tail: Tail, mut rest: Option<Rest>) -> Option<Value> {
        match choice.head {
            Head::If(condition) => {
                let condition = self.condition(condition);
                let arms: Vec<_> =
                    choice.arms.iter().map(|arm| self.arm(|lowerer| lowerer.arm_body(&arm.body, tail, &mut rest))).collect();
                self.join(arms, choice.span, |mut blocks| {
                    let otherwise = blocks.pop().expect("two arms");
                    Op::If(condition, blocks.pop().expect("two arms"), otherwise)
                })
            }
            Head::Match(option) if is_parted(option) && !self.is_passive(option) => {
                self.choice_of_part(option, choice, tail, rest)
            }
            Head::Match(list) if matches_slices(choice) && !self.is_passive(list) => {
                self.choice_of_slices(list, choice, tail, rest)
            }
            Head::Match(scrutinee) if let Some(place) = self.matched_place(scrutinee, choice) => {
                self.choice_of_place(&place, choice, tail, rest)
            }
            Head::Match(scrutinee) => {
                let scrutinee = self.scrutinee(scrutinee);
                let mut heads = Vec::new();
                let mut arms = Vec::new();
                for written in &choice.arms {
                    let pattern = written.pattern.as_deref().expect("an arm of a match has a pattern");
                    let mut names = Vec::new();
                    let mut guard = None;
                    let arm = self.arm(|lowerer| {
                        lowerer.bindings.open();
                        names = lowerer.bind_arm(pattern, scrutinee);
                        guard = written.guard.map(|guard| lowerer.guard(guard));
                        let value = lowerer.arm_body(&written.body, tail, &mut rest);
                        lowerer.bindings.close();
                        value
                    });
                    heads.push((pattern.clone(), names, guard));
                    arms.push(arm);
                }
                self.join(arms, choice.span, |blocks| {
                    let arms = heads.into_iter().zip(blocks);
                    let arms = arms.map(|((pattern, names, guard), block)| ir::Arm { pattern, names, guard, block });
                    Op::Match(scrutinee, arms.collect())
                })
            }
        }
    }

    /// What is matched; a reference to it is made where it is matched again.
    fn scrutinee(&mut self, expr: &Expr) -> Value {
        if self.is_passive(expr) {
            return self.expr(expr);
        }
        self.expr(expr)
    }

    pub(super) fn arm_body(&mut self, body: &Body, tail: Tail, rest: &mut Option<Rest>) -> Option<Value> {
        self.arm_body_then(body, tail, &mut |_| (), rest)
    }

    /// The body of an arm, `then` something at its end, and the rest.
    pub(super) fn arm_body_then(
        &mut self,
        body: &Body,
        tail: Tail,
        then: &mut dyn FnMut(&mut Lowerer),
        rest: &mut Option<Rest>,
    ) -> Option<Value> {
        let value = match body {
            Body::Block(block) => self.block_with(block, tail),
            Body::Expr(expr) => self.tail(expr, tail),
            Body::Nothing => None,
        };
        then(self);
        match rest {
            Some(rest) if !body.exits() => rest(self, value),
            _ => value,
        }
    }

    /// Declares the names that a pattern binds, as parameters of the arm's block.
    fn bind_arm(&mut self, pattern: &Pat, scrutinee: Value) -> Vec<Ident> {
        let mut names = Vec::new();
        bound_names(pattern, &mut names);
        let active = self.is_active(scrutinee);
        if active && !names.is_empty() && hides_positions(pattern) {
            let text =
                not_yet("this pattern over a differentiated value is", "bind every part by a name or `_`, one variant an arm");
            self.diagnostics.error(pattern, text);
        }
        let kinds = bound_kinds(pattern, self.kind(scrutinee));
        for (name, kind) in names.iter().zip(kinds) {
            let value = self.parameter(kind, active, Some(name.clone()), name.span());
            self.bindings.declare(name, value);
        }
        names
    }

    fn guard(&mut self, guard: &Expr) -> Verbatim {
        let arm = self.blocks.len() - 1;
        let before = self.blocks[arm].stmts.len();
        let condition = self.condition(guard);
        let statement = self.blocks[arm].stmts.pop().expect("the condition");
        // The closures that it calls stand in front of the `match`, as they do in the user's code.
        for closure in self.blocks[arm].stmts.split_off(before) {
            self.home.insert(closure.outs[0], arm - 1);
            self.blocks[arm - 1].stmts.push(closure);
        }
        match statement.op {
            Op::Verbatim(verbatim) => {
                self.definitions.remove(&condition);
                Rc::unwrap_or_clone(verbatim)
            }
            _ => unreachable!("a condition is verbatim"),
        }
    }

    /// A condition: passive, whatever it compares.
    pub(super) fn condition(&mut self, e: &Expr) -> Value {
        self.passive_condition(e)
    }

    pub(super) fn arm(&mut self, lower: impl FnOnce(&mut Lowerer) -> Option<Value>) -> Arm {
        let before = self.bindings.snapshot();
        self.open_block();
        let value = lower(self);
        let block = self.blocks.pop().expect("the arm's block");
        let changed = self.bindings.rewind(&before).into_iter().collect();
        Arm { block, value, changed }
    }

    pub(super) fn join(&mut self, mut arms: Vec<Arm>, span: Span, op: impl FnOnce(Vec<Block>) -> Op) -> Option<Value> {
        let changed: BTreeSet<_> = arms.iter().flat_map(|arm| arm.changed.keys().copied()).collect();
        let (mut outs, mut lendings) = (Vec::new(), Vec::new());
        for variable in &changed {
            let before = self.bindings.value(*variable);
            let results: Vec<_> = arms.iter().map(|arm| arm.changed.get(variable).copied().unwrap_or(before)).collect();
            let (results, lent) = self.handed_on_by(&mut arms, &results, span);
            let reached: Vec<_> = results.iter().zip(&arms).filter(|(_, arm)| !arm.block.diverges).map(|(v, _)| *v).collect();
            let out = self.merged(if reached.is_empty() { &results } else { &reached }, span);
            self.values[out].name = Some(self.bindings.name(*variable).clone());
            outs.push(out);
            lendings.push(lent);
            for (arm, result) in arms.iter_mut().zip(results) {
                arm.block.results.push(result);
            }
        }
        let (value, lent) = self.join_values(&mut arms, span);
        let arrived = outs.clone();
        outs.extend(value);
        let op = op(arms.into_iter().map(|arm| arm.block).collect());
        self.push_statement(Stmt { outs, op, span });
        for ((variable, out), lent) in changed.iter().zip(arrived).zip(lendings) {
            let out = self.lent_again(out, &lent, span);
            self.bindings.assign(*variable, out);
        }
        changed.into_iter().for_each(|variable| self.refresh(variable));
        value.map(|value| self.lent_again(value, &lent, span))
    }

    /// What the arms hand on of these values, one an arm.
    fn handed_on_by(&mut self, arms: &mut [Arm], values: &[Value], span: Span) -> (Vec<Value>, Lent) {
        let is_active = values.iter().any(|value| self.is_active(*value));
        let lent = self.lending(values, is_active);
        let handed = arms.iter_mut().zip(values).map(|(arm, value)| {
            self.blocks.push(std::mem::take(&mut arm.block));
            let handed = self.handed_on(*value, &lent, span);
            arm.block = self.blocks.pop().expect("the arm's block");
            handed
        });
        (handed.collect(), lent)
    }

    /// The value of a choice. An arm that jumps has none: there, a number is zero and anything else is absent, and what
    /// follows sees the value only if there was no jump.
    fn join_values(&mut self, arms: &mut [Arm], span: Span) -> (Option<Value>, Lent) {
        let mut values: Vec<_> = arms.iter().filter(|arm| !arm.block.diverges).filter_map(|arm| arm.value).collect();
        if values.is_empty() {
            return (None, Lent::Not);
        }
        let is_whole = arms.iter().all(|arm| arm.block.diverges || arm.value.is_some());
        let mut lent = Lent::Not;
        if values.len() == arms.len() {
            (values, lent) = self.handed_on_by(arms, &values, span);
            arms.iter_mut().zip(&values).for_each(|(arm, value)| arm.value = Some(*value));
        }
        let out = self.merged(&values, span);
        let is_number = self.kind(out).peel().is_scalar();
        let kind = self.kind(out).clone();
        for arm in arms.iter_mut() {
            let op = match arm.value {
                Some(value) if is_whole || is_number || arm.block.diverges => {
                    arm.block.results.push(value);
                    continue;
                }
                Some(value) => Op::Present(value),
                None if is_whole || is_number => Op::Literal(Number { value: 0.0, token: None }),
                None => Op::Absent,
            };
            let info = Info { name: None, kind: kind.clone(), ..self.values[out].clone() };
            let result = self.values.add(info);
            if !is_whole && !is_number {
                self.values[result].kind = Kind::Optional(Box::new(kind.peel().clone()));
            }
            arm.block.stmts.push(Stmt { outs: vec![result], op, span });
            arm.block.results.push(result);
        }
        if !is_whole && !is_number {
            self.values[out].kind = Kind::Optional(Box::new(kind.peel().clone()));
            self.partial.insert(out);
        }
        (Some(out), lent)
    }

    /// A value that is one of several.
    fn merged(&mut self, of: &[Value], span: Span) -> Value {
        let mut kind = self.kind(of[0]).clone();
        for value in &of[1..] {
            kind = kind.meet(self.kind(*value));
        }
        let active = of.iter().any(|v| self.is_active(*v));
        self.values.add(Info { active, ..Info::unnamed(kind, span) })
    }

    /// A statement that runs if a condition holds.
    pub(super) fn when(&mut self, condition: Value, span: Span, body: &mut dyn FnMut(&mut Lowerer)) {
        let then = self.arm(|lowerer| {
            body(lowerer);
            None
        });
        let arms = vec![then, self.arm(|_| None)];
        self.join(arms, span, |mut blocks| {
            let otherwise = blocks.pop().expect("two arms");
            Op::If(condition, blocks.pop().expect("two arms"), otherwise)
        });
    }

    /// One value or the other.
    pub(super) fn either(&mut self, condition: Value, then: Value, otherwise: Value, span: Span) -> Value {
        self.either_of(condition, span, |_| then, |_| otherwise)
    }

    /// One value or the other, made where it is taken.
    pub(super) fn either_of(
        &mut self,
        condition: Value,
        span: Span,
        then: impl FnOnce(&mut Lowerer) -> Value,
        otherwise: impl FnOnce(&mut Lowerer) -> Value,
    ) -> Value {
        let arms = vec![self.arm(|lowerer| Some(then(lowerer))), self.arm(|lowerer| Some(otherwise(lowerer)))];
        let value = self.join(arms, span, |mut blocks| {
            let otherwise = blocks.pop().expect("two arms");
            Op::If(condition, blocks.pop().expect("two arms"), otherwise)
        });
        value.expect("both arms have one")
    }

    /// What stands behind a test of flags: it runs if none of them is set.
    pub(super) fn guarded(
        &mut self,
        flags: &[Variable],
        span: Span,
        jumped: impl FnOnce(&mut Lowerer) -> Option<Value>,
        rest: impl FnOnce(&mut Lowerer) -> Option<Value>,
    ) -> Option<Value> {
        let condition = self.any_flag(flags, span);
        let arms = vec![self.arm(jumped), self.arm(rest)];
        self.join(arms, span, |mut blocks| {
            let otherwise = blocks.pop().expect("two arms");
            Op::If(condition, blocks.pop().expect("two arms"), otherwise)
        })
    }

    pub(super) fn push_statement(&mut self, stmt: Stmt) {
        let depth = self.blocks.len() - 1;
        for out in &stmt.outs {
            self.home.insert(*out, depth);
        }
        self.blocks[depth].stmts.push(stmt);
    }

    pub(super) fn parameter(&mut self, kind: Kind, active: bool, name: Option<syn::Ident>, span: Span) -> Value {
        let param = self.values.add(Info { name, kind, active, shape_of: None, wanted: Wanted::new(), span, read_at: None });
        let depth = self.blocks.len() - 1;
        self.home.insert(param, depth);
        self.definitions.remove(&param);
        self.blocks[depth].params.push(param);
        param
    }
}
