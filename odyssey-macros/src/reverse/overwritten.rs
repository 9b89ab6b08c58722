//! Parts that get another value: their cotangents before that have the shape that they had.
//!
//! The sweep takes the cotangent of the new value out and leaves zero behind, to which is added what reads of the old value
//! contribute. So the forward pass compares the two shapes before it overwrites, and keeps the old one where it differs.

use crate::ir::{of_tangent, Block, FieldName, Info, Kind, Op, Path, Projection, Stmt, Value, ValueMap, Values, Write};

/// For each statement that puts values into parts of another, what there is to know of the shapes that these had, in their order;
/// by its result.
pub(super) type OldShapes = ValueMap<Vec<Option<Value>>>;

/// Asks for the shapes of all parts whose new values may have other ones.
pub(super) fn ask_for_shapes(block: &mut Block, values: &mut Values, shapes: &mut OldShapes) {
    for mut stmt in std::mem::take(&mut block.stmts) {
        stmt.op.blocks_mut().into_iter().for_each(|inner| ask_for_shapes(inner, values, shapes));
        for (base, path, value) in replaced(&stmt.op) {
            if values[base].wanted.is_empty() {
                continue;
            }
            let is_asked = may_differ(values, base, &path, value);
            let mut append = |op| {
                let out = values.add(Info::unnamed(Kind::Unknown, stmt.span));
                block.stmts.push(Stmt { outs: vec![out], op, span: stmt.span });
                out
            };
            let shape = is_asked.then(|| {
                let before = path.iter().fold(base, |base, step| append(step.of(base)));
                append(Op::OldShape(before, value))
            });
            shapes.or_default(stmt.outs[0]).push(shape);
        }
        block.stmts.push(stmt);
    }
}

/// The parts of values that a statement puts others into.
fn replaced(op: &Op) -> Vec<(Value, Path, Value)> {
    match op {
        Op::Store { base, path, value, how: Write::Set } => vec![(*base, path.clone(), *value)],
        Op::Construct(_, fields, Some(rest)) => {
            let part = |(name, value): &(FieldName, Value)| (*rest, vec![Projection::Field(name.clone())], *value);
            fields.iter().map(part).collect()
        }
        _ => Vec::new(),
    }
}

/// What is written may be of another shape than what was there: it is no number, and no view is written to.
fn may_differ(values: &Values, base: Value, path: &Path, value: Value) -> bool {
    let is_number = values[value].kind.peel().is_scalar()
        || kind_of_part(&values[base].kind, &of_tangent(path, &values[base].kind)).peel().is_scalar();
    !is_number && !matches!(path.last(), Some(Projection::View(..)))
}

/// The kind of a part of a tangent, by that of the whole.
pub(super) fn kind_of_part(whole: &Kind, path: &Path) -> Kind {
    path.iter().fold(whole.peel().clone(), |kind, step| match step {
        Projection::Index(_) => kind.element(),
        Projection::Field(FieldName::Unnamed(number)) => kind.field(*number),
        Projection::Field(FieldName::Named(_)) => Kind::Unknown,
        Projection::Dereference => kind.target(),
        Projection::View(..) => Kind::Array(None),
    })
}
