//! Statements and blocks. What follows a statement that may jump runs only if it did not: in the arm that comes out at its
//! end if there is one, behind a test of the jump's flags otherwise.

mod assign;
mod local;

use syn::spanned::Spanned;
use syn::{Expr, Local, Pat, Stmt};

use crate::diagnostics::not_yet;
use crate::ir::{Call, Callee, Op, Value};
use crate::lower::branches::Choice;
use crate::lower::checkpoint::is_scope;
use crate::lower::jump::{is_failure, is_panic, Jumps};
use crate::lower::mutate::is_change;
use crate::lower::passive::{compound, is_looking_macro};
use crate::lower::place::without_parens;
use crate::lower::Lowerer;

/// What the value of a block is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::lower) enum Tail {
    /// The value of an expression.
    Value,
    /// The result of the function, so that `return` at its end is its value.
    Function,
}

impl Lowerer {
    /// The body of the function.
    pub(in crate::lower) fn body(&mut self, block: &syn::Block) -> Value {
        let mut returns = Jumps::default();
        syn::visit::Visit::visit_block(&mut returns, block);
        if returns.returns {
            self.declare_return(block.brace_token.span.open());
        }
        match self.block_with(block, Tail::Function) {
            Some(value) if self.partial.contains(&value) => self.present(value, block.span()),
            Some(value) => value,
            None => self.unit(block.brace_token.span.close()),
        }
    }

