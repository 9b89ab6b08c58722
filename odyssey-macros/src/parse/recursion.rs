//! Whether a function calls itself, as far as its text shows.

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall, Ident, ItemFn};

use super::Place;
use crate::lower::{bound_names, root_of};

/// `f(…)` in `f`, `self.f(…)` or `Self::f(…)` in a method. `x.f(…)` may be a method of another type, unless `x` is what an
/// arm of a `match` has found inside of the value.
pub(super) fn calls_itself(item: &ItemFn, place: Place) -> bool {
    let mut calls = Calls { name: &item.sig.ident, place, inside: Vec::new(), found: false };
    calls.visit_block(&item.block);
    calls.found
}

struct Calls<'a> {
    name: &'a Ident,
    place: Place,
    /// What arms bind, and the items of it.
    inside: Vec<Ident>,
    found: bool,
}

impl<'ast> Visit<'ast> for Calls<'_> {
    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let mut segments = path.path.segments.iter().rev();
            let (last, owner) = (segments.next(), segments.next());
            let is_own = match self.place {
                Place::Module => owner.is_none_or(|owner| owner.ident == "self"),
                _ => owner.is_some_and(|owner| owner.ident == "Self"),
            };
            self.found |= is_own && last.is_some_and(|last| last.ident == *self.name);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let is_self = matches!(&*call.receiver, Expr::Path(path)
            if path.path.get_ident().is_some_and(|name| name == "self" || self.inside.contains(name)));
        self.found |= self.place != Place::Module && is_self && call.method == *self.name;
        visit::visit_expr_method_call(self, call);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        bound_names(&arm.pat, &mut self.inside);
        visit::visit_arm(self, arm);
    }

    fn visit_expr_for_loop(&mut self, e: &'ast syn::ExprForLoop) {
        if root_of(&e.expr).is_some_and(|root| self.inside.contains(root)) {
            bound_names(&e.pat, &mut self.inside);
        }
        visit::visit_expr_for_loop(self, e);
    }
}
