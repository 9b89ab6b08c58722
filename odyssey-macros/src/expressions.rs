//! The user's expressions by their places: what a panic in generated code says of them.

use std::collections::HashMap;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr};

/// Line and column of a token.
pub(crate) type Place = (u32, u32);

/// Line and column, as `std::panic::Location` counts them; there are none without rustc.
pub(crate) fn place_of(span: Span) -> Option<Place> {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    proc_macro::is_available().then(|| span.unwrap()).map(|span| (number(span.line()), number(span.column())))
}

/// The token that stands for an expression, and for no other.
pub(crate) fn token_of(expr: &Expr) -> Span {
    match expr {
        Expr::MethodCall(e) => e.method.span(),
        Expr::Binary(e) => e.op.span(),
        _ => expr.span(),
    }
}

/// An expression that may panic.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub(crate) text: String,
    /// Where rustc says that it panics.
    pub(crate) at: Span,
}

/// Operators, calls, methods and macros, by the place of their token.
#[derive(Debug, Default)]
pub(crate) struct Expressions(HashMap<Place, Expression>);

impl Expressions {
    pub(crate) fn of(block: &Block) -> Expressions {
        let mut expressions = Expressions::default();
        expressions.visit_block(block);
        expressions
    }

    pub(crate) fn find(&self, token: Span) -> Option<&Expression> {
        self.0.get(&place_of(token)?)
    }
}

impl<'ast> Visit<'ast> for Expressions {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        if matches!(expr, Expr::MethodCall(_) | Expr::Binary(_) | Expr::Call(_) | Expr::Macro(_)) {
            let at = if matches!(expr, Expr::MethodCall(_)) { token_of(expr) } else { expr.span() };
            let expression = || Expression { text: shortened(text_of(expr.to_token_stream())), at };
            if let Some(place) = place_of(token_of(expr)) {
                self.0.entry(place).or_insert_with(expression);
            }
        }
        visit::visit_expr(self, expr);
    }
}

/// Most characters of a text.
const MOST: usize = 72;

fn shortened(text: String) -> String {
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

/// Tokens as one line, spaced as rustfmt does.
fn text_of(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut before: Option<TokenTree> = None;
    // A sign belongs to what follows, an operator stands between.
    let mut is_sign = true;
    let mut in_bars = false;
    for token in tokens {
        let is_punct = |token: &TokenTree, of: &str| matches!(token, TokenTree::Punct(p) if of.contains(p.as_char()));
        let joins = match &before {
            None => true,
            Some(last) => {
                let is_joint = matches!(last, TokenTree::Punct(p) if p.spacing() == proc_macro2::Spacing::Joint);
                let is_suffix = matches!(&token, TokenTree::Group(g) if g.delimiter() != Delimiter::Brace)
                    && matches!(last, TokenTree::Ident(_) | TokenTree::Group(_))
                    || matches!(&token, TokenTree::Group(_)) && is_punct(last, "!");
                is_joint
                    || is_suffix
                    || is_punct(&token, ".,;?:") && !is_punct(last, ",=<>")
                    || text.ends_with("..;")
                    || is_punct(last, ".")
                    || is_punct(last, ":") && text.ends_with("::")
                    || is_punct(&token, "!") && matches!(last, TokenTree::Ident(_))
                    || is_sign && is_punct(last, "&-*!")
                    || in_bars && (is_punct(&token, "|") || is_punct(last, "|"))
            }
        };
        if !joins {
            text.push(' ');
        }
        let is_bar = is_punct(&token, "|");
        let closes = is_bar && in_bars;
        in_bars = !closes && (in_bars || is_bar && before.as_ref().is_none_or(|last| matches!(last, TokenTree::Punct(_))));
        is_sign = match (&token, &before) {
            (TokenTree::Punct(p), last) if "&-*!".contains(p.as_char()) => {
                last.as_ref().is_none_or(|last| matches!(last, TokenTree::Punct(_)))
            }
            _ => false,
        };
        match &token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                text.extend([open, &text_of(group.stream()), close]);
            }
            other => text.push_str(&other.to_string()),
        }
        before = Some(token);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn texts_are_spaced_as_they_are_written() {
        for text in [
            "x.dot(&self.w1)",
            "&h + x",
            "-a * (b - 2.0)",
            "x.slice(s![1..7, ..;2])",
            "concatenate![Axis(0), h, k]",
            "losses::mse_loss(&h, x)",
            "x.to_shape((2, 3))",
            "rows[i].mapv(|v| v * -v)",
            "*a - *b",
        ] {
            assert_eq!(text_of(text.parse().expect("tokens")), text);
        }
    }
}
