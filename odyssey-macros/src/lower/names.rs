//! The names that patterns bind, and what is known of them.

use syn::{Ident, Pat};

use crate::ir::Kind;

/// The names that a pattern binds. A capital is a constant or a variant.
pub(in crate::lower) fn bound_names(pattern: &Pat, names: &mut Vec<Ident>) {
    match pattern {
        Pat::Ident(p) => {
            if !p.ident.to_string().starts_with(char::is_uppercase) {
                names.push(p.ident.clone());
            }
            if let Some((_, inner)) = &p.subpat {
                bound_names(inner, names);
            }
        }
        Pat::Tuple(p) => p.elems.iter().for_each(|p| bound_names(p, names)),
        Pat::TupleStruct(p) => p.elems.iter().for_each(|p| bound_names(p, names)),
        Pat::Struct(p) => p.fields.iter().for_each(|field| bound_names(&field.pat, names)),
        Pat::Slice(p) => p.elems.iter().for_each(|p| bound_names(p, names)),
        Pat::Reference(p) => bound_names(&p.pat, names),
        Pat::Paren(p) => bound_names(&p.pat, names),
        Pat::Type(p) => bound_names(&p.pat, names),
        Pat::Or(p) => p.cases.first().into_iter().for_each(|p| bound_names(p, names)),
        _ => {}
    }
}

/// Does not say where in the value its names are.
pub(in crate::lower) fn hides_positions(pattern: &Pat) -> bool {
    match pattern {
        Pat::Or(_) | Pat::Slice(_) => true,
        Pat::Tuple(p) => p.elems.iter().any(|p| matches!(p, Pat::Rest(_)) || hides_positions(p)),
        Pat::TupleStruct(p) => {
            let behind_rest = p.elems.iter().skip_while(|p| !matches!(p, Pat::Rest(_))).count();
            behind_rest > 1 || p.elems.iter().any(hides_positions)
        }
        Pat::Struct(p) => p.fields.iter().any(|field| hides_positions(&field.pat)),
        Pat::Reference(p) => hides_positions(&p.pat),
        Pat::Paren(p) => hides_positions(&p.pat),
        Pat::Ident(p) => p.subpat.is_some(),
        _ => false,
    }
}

/// The kind of what `Some(x)` and `Ok(x)` bind.
pub(in crate::lower) fn payload_kind(pattern: &Pat, scrutinee: &Kind) -> Kind {
    match (pattern, scrutinee) {
        (Pat::TupleStruct(p), Kind::Optional(inner)) if p.elems.len() == 1 && matches!(p.elems[0], Pat::Ident(_)) => {
            (**inner).clone()
        }
        (Pat::TupleStruct(p), Kind::Reference(target)) if p.elems.len() == 1 && matches!(p.elems[0], Pat::Ident(_)) => {
            match &**target {
                Kind::Optional(inner) => Kind::Reference(inner.clone()),
                _ => Kind::Unknown,
            }
        }
        (Pat::Ident(_), kind) => kind.clone(),
        // What is matched by reference is bound by reference.
        (_, Kind::Reference(_) | Kind::Exclusive(_)) => Kind::Reference(Box::new(Kind::Unknown)),
        _ => Kind::Unknown,
    }
}
