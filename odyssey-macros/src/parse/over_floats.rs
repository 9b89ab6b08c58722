//! A function over other floats than those that the user wrote: with a type parameter in their place, so that it takes dual numbers.
//!
//! Only types and numbers are rewritten. What cannot be computed with another type is left to rustc, which finds it at the user's code.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned, ToTokens};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{parse_quote, parse_quote_spanned};
use syn::{Attribute, Expr, ExprCast, ExprPath, Generics, Ident, Item, Lit, LitFloat, Macro, Pat, PatIdent, Path, Type};

use super::{Place, Signature, Source, Surroundings};
use crate::ir::Kind;

/// The runtime's function that makes a constant one over other floats.
pub(crate) const CONSTANT: &str = "constant_over";

/// The runtime's function that makes a float one that can be cast to an integer.
pub(crate) const WHOLE: &str = "whole_of";

impl Source {
    /// Nothing but its floats keeps the function from being computed with others, as far as its signature says.
    pub(crate) fn is_of_numbers(&self) -> bool {
        let given = self.signature.differentiated().map(|(_, argument)| &argument.ty);
        !self.place.is_of_trait() && given.chain([&self.signature.result]).all(|ty| is_of_numbers(ty, &self.scope))
    }

    /// The same function over a float type of its own, if it is written over one.
    pub(crate) fn over_floats(&self) -> Option<Source> {
        // The type that a method belongs to is over the floats that it is.
        let written = only_float(&self.item.sig).filter(|_| self.place == Place::Module)?;
        let bound = super::generic_names(&self.item);
        let mut float = Ident::new("Float", Span::call_site());
        while super::mentions(self.item.to_token_stream(), &float) {
            float = quote::format_ident!("{float}_");
        }
        let mut over = OverFloats { written, float, krate: self.options.krate.clone(), bound };
        let mut item = self.item.clone();
        over.visit_signature_mut(&mut item.sig);
        over.visit_block_mut(&mut item.block);
        let (float, krate) = (&over.float, &over.krate);
        let lifetimes = item.sig.generics.lifetimes().count();
        item.sig.generics.params.insert(lifetimes, parse_quote!(#float: #krate::Real));
        Some(Source {
            place: self.place,
            surroundings: Surroundings::default(),
            is_declared: false,
            scope: item.sig.generics.clone(),
            options: self.options.clone(),
            signature: over.signature(&self.signature),
            item,
        })
    }
}

/// Made of floats, and of what has none.
fn is_of_numbers(ty: &Type, scope: &Generics) -> bool {
    match super::ungroup(ty) {
        Type::Reference(reference) => is_of_numbers(&reference.elem, scope),
        Type::Slice(slice) => is_of_numbers(&slice.elem, scope),
        Type::Array(array) => is_of_numbers(&array.elem, scope),
        Type::Tuple(tuple) => tuple.elems.iter().all(|elem| is_of_numbers(elem, scope)),
        ty if super::is_passive(ty, scope) => true,
        ty => match super::kind(ty, scope) {
            Kind::Scalar | Kind::Array(_) => true,
            Kind::Sequence(_) | Kind::Optional(_) | Kind::Boxed(_) => {
                let Type::Path(path) = ty else { return false };
                let last = path.path.segments.last().map(|last| &last.arguments);
                let first = last.and_then(|arguments| super::type_arguments(arguments).next());
                first.is_some_and(|first| is_of_numbers(first, scope))
            }
            // A type of the user's that is generic over them, as far as one sees.
            Kind::Unknown => is_self(ty) || is_generic_over_numbers(ty, scope),
            _ => false,
        },
    }
}

fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("Self"))
}

/// `Mlp<T>`, `Mlp<f64>`.
fn is_generic_over_numbers(ty: &Type, scope: &Generics) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let mut given = super::type_arguments(&last.arguments);
    path.qself.is_none() && given.next().is_some_and(|given| super::kind(given, scope).is_scalar())
}

/// The float type that a signature mentions, if it is one.
pub(crate) fn only_float(sig: &syn::Signature) -> Option<&'static str> {
    let mentions = |name| super::mentions(sig.to_token_stream(), &Ident::new(name, Span::call_site()));
    match (mentions("f32"), mentions("f64")) {
        (true, false) => Some("f32"),
        (false, true) => Some("f64"),
        _ => None,
    }
}

struct OverFloats {
    /// `f64`, as the user wrote it.
    written: &'static str,
    /// The type parameter in its place.
    float: Ident,
    krate: Path,
    /// Generic parameters and variables, which are no constants, whatever they are called.
    bound: Vec<Ident>,
}

impl OverFloats {
    fn signature(&mut self, written: &Signature) -> Signature {
        let mut signature = written.clone();
        let outcome = &mut signature.outcome;
        let types = signature.arguments.iter_mut().map(|argument| &mut argument.ty);
        for ty in types.chain([&mut signature.result, &mut outcome.value, &mut outcome.target]) {
            self.visit_type_mut(ty);
        }
        signature
    }

