//! Common subexpressions: a pure value that was computed before, in this block or around it, is not computed again.

use std::collections::HashMap;

use crate::ir::{Block, FieldName, Op, Value, ValueMap, Values};

/// Replaces repeated computations in both halves of a program; the second half sees the first.
pub(crate) fn eliminate(values: &mut Values, forward: &mut Block, reverse: &mut Block) {
    let mut table = Table::default();
    block(forward, &mut table);
    block(reverse, &mut table);
    values.redirect_shapes(&table.same);
}

#[derive(Default, Clone)]
struct Table {
    known: HashMap<String, Value>,
    same: ValueMap<Value>,
}

fn block(block_: &mut Block, table: &mut Table) {
    for stmt in &mut block_.stmts {
        let same = table.same.clone();
        stmt.op.map_operands(&mut |v| same.get(&v).copied().unwrap_or(v));
        for inner in stmt.op.blocks_mut() {
            // What is computed inside is not visible behind.
            let known = table.known.clone();
            block(inner, table);
            table.known = known;
        }
        if let (Some(key), [out]) = (key(&stmt.op), &stmt.outs[..]) {
            match table.known.get(&key) {
                Some(before) => {
                    table.same.insert(*out, *before);
                }
                None => {
                    table.known.insert(key, *out);
                }
            }
        }
    }
    block_.map_end_reads(&mut |v| table.same.get(&v).copied().unwrap_or(v));
}

/// What two computations of the same value have in common; `None` for what must not be shared: effects, and
/// tangents that are added to in place.
fn key(op: &Op) -> Option<String> {
    Some(match op {
        Op::Literal(number) if number.token.as_ref().is_none_or(|token| token.suffix().is_empty()) => {
            format!("literal {:x}", number.value.to_bits())
        }
        Op::Elementwise(op, operands, parameters) => {
            // The rounding of a sum or a product does not depend on the order of its two operands.
            let mut operands = operands.clone();
            if op.is("add") || op.is("mul") {
                operands.sort_unstable();
            }
            format!("{op:?} {operands:?} {parameters:?}")
        }
        Op::Verbatim(verbatim) if verbatim.is_pure => {
            let inputs: Vec<_> = verbatim.inputs.iter().map(|(_, v)| v).collect();
            format!("`{}` {inputs:?}", quote::ToTokens::to_token_stream(&verbatim.expr))
        }
        Op::Reference(_) | Op::Dereference(_) | Op::Index(..) | Op::Sum(_) | Op::Length(_) | Op::Extent(_) | Op::Fit { .. } => {
            format!("{op:?}")
        }
        Op::Apply(operation, operands, parameters) if !operation.is_view => {
            format!("{} {operands:?} {parameters:?}", operation.name)
        }
        Op::Field(base, FieldName::Named(name)) => format!("{base:?}.{name}"),
        Op::Field(base, FieldName::Unnamed(number)) => format!("{base:?}.{number}"),
        _ => return None,
    })
}
