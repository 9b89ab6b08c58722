//! Places in tangents.

use std::rc::Rc;

use super::{FieldName, Kind, Op, Path, Projection, Value};

impl Projection {
    /// That part of a value.
    pub(crate) fn of(&self, whole: Value) -> Op {
        match self {
            Projection::Field(name) => Op::Field(whole, name.clone()),
            Projection::Index(index) => Op::Index(whole, *index),
            Projection::Dereference => Op::Dereference(whole),
            Projection::View(method, args) => Op::View(whole, Rc::clone(method), args.clone()),
        }
    }
}

/// The same place in the tangent of a value of that kind: it has the boxes, but no references.
pub(crate) fn of_tangent(path: &Path, kind: &Kind) -> Path {
    let mut kind = kind.peel().clone();
    let mut place = Path::new();
    for step in path {
        let is_boxed = matches!(kind, Kind::Boxed(_));
        kind = match step {
            Projection::Dereference if is_boxed => kind.target().peel().clone(),
            Projection::Dereference => kind,
            Projection::Index(_) => kind.element().peel().clone(),
            Projection::Field(FieldName::Unnamed(number)) => kind.field(*number).peel().clone(),
            Projection::Field(FieldName::Named(_)) | Projection::View(..) => Kind::Unknown,
        };
        if is_boxed || !matches!(step, Projection::Dereference) {
            place.push(step.clone());
        }
    }
    place
}

/// The same place, in a tangent that may be lent as `&mut`.
pub(crate) fn of_lent_tangent(path: &Path, kind: &Kind, tangent: &Kind) -> Path {
    match path.split_first() {
        Some((Projection::Dereference, rest)) if tangent.is_exclusive() => {
            let rest = of_tangent(&rest.to_vec(), &kind.target());
            std::iter::once(Projection::Dereference).chain(rest).collect()
        }
        _ => of_tangent(path, kind),
    }
}
