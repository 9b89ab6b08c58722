//! `if` in a closure over elements: a choice, made for each element on its own.

use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprIf, UnOp};

use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::Value;
use crate::table::elementwise::Elementwise;

impl Lowerer {
    /// `if a > b { t } else { f }` over elements.
    pub(super) fn choose(&mut self, e: &ExprIf) -> Value {
        let expr = Expr::If(e.clone());
        let before = self.bindings.snapshot();
        let then = self.block(&e.then_branch);
        let otherwise = e.else_branch.as_ref().map(|(_, otherwise)| self.expr(otherwise));
        let changed = self.bindings.rewind(&before);
        match (then, otherwise) {
            (Some(then), Some(otherwise)) if changed.is_empty() => self.choice(&e.cond, then, otherwise),
            _ => self.refuse(
                &expr,
                e.span(),
                &not_yet(
                    "an `if` in a closure that is no expression is",
                    "write `if … { a } else { b }` with a value on both sides",
                ),
            ),
        }
    }

    fn choice(&mut self, condition: &Expr, then: Value, otherwise: Value) -> Value {
        match condition {
            Expr::Paren(e) => self.choice(&e.expr, then, otherwise),
            Expr::Unary(e) if matches!(e.op, UnOp::Not(_)) => self.choice(&e.expr, otherwise, then),
            Expr::Binary(e) => match e.op {
                BinOp::And(_) => {
                    let inner = self.choice(&e.right, then, otherwise);
                    self.choice(&e.left, inner, otherwise)
                }
                BinOp::Or(_) => {
                    let inner = self.choice(&e.right, then, otherwise);
                    self.choice(&e.left, then, inner)
                }
                BinOp::Gt(_) => self.compare("if_gt", &e.left, &e.right, then, otherwise),
                BinOp::Ge(_) => self.compare("if_ge", &e.left, &e.right, then, otherwise),
                BinOp::Lt(_) => self.compare("if_gt", &e.right, &e.left, then, otherwise),
                BinOp::Le(_) => self.compare("if_ge", &e.right, &e.left, then, otherwise),
                BinOp::Eq(_) => self.compare("if_eq", &e.left, &e.right, then, otherwise),
                BinOp::Ne(_) => self.compare("if_eq", &e.left, &e.right, otherwise, then),
                _ => self.no_comparison(condition),
            },
            _ => self.no_comparison(condition),
        }
    }

    fn compare(&mut self, op: &str, left: &Expr, right: &Expr, then: Value, otherwise: Value) -> Value {
        let (left, right) = (self.expr(left), self.expr(right));
        let span = self.values[then].span;
        self.elementwise(Elementwise::named(op), vec![left, right, then, otherwise], Vec::new(), span)
    }

    fn no_comparison(&mut self, condition: &Expr) -> Value {
        let text = not_yet("this condition in a closure over elements is", "compare floats: `if v > 0.0 { … } else { … }`");
        self.refuse(condition, condition.span(), &text)
    }
}
