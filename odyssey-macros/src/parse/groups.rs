//! Invisible groups, which `macro_rules!` leaves around a `$e:expr` or a `$t:ty`, as parentheses.
//!
//! rustc ignores such groups in what a procedural macro gives back: `$a * 2.0` with `1.0 + x` for `$a` would become
//! `1.0 + x * 2.0`, in the user's own function and in its derivative.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{token, Expr, ExprParen, Item, Macro, Stmt, Type, TypeParen};

/// Writes every invisible group of an item so that its meaning survives.
pub(super) fn make_visible(item: &mut Item) {
    MakeVisible.visit_item_mut(item);
}

struct MakeVisible;

impl VisitMut for MakeVisible {
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Expr(expr, _) = stmt {
            if let Expr::Group(group) = expr {
                *expr = (*group.expr).clone();
            }
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Group(group) = expr {
            let inner = (*group.expr).clone();
            *expr = if is_atomic(&inner) { inner } else { parenthesised(inner) };
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Group(group) = ty {
            let inner = (*group.elem).clone();
            let is_sum = matches!(inner, Type::ImplTrait(_) | Type::TraitObject(_));
            *ty = if is_sum {
                let paren_token = token::Paren(made_at(inner.span()));
                Type::Paren(TypeParen { paren_token, elem: Box::new(inner) })
            } else {
                inner
            };
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        mac.tokens = visible_tokens(std::mem::take(&mut mac.tokens));
    }
}

/// The user's place, seen as written by the macro, so that no lint asks to remove the parentheses.
fn made_at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

fn parenthesised(inner: Expr) -> Expr {
    let paren_token = token::Paren(made_at(inner.span()));
    Expr::Paren(ExprParen { attrs: Vec::new(), paren_token, expr: Box::new(inner) })
}

/// Binds as tightly as it can, whatever stands around it.
fn is_atomic(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Array(_)
            | Expr::Call(_)
            | Expr::Field(_)
            | Expr::Group(_)
            | Expr::Index(_)
            | Expr::Lit(_)
            | Expr::Macro(_)
            | Expr::MethodCall(_)
            | Expr::Paren(_)
            | Expr::Path(_)
            | Expr::Repeat(_)
            | Expr::Tuple(_)
    )
}

/// The same in the arguments of a macro call, where it is not known what a group stands for.
fn visible_tokens(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| {
            let TokenTree::Group(group) = token else { return token };
            let inner = visible_tokens(group.stream());
            let is_operand = || syn::parse2::<Expr>(inner.clone()).is_ok_and(|expr| !is_atomic(&expr));
            let delimiter = match group.delimiter() {
                Delimiter::None if is_operand() => Delimiter::Parenthesis,
                delimiter => delimiter,
            };
            let mut visible = Group::new(delimiter, inner);
            visible.set_span(if delimiter == group.delimiter() { group.span() } else { made_at(group.span()) });
            TokenTree::Group(visible)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::make_visible;
    use proc_macro2::{Delimiter, Group, TokenStream};
    use quote::{quote, ToTokens};

    fn invisible(tokens: TokenStream) -> Group {
        Group::new(Delimiter::None, tokens)
    }

    fn visible(function: TokenStream) -> String {
        let mut function = syn::parse2(function).expect("a function");
        make_visible(&mut function);
        function.into_token_stream().to_string()
    }

    #[test]
    fn operands_keep_together() {
        let (sum, name) = (invisible(quote!(1.0 + x)), invisible(quote!(x)));
        let written = visible(quote!(fn f(x: f64) -> f64 { #sum * #name }));
        assert_eq!(
            written,
            quote!(
                fn f(x: f64) -> f64 {
                    (1.0 + x) * x
                }
            )
            .to_string()
        );
    }

    #[test]
    fn inside_of_macro_calls() {
        let (sum, text) = (invisible(quote!(1.0 + x)), invisible(quote!("{}")));
        let written = visible(quote!(
            fn f(x: f64) {
                println!(#text, #sum * x)
            }
        ));
        let expected = quote!(
            fn f(x: f64) {
                println!(#text, (1.0 + x) * x)
            }
        );
        assert_eq!(written, expected.to_string());
    }

    #[test]
    fn types_and_statements() {
        let (ty, sum, branch) = (invisible(quote!(f64)), invisible(quote!(dyn A + B)), invisible(quote!(if c {})));
        let written = visible(quote!(fn f(x: &#ty, y: &#sum) { #branch; x }));
        assert_eq!(
            written,
            quote!(
                fn f(x: &f64, y: &(dyn A + B)) {
                    if c {};
                    x
                }
            )
            .to_string()
        );
    }
}
