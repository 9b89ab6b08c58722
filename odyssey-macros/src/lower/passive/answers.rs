//! Questions that passive code asks a differentiated value: `x.len()`, `x.contains(&y)`. A type of the user's may have a method of such a
//! name, with a derivative: rustc is asked whether the answer can have one.

use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{BinOp, Expr};

use super::is_question;
use crate::ir::Kind;
use crate::lower::integers::is_of_integers;
use crate::lower::Lowerer;

struct Answers<'l> {
    lowerer: &'l Lowerer,
}

impl VisitMut for Answers<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            // What is compared has left the reals.
            Expr::Binary(e) if is_comparison(&e.op) => return,
            _ => visit_mut::visit_expr_mut(self, expr),
        }
        let Expr::MethodCall(call) = expr else { return };
        if (is_question(&call.method) || is_of_integers(&call.method))
            && call.method != "detach"
            && self.lowerer.may_be_of_the_users(&call.receiver)
        {
            let span = call.method.span();
            let krate = &self.lowerer.krate;
            let answer = crate::emit::locate(quote!(#krate::rt::answer), span);
            *expr = syn::parse_quote_spanned!(span=> #answer(#call));
        }
    }
}

impl Lowerer {
    /// The code, with every answer of a differentiated value seen to be without a derivative.
    pub(in crate::lower) fn with_answers(&self, expr: &Expr) -> Expr {
        let mut answered = expr.clone();
        Answers { lowerer: self }.visit_expr_mut(&mut answered);
        answered
    }

    fn may_be_of_the_users(&self, receiver: &Expr) -> bool {
        let kind = self.passive_kind(receiver);
        let is_known =
            kind.is_numeric() || matches!(kind.behind_pointers(), Kind::Sequence(_) | Kind::Optional(_) | Kind::Tuple(_));
        !is_known
            && super::super::reads::names_read(receiver, super::super::reads::Asked::Counts)
                .iter()
                .any(|name| self.is_name_active(name))
    }
}

fn is_comparison(op: &BinOp) -> bool {
    use BinOp::{Eq, Ge, Gt, Le, Lt, Ne};
    matches!(op, Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_))
}

/// What is asked in `rt::answer(…)`; the expression itself, if it is none.
pub(in crate::lower) fn asked(expr: &Expr) -> &Expr {
    match expr {
        Expr::Call(e) if is_answer(&e.func) => e.args.first().unwrap_or(expr),
        _ => expr,
    }
}

fn is_answer(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    let mut names = path.path.segments.iter().rev().map(|segment| &segment.ident);
    names.next().is_some_and(|name| name == "answer") && names.next().is_some_and(|name| name == "rt")
}
