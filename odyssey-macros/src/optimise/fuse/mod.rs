//! Elementwise fusion: one kernel per maximal elementwise expression, with every reduction over the same iteration
//! space that can be computed in the same pass.
//!
//! Elementwise values over arrays are virtual: they exist as expressions inside of kernels, except for the *roots*,
//! which something else reads. A root is an elementwise value, a sum, or a `fit` (a cotangent summed to the shape of
//! an operand). Roots over the same space become outputs of one kernel unless one needs the other's finished result.
//!
//! Post-condition: no elementwise operation, `fit` or sum over arrays is left outside of a kernel.

mod build;
mod group;
mod operands;
mod pending;
mod split;

use self::operands::Leaves;
pub(super) use self::operands::OPERANDS;
use super::shapes::{Memo, Shape, Shapes};
use super::Definitions;
use crate::ir::{Block, DenseSet, Kind, Op, Stmt, Value, ValueMap, ValueSet, Values};

/// The forward pass, for a sweep that reads its values.
#[derive(Default)]
pub(crate) struct Foreign<'b> {
    pub(crate) definitions: Definitions<'b>,
    /// Values that a kernel of the sweep may compute once more: that costs no more than to read them, and nobody needs
    /// them in memory.
    again: ValueSet,
}

impl<'b> Foreign<'b> {
    pub(crate) fn of(values: &Values, forward: &'b Block) -> Foreign<'b> {
        let definitions = Definitions::of([forward]);
        let mut stored = ValueSet::default();
        find_stored(values, forward, &mut stored);
        let memo = Memo::default();
        let shapes = Shapes { values, definitions: &definitions, memo: &memo };
        let is_cheap = |value: Value, op: &Op| match op {
            Op::Elementwise(e, ..) => e.is_cheap() && is_elementwise(values, op),
            Op::Fit { .. } => !shapes.stands_for_a_sum(value),
            _ => false,
        };
        let again =
            definitions.own().filter(|(value, op)| is_cheap(*value, op) && !stored.contains(value)).map(|(value, _)| value);
        let again = again.collect();
        Foreign { definitions, again }
    }

    /// The same with what is around that forward pass.
    pub(crate) fn within(mut self, around: &'b Foreign<'b>) -> Foreign<'b> {
        self.again.unite(&around.again);
        Foreign { definitions: self.definitions.with(&around.definitions), again: self.again }
    }
}

/// The values that something other than an elementwise expression reads.
fn find_stored(values: &Values, block: &Block, stored: &mut ValueSet) {
    let mut insert = |v| {
        stored.insert(v);
    };
    block.end_reads(&mut insert);
    block.stmts.iter().filter(|stmt| !is_elementwise(values, &stmt.op)).for_each(|stmt| stmt.op.operands(&mut insert));
    block.stmts.iter().flat_map(|stmt| stmt.op.blocks()).for_each(|inner| find_stored(values, inner, stored));
}

/// Fuses a block and those inside it; `captured` are values of this block that are read from elsewhere.
pub(crate) fn fuse(values: &mut Values, block: &mut Block, foreign: &Foreign, captured: &ValueSet) {
    fuse_inside(values, block, foreign, captured);
    drop_identities(values, block, &foreign.definitions);
    let mut fusion = Fusion::new(values, block, foreign, captured);
    fusion.materialise_shared();
    let steps = fusion.schedule();
    let Fusion { kernels, virtuals, shapes, .. } = fusion;
    let definitions = Definitions::of([&*block]).with(&foreign.definitions);
    let rebuilt = build::rebuild(values, block, &build::Plan { definitions, virtuals, shapes, kernels, steps });
    *block = rebuilt;
}

