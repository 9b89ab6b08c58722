//! What a pass reads: few enough operands for the runtime, and the iteration space from as few of them as will do.

use super::Fusion;
use crate::ir::{Op, Value, ValueSet};
use crate::optimise::shapes::Shape;

/// What a pass takes at most: the runtime's operands come in tuples of up to twelve.
pub(in crate::optimise) const OPERANDS: usize = 12;

/// What a kernel reads from memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Leaves {
    /// Element by element.
    pub(super) inputs: ValueSet,
    /// All of them, with those that are only asked for their shapes.
    pub(super) all: ValueSet,
}

impl Leaves {
    pub(super) fn unite(&mut self, other: &Leaves) {
        self.inputs.unite(&other.inputs);
        self.all.unite(&other.all);
    }
}

/// The fewest of these values, each with its shape, that give an iteration space what it has beyond what is `covered`.
pub(super) fn cover(space: &Shape, covered: &Shape, candidates: &[(Value, Shape)]) -> Vec<Value> {
    let mut missing: Vec<_> = space.iter().filter(|base| !covered.contains(*base)).collect();
    let mut cover = Vec::new();
    while !missing.is_empty() {
        let gain = |shape: &Shape| missing.iter().filter(|base| shape.contains(**base)).count();
        let usable = candidates.iter().filter(|(_, shape)| shape.is_subset(space));
        // Of equals the earliest value; every base of the space is a candidate itself.
        let best =
            usable.map(|(value, shape)| (gain(shape), std::cmp::Reverse(*value), shape)).max_by_key(|best| (best.0, best.1));
        let Some((gain, std::cmp::Reverse(value), shape)) = best else { break };
        if gain == 0 {
            break;
        }
        missing.retain(|base| !shape.contains(*base));
        cover.push(value);
    }
    cover.sort_unstable();
    cover
}

impl Fusion<'_> {
    /// A pass that computes some values from these takes no more operands than there may be.
    pub(super) fn fits(&self, leaves: &Leaves, space: &Shape, computes: impl Fn(Value) -> bool) -> bool {
        // Most are far from the bound.
        leaves.inputs.len() + space.len() <= OPERANDS || self.operand_count(leaves, space, computes) <= OPERANDS
    }

    fn operand_count(&self, leaves: &Leaves, space: &Shape, computes: impl Fn(Value) -> bool) -> usize {
        let inputs = leaves.inputs.iter().filter(|v| !self.is_constant(*v));
        let (mut count, mut covered) = (0, Shape::scalar());
        for input in inputs {
            count += 1;
            covered = covered.join(&self.shapes().of(input));
        }
        let candidates = leaves.all.iter().filter(|v| (!self.is_virtual(*v) || self.is_root(*v)) && !computes(*v));
        let candidates: Vec<_> = candidates.map(|v| (v, self.shapes().of(v))).collect();
        count + cover(space, &covered, &candidates).len()
    }

    /// A number that a kernel writes into its body.
    pub(super) fn is_constant(&self, value: Value) -> bool {
        matches!(self.definitions.get(&value), Some(Op::Literal(_)))
    }
}
