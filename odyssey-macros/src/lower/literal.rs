//! Literals whose type the user wrote beside them: values have no types, so the literal must say it.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Block, Expr, Lit, Stmt, Type};

use super::passive::is_float;
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

/// The expression with the type that `let x: f64 = …;` gives it written on its literals: `0.5` is `0.5f64`, so that
/// `x.sin()` is the method of a known type wherever `x` goes.
pub(super) fn typed(expr: &Expr, ty: &Type) -> Expr {
    let mut typed = expr.clone();
    write(&mut typed, ty);
    typed
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

fn write(expr: &mut Expr, ty: &Type) {
    match (expr, ty) {
        (Expr::Lit(e), Type::Path(path)) if is_float(ty) => {
            let suffix = path.path.get_ident().expect("the name of a float").to_string();
            if let Lit::Float(token) = &e.lit {
                if token.suffix().is_empty() {
                    e.lit = Lit::Float(syn::LitFloat::new(&format!("{token}{suffix}"), token.span()));
                }
            }
        }
        (Expr::Paren(e), _) => write(&mut e.expr, ty),
        (Expr::Group(e), _) => write(&mut e.expr, ty),
        (Expr::Unary(e), _) if matches!(e.op, syn::UnOp::Neg(_)) => write(&mut e.expr, ty),
        (Expr::Tuple(e), Type::Tuple(types)) => e.elems.iter_mut().zip(&types.elems).for_each(|(e, ty)| write(e, ty)),
        (Expr::Block(e), _) => write_last(&mut e.block, ty),
        (Expr::If(e), _) => {
            write_last(&mut e.then_branch, ty);
            if let Some((_, otherwise)) = &mut e.else_branch {
                write(otherwise, ty);
            }
        }
        // An operand's type need not be the result's, but a literal beside a literal has it.
        (Expr::Binary(e), _) if is_literal(&e.left) && is_literal(&e.right) => write(&mut e.left, ty),
        _ => {}
    }
}

fn write_last(block: &mut Block, ty: &Type) {
    if let Some(Stmt::Expr(last, None)) = block.stmts.last_mut() {
        write(last, ty);
    }
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(e) => matches!(e.lit, Lit::Float(_)),
        Expr::Paren(e) => is_literal(&e.expr),
        Expr::Group(e) => is_literal(&e.expr),
        Expr::Unary(e) => matches!(e.op, syn::UnOp::Neg(_)) && is_literal(&e.expr),
        Expr::Binary(e) => super::passive::arithmetic(&e.op).is_some() && is_literal(&e.left) && is_literal(&e.right),
        _ => false,
    }
}
