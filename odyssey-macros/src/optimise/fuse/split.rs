//! Passes that would read too much: which of their parts become passes of their own.

use super::operands::OPERANDS;
use super::{Fusion, Kernel};
use crate::ir::{Op, Value, ValueMap, ValueSet};

impl Fusion<'_> {
    /// The values that are to be computed in passes of their own, so that no kernel has too many operands.
    pub(super) fn oversized(&self) -> ValueSet {
        let mut parts = ValueSet::default();
        for kernel in self.kernels.iter().filter(|kernel| !self.fits(&kernel.leaves, &kernel.space, |v| kernel.has(v))) {
            let mut split = Split { fusion: self, kernel, parts, known: ValueMap::default() };
            split.split();
            parts = split.parts;
        }
        parts
    }
}

/// A kernel that is being taken apart.
struct Split<'a> {
    fusion: &'a Fusion<'a>,
    kernel: &'a Kernel,
    /// Read from memory by the rest of it; other kernels' parts serve as well.
    parts: ValueSet,
    known: ValueMap<Below>,
}

/// What there is below a value.
#[derive(Clone, Default)]
struct Below {
    /// The operands that it is made from.
    inputs: ValueSet,
    /// The largest part that may be a pass of its own, the value itself included, after the number of its operands.
    part: Option<(usize, Value)>,
    /// It stands for a sum that is put off.
    is_pending: bool,
}

impl Split<'_> {
    /// From the operands up, whatever would read too much is made from its largest part.
    fn split(&mut self) {
        let mut below = Below::default();
        for root in &self.kernel.roots {
            let root = self.fitting(root.value);
            below.inputs.unite(&root.inputs);
            below.part = below.part.max(root.part);
        }
        if below.inputs.iter().any(|input| self.parts.contains(&input)) {
            return;
        }
        // Few inputs, and more operands for the iteration space.
        let givers = self.kernel.roots.iter().filter_map(|root| self.fusion.space_giver(root));
        let mut missing = givers.filter(|giver| !self.fusion.is_leaf(*giver, Some(self.kernel))).peekable();
        match missing.peek() {
            Some(_) => self.parts.extend(missing),
            None => self.parts.extend(below.part.map(|(_, part)| part)),
        }
    }

    /// What is below a root once enough parts are taken out.
    fn fitting(&mut self, root: Value) -> Below {
        loop {
            match self.compute(root) {
                Ok(below) => return below,
                Err(part) => {
                    self.parts.insert(part);
                    self.known = ValueMap::default();
                }
            }
        }
    }

    /// What is below a value where it is read.
    fn read(&mut self, value: Value) -> Result<Below, Value> {
        if self.fusion.is_leaf(value, Some(self.kernel)) || self.parts.contains(&value) {
            let is_read = !self.fusion.is_constant(value);
            return Ok(Below { inputs: is_read.then_some(value).into_iter().collect(), ..Below::default() });
        }
        if let Some(known) = self.known.get(&value) {
            return Ok(known.clone());
        }
        let mut below = self.compute(value)?;
        let size = below.inputs.len();
        let is_whole = match self.fusion.definitions[&value] {
            Op::Elementwise(..) => !below.is_pending,
            Op::Accumulate(..) => true,
            _ => false,
        };
        if is_whole && !self.kernel.has(value) && (2..OPERANDS).contains(&size) {
            below.part = below.part.max(Some((size, value)));
        }
        self.known.insert(value, below.clone());
        Ok(below)
    }

    /// What is below a value where it is computed, or the part to begin with if that is too much.
    fn compute(&mut self, value: Value) -> Result<Below, Value> {
        let (mut operands, mut all) = (Vec::new(), Below::default());
        match &self.fusion.definitions[&value] {
            Op::Fit { value: inner, over, like } => {
                operands.push(*inner);
                all.is_pending = self.fusion.shapes().of(*over) != self.fusion.shapes().of(*like);
            }
            Op::Sum(inner) => operands.push(*inner),
            op => op.operands(&mut |v| operands.push(v)),
        }
        for operand in operands {
            let below = self.read(operand)?;
            all.inputs.unite(&below.inputs);
            all.part = all.part.max(below.part);
            all.is_pending |= below.is_pending;
        }
        match all.part {
            Some((_, part)) if all.inputs.len() >= OPERANDS => Err(part),
            _ => Ok(all),
        }
    }
}
