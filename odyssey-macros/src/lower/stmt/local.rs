//! `let`.

use syn::spanned::Spanned;
use syn::{Expr, Local, Pat};

use crate::ir::Projection;
use crate::lower::closure::plain_name;
use crate::lower::place::without_parens;
use crate::lower::typed::typed;
use crate::lower::Lowerer;

impl Lowerer {
    pub(in crate::lower) fn local(&mut self, local: &Local) {
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
        if matches!(local.pat, Pat::Tuple(_) | Pat::Struct(_) | Pat::TupleStruct(_)) {
            if let Some(place) = self.lent(init, false) {
                return self.bind_places(&local.pat, &place);
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

    /// `let (a, b) = x.split_at_mut(k);`, `let (a, b) = x.view_mut().split_at(axis, k);`
    pub(in crate::lower) fn split(&mut self, pattern: &Pat, init: &Expr) -> bool {
        let (Pat::Tuple(names), Expr::MethodCall(e)) = (pattern, without_parens(init)) else { return false };
        let is_view = matches!(without_parens(&e.receiver), Expr::MethodCall(e) if e.method.to_string().ends_with("_mut"));
        let axis = match (e.method.to_string().as_str(), e.args.len()) {
            ("split_at_mut", 1) => None,
            ("split_at", 2) if is_view => Some(&e.args[0]),
            _ => return false,
        };
        if names.elems.len() != 2 {
            return false;
        }
        let Some(place) = self.place(&e.receiver) else { return false };
        let axis = axis.map(|axis| self.index_value(axis));
        let at = &e.args[e.args.len() - 1];
        let halves: [Expr; 2] = [syn::parse_quote!(..#at), syn::parse_quote!(#at..)];
        for (name, half) in names.elems.iter().zip(halves) {
            let range = self.verbatim(&half);
            let mut part = place.clone();
            part.path.push(match axis {
                None => Projection::Index(range),
                Some(axis) => {
                    let krate = self.krate.clone();
                    let slice = self.computed(syn::parse_quote!(#krate::rt::ndarray::Slice::from(walked)), &[range], e.span());
                    Projection::View(std::rc::Rc::new(syn::Ident::new("slice_axis", e.method.span())), vec![axis, slice])
                }
            });
            if let Some((name, _)) = plain_name(name) {
                self.declare_alias(name, part);
            }
        }
        true
    }
}
