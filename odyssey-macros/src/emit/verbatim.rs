//! The user's passive code.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, ExprClosure, Ident};

use crate::emit::fragment::{binding_of, Binding, Fragment};
use crate::emit::names::at;
use crate::ir::{Kind, Value, Verbatim};

use crate::emit::writer::{Failure, Writer};

impl Writer<'_> {
    /// The user's code, with its variables under the names that they have here.
    pub(super) fn verbatim(&mut self, verbatim: &Verbatim) -> Fragment {
        if let (Some(_), Expr::Return(syn::ExprReturn { expr: Some(failed), .. })) = (self.failure, &verbatim.expr) {
            let failed = Verbatim { expr: (**failed).clone(), ..verbatim.clone() };
            let (failed, label) = (self.verbatim(&failed).tokens, Failure::label());
            return Fragment::new(quote!(break #label (#failed, ::core::option::Option::None)), Binding::Loose);
        }
        if let (Expr::Closure(closure), false) = (&verbatim.expr, verbatim.is_pure) {
            return self.owning_closure(closure, &verbatim.inputs);
        }
        if let Some(recycled) = recycled(&verbatim.expr) {
            let (call, constructors) =
                (Verbatim { expr: recycled, ..verbatim.clone() }, self.rt("Constructors", Span::call_site()));
            let call = self.plain_verbatim(&call).tokens;
            return Fragment::tight(quote!({ use #constructors as _; #call }));
        }
        self.plain_verbatim(verbatim)
    }

    fn plain_verbatim(&mut self, verbatim: &Verbatim) -> Fragment {
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
        if matches!(&verbatim.expr, Expr::Macro(e) if has_text(e.mac.tokens.clone())) {
            // A format string can name a variable where no token can be replaced.
            let (names, values): (Vec<_>, Vec<_>) = renamed.into_iter().unzip();
            return Fragment::tight(quote!({ #(let #names = &#values;)* #tokens }));
        }
        let mut in_text = Vec::new();
        captured_in(tokens.clone(), &mut in_text);
        let texts: TokenStream =
            renamed.iter().filter(|(name, _)| in_text.contains(name)).map(|(name, value)| quote!(let #name = &#value;)).collect();
        let (bound, renamed): (Vec<_>, Vec<_>) =
            renamed.into_iter().partition(|(name, new)| is_hidden_in(&verbatim.expr, name, new));
        let mut fragment = Fragment::new(rename(tokens, &renamed), binding_of(&verbatim.expr));
        if !texts.is_empty() {
            let tokens = fragment.tokens;
            fragment = Fragment::tight(quote!({ #texts #tokens }));
        }
        if bound.is_empty() {
            return fragment;
        }
        let (tokens, (names, values)): (_, (Vec<_>, Vec<_>)) = (fragment.tokens, bound.into_iter().unzip());
        Fragment::tight(quote!({ #(let #names = #values;)* #tokens }))
    }

    /// A closure that is given to a call goes into the call's pullback, which may outlive the iteration at hand, and the
    /// function, if that is differentiated for callers: it has copies of what it captures.
    fn owning_closure(&mut self, closure: &ExprClosure, captured: &[(Ident, Value)]) -> Fragment {
        let (mut copies, mut places) = (TokenStream::new(), TokenStream::new());
        for (name, value) in captured {
            let span = at(name.span());
            match &self.values[*value].kind {
                Kind::Scalar => {
                    let number = self.expr(*value).tokens;
                    copies.extend(quote_spanned!(span=> let #name = #number;));
                }
                Kind::Reference(_) if !self.is_for_callers => {
                    let reference = self.expr(*value).tokens;
                    copies.extend(quote_spanned!(span=> let #name = #reference;));
                }
                Kind::Reference(_) | Kind::Exclusive(_) => {
                    let (owned, reference) = (self.rt("owned", name.span()), self.expr(*value).receiver());
                    copies.extend(quote_spanned!(span=> let #name = #owned(&*#reference);));
                    places.extend(quote_spanned!(span=> let #name = #name.get();));
                }
                _ => {
                    let value = self.expr(*value).receiver();
                    copies.extend(quote_spanned!(span=> let #name = ::core::clone::Clone::clone(&#value);));
                }
            }
        }
        let body = &closure.body;
        let body = syn::parse_quote!({ #places #body });
        let closure = ExprClosure { capture: Some(syn::Token![move](at(closure.or1_token.spans[0]))), body, ..closure.clone() };
        Fragment::tight(quote!({ #copies #closure }))
    }
}

/// `Array2::<f64>::zeros(…)`, and its like.
pub(super) fn is_constructor(expr: &Expr) -> bool {
    constructor(expr).is_some()
}

/// Its function: of the constructors that the runtime has with memory of the workspace.
fn constructor(expr: &Expr) -> Option<&Ident> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    let mut segments = path.path.segments.iter().rev();
    let (function, owner) = (&segments.next()?.ident, &segments.next()?.ident);
    let is_array =
        ["Array", "Array1", "Array2", "Array3", "Array4", "Array5", "Array6", "ArrayD"].iter().any(|name| owner == name);
    (is_array && ["zeros", "ones", "from_elem"].iter().any(|name| function == name)).then_some(function)
}

/// The same call of the runtime's function.
fn recycled(expr: &Expr) -> Option<Expr> {
    let name = format_ident!("recycled_{}", constructor(expr)?);
    let mut expr = expr.clone();
    let Expr::Call(call) = &mut expr else { return None };
    let Expr::Path(path) = &mut *call.func else { return None };
    path.path.segments.last_mut()?.ident = name;
    Some(expr)
}

/// There is a literal in it that may be a format string.
fn has_text(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Literal(literal) => literal.to_string().contains('"'),
        TokenTree::Group(group) => has_text(group.stream()),
        _ => false,
    })
}

/// The names that format strings among the tokens capture.
fn captured_in(tokens: TokenStream, names: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Literal(literal) => names.extend(crate::lower::captured(&literal)),
            TokenTree::Group(group) => captured_in(group.stream(), names),
            _ => {}
        }
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
