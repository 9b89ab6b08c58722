//! Expressions as tokens that know how tightly they bind, so that parentheses stand where they are needed.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{BinOp, Expr};

/// How tightly an expression binds, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Binding {
    /// `if`, closures, ranges, comparisons: in parentheses anywhere but on their own.
    Loose,
    Sum,
    Product,
    Cast,
    Prefix,
    /// Calls, fields, indices, names and literals.
    Tight,
}

#[derive(Clone, Debug)]
pub(super) struct Fragment {
    pub(super) tokens: TokenStream,
    pub(super) binding: Binding,
}

impl Fragment {
    pub(super) fn new(tokens: TokenStream, binding: Binding) -> Fragment {
        Fragment { tokens, binding }
    }

    pub(super) fn tight(tokens: TokenStream) -> Fragment {
        Fragment::new(tokens, Binding::Tight)
    }

    /// The tokens, in parentheses if they bind more loosely than that.
    pub(super) fn at_least(&self, binding: Binding) -> TokenStream {
        let tokens = &self.tokens;
        if self.binding >= binding {
            tokens.clone()
        } else {
            quote!((#tokens))
        }
    }

    /// As the operand of a method call, a field or an index.
    pub(super) fn receiver(&self) -> TokenStream {
        self.at_least(Binding::Tight)
    }

    /// `&fragment`; `&*r` and `&&x` are written as they are.
    pub(super) fn reference(&self) -> TokenStream {
        let inner = self.at_least(Binding::Prefix);
        quote!(&#inner)
    }

    /// A binary operator; the right operand binds tighter, since none of them is associative in floats.
    pub(super) fn binary(left: &Fragment, operator: &str, right: &Fragment, span: Span) -> Fragment {
        let (binding, tighter) = match operator {
            "+" | "-" => (Binding::Sum, Binding::Product),
            _ => (Binding::Product, Binding::Cast),
        };
        let (left, right) = (left.at_least(binding), right.at_least(tighter));
        let tokens = match operator {
            "+" => quote_spanned!(span=> #left + #right),
            "-" => quote_spanned!(span=> #left - #right),
            "*" => quote_spanned!(span=> #left * #right),
            "/" => quote_spanned!(span=> #left / #right),
            _ => quote_spanned!(span=> #left % #right),
        };
        Fragment::new(tokens, binding)
    }

    pub(super) fn negative(&self, span: Span) -> Fragment {
        let inner = self.at_least(Binding::Prefix);
        // `- -x` is legal and reads badly.
        let inner = if self.binding == Binding::Prefix { quote!((#inner)) } else { inner };
        Fragment::new(quote_spanned!(span=> -#inner), Binding::Prefix)
    }
}

/// How tightly the user's expression binds.
pub(super) fn binding_of(expr: &Expr) -> Binding {
    match expr {
        Expr::Lit(_) | Expr::Path(_) | Expr::Paren(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Call(_) | Expr::MethodCall(_) => {
            Binding::Tight
        }
        Expr::Field(_) | Expr::Index(_) | Expr::Macro(_) => Binding::Tight,
        Expr::Group(e) => binding_of(&e.expr),
        Expr::Unary(_) | Expr::Reference(_) => Binding::Prefix,
        Expr::Cast(_) => Binding::Cast,
        Expr::Binary(e) => match e.op {
            BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_) => Binding::Product,
            BinOp::Add(_) | BinOp::Sub(_) => Binding::Sum,
            _ => Binding::Loose,
        },
        _ => Binding::Loose,
    }
}
