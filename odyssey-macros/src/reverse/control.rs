//! The reverse of control flow: the same branch, and the loop from its end.

use std::collections::HashMap;

use proc_macro2::Span;

use super::Sweep;
use crate::ir::{Arm, Block, For, Info, Op, Parts, Stmt, Value, ValueMap, ValueSet};

impl Sweep<'_> {
    /// The values from outside of these blocks to whose adjoints the blocks may contribute.
    pub(super) fn captured(&self, blocks: &[&Block]) -> Vec<Value> {
        let (mut inside, mut read) = (ValueSet::default(), ValueSet::default());
        for block in blocks {
            block.definitions(&mut |v| {
                inside.insert(v);
            });
            self.contributes_to(block, &mut |v| {
                read.insert(v);
            });
        }
        read.iter().filter(|v| !inside.contains(v) && self.varies(*v)).collect()
    }

    /// Calls `f` with everything to whose adjoint the mirror image of the block may add.
    fn contributes_to(&self, block: &Block, f: &mut impl FnMut(Value)) {
        for stmt in &block.stmts {
            match &stmt.op {
                // The adjoint of a part is added where it belongs in the whole.
                Op::Index(..) | Op::View(..) => f(self.place_of(stmt.outs[0]).0),
                Op::For(l) => l.inits.iter().for_each(|v| f(*v)),
                Op::Match(scrutinee, _) => f(*scrutinee),
                Op::Effect(_, targets) => targets.iter().for_each(|v| f(*v)),
                op => op.differentiable_operands(f),
            }
            stmt.op.blocks().into_iter().for_each(|inner| self.contributes_to(inner, f));
        }
        block.results.iter().for_each(|v| f(*v));
    }

    /// Runs `sweep` on a block of its own, where the adjoints in `start` have their values already.
    fn nested(&mut self, id: u32, start: ValueMap<Parts>, sweep: impl FnOnce(&mut Self) -> Vec<Value>) -> Block {
        let stmts = std::mem::take(&mut self.stmts);
        let adjoints = std::mem::replace(&mut self.adjoints, start);
        let results = sweep(self);
        self.adjoints = adjoints;
        let stmts = std::mem::replace(&mut self.stmts, stmts);
        Block { id, stmts, results, ..Block::default() }
    }

    pub(super) fn branch(&mut self, stmt: &Stmt, condition: Value, then: &Block, otherwise: &Block) {
        let cotangents: Vec<_> = stmt.outs.iter().map(|out| self.take(*out)).collect();
        if cotangents.iter().all(Option::is_none) {
            return;
        }
        let captured = self.captured(&[then, otherwise]);
        let before: Vec<_> = captured.iter().map(|v| self.take(*v)).collect();
        let arms = [then, otherwise].map(|block| self.arm(block, &captured, &before, &cotangents, |_| ()));
        let [then, otherwise] = arms;
        self.arms(Op::If(condition, then, otherwise), captured, stmt.span);
    }

    /// Adds the adjoints of what a pattern has bound to that of what was matched.
    fn unmatch(&mut self, scrutinee: Value, arm: &Arm, span: Span) {
        if !self.varies(scrutinee) {
            return;
        }
        let mut parts = Vec::new();
        for (name, binding) in arm.bindings() {
            if let Some(d) = self.take(binding) {
                parts.push((name.clone(), [binding, d]));
            }
        }
        let whole = match (&arm.pattern, &parts[..]) {
            (_, []) => return,
            (syn::Pat::Ident(p), [(_, [_, d])]) if p.subpat.is_none() => *d,
            (pattern, _) => {
                let kind = self.tangent_kind(scrutinee);
                self.emit(Op::Unmatch { scrutinee, pattern: pattern.clone(), parts }, kind, scrutinee, span)
            }
        };
        self.contribute(scrutinee, whole);
    }

    /// The mirror image of an arm: its results are the adjoints of what the arms read.
    pub(super) fn arm(
        &mut self,
        block: &Block,
        captured: &[Value],
        before: &[Option<Value>],
        cotangents: &[Option<Value>],
        end: impl FnOnce(&mut Self),
    ) -> Block {
        let start = whole(captured.iter().copied().zip(before.iter().copied()));
        let mut mirror = self.nested(block.id, start, |sweep| {
            if !block.diverges {
                for (result, cotangent) in block.results.iter().zip(cotangents) {
                    if let Some(cotangent) = cotangent {
                        sweep.contribute(*result, *cotangent);
                    }
                }
                sweep.block(block);
                end(sweep);
            }
            captured.iter().map(|v| sweep.take_or_zero(*v)).collect()
        });
        mirror.params = block.params.iter().map(|param| self.values.copy_of(*param)).collect();
        mirror
    }

    pub(super) fn arms(&mut self, op: Op, captured: Vec<Value>, span: Span) {
        let outs: Vec<_> = captured.iter().map(|v| self.adjoint_value(*v, span)).collect();
        self.stmts.push(Stmt { outs: outs.clone(), op, span });
        self.adjoints.extend(whole(captured.into_iter().zip(outs.into_iter().map(Some))));
    }

    /// The same match again. What its patterns bind of an active value is put together to the adjoint of that.
    pub(super) fn match_arms(&mut self, stmt: &Stmt, scrutinee: Value, arms: &[Arm]) {
        let cotangents: Vec<_> = stmt.outs.iter().map(|out| self.take(*out)).collect();
        if cotangents.iter().all(Option::is_none) {
            return;
        }
        let blocks: Vec<_> = arms.iter().map(|arm| &arm.block).collect();
        let mut captured = self.captured(&blocks);
        if self.varies(scrutinee) && !captured.contains(&scrutinee) {
            captured.push(scrutinee);
        }
        let before: Vec<_> = captured.iter().map(|v| self.take(*v)).collect();
        let mirrors: Vec<_> = arms
            .iter()
            .map(|arm| {
                let unmatch = |sweep: &mut Self| sweep.unmatch(scrutinee, arm, stmt.span);
                let block = self.arm(&arm.block, &captured, &before, &cotangents, unmatch);
                let mut mirror = Arm { block, ..arm.clone() };
                // The pattern binds its names anew.
                let anew: HashMap<_, _> = arm.block.params.iter().zip(&mirror.block.params).map(|(a, b)| (*a, *b)).collect();
                let inputs = mirror.guard.iter_mut().flat_map(|guard| &mut guard.inputs);
                inputs.for_each(|(_, v)| *v = anew.get(v).copied().unwrap_or(*v));
                mirror
            })
            .collect();
        self.arms(Op::Match(scrutinee, mirrors), captured, stmt.span);
    }

    pub(super) fn for_loop(&mut self, stmt: &Stmt, l: &For) {
        let carried: Vec<_> = (0..l.inits.len()).filter(|k| self.varies(stmt.outs[*k])).collect();
        if carried.iter().all(|k| !self.adjoints.contains_key(&stmt.outs[*k])) {
            return;
        }
        // A loop that ends by itself counts its iterations; its mirror image runs as often.
        let times = l.is_counted.then(|| stmt.outs[l.inits.len()]);
        let captured = self.captured(&[&l.body]);
        let mut inits: Vec<_> = carried
            .iter()
            .map(|k| {
                let adjoint = self.take(stmt.outs[*k]);
                adjoint.unwrap_or_else(|| self.zero(stmt.outs[*k]))
            })
            .collect();
        inits.extend(captured.iter().map(|v| self.take_or_zero(*v)).collect::<Vec<_>>());
        let index = self.values.copy_of(l.body.params[0]);
        let params: Vec<_> = carried.iter().map(|k| l.body.params[k + 1]).chain(captured.iter().copied()).collect();
        let first = self.values.len();
        let params: Vec<_> = params.into_iter().map(|v| self.adjoint_value(v, stmt.span)).collect();
        let (d_carried, accumulated) = params.split_at(carried.len());
        let start = whole(captured.iter().copied().zip(accumulated.iter().copied().map(Some)));
        let mut body = self.nested(l.body.id, start, |sweep| {
            let states = sweep.advanced(l, stmt.span);
            for (k, d) in carried.iter().zip(d_carried) {
                sweep.contribute(l.body.results[*k], *d);
            }
            sweep.block(&l.body);
            let d_params: Vec<_> = carried.iter().map(|k| sweep.take_or_zero(l.body.params[k + 1])).collect();
            let results = d_params.into_iter().chain(captured.iter().map(|v| sweep.take_or_zero(*v)).collect::<Vec<_>>());
            let results = results.collect();
            sweep.take_places(&states, first);
            results
        });
        body.params = std::iter::once(index).chain(params.iter().copied()).collect();
        let outs: Vec<_> = params.iter().map(|v| self.values.copy_of(*v)).collect();
        let (d_inits, accumulated) = outs.split_at(carried.len());
        let (range, reversed) = (l.range, !l.reversed);
        let op = For { range, reversed, times, condition: None, inits, body, stops: false, is_counted: false, checkpoints: None };
        self.adjoints.extend(whole(captured.into_iter().zip(accumulated.iter().copied().map(Some))));
        self.stmts.push(Stmt { outs: outs.clone(), op: Op::For(Box::new(op)), span: stmt.span });
        for (k, d) in carried.iter().zip(d_inits) {
            self.contribute(l.inits[*k], *d);
        }
    }

    /// A value that will hold the adjoint of `of`, or what has arrived of it.
    fn adjoint_value(&mut self, of: Value, span: Span) -> Value {
        let Info { wanted, .. } = self.values[of].clone();
        let kind = self.tangent_kind(of);
        let value = self.values.add(Info { wanted, ..Info::unnamed(kind, span) });
        self.mark_adjoint(value, of);
        value
    }
}

fn whole(adjoints: impl Iterator<Item = (Value, Option<Value>)>) -> ValueMap<Parts> {
    let present = adjoints.filter(|(_, adjoint)| adjoint.is_some());
    present.map(|(v, whole)| (v, Parts { whole, fields: std::collections::BTreeMap::new() })).collect()
}