    /// Code that may not be there must not be differentiated; what a macro call looks at has no derivative.
    pub(in crate::lower) fn refuse_configuration(&mut self, body: &syn::Block) {
        struct Found<'d>(&'d mut crate::diagnostics::Diagnostics);
        impl<'ast> syn::visit::Visit<'ast> for Found<'_> {
            fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
                if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
                    let text = "`#[cfg]` on a statement cannot be evaluated by a macro\nhelp: put it on the function, or write `if cfg!(…)`";
                    self.0.error(attribute, text);
                }
            }
            fn visit_stmt_macro(&mut self, _: &'ast syn::StmtMacro) {}
            fn visit_item(&mut self, _: &'ast syn::Item) {}
        }
        syn::visit::Visit::visit_block(&mut Found(&mut self.diagnostics), body);
    }

    /// A block in a scope of its own; its value, if it ends with an expression.
    pub(in crate::lower) fn block(&mut self, block: &syn::Block) -> Option<Value> {
        self.block_with(block, Tail::Value)
    }

    pub(in crate::lower) fn block_with(&mut self, block: &syn::Block, tail: Tail) -> Option<Value> {
        self.bindings.open();
        let value = self.statements(&block.stmts, tail);
        self.bindings.close();
        value
    }

    fn statements(&mut self, stmts: &[Stmt], tail: Tail) -> Option<Value> {
        for (i, stmt) in stmts.iter().enumerate() {
            let rest = &stmts[i + 1..];
            match stmt {
                Stmt::Expr(expr, None) if rest.is_empty() => return self.tail(expr, tail),
                Stmt::Expr(expr, _) if is_jump(expr) || is_diverging(expr) => return self.tail(expr, tail),
                Stmt::Macro(mac) if is_panic(&mac.mac.path) => {
                    self.diverge(&Expr::Macro(syn::ExprMacro { attrs: Vec::new(), mac: mac.mac.clone() }));
                    return None;
                }
                _ => {}
            }
            let jumps = Jumps::of_stmt(stmt);
            let is_let_else = matches!(stmt, Stmt::Local(Local { init: Some(init), .. }) if init.diverge.is_some());
            if let (Some((pattern, choice)), true) = (one_way_on(stmt), is_let_else || !jumps.is_none()) {
                let mut continued = |lowerer: &mut Lowerer, value: Option<Value>| {
                    if let (Some(pattern), Some(value)) = (pattern, value) {
                        lowerer.bind(pattern, value);
                    }
                    lowerer.statements(rest, tail)
                };
                return self.choice_of(&choice, tail, Some(&mut continued));
            }
            if jumps.is_none() {
                self.stmt(stmt);
            } else {
                return self.statement_that_jumps(stmt, &jumps, rest, tail);
            }
        }
        None
    }

    /// A statement with several ways on, some of which jump; and what follows it.
    fn statement_that_jumps(&mut self, stmt: &Stmt, jumps: &Jumps, rest: &[Stmt], tail: Tail) -> Option<Value> {
        let span = stmt.span();
        let (pattern, expr) = match stmt {
            Stmt::Local(Local { pat, init: Some(init), .. }) if init.diverge.is_none() => (Some(pat), &*init.expr),
            Stmt::Expr(expr, _) => (None, expr),
            other => {
                self.stmt(other);
                return self.statements(rest, tail);
            }
        };
        let value = self.value_that_jumps(expr);
        let flags = self.flags_of(jumps);
        if flags.is_empty() {
            if let (Some(pattern), Some(value)) = (pattern, value) {
                self.bind(pattern, value);
            }
            return self.statements(rest, tail);
        }
        let returned = self.returned.filter(|_| tail == Tail::Function);
        self.guarded(
            &flags,
            span,
            |lowerer| {
                let (_, result) = returned?;
                let result = lowerer.bindings.value(result);
                Some(lowerer.present(result, span))
            },
            |lowerer| {
                if let (Some(pattern), Some(value)) = (pattern, value) {
                    let value = if lowerer.partial.contains(&value) { lowerer.present(value, span) } else { value };
                    lowerer.bind(pattern, value);
                }
                lowerer.statements(rest, tail)
            },
        )
    }

    /// The value of a statement's expression that may jump instead.
    fn value_that_jumps(&mut self, expr: &Expr) -> Option<Value> {
        match without_parens(expr) {
            Expr::If(_) | Expr::Match(_) | Expr::Block(_) | Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) => {
                self.tail(expr, Tail::Value)
            }
            Expr::Assign(e) if !matches!(&*e.right, Expr::Assign(_)) => {
                let text = not_yet("a jump inside of an assignment is", "bind the value with `let` first, and assign that");
                self.diagnostics.error(expr, text);
                None
            }
            other => {
                let text =
                    not_yet("a jump inside of an expression is", "make it a statement of its own, or the value of a `let`");
                self.diagnostics.error(other, text);
                None
            }
        }
    }

    /// The last expression of a block: its value, unless it is a statement without one.
    pub(in crate::lower) fn tail(&mut self, last: &Expr, tail: Tail) -> Option<Value> {
        match last {
            Expr::Paren(e) => self.tail(&e.expr, tail),
            Expr::Return(e) if self.is_failing(e.expr.as_deref()) => {
                self.diverge(last);
                None
            }
            Expr::Return(e) if tail == Tail::Function => Some(match &e.expr {
                Some(value) => self.expr(value),
                None => self.unit(last.span()),
            }),
            Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => {
                self.jump(last);
                None
            }
            Expr::If(_) | Expr::Match(_) => {
                if Jumps::of(last).is_none() && self.is_passive(last) {
                    return Some(self.verbatim(last));
                }
                if let (Expr::If(e), true) = (last, self.in_closure) {
                    return Some(self.choose(e));
                }
                let choice = Choice::of(last).expect("an `if` or a `match`");
                let value = self.choice_of(&choice, tail, None);
                self.returned_from_all_arms(value, last, tail)
            }
            Expr::Block(e) if is_scope(e) => self.scope(e),
            Expr::Block(e) if e.label.is_none() => self.block_with(&e.block, tail),
            Expr::Block(e) => self.labelled_block(e),
            Expr::Loop(e) => {
                let value = self.endless_loop(e);
                self.returned_from_all_arms(value, last, tail)
            }
            Expr::ForLoop(_) | Expr::While(_) if tail == Tail::Function => {
                self.effect(last);
                self.returned_from_all_arms(None, last, tail)
            }
            _ if is_effect(last) => {
                self.effect(last);
                None
            }
            _ if is_diverging(last) => {
                self.diverge(last);
                None
            }
            _ => Some(self.expr(last)),
        }
    }

    /// At the end of the function, a value may have been left by `return` instead.
    fn returned_from_all_arms(&mut self, value: Option<Value>, expr: &Expr, tail: Tail) -> Option<Value> {
        let jumps = Jumps::of(expr);
        let is_loop = matches!(expr, Expr::Loop(_) | Expr::ForLoop(_) | Expr::While(_));
        if tail != Tail::Function || !jumps.returns || !is_loop {
            return value;
        }
        let (flag, result) = self.returned?;
        let span = expr.span();
        if value.is_none() && matches!(expr, Expr::Loop(_)) {
            let result = self.bindings.value(result);
            return Some(self.present(result, span));
        }
        self.guarded(
            &[flag],
            span,
            |lowerer| {
                let result = lowerer.bindings.value(result);
                Some(lowerer.present(result, span))
            },
            |lowerer| match value {
                Some(value) if lowerer.partial.contains(&value) => Some(lowerer.present(value, span)),
                Some(value) => Some(value),
                None => Some(lowerer.unit(span)),
            },
        )
    }

    pub(in crate::lower) fn labelled_block(&mut self, e: &syn::ExprBlock) -> Option<Value> {
        let jumps = Jumps::of_labelled(&e.block, e.label.as_ref().map(|label| &label.name));
        self.open_target(e.label.as_ref(), &jumps, false, e.span());
        let value = self.block(&e.block);
        let broke = self.flags_that_stop(&jumps);
        let Some(left) = self.close_target() else { return value };
        let span = e.span();
        let flag = broke[0];
        self.guarded(
            &[flag],
            span,
            |lowerer| {
                let left = lowerer.bindings.value(left);
                Some(lowerer.present(left, span))
            },
            |lowerer| value.map(|value| if lowerer.partial.contains(&value) { lowerer.present(value, span) } else { value }),
        )
    }

    /// `return Err(…)`: nothing to differentiate.
    fn is_failing(&self, value: Option<&Expr>) -> bool {
        self.is_fallible && value.is_some_and(is_failure)
    }

    /// Code that does not come out at its end, as it stands.
    fn diverge(&mut self, expr: &Expr) {
        self.verbatim(expr);
        self.blocks.last_mut().expect("a block").diverges = true;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Local(local) => self.local(local),
            Stmt::Item(item) => self.items.push(item.clone()),
            Stmt::Expr(expr, _) => self.effect(expr),
            Stmt::Macro(mac) => {
                let expr = Expr::Macro(syn::ExprMacro { attrs: mac.attrs.clone(), mac: mac.mac.clone() });
                self.effect(&expr);
            }
        }
    }

    /// An expression for its effect.
    pub(in crate::lower) fn effect(&mut self, expr: &Expr) {
        match expr {
            Expr::Assign(e) => self.assignment(e),
            Expr::Binary(e) if compound(&e.op).is_some() => self.compound_assign(e),
            Expr::If(_) | Expr::Match(_) | Expr::Block(_) | Expr::Loop(_) => {
                self.tail(expr, Tail::Value);
            }
            Expr::ForLoop(e) => self.for_loop(e),
            Expr::While(e) => self.while_loop(e),
            Expr::Paren(e) => self.effect(&e.expr),
            Expr::Macro(e) if is_looking_macro(&e.mac.path) => {
                self.verbatim(expr);
            }
            Expr::Macro(e) if e.mac.path.segments.last().is_some_and(|last| last.ident == "azip") => self.azip(&e.mac, expr),
            Expr::MethodCall(e) if self.zip_for_each(e) => {}
            Expr::MethodCall(e) if self.changing_method(e, expr) => {}
            Expr::Call(e) if self.changing_function(e) => {}
            _ => {
                let errors = self.diagnostics.len();
                let value = self.expr(expr);
                if self.diagnostics.len() == errors {
                    self.check_is_seen(expr, value);
                }
            }
        }
    }

    /// A method whose result nobody takes is called for what it does, through `Cell` or `Mutex` perhaps: a change that
    /// the derivative would miss.
    fn check_is_seen(&mut self, expr: &Expr, value: Value) {
        let is_method = matches!(self.definitions.get(&value), Some(Op::Call(Call { callee: Callee::Method(..), .. })));
        if is_method && matches!(expr, Expr::MethodCall(_)) {
            let text = "what this method does with differentiated values is not seen: nothing that could change is given to it as `&mut`\nhelp: `detach` its arguments, or use what it returns";
            self.diagnostics.error(expr, text);
        }
    }
}