/// Fuses what is inside of a block. What is done in each direction may compute once more what is cheap of what is around it, as a
/// sweep does.
pub(crate) fn fuse_inside(values: &mut Values, block: &mut Block, foreign: &Foreign, captured: &ValueSet) {
    let is_by_direction = |stmt: &Stmt| matches!(stmt.op, Op::Directions(_));
    if block.stmts.iter().any(is_by_direction) {
        let around = block.clone();
        let foreign = Foreign::of(values, &around).within(foreign);
        for stmt in block.stmts.iter_mut().filter(|stmt| is_by_direction(stmt)) {
            stmt.op.blocks_mut().into_iter().for_each(|inner| fuse(values, inner, &foreign, captured));
        }
    }
    for stmt in block.stmts.iter_mut().filter(|stmt| !is_by_direction(stmt)) {
        stmt.op.blocks_mut().into_iter().for_each(|inner| fuse(values, inner, foreign, captured));
    }
}

/// A root and what it comes to.
#[derive(Clone, Debug)]
struct Root {
    value: Value,
    /// The statement that defines it.
    stmt: usize,
    space: Shape,
}

/// Kernels, by their numbers.
type Kernels = DenseSet<usize>;

/// Roots that are computed in one pass.
#[derive(Clone, Debug)]
struct Kernel {
    space: Shape,
    roots: Vec<Root>,
    /// What it reads.
    leaves: Leaves,
    /// The kernels whose results these are made from, directly or through other kernels.
    needs: Kernels,
}

impl Kernel {
    fn has(&self, value: Value) -> bool {
        self.roots.iter().any(|root| root.value == value)
    }
}

struct Fusion<'a> {
    values: &'a Values,
    block: &'a Block,
    /// All definitions in sight.
    definitions: Definitions<'a>,
    /// The statement that defines a value of this block.
    position: ValueMap<usize>,
    /// Values of this block that something other than an elementwise expression reads.
    read_whole: ValueSet,
    /// Values that exist inside of kernels only, as far as their definitions go.
    virtuals: ValueSet,
    /// Virtual values that are given a place in memory after all.
    materialised: ValueSet,
    kernels: Vec<Kernel>,
    shapes: Memo,
}

