//! `Zip` and `azip!` of ndarray: loops over the elements of several arrays.

use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, ExprMethodCall, Pat, Token};

use super::place::without_parens;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::Value;

impl Lowerer {
    /// `azip!((a in &mut a, &b in &b) *a += b)`.
    pub(super) fn azip(&mut self, mac: &syn::Macro, expr: &Expr) {
        let parser = |input: ParseStream| {
            let arrays;
            syn::parenthesized!(arrays in input);
            let mut zipped = Vec::new();
            while !arrays.is_empty() {
                let pattern = Pat::parse_single(&arrays)?;
                arrays.parse::<Token![in]>()?;
                zipped.push((pattern, arrays.parse::<Expr>()?));
                if !arrays.is_empty() {
                    arrays.parse::<Token![,]>()?;
                }
            }
            Ok((zipped, input.parse::<Expr>()?))
        };
        match parser.parse2(mac.tokens.clone()) {
            Ok((zipped, body)) => self.zipped_loop(zipped, &body),
            Err(_) => {
                let text = not_yet("this form of `azip!` is", "write `azip!((a in &mut a, &b in &b) …)`, or a loop");
                self.diagnostics.error(expr, text);
            }
        }
    }

    /// `Zip::from(&mut a).and(&b).for_each(|a, &b| *a += b)`; whether it was one.
    pub(super) fn zip_for_each(&mut self, e: &ExprMethodCall) -> bool {
        if e.method != "for_each" || e.args.len() != 1 {
            return false;
        }
        let Some(arrays) = zipped_arrays(&e.receiver) else { return false };
        let Expr::Closure(closure) = without_parens(&e.args[0]) else {
            self.diagnostics.error(&e.args[0], not_yet("`for_each` with a function is", "write a closure"));
            return true;
        };
        if closure.inputs.len() != arrays.len() {
            let text = format!("this closure takes {} arguments, {} are given", closure.inputs.len(), arrays.len());
            self.diagnostics.error(closure, text);
            return true;
        }
        let zipped = closure.inputs.iter().cloned().zip(arrays).collect();
        self.zipped_loop(zipped, &closure.body);
        true
    }

    /// `Zip::from(&a).and(&b).map_collect(|&a, &b| a * b)`: the closure is written in place.
    pub(super) fn zip_map(&mut self, e: &ExprMethodCall, expr: &Expr) -> Option<Value> {
        let arrays = zipped_arrays(&e.receiver)?;
        let Expr::Closure(closure) = without_parens(&e.args[0]) else {
            let text = not_yet("`map_collect` with a function is", "write a closure");
            return Some(self.refuse(expr, e.span(), &text));
        };
        Some(self.inlined(closure, &arrays.iter().collect::<Vec<_>>(), expr, true))
    }

    fn zipped_loop(&mut self, zipped: Vec<(Pat, Expr)>, body: &Expr) {
        let mut parts = zipped.into_iter().rev().map(|(pattern, array)| match without_parens(&array) {
            Expr::Reference(e) if e.mutability.is_some() => (pattern, array),
            _ => (pattern, syn::parse_quote_spanned!(array.span()=> (#array).iter())),
        });
        let Some(last) = parts.next() else { return };
        let (pattern, array): (Pat, Expr) = parts.fold(last, |(patterns, arrays), (pattern, array)| {
            (syn::parse_quote!((#pattern, #patterns)), syn::parse_quote!(::core::iter::zip(#array, #arrays)))
        });
        self.for_loop(&syn::parse_quote!(for #pattern in #array { #body; }));
    }
}

/// `a` and `b` of `Zip::from(a).and(b)`.
fn zipped_arrays(zip: &Expr) -> Option<Vec<Expr>> {
    match without_parens(zip) {
        Expr::Call(e) => {
            let Expr::Path(path) = &*e.func else { return None };
            let names: Vec<_> = path.path.segments.iter().rev().take(2).map(|s| s.ident.to_string()).collect();
            (names == ["from", "Zip"] && e.args.len() == 1).then(|| vec![e.args[0].clone()])
        }
        Expr::MethodCall(e) if e.method == "and" && e.args.len() == 1 => {
            let mut arrays = zipped_arrays(&e.receiver)?;
            arrays.push(e.args[0].clone());
            Some(arrays)
        }
        _ => None,
    }
}
