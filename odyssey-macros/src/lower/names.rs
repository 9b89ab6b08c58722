//! The names that patterns bind, and what is known of them.

use syn::{Ident, Pat};

use crate::ir::Kind;

/// The names that a pattern binds. A capital is a constant or a variant.
pub(crate) fn bound_names(pattern: &Pat, names: &mut Vec<Ident>) {
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

/// `Shape::Circle`: a capital before the last segment.
pub(crate) fn is_of_variant(path: &syn::Path) -> bool {
    path.segments.iter().rev().nth(1).is_some_and(|owner| owner.ident.to_string().starts_with(char::is_uppercase))
}

/// Does not say where in the value its names are.
pub(in crate::lower) fn hides_positions(pattern: &Pat) -> bool {
    match pattern {
        Pat::Or(_) | Pat::Slice(_) => true,
        Pat::Tuple(p) => p.elems.iter().any(hides_positions),
        Pat::TupleStruct(p) => {
            // The tangent of a tuple struct is none of the same name, so that its parts are known by number alone.
            let behind_rest = p.elems.iter().skip_while(|p| !matches!(p, Pat::Rest(_))).count();
            behind_rest > 1 && !is_of_variant(&p.path) || p.elems.iter().any(hides_positions)
        }
        Pat::Struct(p) => p.fields.iter().any(|field| hides_positions(&field.pat)),
        Pat::Reference(p) => hides_positions(&p.pat),
        Pat::Paren(p) => hides_positions(&p.pat),
        Pat::Ident(p) => p.subpat.is_some(),
        _ => false,
    }
}

/// The kinds of the names that a pattern binds, in the order of `bound_names`.
pub(in crate::lower) fn bound_kinds(pattern: &Pat, matched: &Kind) -> Vec<Kind> {
    let mut kinds = Vec::new();
    collect_kinds(pattern, matched, false, &mut kinds);
    kinds
}

/// What is matched by reference is bound by reference.
fn collect_kinds(pattern: &Pat, matched: &Kind, by_reference: bool, kinds: &mut Vec<Kind>) {
    let (inner, inner_by_reference) = match matched {
        Kind::Reference(inner) | Kind::Exclusive(inner) => (&**inner, true),
        kind => (kind, by_reference),
    };
    let mut part = |pattern: &Pat, kind: &Kind| collect_kinds(pattern, kind, inner_by_reference, kinds);
    match pattern {
        Pat::Ident(p) => {
            if !p.ident.to_string().starts_with(char::is_uppercase) {
                let is_borrowed = by_reference || p.by_ref.is_some();
                kinds.push(if is_borrowed { Kind::Reference(Box::new(matched.clone())) } else { matched.clone() });
            }
            if let Some((_, inner)) = &p.subpat {
                collect_kinds(inner, matched, by_reference, kinds);
            }
        }
        Pat::Paren(p) => collect_kinds(&p.pat, matched, by_reference, kinds),
        Pat::Type(p) => collect_kinds(&p.pat, matched, by_reference, kinds),
        Pat::Or(p) => p.cases.first().into_iter().for_each(|p| collect_kinds(p, matched, by_reference, kinds)),
        Pat::Reference(p) => collect_kinds(&p.pat, &matched.target(), false, kinds),
        Pat::Tuple(p) => {
            let has_rest = p.elems.iter().any(|p| matches!(p, Pat::Rest(_)));
            for (i, p) in p.elems.iter().enumerate() {
                match inner {
                    Kind::Tuple(elements) if !has_rest => part(p, elements.get(i).unwrap_or(&Kind::Unknown)),
                    _ => part(p, &Kind::Unknown),
                }
            }
        }
        Pat::TupleStruct(p) => {
            let payload = match inner {
                Kind::Optional(payload) => &**payload,
                _ => &Kind::Unknown,
            };
            p.elems.iter().for_each(|p| part(p, payload));
        }
        Pat::Struct(p) => p.fields.iter().for_each(|field| part(&field.pat, &Kind::Unknown)),
        Pat::Slice(p) => p.elems.iter().for_each(|p| part(p, &inner.element())),
        _ => {}
    }
}
