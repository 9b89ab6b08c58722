//! The tangent of a call: the callee's own pushforward.

use proc_macro2::Span;

use super::Push;
use crate::ir::{Call, Op, Stmt, Value};

impl Push<'_> {
    /// The results of the call, then the tangents of the same.
    pub(super) fn call(&mut self, stmt: &Stmt, call: &Call) {
        let span = stmt.span;
        let mut tangents: Vec<Option<Value>> = Vec::new();
        for (position, arg) in call.args.iter().enumerate() {
            // What is lent in parts is one value.
            let first = call.args[..position].iter().position(|other| other == arg);
            tangents.push(first.map_or_else(|| self.tangent_of_argument(call, position, span), |first| tangents[first]));
        }
        let outs = self.derived_each(stmt.outs.iter().copied(), span);
        let outs = stmt.outs.iter().copied().chain(outs).collect();
        self.stmts.push(Stmt { outs, op: Op::Pushforward(call.clone(), tangents), span });
    }

    pub(super) fn tangent_of_argument(&mut self, call: &Call, position: usize, span: Span) -> Option<Value> {
        let arg = call.args[position];
        if call.borrowed.contains_key(&position) {
            return Some(self.owned_or_zero(arg, span));
        }
        let tangent = *self.tangents.get(&arg)?;
        if self.changes_root_of(call, arg) {
            // Taken before the whole is lent.
            let kind = self.tangent_kind(arg);
            return Some(self.emit(Op::Snapshot(tangent), kind, span));
        }
        Some(tangent)
    }

    /// The value is a part of something that the call changes.
    fn changes_root_of(&self, call: &Call, value: Value) -> bool {
        let mut root = value;
        while let Some(base) = self.definitions.get(&root).and_then(|op| match op {
            Op::Copy(_, base) => Some(*base),
            op => op.part_of(),
        }) {
            root = base;
        }
        call.changed().contains(&root)
    }
}
