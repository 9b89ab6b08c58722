//! The user's code with other names, or expressions, in the place of its variables.

use proc_macro2::{Group, Spacing, TokenStream, TokenTree};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Ident};

use crate::lower::captured;

/// The code, with each of the variables replaced. Variables of the same names that it declares itself are the caller's concern.
pub(crate) fn renamed(expr: &Expr, names: &[(Ident, TokenStream)]) -> Expr {
    let mut renamed = expr.clone();
    if !names.is_empty() {
        Renamed { names }.visit_expr_mut(&mut renamed);
    }
    renamed
}

struct Renamed<'n> {
    names: &'n [(Ident, TokenStream)],
}

impl VisitMut for Renamed<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) if path.path.get_ident().is_some() => {
                if let Some(new) = path.path.get_ident().and_then(|name| self.replacement(name)) {
                    *expr = Expr::Verbatim(new.clone());
                }
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    /// `P { x }` is `P { x: new }`.
    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        if field.colon_token.is_none() {
            field.colon_token = Some(syn::Token![:](crate::emit::at(syn::spanned::Spanned::span(&field.member))));
        }
        visit_mut::visit_field_value_mut(self, field);
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        mac.tokens = self.macro_tokens(std::mem::take(&mut mac.tokens));
    }

    // Names in these are no variables of the surroundings.
    fn visit_pat_mut(&mut self, _: &mut syn::Pat) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

impl Renamed<'_> {
    fn replacement(&self, name: &Ident) -> Option<&TokenStream> {
        self.names.iter().find(|(old, _)| old == name).map(|(_, new)| new)
    }

    /// What a macro is given. A format string names variables where no token can be replaced: they become named arguments.
    fn macro_tokens(&self, tokens: TokenStream) -> TokenStream {
        let given: Vec<TokenTree> = tokens.into_iter().collect();
        let mut out = self.tokens(&given);
        let mut is_separated = given.last().is_some_and(|last| is_punct(Some(last), ','));
        let mut named: Vec<Ident> = Vec::new();
        for token in &given {
            let TokenTree::Literal(text) = token else { continue };
            for name in captured(text) {
                let is_given = (0..given.len()).any(|k| is_named(&given, k) && is_ident(&given[k], &name));
                let Some(new) = self.replacement(&name).filter(|_| !is_given && !named.contains(&name)) else { continue };
                let comma = (!is_separated).then(|| quote!(,));
                out.extend(quote!(#comma #name = #new));
                is_separated = false;
                named.push(name);
            }
        }
        out
    }

    fn tokens(&self, tokens: &[TokenTree]) -> TokenStream {
        let mut out = TokenStream::new();
        for (k, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(name) if is_variable(tokens, k) => match self.replacement(name) {
                    Some(new) => out.extend(new.clone()),
                    None => out.extend([token.clone()]),
                },
                TokenTree::Group(group) => out.extend([TokenTree::Group(self.group(group, is_macro(&tokens[..k])))]),
                _ => out.extend([token.clone()]),
            }
        }
        out
    }

    fn group(&self, group: &Group, is_macro: bool) -> Group {
        let inner = if is_macro {
            self.macro_tokens(group.stream())
        } else {
            self.tokens(&group.stream().into_iter().collect::<Vec<_>>())
        };
        let mut renamed = Group::new(group.delimiter(), inner);
        renamed.set_span(group.span());
        renamed
    }
}

/// An identifier among the tokens of a macro is no field, no method and no name of an argument.
fn is_variable(tokens: &[TokenTree], k: usize) -> bool {
    let before = |n: usize| k.checked_sub(n).and_then(|k| tokens.get(k));
    let is_member = is_punct(before(1), '.') && !is_punct(before(2), '.');
    let is_field = is_alone(tokens.get(k + 1), ':');
    !is_member && !is_field && !is_named(tokens, k)
}

/// `name = value`.
fn is_named(tokens: &[TokenTree], k: usize) -> bool {
    let is_first = k.checked_sub(1).is_none_or(|k| is_punct(tokens.get(k), ','));
    is_first && is_alone(tokens.get(k + 1), '=')
}

/// What follows is what a macro is given.
fn is_macro(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(_), bang] if is_punct(Some(bang), '!'))
}

fn is_ident(token: &TokenTree, name: &Ident) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// No part of `::`, `==` or `=>`.
fn is_alone(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char && punct.spacing() == Spacing::Alone)
}
