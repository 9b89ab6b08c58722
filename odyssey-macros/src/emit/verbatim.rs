//! The user's passive code.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned, ToTokens};
use syn::visit::Visit;
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
        let mut bound: Vec<(Ident, TokenStream)> = Vec::new();
        let scopes = Scopes::of(&verbatim.expr);
        for (ident, value) in &verbatim.inputs {
            let tokens = self.expr(*value).receiver();
            if *ident == tokens.to_string() {
                continue;
            }
            if scopes.hide(ident, &tokens) {
                if let Expr::Closure(closure) = &verbatim.expr {
                    return self.closure_with_own(closure, &verbatim.inputs);
                }
                bound.push((ident.clone(), self.bound_as(*value, tokens, scopes.only_look(ident))));
            } else {
                renamed.push((ident.clone(), tokens));
            }
        }
        // What a name is bound to hides what another one stands for.
        while let Some(k) = renamed.iter().position(|(_, new)| bound.iter().any(|(name, _)| mentions(new.clone(), name))) {
            bound.push(renamed.remove(k));
        }
        let code = crate::renamed::renamed(&verbatim.expr, &renamed);
        let fragment = Fragment::new(code.into_token_stream(), binding_of(&verbatim.expr));
        if bound.is_empty() {
            return fragment;
        }
        let (names, tokens) = (let_all(&bound), fragment.tokens);
        Fragment::tight(quote!({ #names #tokens }))
    }

    /// What a name is bound to that stands for this value: it is lent to code that only looks at it.
    fn bound_as(&mut self, value: Value, tokens: TokenStream, is_looked_at: bool) -> TokenStream {
        match self.values[value].kind {
            Kind::Reference(_) => self.expr(value).tokens,
            Kind::Scalar => tokens,
            _ if is_looked_at => quote!(&#tokens),
            _ => tokens,
        }
    }

    /// A closure that has what it captures under names of its own: it may be kept for longer than these.
    fn closure_with_own(&mut self, closure: &ExprClosure, captured: &[(Ident, Value)]) -> Fragment {
        let body = Scopes::of(&closure.body);
        let mut bound = Vec::new();
        for (name, value) in captured {
            let tokens = self.expr(*value).receiver();
            bound.push((name.clone(), self.bound_as(*value, tokens, body.only_look(name))));
        }
        let names = let_all(&bound);
        let closure = ExprClosure { capture: Some(syn::Token![move](at(closure.or1_token.spans[0]))), ..closure.clone() };
        Fragment::tight(quote!({ #names #closure }))
    }

    /// A closure that is given to a call goes into the call's pullback, which may outlive the iteration at hand, and the
    /// function, if that is differentiated for callers: it has copies of what it captures.
    fn owning_closure(&mut self, closure: &ExprClosure, captured: &[(Ident, Value)]) -> Fragment {
        let (mut copies, mut places) = (Vec::new(), TokenStream::new());
        for (name, value) in captured {
            let span = at(name.span());
            match &self.values[*value].kind {
                Kind::Scalar => {
                    let number = self.expr(*value).tokens;
                    copies.push((name.clone(), number));
                }
                Kind::Reference(_) if !self.is_for_callers => {
                    let reference = self.expr(*value).tokens;
                    copies.push((name.clone(), reference));
                }
                Kind::Reference(_) | Kind::Exclusive(_) => {
                    let (owned, reference) = (self.rt("owned", name.span()), self.expr(*value).receiver());
                    copies.push((name.clone(), quote_spanned!(span=> #owned(&*#reference))));
                    places.extend(quote_spanned!(span=> let #name = #name.get();));
                }
                _ => {
                    let value = self.expr(*value).receiver();
                    copies.push((name.clone(), quote_spanned!(span=> ::core::clone::Clone::clone(&#value))));
                }
            }
        }
        let body = &closure.body;
        let body = syn::parse_quote!({ #places #body });
        let closure = ExprClosure { capture: Some(syn::Token![move](at(closure.or1_token.spans[0]))), body, ..closure.clone() };
        let copies = let_all(&copies);
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

/// The variables that code declares itself. What a macro declares, nobody knows.
struct Scopes<'a> {
    code: TokenStream,
    declared: Vec<&'a Ident>,
    macros: Vec<&'a TokenStream>,
}

impl<'a> Scopes<'a> {
    fn of(expr: &'a Expr) -> Scopes<'a> {
        let mut scopes = Scopes { code: expr.to_token_stream(), declared: Vec::new(), macros: Vec::new() };
        scopes.visit_expr(expr);
        scopes
    }

    /// The code cannot have `new` in the place of the variable `name` of its surroundings: a variable of its own hides something that `new` is
    /// made of; or it has a variable `name` as well, which would be replaced too.
    fn hide(&self, name: &Ident, new: &TokenStream) -> bool {
        let is_declared = |ident: &Ident| self.declared.contains(&ident);
        let mut names = Vec::new();
        identifiers(new.clone(), &mut names);
        let hides = |ident: &Ident| is_declared(ident) || self.macros.iter().any(|tokens| mentions((*tokens).clone(), ident));
        let is_name = || syn::parse2::<Ident>(new.clone()).is_ok_and(|new| !mentions(self.code.clone(), &new));
        names.iter().any(hides) || is_declared(name) && !is_name()
    }
}

impl Scopes<'_> {
    /// The code does nothing with a variable but to call methods of it, to look at its fields and elements, and to refer to it.
    fn only_look(&self, name: &Ident) -> bool {
        fn looks(tokens: TokenStream, name: &Ident) -> bool {
            let tokens: Vec<_> = tokens.into_iter().collect();
            let is_punct = |token: Option<&TokenTree>, char| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == char);
            tokens.iter().enumerate().all(|(k, token)| match token {
                TokenTree::Ident(ident) if ident == name => {
                    let next = tokens.get(k + 1);
                    let is_indexed =
                        matches!(next, Some(TokenTree::Group(g)) if g.delimiter() == proc_macro2::Delimiter::Bracket);
                    let before = k.checked_sub(1).and_then(|k| tokens.get(k));
                    is_indexed || is_punct(next, '.') || is_punct(before, '&') || is_punct(before, '.')
                }
                TokenTree::Group(group) => looks(group.stream(), name),
                _ => true,
            })
        }
        looks(self.code.clone(), name)
    }
}

impl<'ast> Visit<'ast> for Scopes<'ast> {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.declared.push(&pattern.ident);
        syn::visit::visit_pat_ident(self, pattern);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.macros.push(&mac.tokens);
    }
}

/// `let (a, b) = (x, y);`: none of the names hides what another one is bound to.
fn let_all(bound: &[(Ident, TokenStream)]) -> TokenStream {
    let (names, values): (Vec<_>, Vec<_>) = bound.iter().cloned().unzip();
    match (&names[..], &values[..]) {
        ([], _) => TokenStream::new(),
        ([name], [value]) => quote!(let #name = #value;),
        _ => quote!(let (#(#names),*) = (#(#values),*);),
    }
}

/// The identifiers among tokens.
fn identifiers(tokens: TokenStream, found: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => found.push(ident),
            TokenTree::Group(group) => identifiers(group.stream(), found),
            _ => {}
        }
    }
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    let mut found = Vec::new();
    identifiers(tokens, &mut found);
    found.contains(name)
}
