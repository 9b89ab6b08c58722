//! `match list { [a, b] => …, [first, rest @ ..] => …, [] => … }`: a choice by the length of the list.

use proc_macro2::Literal;
use syn::spanned::Spanned;
use syn::{Expr, Pat};

use super::branches::{Choice, Written};
use super::control::Rest;
use super::pattern::rest_of_list;
use super::stmt::Tail;
use super::Lowerer;
use crate::diagnostics::not_yet;
use crate::ir::{Op, Value};

/// Some arm takes a list apart.
pub(super) fn matches_slices(choice: &Choice) -> bool {
    choice.arms.iter().any(|arm| arm.pattern.as_deref().is_some_and(|pattern| slice(pattern).is_some()))
}

fn slice(pattern: &Pat) -> Option<&syn::PatSlice> {
    match pattern {
        Pat::Slice(p) => Some(p),
        Pat::Paren(p) => slice(&p.pat),
        Pat::Reference(p) => slice(&p.pat),
        _ => None,
    }
}

impl Lowerer {
    pub(super) fn choice_of_slices(&mut self, list: &Expr, choice: &Choice, tail: Tail, mut rest: Option<Rest>) -> Option<Value> {
        for arm in &choice.arms {
            let is_plain = arm.pattern.as_deref().is_some_and(|pattern| match slice(pattern) {
                Some(slice) => slice.elems.iter().all(is_certain),
                None => matches!(pattern, Pat::Wild(_) | Pat::Ident(_)),
            });
            if arm.guard.is_some() || !is_plain {
                let text =
                    not_yet("this pattern in a `match` on a list is", "bind the elements by names, and test them in the arm");
                self.diagnostics.error(arm.pattern.as_deref().expect("an arm has a pattern"), text);
                return None;
            }
        }
        let list = self.expr(list);
        self.choice_by_length(list, &choice.arms, choice.span, tail, &mut rest)
    }

    /// The first arm that takes a list of that length; the last one takes what is left.
    fn choice_by_length(
        &mut self,
        list: Value,
        arms: &[Written],
        span: proc_macro2::Span,
        tail: Tail,
        rest: &mut Option<Rest>,
    ) -> Option<Value> {
        let (first, others) = arms.split_first().expect("a `match` has an arm");
        let pattern = first.pattern.as_deref().expect("an arm of a match has a pattern");
        let condition = match slice(pattern) {
            Some(slice) if !others.is_empty() => {
                let has_rest = slice.elems.iter().any(rest_of_list);
                let length = Literal::usize_unsuffixed(slice.elems.len() - usize::from(has_rest));
                let base = self.behind_reference(list);
                let test = if has_rest {
                    syn::parse_quote!(walked.len() >= #length)
                } else {
                    syn::parse_quote!(walked.len() == #length)
                };
                self.computed(test, &[base], pattern.span())
            }
            _ => return self.arm_of_list(list, first, tail, rest),
        };
        let then = self.arm(|lowerer| lowerer.arm_of_list(list, first, tail, rest));
        let otherwise = self.arm(|lowerer| lowerer.choice_by_length(list, others, span, tail, rest));
        self.join(vec![then, otherwise], span, |mut blocks| {
            let otherwise = blocks.pop().expect("two arms");
            Op::If(condition, blocks.pop().expect("two arms"), otherwise)
        })
    }

    fn arm_of_list(&mut self, list: Value, arm: &Written, tail: Tail, rest: &mut Option<Rest>) -> Option<Value> {
        self.bindings.open();
        self.bind(arm.pattern.as_deref().expect("an arm of a match has a pattern"), list);
        let value = self.arm_body(&arm.body, tail, rest);
        self.bindings.close();
        value
    }
}

/// Matches whatever is there.
fn is_certain(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) | Pat::Rest(_) => true,
        Pat::Ident(p) => p.subpat.is_none() || rest_of_list(pattern),
        Pat::Paren(p) => is_certain(&p.pat),
        Pat::Reference(p) => is_certain(&p.pat),
        Pat::Tuple(p) => p.elems.iter().all(is_certain),
        _ => false,
    }
}
