//! `let`.

use syn::{Expr, Local, Pat};

use crate::ir::Projection;
use crate::lower::closure::plain_name;
use crate::lower::literal::typed;
use crate::lower::place::without_parens;
use crate::lower::Lowerer;

impl Lowerer {
    pub(in crate::lower) fn local(&mut self, local: &Local) {
        if let Some(attribute) = local.attrs.iter().find(|attribute| attribute.path().is_ident("cfg")) {
            self.diagnostics
                .error(attribute, "`#[cfg]` on a statement cannot be evaluated by a macro\nhelp: put it on the function");
        }
        let Some(init) = &local.init else { return self.declare_later(local) };
        let init = &*init.expr;
        if let (Some((name, _)), Expr::Closure(closure)) = (plain_name(&local.pat), without_parens(init)) {
            self.declare_closure(name, closure);
            return;
        }
        if let Some((name, _)) = plain_name(&local.pat) {
            if let Some(place) = self.borrowed(init) {
                self.declare_alias(name, place);
                return;
            }
        }
        if self.split(&local.pat, init) {
            return;
        }
        let value = match &local.pat {
            Pat::Type(p) => self.expr(&typed(init, &p.ty)),
            _ => self.expr(init),
        };
        self.bind(&local.pat, value);
    }

    /// `let x;`: the variable has no value until it is assigned to.
    pub(in crate::lower) fn declare_later(&mut self, local: &Local) {
        let mut names = Vec::new();
        crate::lower::names::bound_names(&local.pat, &mut names);
        for name in names {
            let value = self.nothing(name.span());
            let variable = self.bindings.declare(&name, value);
            if let Pat::Type(typed) = &local.pat {
                self.values[value].kind = crate::parse::kind(&typed.ty, &syn::Generics::default());
            } else {
                self.values[value].kind = crate::ir::Kind::Unknown;
            }
            self.bindings.make_mutable(variable);
        }
    }

    /// The place that `let name = …` borrows mutably.
    pub(in crate::lower) fn borrowed(&mut self, init: &Expr) -> Option<crate::lower::bindings::Place> {
        match without_parens(init) {
            Expr::Reference(e) if e.mutability.is_some() => self.place(&e.expr),
            Expr::MethodCall(e) if e.method.to_string().ends_with("_mut") && e.method != "iter_mut" => self.place(init),
            Expr::MethodCall(e) if e.method == "unwrap" || e.method == "expect" => match &*e.receiver {
                Expr::MethodCall(inner) if ["last_mut", "first_mut", "get_mut"].iter().any(|name| inner.method == name) => {
                    self.place(init)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `let (a, b) = x.split_at_mut(k);`
    pub(in crate::lower) fn split(&mut self, pattern: &Pat, init: &Expr) -> bool {
        let (Pat::Tuple(names), Expr::MethodCall(e)) = (pattern, without_parens(init)) else { return false };
        if e.method != "split_at_mut" || e.args.len() != 1 || names.elems.len() != 2 {
            return false;
        }
        let Some(place) = self.place(&e.receiver) else { return false };
        let at = &e.args[0];
        let halves: [Expr; 2] = [syn::parse_quote!(..#at), syn::parse_quote!(#at..)];
        for (name, half) in names.elems.iter().zip(halves) {
            let range = self.verbatim(&half);
            let mut part = place.clone();
            part.path.push(Projection::Index(range));
            if let Some((name, _)) = plain_name(name) {
                self.declare_alias(name, part);
            }
        }
        true
    }
}
