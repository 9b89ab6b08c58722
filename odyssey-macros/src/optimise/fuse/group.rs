//! Which roots share a pass, and in which order everything runs.

use std::collections::{BTreeMap, BTreeSet};

use super::operands::Leaves;
use super::{Fusion, Kernel, Kernels, Root};
use crate::ir::{Op, Value, ValueMap};

/// What a pass computes at most.
const OUTPUTS: usize = 8;

/// What a root reads.
struct Reads {
    leaves: Leaves,
    /// The kernels that these are made from.
    needs: Kernels,
}

impl Reads {
    fn of(leaves: Leaves, sources: &ValueMap<Kernels>) -> Reads {
        let mut needs = Kernels::default();
        leaves.all.iter().filter_map(|leaf| sources.get(&leaf)).for_each(|kernels| needs.unite(kernels));
        Reads { leaves, needs }
    }
}

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
        // Which kernels' results a value is made from, not through other kernels.
        let mut sources: ValueMap<Kernels> = ValueMap::default();
        // Those that the statements before this one wait for, which must run in turn.
        let mut turn = Kernels::default();
        for (i, stmt) in self.block.stmts.iter().enumerate() {
            if let Some(root) = self.root(i) {
                let out = root.value;
                let home = self.take(root, &sources);
                sources.insert(out, Kernels::from_iter([home]));
            } else if !(stmt.outs.len() == 1 && self.is_virtual(stmt.outs[0])) {
                let mut kernels = Kernels::default();
                stmt.reads(&mut |v| sources.get(&v).into_iter().for_each(|more| kernels.unite(more)));
                if stmt.op.keeps_its_turn() {
                    kernels.unite(&turn);
                    turn.clone_from(&kernels);
                }
                stmt.outs.iter().for_each(|out| {
                    sources.insert(*out, kernels.clone());
                });
            }
        }
    }

    /// The root that a statement defines, if it is one.
    fn root(&self, i: usize) -> Option<Root> {
        let stmt = &self.block.stmts[i];
        let [out] = stmt.outs[..] else { return None };
        let is_sum = matches!(stmt.op, Op::Sum(_)) && super::is_elementwise(self.values, &stmt.op);
        let is_virtual_root = self.is_virtual(out) && self.is_root(out);
        (is_sum || is_virtual_root).then(|| Root { value: out, stmt: i, space: self.space(out) })
    }

    /// Puts a root into a kernel, an old one or a new one; returns which.
    fn take(&mut self, root: Root, sources: &ValueMap<Kernels>) -> usize {
        let alone = Reads::of(self.leaves(&root, None), sources);
        for k in (0..self.kernels.len()).rev() {
            let kernel = &self.kernels[k];
            if kernel.roots.len() == OUTPUTS || kernel.space != root.space {
                continue;
            }
            let reads_this = kernel.roots.iter().any(|other| alone.leaves.inputs.contains(&other.value));
            let inside = reads_this.then(|| Reads::of(self.leaves(&root, Some(kernel)), sources));
            let Reads { leaves, needs } = inside.as_ref().unwrap_or(&alone);
            if !needs.iter().any(|other| self.reaches(other, k)) && self.has_room(k, &root, leaves) {
                self.kernels[k].leaves.unite(leaves);
                self.kernels[k].roots.push(root);
                self.add_needs(k, needs);
                return k;
            }
        }
        let k = self.kernels.len();
        let Reads { leaves, needs } = alone;
        self.kernels.push(Kernel { space: root.space.clone(), roots: vec![root], leaves, needs: Kernels::default() });
        self.add_needs(k, &needs);
        k
    }

    /// Kernel `k` still reads few enough operands if it computes this root as well.
    fn has_room(&self, k: usize, root: &Root, more: &Leaves) -> bool {
        let kernel = &self.kernels[k];
        let mut leaves = kernel.leaves.clone();
        leaves.unite(more);
        self.fits(&leaves, &kernel.space, |v| v == root.value || kernel.has(v))
    }

    /// Kernel `from` is, or needs, a result of kernel `k`.
    fn reaches(&self, from: usize, k: usize) -> bool {
        from == k || self.kernels[from].needs.contains(&k)
    }

    /// Kernel `k`, and all that need it, need these and all that they need.
    fn add_needs(&mut self, k: usize, needs: &Kernels) {
        let mut all = needs.clone();
        needs.iter().for_each(|other| all.unite(&self.kernels[other].needs));
        for (number, kernel) in self.kernels.iter_mut().enumerate() {
            if number == k || kernel.needs.contains(&k) {
                kernel.needs.unite(&all);
            }
        }
    }

    /// The steps of the rebuilt block, each after what it reads, otherwise in the order of the program.
    pub(super) fn schedule(&self) -> Vec<Step> {
        let places = self.places();
        let producer: ValueMap<Step> =
            places.iter().flat_map(|(step, place)| place.outs.iter().map(move |out| (*out, *step))).collect();
        let mut order: Vec<_> = places.keys().copied().collect();
        order.sort_by_key(|step| places[step].position);
        let (mut done, mut plan) = (BTreeSet::new(), Vec::new());
        for step in &order {
            place(*step, &places, &producer, &mut done, &mut plan);
        }
        debug_assert!(self.effects_in_order(&plan), "effects keep their order");
        plan
    }

    fn effects_in_order(&self, plan: &[Step]) -> bool {
        let effects: Vec<_> = plan
            .iter()
            .filter_map(|step| match step {
                Step::Stmt(i) if self.block.stmts[*i].op.keeps_its_turn() => Some(*i),
                _ => None,
            })
            .collect();
        effects.is_sorted()
    }

    fn places(&self) -> BTreeMap<Step, Place> {
        let mut places = BTreeMap::new();
        let in_kernels: BTreeSet<_> = self.kernels.iter().flat_map(|kernel| kernel.roots.iter().map(|root| root.stmt)).collect();
        let mut last = None;
        for (i, stmt) in self.block.stmts.iter().enumerate() {
            let is_virtual = stmt.outs.len() == 1 && self.is_virtual(stmt.outs[0]);
            if in_kernels.contains(&i) || is_virtual {
                continue;
            }
            let mut reads = Vec::new();
            stmt.reads(&mut |v| reads.push(v));
            let mut place = Place { position: i, outs: stmt.outs.clone(), reads, after: None };
            if stmt.op.keeps_its_turn() {
                place.after = last.replace(Step::Stmt(i));
            }
            places.insert(Step::Stmt(i), place);
        }
        for (k, kernel) in self.kernels.iter().enumerate() {
            let position = kernel.roots.iter().map(|root| root.stmt).min().expect("a kernel has a root");
            let outs = kernel.roots.iter().map(|root| root.value).collect();
            let place = Place { position, outs, reads: kernel.leaves.all.iter().collect(), after: None };
            places.insert(Step::Kernel(k), place);
        }
        places
    }
}

/// Where a step belongs.
struct Place {
    /// Its place in the program.
    position: usize,
    outs: Vec<Value>,
    reads: Vec<Value>,
    /// The step that it waits for, whatever it reads.
    after: Option<Step>,
}

/// Places a step after all that it reads.
fn place(step: Step, places: &BTreeMap<Step, Place>, producer: &ValueMap<Step>, done: &mut BTreeSet<Step>, plan: &mut Vec<Step>) {
    if !done.insert(step) {
        return;
    }
    let before = places[&step].reads.iter().filter_map(|read| producer.get(read)).chain(&places[&step].after);
    for before in before.filter(|before| **before != step) {
        place(*before, places, producer, done, plan);
    }
    plan.push(step);
}
