//! The tangent of a call: the callee's own pushforward.

use super::Push;
use crate::ir::{Call, Op, Stmt, Value};

impl Push<'_> {
    /// The results of the call, then the tangents of the same.
    pub(super) fn call(&mut self, stmt: &Stmt, call: &Call) {
        let span = stmt.span;
        let tangents = call.args.iter().enumerate().map(|(position, arg)| {
            if call.borrowed.contains_key(&position) {
                Some(self.owned_or_zero(*arg, span))
            } else if self.changes_root_of(call, *arg) {
                // Taken before the whole is lent.
                let tangent = *self.tangents.get(arg)?;
                let kind = self.tangent_kind(*arg);
                Some(self.emit(Op::Snapshot(tangent), kind, span))
            } else {
                self.tangents.get(arg).copied()
            }
        });
        let tangents: Vec<_> = tangents.collect();
        // What is lent in parts is one value.
        let mut tangents = tangents;
        for (position, arg) in call.args.iter().enumerate() {
            if let Some(first) = call.args[..position].iter().position(|other| other == arg) {
                tangents[position] = tangents[first];
            }
        }
        let outs: Vec<_> = stmt.outs.iter().map(|out| self.derived(self.tangent_kind(*out), *out, span)).collect();
        self.tangents.extend(stmt.outs.iter().copied().zip(outs.iter().copied()));
        let outs = stmt.outs.iter().copied().chain(outs).collect();
        self.stmts.push(Stmt { outs, op: Op::Pushforward(call.clone(), tangents), span });
    }

    /// The value is a part of something that the call changes.
    fn changes_root_of(&self, call: &Call, value: Value) -> bool {
        let mut root = value;
        while let Some(
            Op::Field(base, _)
            | Op::Index(base, _)
            | Op::View(base, ..)
            | Op::Reference(base)
            | Op::Dereference(base)
            | Op::Copy(_, base),
        ) = self.definitions.get(&root)
        {
            root = *base;
        }
        call.changed().contains(&root)
    }
}
