//! In what form a value is kept, and how the sweep gets it from that: what would be overwritten is copied, and of what may borrow,
//! rustc knows the type.

use super::Keep;
use crate::ir::{Block, Copying, Kind, Op, Stmt, Value};
use crate::lower::may_lend;

impl Keep<'_> {
    /// The value, or a copy of what would be overwritten or end with a borrow.
    pub(super) fn stable(&mut self, value: Value, block: &mut Block) -> Value {
        if self.may_borrow(value, block) {
            return self.outliving(value, block);
        }
        if !self.unstable.contains(&value) || self.values[value].kind.is_number() {
            return value;
        }
        self.copied(value, block)
    }

    /// Passive code has made it, of a type that may borrow. What is made again is not kept.
    pub(super) fn may_borrow(&self, value: Value, block: &Block) -> bool {
        let info = &self.values[value];
        if info.active || info.kind.is_number() || self.unstable.contains(&value) {
            return false;
        }
        let definition = block.stmts.iter().find(|stmt| stmt.outs.first() == Some(&value)).map(|stmt| &stmt.op);
        matches!(definition, Some(Op::Verbatim(code) | Op::Effect(code, _)) if !code.inputs.is_empty() && may_lend(&code.expr))
    }

    /// What it borrows may not be there when the sweep runs: rustc knows the type, and how to keep it.
    pub(super) fn outliving(&mut self, value: Value, block: &mut Block) -> Value {
        let (kept, span) = (self.values.copy_of(value), self.values[value].span);
        self.values[kept].kind = Kind::Unknown;
        block.stmts.push(Stmt { outs: vec![kept], op: Op::Outlive(value), span });
        kept
    }

    /// A copy, made where the value is defined.
    fn copied(&mut self, value: Value, block: &mut Block) -> Value {
        let (copy, span) = (self.values.copy_of(value), self.values[value].span);
        self.values[copy].kind = self.values[value].kind.peel().clone();
        if let Some(name) = &self.values[value].name {
            self.values[copy].name =
                Some(quote::format_ident!("{}_was", name, span = name.span().resolved_at(proc_macro2::Span::call_site())));
        }
        let position = block.stmts.iter().position(|stmt| stmt.outs.contains(&value)).map_or(0, |position| position + 1);
        block.stmts.insert(position, Stmt { outs: vec![copy], op: Op::Snapshot(value), span });
        copy
    }

    /// What was borrowed is lent again, and a view of an array, copied as an array, is a view of that.
    pub(super) fn as_it_was(&mut self, value: Value, copy: Value, block: &Block, front: &mut Vec<Stmt>) -> Value {
        if self.may_borrow(value, block) {
            let (lent, span) = (self.values.copy_of(value), self.values[value].span);
            front.push(Stmt { outs: vec![lent], op: Op::Lend(copy), span });
            return lent;
        }
        let definition = block.stmts.iter().find(|stmt| stmt.outs[..] == [value]).map(|stmt| &stmt.op);
        if !self.unstable.contains(&value) || !matches!(definition, Some(Op::View(..))) {
            return copy;
        }
        let (view, span) = (self.values.copy_of(value), self.values[value].span);
        front.push(Stmt { outs: vec![view], op: Op::Copy(Copying::View, copy), span });
        view
    }

    /// A copy for a sweep in the same scope or in a pullback.
    pub(super) fn snapshot(&mut self, value: Value, forward: &mut Block) -> Value {
        let copy = self.copied(value, forward);
        self.restored(value, copy, forward)
    }

    /// The value itself, in front of the sweep, from what was kept of it.
    pub(super) fn restored(&mut self, value: Value, copy: Value, forward: &Block) -> Value {
        let mut front = std::mem::take(&mut self.front);
        let restored = self.as_it_was(value, copy, forward, &mut front);
        self.front = front;
        restored
    }

    /// What has been restored comes before everything that reads it.
    pub(super) fn put_in_front(&mut self, sweep: &mut Block) {
        self.front.append(&mut sweep.stmts);
        sweep.stmts = std::mem::take(&mut self.front);
    }
}
