//! Statements and blocks.

use syn::{BinOp, Expr, Local, Stmt};

use super::passive::{compound, is_looking_macro, Effects};
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{Kind, Value};

impl Lowerer {
    /// The body of the function: a block whose `return` at the end is its value.
    pub(super) fn body(&mut self, block: &syn::Block) -> Value {
        match block.stmts.split_last() {
            Some((Stmt::Expr(Expr::Return(last), _), stmts)) if last.expr.is_some() => {
                self.bindings.open();
                stmts.iter().for_each(|stmt| self.stmt(stmt));
                let value = self.expr(last.expr.as_ref().expect("checked above"));
                self.bindings.close();
                value
            }
            _ => self.block(block).unwrap_or_else(|| {
                self.diagnostics.error(block, "this function ends without a value: there is nothing to differentiate");
                self.nothing(proc_macro2::Span::call_site())
            }),
        }
    }

    /// A block in a scope of its own; its value, if it ends with an expression.
    pub(super) fn block(&mut self, block: &syn::Block) -> Option<Value> {
        self.bindings.open();
        let value = match block.stmts.split_last() {
            Some((Stmt::Expr(last, None), stmts)) => {
                stmts.iter().for_each(|stmt| self.stmt(stmt));
                self.tail(last)
            }
            _ => {
                block.stmts.iter().for_each(|stmt| self.stmt(stmt));
                None
            }
        };
        self.bindings.close();
        value
    }

    /// The last expression of a block: its value, unless it is a statement without one.
    fn tail(&mut self, last: &Expr) -> Option<Value> {
        match last {
            Expr::ForLoop(_) | Expr::Assign(_) | Expr::While(_) => {
                self.effect(last);
                None
            }
            Expr::Binary(e) if compound(&e.op).is_some() => {
                self.effect(last);
                None
            }
            Expr::If(e) => self.branch(e),
            Expr::Block(e) if e.label.is_none() => self.block(&e.block),
            Expr::Macro(e) if is_looking_macro(&e.mac.path) => {
                self.effect(last);
                None
            }
            _ => Some(self.expr(last)),
        }
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

    fn local(&mut self, local: &Local) {
        if let Some(attribute) = local.attrs.iter().find(|attribute| attribute.path().is_ident("cfg")) {
            self.diagnostics
                .error(attribute, "`#[cfg]` on a statement cannot be evaluated by a macro\nhelp: put it on the function");
        }
        let Some(init) = &local.init else {
            self.diagnostics.error(
                local,
                not_yet("`let` without a value is", "give it a value where it is declared, as `let x = if … { … } else { … };`"),
            );
            let nothing = self.nothing(syn::spanned::Spanned::span(local));
            self.bind(&local.pat, nothing);
            return;
        };
        if let Some((token, _)) = &init.diverge {
            self.diagnostics.error(token, not_yet("`let … else` is", "test before the call"));
            return;
        }
        let value = self.expr(&init.expr);
        self.bind(&local.pat, value);
    }

    /// An expression for its effect.
    fn effect(&mut self, expr: &Expr) {
        match expr {
            Expr::Assign(e) => {
                let value = self.expr(&e.right);
                self.assign(&e.left, value);
            }
            Expr::Binary(e) if compound(&e.op).is_some() => self.compound_assign(e),
            Expr::If(e) => {
                self.branch(e);
            }
            Expr::ForLoop(e) => self.for_loop(e),
            Expr::Block(e) if e.label.is_none() => {
                self.block(&e.block);
            }
            Expr::Paren(e) => self.effect(&e.expr),
            Expr::Macro(e) if is_looking_macro(&e.mac.path) => {
                self.verbatim(expr);
            }
            _ => {
                self.passive_effect(expr);
            }
        }
    }

    /// A statement that only passive values take part in.
    fn passive_effect(&mut self, expr: &Expr) {
        if matches!(expr, Expr::While(_) | Expr::Loop(_)) && !self.is_passive(expr) {
            self.unsupported(expr, syn::spanned::Spanned::span(expr));
            return;
        }
        let effects = Effects::of(expr);
        let assigns = effects.assigned.iter().find(|name| self.bindings.lookup(name).is_some());
        if let Some(name) = assigns {
            let what = format!("changing `{name}` in this way is");
            self.diagnostics
                .error(expr, not_yet(&what, "assign to a variable as a whole, or compute the value in a function of its own"));
        } else {
            self.expr(expr);
        }
    }

    fn assign(&mut self, place: &Expr, value: Value) {
        let variable = match place {
            Expr::Path(path) => path.path.get_ident().and_then(|ident| self.bindings.variable(ident)),
            _ => None,
        };
        let Some(variable) = variable else {
            self.diagnostics.error(place, not_yet("assignment to a part of a value is", "build the whole value and assign that"));
            return;
        };
        let known = self.kind(self.bindings.value(variable)).clone();
        let met = self.kind(value).meet(&known);
        self.values[value].kind = met;
        if self.values[value].name.is_none() || self.temporary.remove(&value) {
            self.values[value].name = Some(self.bindings.name(variable).clone());
        }
        self.bindings.assign(variable, value);
    }

    fn compound_assign(&mut self, e: &syn::ExprBinary) {
        let op = compound(&e.op).expect("a compound assignment");
        let span = syn::spanned::Spanned::span(e);
        // For floats, Rust evaluates the right-hand side first.
        let right = self.expr(&e.right);
        let left = self.expr(&e.left);
        // `f64: AddAssign<T>` holds for floats alone.
        if self.kind(left).is_scalar() && matches!(self.kind(right), Kind::Tensor | Kind::Unknown) {
            self.values[right].kind = Kind::Scalar;
        }
        let value = if self.is_active(left) || self.is_active(right) {
            self.elementwise(op, vec![left, right], Vec::new(), span)
        } else {
            let (left, right) = (&e.left, &e.right);
            let op = plain(&e.op);
            self.verbatim(&syn::parse_quote!(#left #op #right))
        };
        self.assign(&e.left, value);
    }
}

/// `+` for `+=`.
fn plain(op: &BinOp) -> BinOp {
    match op {
        BinOp::AddAssign(_) => syn::parse_quote!(+),
        BinOp::SubAssign(_) => syn::parse_quote!(-),
        BinOp::MulAssign(_) => syn::parse_quote!(*),
        BinOp::DivAssign(_) => syn::parse_quote!(/),
        _ => syn::parse_quote!(%),
    }
}
