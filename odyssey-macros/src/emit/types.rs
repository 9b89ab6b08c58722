//! The types that the companions' signatures name.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{Lifetime, Path, PathArguments, Type};

/// The tangent of an argument of this type: as a person would write it where the spelling says what it is.
pub(super) fn tangent(ty: &Type, krate: &Path) -> TokenStream {
    match ty {
        Type::Reference(reference) => tangent(&reference.elem, krate),
        Type::Group(group) => tangent(&group.elem, krate),
        Type::Paren(paren) => tangent(&paren.elem, krate),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last().expect("a path has a segment");
            let name = last.ident.to_string();
            let is_owned_array = name.strip_prefix("Array").is_some_and(|rank| rank.is_empty() || rank == "D" || rank.parse::<u8>().is_ok());
            let is_float = path.path.is_ident("f64") || path.path.is_ident("f32");
            if is_float || is_owned_array && matches!(last.arguments, PathArguments::AngleBracketed(_)) {
                quote!(#ty)
            } else {
                projection(ty, krate)
            }
        }
        _ => projection(ty, krate),
    }
}

fn projection(ty: &Type, krate: &Path) -> TokenStream {
    let ty = with_lifetime(ty, "'static");
    quote!(<#ty as #krate::Differentiable>::Tangent)
}

/// An argument's type as a parameter of a pullback, which takes it for any lifetime.
pub(super) fn any_lifetime(ty: &Type) -> Type {
    with_lifetime(ty, "'_")
}

fn with_lifetime(ty: &Type, lifetime: &str) -> Type {
    struct Replace<'a>(&'a str);
    impl VisitMut for Replace<'_> {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            if lifetime.ident != "static" {
                *lifetime = Lifetime::new(self.0, lifetime.span());
            }
        }
        fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
            if self.0 == "'static" {
                reference.lifetime.get_or_insert_with(|| Lifetime::new(self.0, proc_macro2::Span::call_site()));
            }
            syn::visit_mut::visit_type_reference_mut(self, reference);
        }
    }
    let mut ty = ty.clone();
    Replace(lifetime).visit_type_mut(&mut ty);
    ty
}

/// One type bare, several as a tuple.
pub(super) fn bare_or_tuple(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [one] => one.clone(),
        _ => quote!((#(#parts),*)),
    }
}
