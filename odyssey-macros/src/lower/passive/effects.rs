//! What code does beside having a value: the variables that it changes, and whether it leaves.

use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Expr, Ident};

use crate::lower::Lowerer;

use super::{is_assignment, only_reads};
use crate::lower::bindings::Variable;

/// What a passive expression must not do: change variables around it, or leave it.
#[derive(Default)]
pub(in crate::lower) struct Effects {
    pub(in crate::lower) assigned: Vec<Ident>,
    /// Variables of which a method is called that may change them.
    pub(in crate::lower) receivers: Vec<Ident>,
    /// Variables that are given away as they are: a `&mut` may be changed.
    pub(in crate::lower) lent: Vec<Ident>,
    /// What is called by a bare name: closures may change variables.
    pub(in crate::lower) called: Vec<Ident>,
    pub(in crate::lower) escapes: Option<proc_macro2::Span>,
    loops: usize,
    closures: usize,
}

impl Effects {
    pub(in crate::lower) fn of(expr: &Expr) -> Effects {
        let mut effects = Effects::default();
        effects.visit_expr(expr);
        effects
    }

    pub(in crate::lower) fn of_block(block: &syn::Block) -> Effects {
        let mut effects = Effects::default();
        effects.visit_block(block);
        effects
    }

    pub(in crate::lower) fn extend(&mut self, other: Effects) {
        self.assigned.extend(other.assigned);
        self.receivers.extend(other.receivers);
        self.lent.extend(other.lent);
        self.called.extend(other.called);
    }

    pub(in crate::lower) fn assign(&mut self, place: &Expr) {
        match place {
            Expr::Tuple(e) => e.elems.iter().for_each(|elem| self.assign(elem)),
            _ => self.assigned.extend(crate::lower::place::root_of(place).cloned()),
        }
    }
}

impl Effects {
    pub(in crate::lower) fn lend(&mut self, arg: &Expr) {
        if let Expr::Path(path) = crate::lower::place::without_parens(arg) {
            self.lent.extend(path.path.get_ident().cloned());
        }
    }
}

impl<'ast> Visit<'ast> for Effects {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        let span = || Some(syn::spanned::Spanned::span(expr));
        match expr {
            Expr::Assign(e) => self.assign(&e.left),
            Expr::Binary(e) if is_assignment(&e.op) => self.assign(&e.left),
            Expr::Reference(e) if e.mutability.is_some() => self.assign(&e.expr),
            Expr::MethodCall(e) => {
                // An `Option` is taken, items are taken from an iterator.
                if !only_reads(&e.method) || e.method == "take" && e.args.is_empty() {
                    self.receivers.extend(crate::lower::place::root_of(&e.receiver).cloned());
                }
                e.args.iter().for_each(|arg| self.lend(arg));
            }
            Expr::Call(e) => {
                if let Expr::Path(path) = &*e.func {
                    self.called.extend(path.path.get_ident().cloned());
                }
                e.args.iter().for_each(|arg| self.lend(arg));
            }
            Expr::ForLoop(e) => self.lend(&e.expr),
            Expr::Match(e) => self.lend(&e.expr),
            Expr::Let(e) => self.lend(&e.expr),
            Expr::Return(_) | Expr::Try(_) if self.closures == 0 => self.escapes = span(),
            Expr::Break(_) | Expr::Continue(_) if self.loops == 0 && self.closures == 0 => self.escapes = span(),
            _ => {}
        }
        let is_loop = matches!(expr, Expr::While(_) | Expr::Loop(_) | Expr::ForLoop(_));
        let is_closure = matches!(expr, Expr::Closure(_));
        self.loops += usize::from(is_loop);
        self.closures += usize::from(is_closure);
        syn::visit::visit_expr(self, expr);
        self.loops -= usize::from(is_loop);
        self.closures -= usize::from(is_closure);
    }
}

/// Lets methods see their receivers as shared references: one that would change a variable behind the compiler's back does
/// not compile.
struct Share<'l> {
    lowerer: &'l Lowerer,
}

impl VisitMut for Share<'_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        if !only_reads(&call.method) {
            self.share(&mut call.receiver);
        }
        syn::visit_mut::visit_expr_method_call_mut(self, call);
    }
}

impl Share<'_> {
    pub(in crate::lower) fn share(&self, place: &mut Expr) {
        match place {
            Expr::Field(e) => self.share(&mut e.base),
            Expr::Index(e) => self.share(&mut e.expr),
            Expr::Paren(e) => self.share(&mut e.expr),
            Expr::Path(path) => {
                let variable = path.path.get_ident().and_then(|ident| self.lowerer.bindings.variable(ident));
                if variable.is_some_and(|variable| self.lowerer.is_changeable(variable)) {
                    let span = syn::spanned::Spanned::span(path);
                    *place = syn::parse_quote_spanned!(span=> (&#path));
                }
            }
            _ => {}
        }
    }
}

impl Lowerer {
    /// Depends on no differentiated value, changes no variable around it and does not leave it.
    pub(in crate::lower) fn is_passive(&self, expr: &Expr) -> bool {
        let effects = Effects::of(expr);
        effects.escapes.is_none() && self.changed_by(&effects).is_empty() && !self.reads_active(expr)
    }

    /// The variables around some code that it changes.
    pub(in crate::lower) fn changed_by(&self, effects: &Effects) -> Vec<Variable> {
        let mut changed = Vec::new();
        for name in &effects.assigned {
            changed.extend(self.bindings.variable(name));
        }
        for name in &effects.receivers {
            let variable = self.bindings.variable(name);
            changed.extend(variable.filter(|variable| self.is_changeable(*variable)));
        }
        for name in &effects.lent {
            let variable = self.bindings.variable(name);
            changed.extend(
                variable.filter(|v| self.bindings.alias(*v).is_some() || self.kind(self.bindings.value(*v)).is_exclusive()),
            );
        }
        for name in &effects.called {
            if let Some(closure) = self.bindings.variable(name).and_then(|variable| self.bindings.closure(variable)) {
                changed.extend(&closure.changes);
            }
        }
        let roots = changed.into_iter().map(|variable| self.bindings.alias(variable).map_or(variable, |place| place.root));
        let mut roots: Vec<_> = roots.collect();
        roots.sort_unstable();
        roots.dedup();
        roots
    }

    pub(in crate::lower) fn is_changeable(&self, variable: Variable) -> bool {
        self.bindings.is_mutable(variable)
            || self.bindings.alias(variable).is_some()
            || self.kind(self.bindings.value(variable)).is_exclusive()
    }

    /// Code that stays as it is must change no variable: the compiler would not know. `None` if it clearly does not.
    pub(in crate::lower) fn without_changes(&mut self, expr: &Expr) -> Option<Expr> {
        let effects = Effects::of(expr);
        let assigned = effects.assigned.iter().find(|name| self.bindings.variable(name).is_some());
        if let Some(name) = assigned {
            let what = format!("changing `{name}` inside of this expression is");
            self.diagnostics.error(expr, crate::diagnostics::not_yet(&what, "make it a statement of its own"));
        }
        let is_changeable = |name: &Ident| self.bindings.variable(name).is_some_and(|variable| self.is_changeable(variable));
        if !effects.receivers.iter().any(is_changeable) {
            return None;
        }
        let mut shared = expr.clone();
        Share { lowerer: self }.visit_expr_mut(&mut shared);
        Some(shared)
    }
}
