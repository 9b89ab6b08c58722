//! The user's passive code.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Expr, Ident};

use crate::emit::fragment::{binding_of, Binding, Fragment};
use crate::ir::Verbatim;

use crate::emit::writer::{Failure, Writer};

impl Writer<'_> {
    /// The user's code, with its variables under the names that they have here.
    pub(super) fn verbatim(&mut self, verbatim: &Verbatim) -> Fragment {
        if let (Some(_), Expr::Return(syn::ExprReturn { expr: Some(failed), .. })) = (self.failure, &verbatim.expr) {
            let failed = Verbatim { expr: (**failed).clone(), ..verbatim.clone() };
            let (failed, label) = (self.verbatim(&failed).tokens, Failure::label());
            return Fragment::new(quote!(break #label (#failed, ::core::option::Option::None)), Binding::Loose);
        }
        let mut renamed: Vec<(Ident, TokenStream)> = Vec::new();
        for (ident, value) in &verbatim.inputs {
            let tokens = self.expr(*value).receiver();
            if *ident != tokens.to_string() {
                renamed.push((ident.clone(), tokens));
            }
        }
        let tokens = quote::ToTokens::to_token_stream(&verbatim.expr);
        if renamed.is_empty() {
            return Fragment::new(tokens, binding_of(&verbatim.expr));
        }
        if matches!(verbatim.expr, Expr::Macro(_)) {
            // A format string can name a variable where no token can be replaced.
            let (names, values): (Vec<_>, Vec<_>) = renamed.into_iter().unzip();
            return Fragment::tight(quote!({ #(let #names = &#values;)* #tokens }));
        }
        let (bound, renamed): (Vec<_>, Vec<_>) =
            renamed.into_iter().partition(|(name, new)| is_hidden_in(&verbatim.expr, name, new));
        let fragment = Fragment::new(rename(tokens, &renamed), binding_of(&verbatim.expr));
        if bound.is_empty() {
            return fragment;
        }
        let (tokens, (names, values)): (_, (Vec<_>, Vec<_>)) = (fragment.tokens, bound.into_iter().unzip());
        Fragment::tight(quote!({ #(let #names = #values;)* #tokens }))
    }
}

/// The code declares a variable of that name as well, which an expression cannot stand for.
fn is_hidden_in(expr: &Expr, name: &Ident, new: &TokenStream) -> bool {
    struct Declares<'n>(&'n Ident, bool);
    impl<'ast> syn::visit::Visit<'ast> for Declares<'_> {
        fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
            self.1 |= pattern.ident == *self.0;
        }
    }
    let mut declares = Declares(name, false);
    syn::visit::Visit::visit_expr(&mut declares, expr);
    declares.1 && syn::parse2::<Ident>(new.clone()).is_err()
}

/// Replaces variables in the user's tokens; what follows a dot is a field or a method.
fn rename(tokens: TokenStream, renamed: &[(Ident, TokenStream)]) -> TokenStream {
    let mut out = TokenStream::new();
    let mut after_dot = false;
    for token in tokens {
        let was_after_dot = after_dot;
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.' && !was_after_dot);
        match token {
            TokenTree::Ident(ident) if !was_after_dot => match renamed.iter().find(|(name, _)| *name == ident) {
                Some((_, replacement)) => out.extend(replacement.clone()),
                None => out.extend([TokenTree::Ident(ident)]),
            },
            TokenTree::Group(group) => {
                let mut inner = proc_macro2::Group::new(group.delimiter(), rename(group.stream(), renamed));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            other => out.extend([other]),
        }
    }
    out
}
