//! Closures are written in place where they are called.

use std::rc::Rc;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, Ident, Pat, Stmt};

use super::bindings::{Scopes, Variable};
use super::iterate::Item;
use super::jump::Jumps;
use super::passive::Effects;
use super::place::without_parens;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{Kind, Op, Value};

/// A closure that a variable holds.
pub(super) struct Local {
    pub(super) closure: ExprClosure,
    /// The names that it sees.
    scopes: Scopes,
    /// The variables that calling it changes.
    pub(super) changes: Vec<Variable>,
    /// The differentiated values that it captures: a call with passive arguments is passive without them.
    pub(super) captures_active: bool,
}

impl Lowerer {
    /// `let name = |…| …;`
    pub(super) fn declare_closure(&mut self, name: &Ident, closure: &ExprClosure) {
        let expr = Expr::Closure(closure.clone());
        let effects = Effects::of(&closure.body);
        let changes = self.changed_by(&effects);
        let captures_active = !self.is_passive(&expr);
        let value = if captures_active || !changes.is_empty() { self.unit(closure.span()) } else { self.verbatim(&expr) };
        self.values[value].name = Some(name.clone());
        let variable = self.bindings.declare(name, value);
        let local = Local { closure: closure.clone(), scopes: self.bindings.scopes(), changes, captures_active };
        self.bindings.make_closure(variable, Rc::new(local));
    }

    /// The closure that a variable of this name holds.
    pub(super) fn local_closure(&self, path: &syn::ExprPath) -> Option<Rc<Local>> {
        self.bindings.closure(self.bindings.variable(path.path.get_ident()?)?)
    }

    /// Lowers with the names that a closure sees.
    pub(super) fn with_names_of<R>(&mut self, local: &Local, lower: impl FnOnce(&mut Self) -> R) -> R {
        let outside = self.bindings.exchange_scopes(local.scopes.clone());
        let lowered = lower(self);
        self.bindings.exchange_scopes(outside);
        lowered
    }

    /// A closure that is an argument: written at the call, or the name of one.
    pub(super) fn given_closure(&mut self, arg: &Expr) -> Option<Value> {
        match without_parens(arg) {
            Expr::Closure(closure) => self.is_passive(arg).then(|| self.closure_value(closure)),
            Expr::Reference(e) if e.mutability.is_none() && matches!(without_parens(&e.expr), Expr::Path(_)) => {
                self.given_closure(&e.expr)
            }
            Expr::Path(path) => {
                let local = self.local_closure(path)?;
                if local.captures_active || !local.changes.is_empty() {
                    return None;
                }
                Some(self.with_names_of(&local, |lowerer| lowerer.closure_value(&local.closure)))
            }
            _ => None,
        }
    }

    /// A passive closure for one call. It is no pure expression: written twice, it would be of two types.
    fn closure_value(&mut self, closure: &ExprClosure) -> Value {
        let expr = Expr::Closure(closure.clone());
        let mut inputs = self.inputs(quote::ToTokens::to_token_stream(closure));
        let names = super::reads::names_read(&expr, super::reads::Asked::Counts);
        inputs.retain(|(name, _)| names.contains(name));
        let verbatim = crate::ir::Verbatim { expr, inputs, is_pure: false };
        self.emit(Op::Verbatim(std::rc::Rc::new(verbatim)), Kind::Unknown, false, closure.span())
    }

    /// Passive code may call a closure that captures differentiated values: there, it is one over what these are now.
    pub(super) fn close_over(&mut self, inputs: &mut [(Ident, Value)]) {
        for (name, value) in inputs {
            let Some(local) = self.bindings.variable(name).and_then(|variable| self.bindings.closure(variable)) else { continue };
            if !local.changes.is_empty() {
                let text = not_yet(
                    &format!("calling `{name}`, which changes variables, inside of this expression is"),
                    "bind its value with `let` first",
                );
                self.diagnostics.error(name, text);
            } else if local.captures_active {
                let closure = Expr::Closure(ExprClosure { capture: None, ..local.closure.clone() });
                *value = self.with_names_of(&local, |lowerer| lowerer.verbatim(&closure));
            }
        }
    }

    /// A call of a closure that a variable holds, written in place; nothing if the call is passive.
    pub(super) fn call_local(&mut self, local: &Local, args: &[&Expr], expr: &Expr) -> Option<Value> {
        let is_passive = args.iter().all(|arg| self.is_passive(arg));
        if is_passive && !local.captures_active && local.changes.is_empty() {
            return Some(self.verbatim(expr));
        }
        let args: Vec<_> = args.iter().map(|arg| Item::Value(self.expr(arg))).collect();
        self.with_names_of(local, |lowerer| lowerer.apply(&local.closure, &args))
    }

    /// The value of a closure's body for these arguments.
    pub(super) fn apply(&mut self, closure: &ExprClosure, args: &[Item]) -> Option<Value> {
        if !Jumps::of_stmt(&Stmt::Expr((*closure.body).clone(), None)).is_none() {
            self.diagnostics.error(
                &closure.body,
                "a `return` from a closure over differentiated values is not supported yet\nhelp: write it with `if`/`else`",
            );
            return None;
        }
        if closure.inputs.len() != args.len() {
            let text = format!("this closure takes {} arguments, {} are given", closure.inputs.len(), args.len());
            self.diagnostics.error(closure, text);
            return None;
        }
        self.bindings.open();
        for (pattern, arg) in closure.inputs.iter().zip(args) {
            self.bind_item(pattern, arg);
        }
        let value = self.tail(&closure.body, super::stmt::Tail::Value);
        self.bindings.close();
        value
    }

    /// What is done to an item: a closure's body, or a function.
    pub(super) fn apply_function(&mut self, function: &Expr, args: &[Item], span: Span) -> Option<Value> {
        match without_parens(function) {
            Expr::Closure(closure) => self.apply(closure, args),
            Expr::Path(path) => {
                if let Some(local) = self.local_closure(path) {
                    return self.with_names_of(&local, |lowerer| lowerer.apply(&local.closure, args));
                }
                // The arguments get names, so that the call reads like one that somebody wrote.
                self.bindings.open();
                let names: Vec<Ident> =
                    (0..args.len()).map(|i| quote::format_ident!("item_{i}", span = Span::mixed_site())).collect();
                for (name, arg) in names.iter().zip(args) {
                    let value = self.item_value(arg, span);
                    self.bindings.declare(name, value);
                }
                let call: Expr = syn::parse_quote_spanned!(span=> #path(#(#names),*));
                let value = self.expr(&call);
                self.bindings.close();
                Some(value)
            }
            other => {
                self.diagnostics.error(
                    other,
                    "this function over differentiated values is not known by its text\nhelp: write a closure, or the name of a function",
                );
                None
            }
        }
    }
}

/// The name that a pattern is, if it is one.
pub(super) fn plain_name(pattern: &Pat) -> Option<(&Ident, bool)> {
    match pattern {
        Pat::Ident(p) if p.subpat.is_none() && p.by_ref.is_none() => Some((&p.ident, p.mutability.is_some())),
        Pat::Type(p) => plain_name(&p.pat),
        Pat::Paren(p) => plain_name(&p.pat),
        _ => None,
    }
}
