//! Which roots share a pass, and in which order everything runs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Fusion, Kernel, Root};
use crate::ir::{Op, Value};

/// A step of the rebuilt block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub(super) enum Step {
    /// A statement that is not elementwise.
    Stmt(usize),
    Kernel(usize),
}

impl Fusion<'_> {
    /// Groups the roots, in program order, each with the latest kernel over its space that can take it.
    pub(super) fn group(&mut self) {
        self.kernels.clear();
        for (i, stmt) in self.block.stmts.iter().enumerate() {
            let [out] = stmt.outs[..] else { continue };
            let is_sum = matches!(stmt.op, Op::Sum(_)) && super::is_elementwise(self.values, &stmt.op);
            let is_virtual_root = self.is_virtual(out) && self.is_root(out);
            if !is_sum && !is_virtual_root {
                continue;
            }
            let root = Root { value: out, stmt: i, space: self.space(out) };
            let home = (0..self.kernels.len()).rev().find(|k| self.accepts(*k, &root));
            match home {
                Some(k) => self.kernels[k].roots.push(root),
                None => self.kernels.push(Kernel { space: root.space.clone(), roots: vec![root] }),
            }
        }
    }

    fn accepts(&self, k: usize, root: &Root) -> bool {
        const OUTPUTS: usize = 8;
        const OPERANDS: usize = 12;
        let kernel = &self.kernels[k];
        if kernel.space != root.space || kernel.roots.len() >= OUTPUTS {
            return false;
        }
        let mut joined = kernel.clone();
        joined.roots.push(root.clone());
        let leaves = self.leaves(&joined);
        // Read as leaves, the kernel's own results would have to be finished first.
        leaves.len() <= OPERANDS && !leaves.iter().any(|leaf| self.reaches(*leaf, k, &mut HashSet::new()))
    }

    /// Computing `value` takes a result of kernel `k`.
    fn reaches(&self, value: Value, k: usize, seen: &mut HashSet<Value>) -> bool {
        if !seen.insert(value) {
            return false;
        }
        if self.kernels[k].has(value) {
            return true;
        }
        if let Some(owner) = self.kernels.iter().find(|kernel| kernel.has(value)) {
            return self.leaves(owner).into_iter().any(|leaf| self.reaches(leaf, k, seen));
        }
        let Some(&i) = self.position.get(&value) else { return false };
        let mut reads = Vec::new();
        self.block.stmts[i].reads(&mut |v| reads.push(v));
        reads.into_iter().any(|v| self.reaches(v, k, seen))
    }

    /// The steps of the rebuilt block, each after what it reads, otherwise in the order of the program.
    pub(super) fn schedule(&self) -> Vec<Step> {
        let steps = self.steps();
        let producer: HashMap<Value, Step> =
            steps.iter().flat_map(|(step, (_, outs, _))| outs.iter().map(move |out| (*out, *step))).collect();
        let mut order: Vec<_> = steps.keys().copied().collect();
        order.sort_by_key(|step| steps[step].0);
        let (mut done, mut plan) = (BTreeSet::new(), Vec::new());
        let mut last_effect = None;
        for step in &order {
            place(*step, &steps, &producer, &mut done, &mut plan);
            if let Step::Stmt(i) = step {
                if !self.block.stmts[*i].op.is_pure() {
                    last_effect = Some(*i);
                }
            }
        }
        debug_assert!(last_effect.is_none_or(|_| self.effects_in_order(&plan)), "effects keep their order");
        plan
    }

    fn effects_in_order(&self, plan: &[Step]) -> bool {
        let effects: Vec<_> = plan
            .iter()
            .filter_map(|step| match step {
                Step::Stmt(i) if !self.block.stmts[*i].op.is_pure() => Some(*i),
                _ => None,
            })
            .collect();
        effects.is_sorted()
    }

    /// For each step its place in the program, its results and what it reads.
    fn steps(&self) -> BTreeMap<Step, (usize, Vec<Value>, Vec<Value>)> {
        let mut steps = BTreeMap::new();
        let in_kernels: HashSet<_> = self.kernels.iter().flat_map(|kernel| kernel.roots.iter().map(|root| root.stmt)).collect();
        let mut last_effect: Option<Value> = None;
        for (i, stmt) in self.block.stmts.iter().enumerate() {
            let is_virtual = stmt.outs.len() == 1 && self.is_virtual(stmt.outs[0]);
            if in_kernels.contains(&i) || is_virtual {
                continue;
            }
            let mut reads = Vec::new();
            stmt.reads(&mut |v| reads.push(v));
            if !stmt.op.is_pure() {
                // Effects stay in order: each one waits for the one before.
                reads.extend(last_effect);
                last_effect = stmt.outs.first().copied().or(last_effect);
            }
            steps.insert(Step::Stmt(i), (i, stmt.outs.clone(), reads));
        }
        for (k, kernel) in self.kernels.iter().enumerate() {
            let first = kernel.roots.iter().map(|root| root.stmt).min().expect("a kernel has a root");
            let outs = kernel.roots.iter().map(|root| root.value).collect();
            steps.insert(Step::Kernel(k), (first, outs, self.leaves(kernel).into_iter().collect()));
        }
        steps
    }
}

/// Places a step after all that it reads.
fn place(
    step: Step,
    steps: &BTreeMap<Step, (usize, Vec<Value>, Vec<Value>)>,
    producer: &HashMap<Value, Step>,
    done: &mut BTreeSet<Step>,
    plan: &mut Vec<Step>,
) {
    if !done.insert(step) {
        return;
    }
    for read in &steps[&step].2 {
        if let Some(before) = producer.get(read).filter(|before| **before != step) {
            place(*before, steps, producer, done, plan);
        }
    }
    plan.push(step);
}
