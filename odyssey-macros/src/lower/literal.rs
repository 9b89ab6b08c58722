//! What the text says of the types of literals.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, Type};

use crate::parse::Source;

/// `f64` in a function that mentions it and no other float: what a float literal in it is.
pub(super) fn only_float(source: &Source) -> Option<Type> {
    let generic =
        source.scope.type_params().any(|param| crate::parse::kind(&param_type(&param.ident), &source.scope).is_scalar());
    let mut found = [false; 2];
    find_floats(source.item.to_token_stream(), &mut found);
    match (found[1], found[0]) {
        (true, false) if !generic => Some(syn::parse_quote!(f64)),
        (false, true) if !generic => Some(syn::parse_quote!(f32)),
        _ => None,
    }
}

fn param_type(name: &syn::Ident) -> Type {
    syn::parse_quote!(#name)
}

/// Whether `f32` and `f64` are mentioned.
fn find_floats(tokens: TokenStream, found: &mut [bool; 2]) {
    for token in tokens {
        let text = match token {
            TokenTree::Ident(ident) => ident.to_string(),
            TokenTree::Literal(literal) => literal.to_string(),
            TokenTree::Group(group) => {
                find_floats(group.stream(), found);
                continue;
            }
            TokenTree::Punct(_) => continue,
        };
        for (found, name) in found.iter_mut().zip(["f32", "f64"]) {
            *found |= text == name || text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(name);
        }
    }
}

/// `s![.., 0_isize]` for `s![.., 0]`: which axes are left must be known where the slice is bound.
pub(super) fn typed_slice(expr: &Expr) -> Option<Expr> {
    let Expr::Macro(e) = expr else { return None };
    if e.mac.path.segments.last()?.ident != "s" {
        return None;
    }
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let is_plain = |sign: &[TokenTree], literal: &proc_macro2::Literal| {
        let is_signed = matches!(sign, [TokenTree::Punct(punct)] if punct.as_char() == '-');
        (sign.is_empty() || is_signed) && literal.to_string().chars().all(|c| c.is_ascii_digit())
    };
    let tokens: Vec<_> = e.mac.tokens.clone().into_iter().collect();
    let parts = tokens.split(is_comma).map(|part| match part {
        [sign @ .., TokenTree::Literal(literal)] if is_plain(sign, literal) => {
            let text = format!("{literal}_isize");
            let mut typed: proc_macro2::Literal = text.parse().expect("an integer with a suffix is a literal");
            typed.set_span(literal.span());
            sign.iter().cloned().chain([typed.into()]).collect()
        }
        part => part.iter().cloned().collect::<TokenStream>(),
    });
    let mut typed = e.clone();
    typed.mac.tokens = quote::quote!(#(#parts),*);
    Some(Expr::Macro(typed))
}
