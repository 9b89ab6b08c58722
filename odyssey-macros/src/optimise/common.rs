//! Common subexpressions: a pure value that was computed before, in this block or around it, is not computed again.

use std::mem::Discriminant;
use std::rc::Rc;

use crate::ir::{Block, FieldName, Op, Parameter, Value, ValueMap, Values, Verbatim};
use crate::table::elementwise::Elementwise;

/// Replaces repeated computations in both halves of a program; the second half sees the first.
pub(crate) fn eliminate(values: &mut Values, forward: &mut Block, reverse: &mut Block) {
    let mut table = Table::default();
    block(forward, &mut table);
    block(reverse, &mut table);
    values.redirect_shapes(&table.same);
}

#[derive(Default)]
struct Table {
    known: Known,
    same: ValueMap<Value>,
}

fn block(block_: &mut Block, table: &mut Table) {
    for stmt in &mut block_.stmts {
        stmt.op.map_operands(&mut |v| table.same.resolve(v));
        // What is computed inside is not visible behind. A sweep that follows its forward pass sees that.
        let (known, is_replay) = (table.known.trail.len(), matches!(stmt.op, Op::Replay(_)));
        for inner in stmt.op.blocks_mut() {
            block(inner, table);
            if !is_replay {
                table.known.forget(known);
            }
        }
        table.known.forget(known);
        if let (Some(key), [out]) = (key(&stmt.op), &stmt.outs[..]) {
            if let Some(before) = table.known.find_or_insert(key, *out) {
                table.same.insert(*out, before);
            }
        }
    }
    block_.map_end_reads(&mut |v| table.same.resolve(v));
}

/// The computations in sight. Each is filed under the latest value that it reads, so that few are compared.
#[derive(Default)]
struct Known {
    constants: Vec<(Key, Value)>,
    readers: ValueMap<Vec<(Key, Value)>>,
    /// Where the computations are filed, in their order.
    trail: Vec<Option<Value>>,
}

impl Known {
    /// The value that was computed in the same way before; if there is none, this one is from now on.
    fn find_or_insert(&mut self, key: Key, out: Value) -> Option<Value> {
        let place = key.latest();
        let file = match place {
            Some(value) => self.readers.or_default(value),
            None => &mut self.constants,
        };
        if let Some((_, before)) = file.iter().find(|(known, _)| *known == key) {
            return Some(*before);
        }
        file.push((key, out));
        self.trail.push(place);
        None
    }

    /// Forgets all but the first computations.
    fn forget(&mut self, first: usize) {
        for place in self.trail.drain(first..) {
            match place {
                Some(value) => self.readers.or_default(value).pop(),
                None => self.constants.pop(),
            };
        }
    }
}

/// What two computations of the same value have in common.
enum Key {
    Literal(u64),
    Elementwise(Elementwise, Vec<Value>, Vec<Parameter>),
    Verbatim(Rc<Verbatim>),
    Field(Value, FieldName),
    /// An operation that is no more than its kind and what it reads.
    Plain(Discriminant<Op>, Vec<Value>),
    /// One of the table: its name, operands and parameters.
    Apply(&'static str, Vec<Value>, Vec<Value>),
}

impl Key {
    /// The latest of the values that it reads.
    fn latest(&self) -> Option<Value> {
        match self {
            Key::Literal(_) => None,
            Key::Elementwise(_, operands, _) | Key::Apply(_, operands, _) | Key::Plain(_, operands) => {
                operands.iter().max().copied()
            }
            Key::Verbatim(verbatim) => verbatim.inputs.iter().map(|(_, value)| *value).max(),
            Key::Field(base, _) => Some(*base),
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        match (self, other) {
            (Key::Literal(a), Key::Literal(b)) => a == b,
            (Key::Elementwise(a, x, m), Key::Elementwise(b, y, n)) => a == b && x == y && m == n,
            (Key::Verbatim(a), Key::Verbatim(b)) => {
                let inputs = |verbatim: &Verbatim| verbatim.inputs.iter().map(|(_, value)| *value).collect::<Vec<_>>();
                Rc::ptr_eq(a, b) || inputs(a) == inputs(b) && a.expr == b.expr
            }
            (Key::Field(a, x), Key::Field(b, y)) => a == b && x == y,
            (Key::Plain(a, x), Key::Plain(b, y)) => a == b && x == y,
            (Key::Apply(a, x, m), Key::Apply(b, y, n)) => a == b && x == y && m == n,
            _ => false,
        }
    }
}

/// `None` for what must not be shared: effects, and tangents that are added to in place.
fn key(op: &Op) -> Option<Key> {
    match op {
        Op::Literal(number) if number.token.as_ref().is_none_or(|token| token.suffix().is_empty()) => {
            Some(Key::Literal(number.value.to_bits()))
        }
        Op::Elementwise(op, operands, parameters) => {
            // The rounding of a sum or a product does not depend on the order of its two operands.
            let mut operands = operands.clone();
            if op.is("add") || op.is("mul") {
                operands.sort_unstable();
            }
            Some(Key::Elementwise(*op, operands, parameters.clone()))
        }
        Op::Verbatim(verbatim) if verbatim.is_pure => Some(Key::Verbatim(verbatim.clone())),
        Op::Reference(_) | Op::Dereference(_) | Op::Index(..) | Op::Sum(_) | Op::Length(_) | Op::Extent(_) | Op::Fit { .. } => {
            let mut operands = Vec::new();
            op.operands(&mut |v| operands.push(v));
            Some(Key::Plain(std::mem::discriminant(op), operands))
        }
        Op::Apply(operation, operands, parameters) if !operation.is_view => {
            Some(Key::Apply(operation.name, operands.clone(), parameters.clone()))
        }
        Op::Field(base, name) => Some(Key::Field(*base, name.clone())),
        _ => None,
    }
}
