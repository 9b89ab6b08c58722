//! The tangents of control flow: handed on beside the values.

use super::Push;
use crate::ir::{Arm, Block, For, Op, Stmt, Value};

impl Push<'_> {
    /// The results of a statement that vary, by position.
    fn varying(&self, outs: &[Value]) -> Vec<usize> {
        (0..outs.len()).filter(|k| self.varies(outs[*k])).collect()
    }

    /// An arm, with the tangents of those results.
    fn arm(&mut self, block: &Block, varying: &[usize], start: impl FnOnce(&mut Self)) -> Block {
        self.nested(block, start, |push| {
            if block.diverges {
                // Nothing is handed on.
                return varying.iter().map(|k| block.results[*k]).collect();
            }
            varying.iter().map(|k| push.owned_or_zero(block.results[*k], push.values[block.results[*k]].span)).collect()
        })
    }

    /// Appends a statement with arms, with tangents for those of its results.
    fn hand_on(&mut self, stmt: &Stmt, varying: &[usize], op: Op) {
        let tangents: Vec<_> =
            varying.iter().map(|k| self.derived(self.tangent_kind(stmt.outs[*k]), stmt.outs[*k], stmt.span)).collect();
        self.tangents.extend(varying.iter().map(|k| stmt.outs[*k]).zip(tangents.iter().copied()));
        let outs = stmt.outs.iter().copied().chain(tangents).collect();
        self.stmts.push(Stmt { outs, op, span: stmt.span });
    }

    pub(super) fn branch(&mut self, stmt: &Stmt, condition: Value, then: &Block, otherwise: &Block) {
        let varying = self.varying(&stmt.outs);
        let [then, otherwise] = [then, otherwise].map(|block| self.arm(block, &varying, |_| ()));
        self.hand_on(stmt, &varying, Op::If(condition, then, otherwise));
    }

    pub(super) fn match_arms(&mut self, stmt: &Stmt, scrutinee: Value, arms: &[Arm]) {
        let varying = self.varying(&stmt.outs);
        let arms = arms.iter().map(|arm| {
            let block = self.arm(&arm.block, &varying, |push| push.bindings(scrutinee, arm));
            Arm { block, ..arm.clone() }
        });
        let arms = arms.collect();
        self.hand_on(stmt, &varying, Op::Match(scrutinee, arms));
    }

    /// What is carried has its tangent carried behind it.
    pub(super) fn for_loop(&mut self, stmt: &Stmt, l: &For) {
        let carried = l.inits.len();
        let varying = self.varying(&stmt.outs[..carried]);
        let inits: Vec<_> = varying.iter().map(|k| self.owned_or_zero(l.inits[*k], stmt.span)).collect();
        let params: Vec<_> = varying.iter().map(|k| l.body.params[k + 1]).collect();
        let tangents: Vec<_> = params.iter().map(|param| self.derived(self.tangent_kind(*param), *param, stmt.span)).collect();
        self.tangents.extend(params.iter().copied().zip(tangents.iter().copied()));
        let mut body = self.nested(
            &l.body,
            |_| (),
            |push| varying.iter().map(|k| push.owned_or_zero(l.body.results[*k], push.values[l.body.results[*k]].span)).collect(),
        );
        // Whether the iteration is the last comes behind all that is carried.
        body.results[carried..].rotate_left(l.body.results.len() - carried);
        body.params.extend(&tangents);
        let condition = l.condition.clone().map(|mut condition| {
            condition.params.extend(tangents.iter().map(|tangent| self.values.copy_of(*tangent)));
            condition
        });
        let inits = l.inits.iter().copied().chain(inits).collect();
        let outs: Vec<_> =
            varying.iter().map(|k| self.derived(self.tangent_kind(stmt.outs[*k]), stmt.outs[*k], stmt.span)).collect();
        self.tangents.extend(varying.iter().map(|k| stmt.outs[*k]).zip(outs.iter().copied()));
        let count = stmt.outs[carried..].iter().copied();
        let outs = stmt.outs[..carried].iter().copied().chain(outs).chain(count).collect();
        self.stmts.push(Stmt { outs, op: Op::For(Box::new(For { condition, inits, body, ..l.clone() })), span: stmt.span });
    }
}