/// A statement whose value is a choice with one way on, with what that binds.
fn one_way_on(stmt: &Stmt) -> Option<(Option<&Pat>, Choice<'_>)> {
    let (pattern, choice) = match stmt {
        Stmt::Local(Local { pat, init: Some(init), .. }) => match &init.diverge {
            Some((_, diverging)) => (None, Choice::of_let_else(pat, &init.expr, diverging)),
            None => (Some(pat), Choice::of(&init.expr)?),
        },
        Stmt::Expr(expr, _) => (None, Choice::of(expr)?),
        _ => return None,
    };
    choice.has_one_way_on().then_some((pattern, choice))
}

fn is_jump(expr: &Expr) -> bool {
    matches!(expr, Expr::Return(_) | Expr::Break(_) | Expr::Continue(_))
}

fn is_diverging(expr: &Expr) -> bool {
    matches!(expr, Expr::Macro(e) if is_panic(&e.mac.path))
}

/// Has no value of its own.
fn is_effect(expr: &Expr) -> bool {
    match expr {
        Expr::ForLoop(_) | Expr::Assign(_) | Expr::While(_) => true,
        Expr::Binary(e) => compound(&e.op).is_some() || crate::lower::passive::is_assignment(&e.op),
        Expr::Macro(e) => is_looking_macro(&e.mac.path),
        Expr::MethodCall(e) => is_change(&e.method),
        _ => false,
    }
}
