//! `if`, `if let`, `match` and `let … else` as they are written: one form for all of them.

use std::borrow::Cow;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprIf, ExprMatch, Pat};

use crate::lower::jump::{exits, exits_block};
use crate::lower::names::bound_names;

/// What decides between the arms.
pub(in crate::lower) enum Head<'a> {
    If(&'a Expr),
    Match(&'a Expr),
}

/// One of the arms as it is written.
pub(in crate::lower) struct Written<'a> {
    pub(in crate::lower) pattern: Option<Cow<'a, Pat>>,
    pub(in crate::lower) guard: Option<&'a Expr>,
    pub(in crate::lower) body: Body<'a>,
}

pub(in crate::lower) enum Body<'a> {
    Block(&'a syn::Block),
    Expr(&'a Expr),
    Nothing,
}

impl Body<'_> {
    pub(in crate::lower) fn exits(&self) -> bool {
        match self {
            Body::Block(block) => exits_block(block),
            Body::Expr(expr) => exits(expr),
            Body::Nothing => false,
        }
    }
}

/// A choice between arms.
pub(in crate::lower) struct Choice<'a> {
    pub(in crate::lower) head: Head<'a>,
    pub(in crate::lower) arms: Vec<Written<'a>>,
    pub(in crate::lower) span: Span,
}

/// `_`, for the other side of an `if let`.
pub(in crate::lower) fn otherwise<'a>() -> Cow<'a, Pat> {
    Cow::Owned(syn::parse_quote!(_))
}

impl<'a> Choice<'a> {
    /// The choice that an expression is.
    pub(in crate::lower) fn of(expr: &'a Expr) -> Option<Choice<'a>> {
        match expr {
            Expr::If(e) => Some(Choice::of_if(e)),
            Expr::Match(e) => Some(Choice::of_match(e)),
            Expr::Paren(e) => Choice::of(&e.expr),
            _ => None,
        }
    }

    pub(in crate::lower) fn of_if(e: &'a ExprIf) -> Choice<'a> {
        let then = Body::Block(&e.then_branch);
        let otherwise_body = match &e.else_branch {
            None => Body::Nothing,
            Some((_, expr)) => match &**expr {
                Expr::Block(block) => Body::Block(&block.block),
                other => Body::Expr(other),
            },
        };
        let (head, patterns) = match &*e.cond {
            Expr::Let(condition) => (Head::Match(&condition.expr), [Some(Cow::Borrowed(&*condition.pat)), Some(otherwise())]),
            condition => (Head::If(condition), [None, None]),
        };
        let [first, second] = patterns;
        let arms = vec![
            Written { pattern: first, guard: None, body: then },
            Written { pattern: second, guard: None, body: otherwise_body },
        ];
        Choice { head, arms, span: e.span() }
    }

    pub(in crate::lower) fn of_match(e: &'a ExprMatch) -> Choice<'a> {
        let cases = |arm: &'a syn::Arm| -> Vec<Cow<'a, Pat>> {
            let mut names = Vec::new();
            bound_names(&arm.pat, &mut names);
            match &arm.pat {
                // Where the names are differs from case to case.
                Pat::Or(or) if !names.is_empty() => or.cases.iter().map(Cow::Borrowed).collect(),
                pattern => vec![Cow::Borrowed(pattern)],
            }
        };
        let arms = e.arms.iter().flat_map(|arm| {
            cases(arm).into_iter().map(move |pattern| Written {
                pattern: Some(pattern),
                guard: arm.guard.as_ref().map(|(_, guard)| &**guard),
                body: Body::Expr(&arm.body),
            })
        });
        Choice { head: Head::Match(&e.expr), arms: arms.collect(), span: e.span() }
    }

    /// `let pattern = value else { … };`
    pub(in crate::lower) fn of_let_else(pattern: &'a Pat, value: &'a Expr, diverging: &'a Expr) -> Choice<'a> {
        let arms = vec![
            Written { pattern: Some(Cow::Borrowed(pattern)), guard: None, body: Body::Nothing },
            Written { pattern: Some(otherwise()), guard: None, body: Body::Expr(diverging) },
        ];
        Choice { head: Head::Match(value), arms, span: value.span() }
    }

    /// Exactly one arm comes out at its end.
    pub(in crate::lower) fn has_one_way_on(&self) -> bool {
        self.arms.iter().filter(|arm| !arm.body.exits()).count() == 1
    }
}
