//! What is computed again and what is saved.

use crate::ir::{Block, Directions, Kind, Op, Value, ValueMap, ValueSet, Values};

/// Which values of a block are computed again and which are saved.
pub(super) struct Plan<'a> {
    values: &'a Values,
    /// Values that are overwritten later, and parts of such: not there any more when the sweep runs.
    unstable: &'a ValueSet,
    definitions: ValueMap<Option<&'a Op>>,
    may_compute: fn(&Op, &Values) -> bool,
    pub(super) at_hand: ValueSet,
    pub(super) again: ValueSet,
    pub(super) saved: ValueSet,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        values: &'a Values,
        unstable: &'a ValueSet,
        block: &'a Block,
        may_compute: fn(&Op, &Values) -> bool,
    ) -> Plan<'a> {
        let mut definitions: ValueMap<_> = block.params.iter().map(|param| (*param, None)).collect();
        for stmt in &block.stmts {
            let is_simple = stmt.outs.len() == 1 && stmt.op.blocks().is_empty() || is_by_direction(&stmt.op);
            definitions.extend(stmt.outs.iter().map(|out| (*out, is_simple.then_some(&stmt.op))));
        }
        let (at_hand, again, saved) = (ValueSet::default(), ValueSet::default(), ValueSet::default());
        Plan { values, unstable, definitions, may_compute, at_hand, again, saved }
    }

    fn is_settled(&self, value: Value) -> bool {
        !self.definitions.contains_key(&value)
            || self.at_hand.contains(&value)
            || self.again.contains(&value)
            || self.saved.contains(&value)
    }

    /// Decides about a value of the block, if it is one.
    pub(super) fn restore(&mut self, value: Value) {
        if self.is_settled(value) {
            return;
        }
        // Saving one value in order to compute another is no loss; saving two is.
        match self.missing_for(value, 0) {
            Some(missing) if missing.len() <= 1 || self.must_compute(value) => {
                let op = self.definitions[&value].expect("computed by one operation");
                self.again.insert(value);
                reads(op, &mut |v| self.restore(v));
            }
            _ => {
                self.saved.insert(value);
            }
        }
    }

    /// What computing values again reads.
    pub(super) fn read_again(&self) -> ValueSet {
        let mut reads = ValueSet::default();
        for op in self.again.iter().filter_map(|value| self.definitions[&value]) {
            self::reads(op, &mut |v| {
                reads.insert(v);
            });
        }
        reads
    }

    fn must_compute(&self, value: Value) -> bool {
        self.definitions[&value].is_some_and(|op| is_borrowing(op, self.values) && self.is_there(value, op))
    }

    /// What it is made from is there as it was. A reference is made again from what it refers to, saved if need be.
    fn is_there(&self, value: Value, op: &Op) -> bool {
        matches!(op, Op::Reference(_)) || !self.unstable.contains(&value)
    }

    /// What would have to be saved to compute a value again; `None` if it cannot or should not be computed again.
    fn missing_for(&self, value: Value, depth: usize) -> Option<ValueSet> {
        const DEEP: usize = 12;
        let op = self.definitions[&value]?;
        if depth >= DEEP || !(self.may_compute)(op, self.values) || !self.is_there(value, op) {
            return None;
        }
        let mut missing = ValueSet::default();
        reads(op, &mut |v| {
            if !self.is_settled(v) {
                missing.unite(&self.missing_for(v, depth + 1).unwrap_or_else(|| ValueSet::from_iter([v])));
            }
        });
        // A list is not kept for its length.
        (missing.len() == 0 || !is_count(op)).then_some(missing)
    }
}

/// Refers to another value's memory, or may do so: must not outlive the forward pass.
pub(super) fn is_borrowing(op: &Op, values: &Values) -> bool {
    let is_reference = |v: &Value| matches!(values[*v].kind, Kind::Reference(_));
    match op {
        Op::Reference(_)
        | Op::Dereference(_)
        | Op::Field(..)
        | Op::Copy(crate::ir::Copying::View | crate::ir::Copying::Moved, _)
        | Op::Literal(_)
        | Op::View(..)
        | Op::Index(..) => true,
        Op::Copy(crate::ir::Copying::Success, option) => {
            matches!(values[*option].kind.peel(), Kind::Optional(inner) if matches!(**inner, Kind::Reference(_)))
        }
        Op::Apply(op, ..) => op.is_view,
        Op::Verbatim(verbatim) => verbatim.is_pure && !is_count(op),
        Op::Tuple(parts) | Op::List(_, parts) => parts.iter().any(is_reference),
        Op::Construct(_, fields, _) => fields.iter().any(|(_, v)| is_reference(v)),
        Op::Present(v) | Op::Okay(v) => is_reference(v),
        _ => false,
    }
}

/// A length, or a range of such: a number that is kept as it is.
fn is_count(op: &Op) -> bool {
    matches!(op, Op::Verbatim(verbatim) if verbatim.is_pure && crate::lower::is_count(&verbatim.expr))
}

/// Computes tangents from what it reads, in each direction.
pub(super) fn is_by_direction(op: &Op) -> bool {
    matches!(op, Op::Directions(each) if each.changed.is_empty())
}

/// What an operation reads, in each direction if it has several.
fn reads(op: &Op, f: &mut impl FnMut(Value)) {
    op.operands(f);
    if let Op::Directions(each) = op {
        each.block.reads(f);
    }
}

/// Computing it again costs less than saving it.
pub(super) fn is_cheap(op: &Op, values: &Values) -> bool {
    let is_scalar = |v: &Value| values[*v].kind.peel().is_scalar();
    match op {
        Op::Elementwise(e, operands, _) => e.is_cheap() && operands.iter().all(is_scalar),
        Op::Directions(each) => {
            let Directions { changed, block } = &**each;
            changed.is_empty() && block.stmts.iter().all(|stmt| is_cheap(&stmt.op, values))
        }
        op => is_borrowing(op, values) || is_count(op),
    }
}
