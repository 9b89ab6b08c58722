//! The generics of the tangent: the parameters that its fields mention, and the bounds that make their types exist.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::{self, Visit};
use syn::{DeriveInput, GenericArgument, GenericParam, Generics, Ident, Lifetime, Path, PathArguments, Type, WherePredicate};

use super::variant::Field;

/// The names of type parameters, constants and lifetimes that some tokens mention.
#[derive(Default)]
struct Mentioned(Vec<Ident>);

impl<'t> Visit<'t> for Mentioned {
    fn visit_ident(&mut self, ident: &'t Ident) {
        self.0.push(ident.clone());
    }

    fn visit_lifetime(&mut self, lifetime: &'t Lifetime) {
        self.0.push(lifetime.ident.clone());
        visit::visit_lifetime(self, lifetime);
    }
}

fn mentioned(visit: impl FnOnce(&mut Mentioned)) -> Vec<Ident> {
    let mut mentioned = Mentioned::default();
    visit(&mut mentioned);
    mentioned.0
}

pub(super) fn in_type(ty: &Type) -> Vec<Ident> {
    mentioned(|mentioned| mentioned.visit_type(ty))
}

/// Whether a reference or a lifetime is in the type.
pub(super) fn borrows(ty: &Type) -> bool {
    #[derive(Default)]
    struct Borrows(bool);

    impl<'t> Visit<'t> for Borrows {
        fn visit_lifetime(&mut self, _lifetime: &'t Lifetime) {
            self.0 = true;
        }
    }

    let mut visitor = Borrows::default();
    visitor.visit_type(ty);
    visitor.0
}

fn name(param: &GenericParam) -> &Ident {
    match param {
        GenericParam::Type(param) => &param.ident,
        GenericParam::Const(param) => &param.ident,
        GenericParam::Lifetime(param) => &param.lifetime.ident,
    }
}

/// The generics, and whether their bounds name types of the user.
pub(super) fn of_tangent(input: &DeriveInput, krate: &Path, fields: &[&Field]) -> (Generics, bool) {
    let used: Vec<Ident> = fields.iter().filter_map(|field| field.differentiable.as_ref()).flat_map(in_type).collect();
    let (kept, dropped): (Vec<_>, Vec<_>) = input.generics.params.iter().cloned().partition(|param| used.contains(name(param)));
    let mut generics = Generics { params: kept.into_iter().collect(), ..input.generics.clone() };
    if generics.params.is_empty() {
        generics = Generics::default();
    }
    let gone = |idents: &[Ident]| dropped.iter().any(|param| idents.contains(name(param)));
    keep_bounds(&mut generics, gone);
    let bounds = fields.iter().filter_map(|field| bound(input, field));
    let has_private_bounds = bounds.clone().any(|ty| !is_public(ty));
    let bounds: Vec<&Type> = bounds.collect();
    if !bounds.is_empty() {
        let clause = generics.make_where_clause();
        for ty in bounds {
            let predicate: WherePredicate = syn::parse_quote!(#ty: #krate::rt::Differentiable);
            if !clause.predicates.iter().any(|known| *known == predicate) {
                clause.predicates.push(predicate);
            }
        }
    }
    (generics, has_private_bounds)
}

/// Drops the bounds that mention a parameter that is gone.
fn keep_bounds(generics: &mut Generics, gone: impl Fn(&[Ident]) -> bool) {
    for param in &mut generics.params {
        if let GenericParam::Type(param) = param {
            let bounds = std::mem::take(&mut param.bounds);
            param.bounds = bounds.into_iter().filter(|bound| !gone(&mentioned(|m| m.visit_type_param_bound(bound)))).collect();
        }
    }
    if let Some(clause) = &mut generics.where_clause {
        let predicates = std::mem::take(&mut clause.predicates);
        clause.predicates = predicates
            .into_iter()
            .filter(|predicate: &WherePredicate| !gone(&mentioned(|m| m.visit_where_predicate(predicate))))
            .collect();
    }
}

/// The type that must be `Differentiable` for the field's tangent to exist, if that depends on a type parameter.
///
/// Not a type that mentions the struct itself, whose bound would need itself; nor one that borrows, whose bound would
/// be about one lifetime while the tangent is about all.
fn bound<'f>(input: &DeriveInput, field: &'f Field) -> Option<&'f Type> {
    let ty = field.differentiable.as_ref()?;
    (depends(input, ty) && !is_recursive(input, ty) && !borrows(ty)).then_some(ty)
}

/// What the impls of `Differentiable` must be told where the struct borrows some fields: the bound of another field may hide from
/// rustc what the tangent of such a one is, and that it is its own tangent.
pub(super) fn of_borrowed(input: &DeriveInput, krate: &Path, fields: &[&Field]) -> Vec<WherePredicate> {
    let borrowed = fields.iter().filter_map(|field| {
        let ty = field.differentiable.as_ref()?;
        (depends(input, ty) && !is_recursive(input, ty) && borrows(ty)).then_some(ty)
    });
    let differentiable = quote!(#krate::rt::Differentiable);
    let its = |ty: &Type, item: TokenStream| quote!(<#ty as #differentiable>::#item);
    let own = borrowed.map(|ty| {
        let (tangent, partial) = (its(ty, quote!(Tangent)), its(ty, quote!(Partial)));
        syn::parse_quote!(#tangent: #differentiable<Tangent = #tangent, Partial = #partial>)
    });
    own.collect()
}

fn depends(input: &DeriveInput, ty: &Type) -> bool {
    let mentioned = in_type(ty);
    input.generics.type_params().any(|param| mentioned.contains(&param.ident))
}

fn is_recursive(input: &DeriveInput, ty: &Type) -> bool {
    in_type(ty).contains(&input.ident)
}

/// Types of the user that are taken to be differentiable by all items but one, so that a type that is not is reported
/// there alone and not by every line that mentions its tangent.
pub(super) fn assumed<'f>(input: &DeriveInput, field: &'f Field) -> Option<&'f Type> {
    let ty = field.differentiable.as_ref()?;
    (!depends(input, ty) && !is_recursive(input, ty) && !borrows(ty) && !is_known(ty)).then_some(ty)
}

/// Types that are differentiable for sure.
fn is_known(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| {
            let name = segment.ident.to_string();
            match &segment.arguments {
                PathArguments::None => ["f32", "f64"].contains(&name.as_str()),
                PathArguments::AngleBracketed(arguments) => arguments.args.iter().all(|argument| match argument {
                    GenericArgument::Type(_) if name.contains("Array") => true,
                    GenericArgument::Type(elem) => ["Vec", "Option", "Box"].contains(&name.as_str()) && is_known(elem),
                    _ => true,
                }),
                PathArguments::Parenthesized(_) => false,
            }
        }),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_known),
        Type::Array(array) => is_known(&array.elem),
        _ => false,
    }
}

/// Types that everybody can name: the containers of std and ndarray, and type parameters.
fn is_public(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| {
            let name = segment.ident.to_string();
            let known = ["Vec", "Option", "Box"].contains(&name.as_str()) || name.contains("Array");
            let parameter = path.path.get_ident().is_some() && matches!(segment.arguments, PathArguments::None);
            known || parameter
        }),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_public),
        Type::Array(array) => is_public(&array.elem),
        _ => false,
    }
}
