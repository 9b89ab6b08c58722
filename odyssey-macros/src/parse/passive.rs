//! What the spelling of a type says: whether it is passive, and the [`Kind`] of its values.

use syn::{GenericArgument, Generics, PathArguments, Type, TypeParamBound};

use crate::ir::Kind;

pub(crate) const INTEGERS: [&str; 12] = ["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"];
const PASSIVE: [&str; 7] = ["bool", "char", "str", "String", "Axis", "PhantomData", "Range"];
const CONTAINERS: [&str; 6] = ["Vec", "Option", "Result", "Box", "RangeInclusive", "VecDeque"];
const ARRAYS: [&str; 6] = ["Array", "ArrayView", "ArrayRef", "ArcArray", "CowArray", "ArrayBase"];

/// Without the invisible groups that `macro_rules!` leaves around a `$t:ty`.
pub(crate) fn ungroup(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungroup(&group.elem),
        Type::Paren(paren) => ungroup(&paren.elem),
        other => other,
    }
}

/// Passive by spelling: no float can hide in a value of this type (DESIGN section 1.1).
pub(crate) fn is_passive(ty: &Type, generics: &Generics) -> bool {
    match ungroup(ty) {
        Type::Reference(reference) => is_passive(&reference.elem, generics),
        Type::Slice(slice) => is_passive(&slice.elem, generics),
        Type::Array(array) => is_passive(&array.elem, generics),
        Type::Tuple(tuple) => tuple.elems.iter().all(|elem| is_passive(elem, generics)),
        Type::BareFn(_) | Type::TraitObject(_) | Type::Never(_) => true,
        Type::ImplTrait(ty) => ty.bounds.iter().any(is_function_bound),
        Type::Path(path) => is_passive_path(path, generics),
        _ => false,
    }
}

/// The generics with `Clone` on every function type: companions call the function more than once.
pub(crate) fn with_cloned_functions(generics: &Generics) -> Generics {
    let mut cloned = generics.clone();
    for name in generics.type_params().map(|param| &param.ident).filter(|name| is_function_parameter(name, generics)) {
        add_bound(&mut cloned, name, &syn::parse_quote!(::core::clone::Clone));
    }
    cloned
}

/// Adds a bound to every type parameter.
pub(crate) fn bound_every_type(generics: &mut Generics, bound: &TypeParamBound) {
    let names: Vec<_> = generics.type_params().map(|param| param.ident.clone()).collect();
    names.iter().for_each(|name| add_bound(generics, name, bound));
}

/// Adds a bound where the parameter has its others: lints want them in one place.
pub(crate) fn add_bound(generics: &mut Generics, name: &syn::Ident, bound: &TypeParamBound) {
    let predicates = generics.where_clause.iter_mut().flat_map(|clause| &mut clause.predicates);
    for predicate in predicates {
        if let syn::WherePredicate::Type(ty) = predicate {
            if is_named(&ty.bounded_ty, name) {
                ty.bounds.push(bound.clone());
                return;
            }
        }
    }
    if let Some(param) = generics.type_params_mut().find(|param| param.ident == *name) {
        param.bounds.push(bound.clone());
    }
}

fn is_passive_path(path: &syn::TypePath, generics: &Generics) -> bool {
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string();
    if INTEGERS.contains(&name.as_str()) || PASSIVE.contains(&name.as_str()) {
        return true;
    }
    if path.path.get_ident().is_some_and(|ident| is_function_parameter(ident, generics)) {
        return true;
    }
    let first = type_arguments(&last.arguments).next();
    if CONTAINERS.contains(&name.as_str()) || array_suffix(&name).is_some() {
        return first.is_some_and(|elem| is_passive(elem, generics));
    }
    false
}

/// A type parameter bounded by `Fn…`.
fn is_function_parameter(name: &syn::Ident, generics: &Generics) -> bool {
    let declared = generics.type_params().filter(|param| param.ident == *name).flat_map(|param| &param.bounds);
    let constrained =
        generics.where_clause.iter().flat_map(|clause| &clause.predicates).filter_map(|predicate| match predicate {
            syn::WherePredicate::Type(ty) if is_named(&ty.bounded_ty, name) => Some(&ty.bounds),
            _ => None,
        });
    declared.chain(constrained.flatten()).any(is_function_bound)
}

fn is_named(ty: &Type, name: &syn::Ident) -> bool {
    matches!(ungroup(ty), Type::Path(path) if path.path.is_ident(name))
}

