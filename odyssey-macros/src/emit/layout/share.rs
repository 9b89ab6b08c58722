//! Which values live in one variable: what is overwritten with what takes its place, and what loops and branches hand on.

use super::{Layout, Places};
use crate::ir::{Block, Directions, For, Op, Stmt, Value};

impl Layout {
    pub(super) fn share_variables(&mut self, block: &Block, places: &Places) {
        for (stmt, (at, inner)) in block.stmts.iter().zip(&places.stmts) {
            for (base, out) in stmt.overwrites() {
                let is_last =
                    self.is_last_use(base, *at) || self.reads_before_it_writes(&stmt.op) && self.is_last_read(base, *at);
                let is_last = is_last || self.is_behind_argument(base);
                if !self.inline.contains(&base) && self.is_local(base) && is_last {
                    self.share(out, base);
                }
                self.mutable.insert(self.variable(out));
            }
            match &stmt.op {
                Op::If(..) | Op::Match(..) | Op::Scope(_) => {
                    let arms = stmt.op.blocks();
                    arms.iter().zip(inner).for_each(|(arm, places)| self.share_variables(arm, places));
                    self.settle(stmt, &arms, *at);
                }
                Op::Offer(slots, _) | Op::Restore(slots, _) => {
                    self.mutable.insert(self.variable(*slots));
                }
                Op::Directions(each) => self.share_in_directions(each, stmt, *at, &inner[0]),
                Op::For(l) => self.share_in_loop(l, stmt, *at, inner),
                _ => {}
            }
        }
    }

    /// A variable that every arm leaves its result in needs no assignment.
    fn settle(&mut self, stmt: &Stmt, arms: &[&Block], at: usize) {
        for (k, out) in stmt.outs.iter().enumerate() {
            let results: Vec<_> = arms.iter().filter(|arm| !arm.diverges).map(|arm| arm.results[k]).collect();
            let Some(first) = results.first() else { continue };
            let root = self.variable(*first);
            let is_common = results.iter().all(|v| !self.inline.contains(v) && self.variable(*v) == root);
            let is_around = self.defined.get(&root).is_some_and(|site| site.at <= at) && self.mutable.contains(&root);
            let is_only = arms.len() == 1 && root != *first;
            let is_changed = results.len() < arms.len() || results.iter().any(|v| v != first) || is_only;
            if is_common && is_around && is_changed {
                self.share(*out, root);
                self.settled.insert(*out);
            }
        }
    }

    /// What is changed by a block that runs several times lives in one variable: that of its first value, where nobody reads that
    /// again.
    fn share_carried(&mut self, inits: &[Value], params: &[Value], outs: &[Value], at: usize) {
        for (init, (param, out)) in inits.iter().zip(params.iter().zip(outs)) {
            if !self.inline.contains(init)
                && self.is_local(*init)
                // The range may read it as well: it is made before the first iteration.
                && inits.iter().filter(|other| *other == init).count() == 1
                && self.is_last_read(*init, at)
                && self.variable(*init) != self.variable(*param)
            {
                self.share(*param, *init);
            }
            self.mutable.insert(self.variable(*param));
            self.share(*out, *param);
        }
    }

    fn share_in_loop(&mut self, l: &For, stmt: &Stmt, at: usize, places: &[Places]) {
        self.share_carried(&l.inits, &l.body.params[1..], &stmt.outs, at);
        if let Some(condition) = &l.condition {
            for (tested, param) in condition.params.iter().zip(&l.body.params[1..]) {
                self.variable.insert(*tested, self.variable(*param));
            }
            self.share_variables(condition, &places[0]);
        }
        self.share_variables(&l.body, places.last().expect("the body's places"));
        for (k, result) in l.body.results[..l.inits.len()].iter().enumerate() {
            let param = l.body.params[k + 1];
            let is_own = l.body.stmts.iter().any(|s| {
                s.outs.first() == Some(result)
                    && s.outs.len() == 1
                    && s.op.blocks().is_empty()
                    && s.overwrites().is_empty()
                    && !matches!(
                        s.op,
                        Op::Kernel(_)
                            | Op::Pullback { .. }
                            | Op::Linearize(_)
                            | Op::LinearizeAlong(..)
                            | Op::Pushforward(..)
                            | Op::Common(_)
                            | Op::Assemble(..)
                            | Op::Unmatch { .. }
                            | Op::Effect(..)
                    )
            });
            let is_free = !self.inline.contains(result) && !self.variable.contains_key(result) && !self.mutable.contains(result);
            let defined = self.defined[result].at;
            let param_is_done = self.uses.get(&param).into_iter().flatten().all(|site| site.at <= defined);
            let is_handed_on_once = l.body.results.iter().filter(|other| *other == result).count() == 1;
            if is_own && is_free && param_is_done && is_handed_on_once {
                self.share(*result, param);
            }
        }
    }

    fn share_in_directions(&mut self, each: &Directions, stmt: &Stmt, at: usize, places: &Places) {
        let left = &stmt.outs[stmt.outs.len() - each.changed.len()..];
        self.share_carried(&each.changed, &each.block.params[1..], left, at);
        self.share_variables(&each.block, places);
    }

    fn share(&mut self, value: Value, with: Value) {
        let root = self.variable(with);
        self.mutable.insert(root);
        self.variable.insert(value, root);
    }
}
