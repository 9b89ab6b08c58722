//! The types that the companions' signatures name.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{Generics, Lifetime, Path, PathArguments, PathSegment, Type};

use super::names::locate;

/// The tangent of an argument of this type: as a person would write it where the spelling says what it is. A type parameter
/// may stand for floats.
pub(super) fn tangent(ty: &Type, krate: &Path, float: Option<&Ident>) -> TokenStream {
    let is_float = |ty: &Type| is_float(ty, float);
    match ty {
        Type::Reference(reference) => tangent(&reference.elem, krate, float),
        Type::Group(group) => tangent(&group.elem, krate, float),
        Type::Paren(paren) => tangent(&paren.elem, krate, float),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last().expect("a path has a segment");
            let name = last.ident.to_string();
            let is_owned_array =
                name.strip_prefix("Array").is_some_and(|rank| rank.is_empty() || rank == "D" || rank.parse::<u8>().is_ok());
            if is_float(ty) || is_owned_array && matches!(last.arguments, PathArguments::AngleBracketed(_)) {
                quote!(#ty)
            } else if let Some(owned) = owned_array(last, krate) {
                owned
            } else {
                projection(ty, krate)
            }
        }
        Type::Slice(slice) if is_float(&slice.elem) => {
            let elem = &slice.elem;
            quote!(::std::vec::Vec<#elem>)
        }
        Type::Array(array) if is_float(&array.elem) => quote!(#ty),
        _ => projection(ty, krate),
    }
}

fn is_float(ty: &Type, float: Option<&Ident>) -> bool {
    let is = |name: &Ident| name == "f64" || name == "f32" || float == Some(name);
    matches!(ty, Type::Path(path) if path.path.get_ident().is_some_and(is))
}

/// The owned array of what `ArrayView2<f64>` or `ArrayRef<T, D>` is a view of.
fn owned_array(last: &PathSegment, krate: &Path) -> Option<TokenStream> {
    const VIEWS: [&str; 5] = ["ArrayViewMut", "ArrayView", "ArrayRef", "CowArray", "ArcArray"];
    let name = last.ident.to_string();
    let rank = VIEWS
        .iter()
        .find_map(|view| name.strip_prefix(view))
        .filter(|rank| rank.is_empty() || *rank == "D" || rank.parse::<u8>().is_ok())?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let arguments = arguments.args.iter().filter(|argument| !matches!(argument, syn::GenericArgument::Lifetime(_)));
    let array = quote::format_ident!("Array{rank}");
    Some(quote!(#krate::rt::ndarray::#array<#(#arguments),*>))
}

fn projection(ty: &Type, krate: &Path) -> TokenStream {
    let span = syn::spanned::Spanned::span(ty);
    let ty = with_lifetime(&without_views(ty, krate), "'static");
    locate(quote!(<#ty as #krate::Differentiable>::Tangent), span)
}

/// An argument's type as a parameter of a pullback, which takes references and arrays for any lifetime: the function's
/// own ones get other names, to be bound by `for<…>`. What a type of the user's borrows is the same both times, since a
/// pullback that is called in turn expects that very type.
pub(super) fn any_lifetime(ty: &Type, own: &Generics, bound: &mut Vec<Lifetime>) -> Type {
    let mut ty = ty.clone();
    AnyLifetime { own, bound }.visit_type_mut(&mut ty);
    ty
}

struct AnyLifetime<'a> {
    own: &'a Generics,
    bound: &'a mut Vec<Lifetime>,
}

impl VisitMut for AnyLifetime<'_> {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.own.lifetimes().any(|param| param.lifetime == *lifetime) {
            *lifetime = Lifetime::new(&format!("'__{}", lifetime.ident), lifetime.span());
            if !self.bound.contains(lifetime) {
                self.bound.push(lifetime.clone());
            }
        }
    }

    fn visit_path_segment_mut(&mut self, segment: &mut PathSegment) {
        if crate::parse::is_given_with_any_lifetime(segment) {
            syn::visit_mut::visit_path_segment_mut(self, segment);
        }
    }
}

/// With owned arrays for views, whose lifetime nobody may have written: their tangent is the same.
fn without_views(ty: &Type, krate: &Path) -> Type {
    struct Owned<'a>(&'a Path);
    impl VisitMut for Owned<'_> {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            let owned = match ty {
                Type::Path(path) => path.path.segments.last().and_then(|last| owned_array(last, self.0)),
                _ => None,
            };
            match owned {
                Some(owned) => *ty = Type::Verbatim(owned),
                None => syn::visit_mut::visit_type_mut(self, ty),
            }
        }
    }
    let mut ty = ty.clone();
    Owned(krate).visit_type_mut(&mut ty);
    ty
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

/// One bare, several as a tuple: `a`, `(a, b)`.
pub(super) fn bare_or_tuple(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [one] => one.clone(),
        _ => quote!((#(#parts),*)),
    }
}

/// Tokens with others in the place of a name.
pub(crate) fn replaced(tokens: TokenStream, name: &Ident, by: &TokenStream) -> TokenStream {
    let each = |token: TokenTree| match token {
        TokenTree::Ident(ident) if ident == *name => by.clone(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), replaced(group.stream(), name, by));
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        }
        other => other.into(),
    };
    tokens.into_iter().map(each).collect()
}
