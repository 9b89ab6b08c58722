//! The tangents of control flow: handed on beside the values.

use super::Push;
use crate::ir::{Arm, Block, For, Op, Stmt, Value};

impl Push<'_> {
    /// The results of a statement that vary, by position.
    fn varying(&self, outs: &[Value]) -> Vec<usize> {
        (0..outs.len()).filter(|k| self.varies(outs[*k])).collect()
    }

    /// The tangents of those results of a block.
    fn handed_on(&mut self, block: &Block, varying: &[usize]) -> Vec<Value> {
        let results = varying.iter().map(|k| block.results[*k]);
        results.map(|result| self.owned_or_zero(result, self.values[result].span)).collect()
    }

    /// An arm, with the tangents of those results.
    fn arm(&mut self, block: &Block, varying: &[usize], start: impl FnOnce(&mut Self)) -> Block {
        self.nested(block, start, |push| {
            if block.diverges {
                // Nothing is handed on.
                return varying.iter().map(|k| block.results[*k]).collect();
            }
            push.handed_on(block, varying)
        })
    }

    /// Appends a statement with arms, with tangents for those of its results.
    fn hand_on(&mut self, stmt: &Stmt, varying: &[usize], op: Op) {
        let tangents = self.derived_each(varying.iter().map(|k| stmt.outs[*k]), stmt.span);
        let outs = stmt.outs.iter().copied().chain(tangents).collect();
        self.stmts.push(Stmt { outs, op, span: stmt.span });
    }

    pub(super) fn branch(&mut self, stmt: &Stmt, condition: Value, then: &Block, otherwise: &Block) {
        let varying = self.varying(&stmt.outs);
        let [then, otherwise] = [then, otherwise].map(|block| self.arm(block, &varying, |_| ()));
        self.hand_on(stmt, &varying, Op::If(condition, then, otherwise));
    }

    pub(super) fn scope(&mut self, stmt: &Stmt, block: &Block) {
        let varying = self.varying(&stmt.outs);
        let block = self.arm(block, &varying, |_| ());
        self.hand_on(stmt, &varying, Op::Scope(block));
    }

    pub(super) fn match_arms(&mut self, stmt: &Stmt, scrutinee: Value, arms: &[Arm]) {
        let varying = self.varying(&stmt.outs);
        let arms = arms.iter().map(|arm| {
            // In a sweep, what the pattern binds is what it has bound before, and so are the tangents.
            let is_sweep = self.sweep.is_some();
            let block = self.arm(&arm.block, &varying, |push| {
                if !is_sweep {
                    push.bindings(scrutinee, arm);
                }
            });
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
        let tangents = self.derived_each(varying.iter().map(|k| l.body.params[k + 1]), stmt.span);
        let mut body = self.nested(&l.body, |_| (), |push| push.handed_on(&l.body, &varying));
        // Whether the iteration is the last comes behind all that is carried.
        body.results[carried..].rotate_left(l.body.results.len() - carried);
        body.params.extend(&tangents);
        let condition = l.condition.clone().map(|mut condition| {
            condition.params.extend(tangents.iter().map(|tangent| self.values.copy_of(*tangent)));
            condition
        });
        let inits = l.inits.iter().copied().chain(inits).collect();
        let outs = self.derived_each(varying.iter().map(|k| stmt.outs[*k]), stmt.span);
        let count = stmt.outs[carried..].iter().copied();
        let outs = stmt.outs[..carried].iter().copied().chain(outs).chain(count).collect();
        self.stmts.push(Stmt {
            outs,
            op: Op::For(Box::new(For { condition, inits, body, checkpoints: None, ..l.clone() })),
            span: stmt.span,
        });
    }
}