impl<'a> Fusion<'a> {
    fn new(values: &'a Values, block: &'a Block, foreign: &'a Foreign<'a>, captured: &ValueSet) -> Fusion<'a> {
        let definitions = Definitions::of([block]).with(&foreign.definitions);
        let position = block.stmts.iter().enumerate().flat_map(|(i, stmt)| stmt.outs.iter().map(move |out| (*out, i))).collect();
        let mut fusion = Fusion {
            values,
            block,
            definitions,
            position,
            read_whole: captured.clone(),
            virtuals: foreign.again.clone(),
            materialised: ValueSet::default(),
            kernels: Vec::new(),
            shapes: Memo::default(),
        };
        fusion.find_whole_reads();
        fusion.find_virtuals();
        fusion
    }

    fn find_whole_reads(&mut self) {
        let mut whole = ValueSet::default();
        self.block.end_reads(&mut |v| {
            whole.insert(v);
        });
        // An in-place sum is elementwise if that spares a pass over memory: decided from the end, where its readers are.
        for stmt in self.block.stmts.iter().rev() {
            if !is_elementwise(self.values, &stmt.op) || self.is_plain_sum(stmt, &whole) {
                stmt.reads(&mut |v| {
                    whole.insert(v);
                });
            }
        }
        self.read_whole.unite(&whole);
    }

    /// An accumulation onto a finished tangent that somebody needs finished: done in place, outside of kernels.
    fn is_plain_sum(&self, stmt: &Stmt, whole: &ValueSet) -> bool {
        let Op::Accumulate(a, _) = &stmt.op else { return false };
        let is_finished = |v: &Value| self.definitions.get(v).is_none_or(|op| !is_elementwise(self.values, op));
        whole.contains(&stmt.outs[0]) && is_finished(a)
    }

    fn find_virtuals(&mut self) {
        for stmt in &self.block.stmts {
            let ([out], true) = (&stmt.outs[..], is_elementwise(self.values, &stmt.op)) else { continue };
            if !matches!(stmt.op, Op::Sum(_)) && !self.is_plain_sum(stmt, &self.read_whole) {
                self.virtuals.insert(*out);
            }
        }
    }

    /// Exists inside of kernels only, as far as its definition goes.
    fn is_virtual(&self, value: Value) -> bool {
        self.virtuals.contains(&value)
    }

    fn is_local(&self, value: Value) -> bool {
        self.position.contains_key(&value)
    }

    fn shapes(&self) -> Shapes<'_> {
        Shapes { values: self.values, definitions: &self.definitions, memo: &self.shapes }
    }

    /// Groups roots, and gives a place in memory to what several kernels would compute at a cost.
    fn materialise_shared(&mut self) {
        loop {
            self.settle_pending();
            self.group();
            let (mut once, mut twice) = (ValueSet::default(), ValueSet::default());
            for kernel in &self.kernels {
                for value in self.expression(kernel).iter() {
                    if !once.insert(value) {
                        twice.insert(value);
                    }
                }
            }
            let mut shared: Vec<_> = twice.iter().filter(|v| self.is_expensive(*v)).collect();
            shared.extend(self.kernels.iter().flat_map(|kernel| &kernel.roots).filter_map(|root| self.shape_giver(root)));
            // What is in memory already makes others smaller.
            if shared.is_empty() {
                shared.extend(self.oversized().iter());
            }
            if shared.is_empty() {
                return;
            }
            for value in shared {
                if self.is_local(value) {
                    self.materialised.insert(value);
                } else {
                    // A value of the forward pass: read, not computed again.
                    self.virtuals.remove(&value);
                }
            }
        }
    }

    /// The virtual operand to whose shape a root is summed: it must be there to say what its type is.
    fn shape_giver(&self, root: &Root) -> Option<Value> {
        let Some(Op::Fit { like, .. }) = self.definitions.get(&root.value) else { return None };
        let is_missing = self.is_local(*like) && self.is_virtual(*like) && !self.is_root(*like);
        (is_missing && self.shapes().of(*like) != root.space).then_some(*like)
    }

    fn is_expensive(&self, value: Value) -> bool {
        self.is_local(value)
            && !self.materialised.contains(&value)
            && matches!(self.definitions.get(&value), Some(Op::Elementwise(e, ..)) if !e.is_cheap())
    }

    /// Is read from memory by this kernel: it is not virtual, or another kernel computes it.
    fn is_leaf(&self, value: Value, kernel: Option<&Kernel>) -> bool {
        let is_computed_here = kernel.is_some_and(|kernel| kernel.has(value)) && !self.reduces(value);
        !self.is_virtual(value) || self.is_root(value) && !is_computed_here
    }

    /// Is finished only when its kernel is: what an element contributes to it is not its value.
    fn reduces(&self, value: Value) -> bool {
        match &self.definitions[&value] {
            Op::Fit { like, .. } => self.space(value) != self.shapes().of(*like),
            op => matches!(op, Op::Sum(_)),
        }
    }

    fn is_root(&self, value: Value) -> bool {
        self.is_local(value) && (self.read_whole.contains(&value) || self.materialised.contains(&value))
    }

    /// The virtual values that a kernel computes.
    fn expression(&self, kernel: &Kernel) -> ValueSet {
        let (mut inside, mut leaves) = (ValueSet::default(), ValueSet::default());
        for root in &kernel.roots {
            self.walk(root.value, true, Some(kernel), &mut inside, &mut leaves);
        }
        inside
    }

    /// The values that a root reads where it is computed by this kernel.
    fn leaves(&self, root: &Root, kernel: Option<&Kernel>) -> Leaves {
        let inputs = self.inputs(root.value, kernel);
        let mut all = inputs.clone();
        if let Some(Op::Fit { like, .. }) = self.definitions.get(&root.value) {
            all.insert(*like);
        }
        all.extend(self.space_giver(root));
        all.extend(root.space.iter());
        Leaves { inputs, all }
    }

    /// The values that the elements of a value are made from, where it is computed by this kernel.
    fn inputs(&self, value: Value, kernel: Option<&Kernel>) -> ValueSet {
        let (mut inside, mut leaves) = (ValueSet::default(), ValueSet::default());
        self.walk(value, true, kernel, &mut inside, &mut leaves);
        leaves
    }

    fn walk(&self, value: Value, is_top: bool, kernel: Option<&Kernel>, inside: &mut ValueSet, leaves: &mut ValueSet) {
        if !is_top && self.is_leaf(value, kernel) {
            leaves.insert(value);
            return;
        }
        if !inside.insert(value) {
            return;
        }
        match &self.definitions[&value] {
            Op::Fit { value: inner, .. } | Op::Sum(inner) => self.walk(*inner, false, kernel, inside, leaves),
            op => op.operands(&mut |v| self.walk(v, false, kernel, inside, leaves)),
        }
    }
}

