//! Arrays made element by element, as loops that write the elements: `Array2::from_shape_fn(shape, f)`, `Array1::from_iter(items)`,
//! `Array1::from_vec(list)`, `Array2::from_diag(&diagonal)`; `[a, b].map(f)`.

use quote::{format_ident, quote};
use syn::{Expr, ExprCall, ExprPath, Type};

use super::place::without_parens;
use crate::emit::at;

/// The block that a call of such a constructor stands for.
pub(super) fn array_of_elements(path: &ExprPath, e: &ExprCall) -> Option<Expr> {
    let segments = &path.path.segments;
    let name = segments.last()?.ident.to_string();
    let owner_name = segments.iter().rev().nth(1)?.ident.to_string();
    if !owner_name.starts_with("Array") {
        return None;
    }
    let mut owner = path.clone();
    owner.path.segments.pop();
    owner.path.segments.pop_punct();
    let here = at(syn::spanned::Spanned::span(e));
    let is_of_rank_one = owner_name == "Array1" || owner_name == "Array";
    match (name.as_str(), e.args.first()?, e.args.get(1)) {
        ("from_shape_fn", shape, Some(f)) => from_shape_fn(&owner, shape, f),
        ("from_elem", shape, Some(element)) => Some(filled(&owner, shape, element)),
        ("from_iter", given, None) if is_of_rank_one => {
            Some(from_list(&owner, &syn::parse_quote_spanned!(here=> (#given).collect::<::std::vec::Vec<_>>())))
        }
        ("from_diag", diagonal, None) => Some(from_diagonal(&owner, diagonal)),
        ("from_vec", given, None) if is_of_rank_one => Some(from_list(&owner, given)),
        ("from", given, None) if owner_name == "Array1" => Some(from_list(&owner, given)),
        _ => None,
    }
}

/// An array of the elements of a list.
fn from_list(owner: &ExprPath, list: &Expr) -> Expr {
    let here = at(syn::spanned::Spanned::span(list));
    let (array, items, i) = (format_ident!("__array"), format_ident!("__items"), format_ident!("__i"));
    syn::parse_quote_spanned! {here=> {
        let #items = #list;
        let mut #array = #owner::zeros(#items.len());
        for #i in 0..#items.len() { #array[#i] = #items[#i]; }
        #array
    }}
}

/// An array of one element, over and over.
fn filled(owner: &ExprPath, shape: &Expr, element: &Expr) -> Expr {
    let here = at(syn::spanned::Spanned::span(element));
    let array = format_ident!("__array");
    syn::parse_quote_spanned!(here=> { let mut #array = #owner::zeros(#shape); #array.fill(#element); #array })
}

/// A square matrix with these elements on its diagonal.
fn from_diagonal(owner: &ExprPath, diagonal: &Expr) -> Expr {
    let here = at(syn::spanned::Spanned::span(diagonal));
    let (array, elements) = (format_ident!("__array"), format_ident!("__diagonal"));
    syn::parse_quote_spanned! {here=> {
        let #elements = #diagonal;
        let mut #array = #owner::zeros((#elements.len(), #elements.len()));
        #array.diag_mut().assign(#elements);
        #array
    }}
}

fn from_shape_fn(owner: &ExprPath, shape: &Expr, f: &Expr) -> Option<Expr> {
    let Expr::Closure(closure) = without_parens(f) else { return None };
    let (pattern, body) = (closure.inputs.first()?, &closure.body);
    let rank = match pattern {
        syn::Pat::Tuple(tuple) => tuple.elems.len(),
        _ => 1,
    };
    let here = at(syn::spanned::Spanned::span(f));
    let array = format_ident!("__array");
    let indices: Vec<_> = (0..rank).map(|axis| format_ident!("__i{axis}")).collect();
    let (index, position) = match &indices[..] {
        [one] => (quote!(#one), quote!(#one)),
        several => (quote!([#(#several),*]), quote!((#(#several),*))),
    };
    let write: Expr = syn::parse_quote_spanned!(here=> { let #pattern = #position; #array[#index] = #body; });
    let loops = indices
        .iter()
        .enumerate()
        .rev()
        .fold(write, |inner, (axis, i)| syn::parse_quote_spanned!(here=> { for #i in 0..#array.shape()[#axis] { #inner } }));
    Some(syn::parse_quote_spanned!(here=> { let mut #array = #owner::zeros(#shape); #loops #array }))
}

/// `x.map(f)` of an array of numbers, element by element.
pub(super) fn mapped(x: &Expr, f: &Expr) -> Expr {
    let here = at(syn::spanned::Spanned::span(f));
    let (list, i, function) = (format_ident!("__list"), format_ident!("__i"), format_ident!("__f"));
    let (bound, called) = match without_parens(f) {
        closure @ Expr::Closure(_) => (Some(quote!(let #function = #closure;)), quote!(#function)),
        path => (None, quote!(#path)),
    };
    syn::parse_quote_spanned! {here=> {
        #bound
        let mut #list = (#x).clone();
        for #i in 0..#list.len() { #list[#i] = #called(#list[#i]); }
        #list
    }}
}

/// `Array1::<f64>::from_iter(items)` for `items.collect()` where the type is that of such an array.
pub(super) fn collected_as(ty: &Type, expr: &Expr) -> Option<Expr> {
    let (Type::Path(owner), Expr::MethodCall(e)) = (ty, without_parens(expr)) else { return None };
    let mut owner = owner.clone();
    let last = owner.path.segments.last_mut()?;
    if e.method != "collect" || last.ident != "Array1" {
        return None;
    }
    if let syn::PathArguments::AngleBracketed(arguments) = &mut last.arguments {
        arguments.colon2_token = Some(syn::Token![::](at(last.ident.span())));
    }
    let items = &e.receiver;
    Some(syn::parse_quote_spanned!(at(syn::spanned::Spanned::span(e))=> #owner::from_iter(#items)))
}