    /// The type parameter where something of the user's stands.
    fn float_at(&self, span: Span) -> Ident {
        Ident::new(&self.float.to_string(), span)
    }

    /// A function of the runtime, called where something of the user's stands.
    fn of_the_runtime(&self, name: &str, span: Span) -> TokenStream {
        let (krate, name) = (&self.krate, Ident::new(name, span));
        crate::emit::locate(quote!(#krate::rt::#name), span)
    }

    /// `T::lit(2.0)` from what is an `f64`, or an `f32`.
    fn number(&self, value: &impl ToTokens, span: Span) -> Expr {
        let float = self.float_at(span);
        if self.written == "f32" {
            parse_quote_spanned!(span=> #float::lit(::core::primitive::f64::from(#value)))
        } else {
            parse_quote_spanned!(span=> #float::lit(#value))
        }
    }

    /// A constant over other floats, whatever it is.
    fn constant(&self, value: &Expr, span: Span) -> Expr {
        let (float, name) = (self.float_at(span), self.of_the_runtime(CONSTANT, span));
        parse_quote_spanned!(span=> #name::<#float, _>(#value))
    }

    /// `RATE`, `TABLE[i]`.
    fn is_constant(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(path) => is_constant_path(path) && !path.path.get_ident().is_some_and(|name| self.bound.contains(name)),
            Expr::Index(e) => self.is_constant(&e.expr),
            _ => false,
        }
    }

    /// `f64::max`, `std::f64::consts::PI`.
    fn is_of_the_float(&self, path: &ExprPath) -> bool {
        path.path.segments.iter().rev().skip(1).any(|segment| segment.ident == self.written)
    }

    fn literal(&self, lit: &Lit, span: Span) -> Option<Expr> {
        let digits = match lit {
            Lit::Float(number) => number.base10_digits(),
            Lit::Int(number) if number.suffix() == self.written => number.base10_digits(),
            _ => return None,
        };
        let digits = if digits.contains(['.', 'e', 'E']) { digits.to_owned() } else { format!("{digits}.0") };
        // The user's text at that place may say it in another way.
        let (float, value) = (self.float_at(span), LitFloat::new(&digits, crate::emit::at(span)));
        Some(parse_quote_spanned!(span=> #float::lit(#value)))
    }

    /// What an integer becomes is a number; what a float becomes may be an integer, whatever the float is.
    fn cast(&self, e: &ExprCast, span: Span) -> Expr {
        let (value, ty) = (without_parens(&e.expr), &e.ty);
        let is = |name: &str| matches!(&**ty, Type::Path(path) if path.path.is_ident(name));
        if is(self.written) {
            self.number(e, span)
        } else if super::INTEGERS.iter().any(|name| is(name)) && !matches!(value, Expr::Lit(_) | Expr::Cast(_)) {
            let whole = self.of_the_runtime(WHOLE, span);
            parse_quote_spanned!(span=> #whole(#value) as #ty)
        } else {
            Expr::Cast(e.clone())
        }
    }

    /// What `f64` has under that path.
    fn of_the_float(&self, path: &ExprPath, span: Span) -> Expr {
        let last = path.path.segments.last().expect("a path has a segment");
        if is_constant_path(path) {
            self.number(path, span)
        } else if last.ident == "from" {
            let made = self.number(&quote_spanned!(span=> #path(number)), span);
            parse_quote_spanned!(span=> |number| #made)
        } else {
            let float = self.float_at(span);
            parse_quote_spanned!(span=> #float::#last)
        }
    }

    /// What stands in the place of a number, or of a function that makes or takes some.
    fn replaced(&mut self, expr: &mut Expr) -> Option<Expr> {
        let span = expr.span();
        match expr {
            Expr::Lit(e) => self.literal(&e.lit, span),
            Expr::Cast(e) => {
                self.visit_expr_mut(&mut e.expr);
                Some(self.cast(e, span))
            }
            Expr::Call(e) if matches!(&*e.func, Expr::Path(function) if self.is_of_the_float(function) && is_from(function)) => {
                e.args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
                Some(self.number(e, span))
            }
            Expr::Path(path) if self.is_of_the_float(path) => Some(self.of_the_float(path, span)),
            Expr::Index(e) if self.is_constant(&e.expr) => {
                self.visit_expr_mut(&mut e.index);
                Some(self.constant(expr, span))
            }
            Expr::Path(_) if self.is_constant(expr) => Some(self.constant(expr, span)),
            _ => None,
        }
    }

    /// Expressions between commas and semicolons; what is none stays as it is.
    fn arguments(&mut self, tokens: TokenStream) -> TokenStream {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let is_separator = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',' || p.as_char() == ';');
        let parts = tokens.split_inclusive(is_separator).flat_map(|part| {
            let (part, separator) = match part.split_last() {
                Some((last, part)) if is_separator(last) => (part, Some(last.clone())),
                _ => (part, None),
            };
            self.argument(part).into_iter().chain(separator).collect::<Vec<_>>()
        });
        parts.collect()
    }

    fn argument(&mut self, tokens: &[TokenTree]) -> TokenStream {
        let stream: TokenStream = tokens.iter().cloned().collect();
        if let Ok(mut expr) = syn::parse2::<Expr>(stream.clone()) {
            self.visit_expr_mut(&mut expr);
            return expr.to_token_stream();
        }
        match tokens {
            // `azip!((y in &mut y, &x in &x) *y = 2.0 * x)`.
            [TokenTree::Group(group), rest @ ..] if group.delimiter() == Delimiter::Parenthesis && !rest.is_empty() => {
                let rest = self.argument(rest);
                quote!(#group #rest)
            }
            _ => stream,
        }
    }
}

impl VisitMut for OverFloats {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.path.is_ident(self.written) => {
                let float = self.float_at(path.span());
                *ty = parse_quote!(#float);
            }
            // How long it is may be a constant.
            Type::Array(array) => self.visit_type_mut(&mut array.elem),
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some(replaced) = self.replaced(expr) {
            *expr = replaced;
            return;
        }
        match expr {
            Expr::Repeat(e) => self.visit_expr_mut(&mut e.expr),
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        let is_of_patterns = mac.path.segments.last().is_some_and(|last| last.ident == "matches");
        if !is_of_patterns {
            mac.tokens = self.arguments(std::mem::take(&mut mac.tokens));
        }
    }

    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        if !matches!(pattern, Pat::Lit(_) | Pat::Range(_) | Pat::Const(_)) {
            visit_mut::visit_pat_mut(self, pattern);
        }
    }

    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        self.bound.push(pattern.ident.clone());
        visit_mut::visit_pat_ident_mut(self, pattern);
    }

    fn visit_item_mut(&mut self, _item: &mut Item) {}

    fn visit_attribute_mut(&mut self, _attribute: &mut Attribute) {}
}

/// By convention a constant: `RATE`, `f64::EPSILON`, `std::f64::consts::PI`.
pub(crate) fn is_constant_path(path: &ExprPath) -> bool {
    path.path.segments.last().is_some_and(|last| is_constant(&last.ident))
}

/// By convention the name of a constant.
pub(crate) fn is_constant(name: &Ident) -> bool {
    let name = name.to_string();
    name.len() > 1 && name.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || c == '_')
}

fn is_from(path: &ExprPath) -> bool {
    path.path.segments.last().is_some_and(|last| last.ident == "from")
}

fn without_parens(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(e) => without_parens(&e.expr),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use quote::{quote, ToTokens};

    /// The body of a function over other floats.
    fn over(body: &str) -> String {
        let text = format!("fn f(x: f64, n: usize) -> f64 {{ {body} }}");
        let source = super::super::parse(quote!(order = 3), syn::parse_str(&text).expect("a function")).expect("no errors");
        let over = source.over_floats().expect("over one float");
        let text = over.item.block.to_token_stream().to_string();
        text.replace("Float", "T").replace(":: odyssey_runtime :: rt :: ", "")
    }

    #[test]
    fn types_and_numbers_are_rewritten() {
        for (written, expected) in [
            (
                "let y: Vec<f64> = vec![1.0; n]; y[0] * 2f64",
                "let y : Vec < T > = vec ! [T :: lit (1.0) ; n] ; y [0] * T :: lit (2.0)",
            ),
            ("x * n as f64 + f64::from(3_u8)", "x * T :: lit (n as f64) + T :: lit (f64 :: from (3_u8))"),
            ("x.max(f64::EPSILON) + f64::exp(x)", "x . max (T :: lit (f64 :: EPSILON)) + T :: exp (x)"),
            ("x * RATE + TABLE[n]", "x * constant_over :: < T , _ > (RATE) + constant_over :: < T , _ > (TABLE [n])"),
            ("let (A1, y) = (x, [0.5; STEPS]); A1 + y[0]", "let (A1 , y) = (x , [T :: lit (0.5) ; STEPS]) ; A1 + y [0]"),
            ("x.powi((x) as i32)", "x . powi (whole_of (x) as i32)"),
            ("match n { 0 if x < 0.0 => x, _ => -1.0 }", "match n { 0 if x < T :: lit (0.0) => x , _ => - T :: lit (1.0) }"),
            ("x + y.0.1", "x + y . 0 . 1"),
            ("assert!(x > 0.5, \"{x}\"); x", "assert ! (x > T :: lit (0.5) , \"{x}\") ; x"),
        ] {
            assert_eq!(over(written), format!("{{ {expected} }}"));
        }
    }
}
