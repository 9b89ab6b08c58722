//! Memory given back as soon as it can serve what follows, not at the end of the function: which arrays end where.

use proc_macro2::TokenStream;
use quote::quote;

use super::layout::Layout;
use super::writer::Writer;
use crate::ir::{Block, Copying, Kind, Op, Stmt, Value, Values};
use crate::table::operations::Read;

/// Its results borrow nothing of its operands, and it takes none of them.
pub(super) fn borrows_for_a_moment(op: &Op) -> bool {
    match op {
        Op::Kernel(_) | Op::Extent(_) | Op::Length(_) | Op::Sum(_) | Op::RuleAlong(..) => true,
        Op::Rule(operation, operand, _) => !operation.rules[*operand].1.contains(&Read::OwnedCotangent),
        Op::Apply(operation, ..) => !operation.is_view || borrowed(op).is_some(),
        op => borrowed(op).is_some(),
    }
}

/// What the result stands for: it lives no longer than that.
fn borrowed(op: &Op) -> Option<Value> {
    match op {
        Op::Reference(x) | Op::Copy(Copying::View | Copying::Moved, x) => Some(*x),
        Op::Apply(operation, operands, _) if operation.is_view => Some(operands[0]),
        _ => None,
    }
}

/// Returns arrays that are nobody else's.
fn makes_arrays(op: &Op) -> bool {
    match op {
        Op::Kernel(_) | Op::Rule(..) | Op::RuleAlong(..) | Op::Tangent(..) | Op::Pullback { .. } | Op::Fit { .. } => true,
        Op::Apply(operation, ..) => !operation.is_view,
        _ => false,
    }
}

/// Needs memory for arrays.
fn takes_memory(op: &Op) -> bool {
    makes_arrays(op) || matches!(op, Op::Linearize(_) | Op::LinearizeAlong(..) | Op::Call(_)) || !op.blocks().is_empty()
}

impl Layout {
    /// Finds the arrays that a block has made, or was given, and that are borrowed for the last time by one of its
    /// statements.
    pub(super) fn find_ends(&mut self, values: &Values, block: &Block, given: &[Value]) {
        self.keep_bases(block);
        let makers = block.stmts.iter().filter(|stmt| makes_arrays(&stmt.op));
        let own = makers.flat_map(|stmt| &stmt.outs).chain(given);
        for value in own.filter(|v| matches!(values[**v].kind, Kind::Array(_))) {
            if let Some(at) = self.last_borrow(*value) {
                self.end(*value, at);
            }
        }
    }

    /// What a kept value stands for is kept.
    fn keep_bases(&mut self, block: &Block) {
        for stmt in block.stmts.iter().rev() {
            stmt.op.blocks().into_iter().for_each(|inner| self.keep_bases(inner));
            if let (Some(base), true) = (borrowed(&stmt.op), stmt.outs.iter().any(|out| self.is_kept(*out))) {
                self.keep(base);
            }
        }
    }
}

impl Writer<'_> {
    /// `rt::drop(x);` for the arrays that end with a statement, if something that needs memory follows.
    pub(super) fn releases(&mut self, stmt: &Stmt, rest: &[Stmt]) -> TokenStream {
        let ending: Vec<_> = self.layout.ending(self.at).filter(|v| !self.is_guarded(*v)).collect();
        if ending.is_empty() || !rest.iter().any(|stmt| takes_memory(&stmt.op)) {
            return TokenStream::new();
        }
        let (drop, names) = (self.rt("drop", stmt.span), ending.into_iter().map(|v| self.name(v)));
        names.map(|name| quote!(#drop(#name);)).collect()
    }
}