pub(super) fn is_function_bound(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound)
        if bound.path.segments.last().is_some_and(|s| ["Fn", "FnMut", "FnOnce"].iter().any(|name| s.ident == name)))
}

pub(crate) fn type_arguments(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let list = match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    list.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// What follows the name of an array type: `2` of `Array2`; nothing if it is no array.
fn array_suffix(name: &str) -> Option<&str> {
    let base = ARRAYS.iter().filter(|base| name.starts_with(**base)).max_by_key(|base| base.len())?;
    let suffix = name[base.len()..].trim_start_matches("Mut");
    (matches!(suffix, "" | "D") || rank(suffix).is_some()).then_some(suffix)
}

/// `2` → rank 2; none if the rank is a type argument or dynamic.
fn rank(suffix: &str) -> Option<usize> {
    suffix.parse().ok()
}

/// The kind of a value of this type.
pub(crate) fn kind(ty: &Type, generics: &Generics) -> Kind {
    match ungroup(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => {
            Kind::Exclusive(Box::new(kind(&reference.elem, generics)))
        }
        Type::Reference(reference) => Kind::Reference(Box::new(kind(&reference.elem, generics))),
        Type::Slice(slice) => Kind::Sequence(Box::new(kind(&slice.elem, generics))),
        Type::Array(array) => Kind::Sequence(Box::new(kind(&array.elem, generics))),
        Type::Tuple(tuple) => Kind::Tuple(tuple.elems.iter().map(|elem| kind(elem, generics)).collect()),
        Type::Path(path) => path.path.segments.last().map_or(Kind::Unknown, |last| path_kind(path, last, generics)),
        _ => Kind::Unknown,
    }
}

fn path_kind(path: &syn::TypePath, last: &syn::PathSegment, generics: &Generics) -> Kind {
    let name = last.ident.to_string();
    if path.qself.is_some() {
        return Kind::Unknown;
    }
    if name == "f64" || name == "f32" || path.path.get_ident().is_some_and(|ident| is_real_parameter(ident, generics)) {
        return Kind::Scalar;
    }
    let mut arguments = type_arguments(&last.arguments);
    match (name.as_str(), arguments.next()) {
        ("Vec", Some(elem)) => Kind::Sequence(Box::new(kind(elem, generics))),
        ("Option" | "Result", Some(inner)) => Kind::Optional(Box::new(kind(inner, generics))),
        ("Box", Some(inner)) => Kind::Boxed(Box::new(kind(inner, generics))),
        (name, Some(elem)) if kind(elem, generics).is_scalar() => match array_suffix(name) {
            Some(suffix) => Kind::Array(rank(suffix).or_else(|| arguments.next().and_then(dimension_rank))),
            None => Kind::Unknown,
        },
        _ => Kind::Unknown,
    }
}

/// A type parameter bounded by `Real` or `Float`.
fn is_real_parameter(name: &syn::Ident, generics: &Generics) -> bool {
    is_bounded(name, generics, &["Real", "Float"])
}

/// A type parameter bounded by one of these traits.
pub(super) fn is_bounded(name: &syn::Ident, generics: &Generics, traits: &[&str]) -> bool {
    let is_real = |bound: &TypeParamBound| {
        matches!(bound, TypeParamBound::Trait(bound)
            if bound.path.segments.last().is_some_and(|s| traits.iter().any(|name| s.ident == name)))
    };
    let declared = generics.type_params().filter(|param| param.ident == *name).any(|param| param.bounds.iter().any(is_real));
    declared
        || generics.where_clause.iter().flat_map(|clause| &clause.predicates).any(|predicate| {
            matches!(predicate, syn::WherePredicate::Type(ty) if is_named(&ty.bounded_ty, name) && ty.bounds.iter().any(is_real))
        })
}

/// `T: Real`, and nothing else is said of it.
pub(crate) fn is_only_real(name: &syn::Ident, generics: &Generics) -> bool {
    let mut bounds = generics.type_params().filter(|param| param.ident == *name).flat_map(|param| &param.bounds);
    let is_one = bounds.next().is_some() && bounds.next().is_none();
    is_one && generics.where_clause.is_none() && is_bounded(name, generics, &["Real"])
}

/// `Ix2` → 2.
fn dimension_rank(ty: &Type) -> Option<usize> {
    match ungroup(ty) {
        Type::Path(path) => path.path.segments.last()?.ident.to_string().strip_prefix("Ix")?.parse().ok(),
        _ => None,
    }
}