/// Works element by element on something that may be an array.
fn is_elementwise(values: &Values, op: &Op) -> bool {
    let may_be_array = |v: &Value| !values[*v].kind.peel().is_scalar();
    match op {
        Op::Elementwise(_, operands, _) => operands.iter().any(may_be_array),
        Op::Fit { .. } => true,
        Op::Sum(x) => may_be_array(x),
        Op::Accumulate(a, _) => matches!(values[*a].kind.peel(), Kind::Array(_) | Kind::Tensor),
        _ => false,
    }
}

/// Drops the fits of a forward pass that change nothing, also where the sweep reads them: tangents have such.
pub(crate) fn drop_identities_of_both(values: &mut Values, forward: &mut Block, sweep: &mut Block) {
    for inner in forward.stmts.iter_mut().flat_map(|stmt| stmt.op.blocks_mut()) {
        drop_identities_of_both(values, inner, sweep);
    }
    let same = drop_identities(values, forward, &Definitions::default());
    if same.len() > 0 {
        sweep.map_reads(&mut |v| same.resolve(v));
    }
}

/// A cotangent that has the shape of its operand already needs no fitting; what stands for each of those that went.
fn drop_identities(values: &mut Values, block: &mut Block, foreign: &Definitions) -> ValueMap<Value> {
    let mut same: ValueMap<Value> = ValueMap::default();
    if !block.stmts.iter().any(|stmt| matches!(stmt.op, Op::Fit { .. })) {
        return same;
    }
    let definitions = Definitions::of([&*block]).with(foreign);
    let memo = Memo::default();
    let shapes = Shapes { values, definitions: &definitions, memo: &memo };
    for stmt in &block.stmts {
        if let Op::Fit { value, over, like } = &stmt.op {
            let shape = shapes.of(*like);
            // What rustc infers for `Unknown` may be a struct: there, only the adjoint itself has its shape.
            if shape == shapes.of(*over) && shape == shapes.of(*value) && !shapes.stands_for_a_sum(*value) {
                same.insert(stmt.outs[0], *value);
            }
        }
    }
    let resolve = |mut v: Value| {
        while let Some(next) = same.get(&v) {
            v = *next;
        }
        v
    };
    for gone in block.stmts.iter().flat_map(|stmt| &stmt.outs).filter(|out| same.contains_key(out)) {
        let (value, name) = (resolve(*gone), values[*gone].name.clone());
        if values[value].name.is_none() {
            values[value].name = name;
        }
    }
    block.stmts.retain(|stmt| stmt.outs.first().is_none_or(|out| !same.contains_key(out)));
    block.map_reads(&mut { resolve });
    let gone: Vec<_> = same.iter().map(|(gone, _)| gone).collect();
    gone.into_iter().map(|gone| (gone, resolve(gone))).collect()
}
