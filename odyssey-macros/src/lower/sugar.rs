//! What is only another way of writing: rewritten before the body is lowered, so that nothing behind this sees it.
//!
//! | written | rewritten |
//! | --- | --- |
//! | `if let p = x && c { t } else { f }` | `match x { p if c => t, _ => f }` |
//! | `if c && let p = x { t }` | `if c { match x { p => t, _ => {} } }` |
//! | `if a && let p = x && … { t } else { f }` | a labelled block, left with `t` where all of it holds |
//! | `while a && let p = x { … }` | `loop { if a && let p = x { … } else { break } }` |
//! | `match x.as_ref() { Some(p) => … }` | `match &x { Some(p) => … }` |
//! | `y = if c { break } else { v };` | `let assigned = if c { break } else { v }; y = assigned;` |

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{BinOp, Block, Expr, ExprIf, ExprWhile, Ident, Lifetime, Pat, Stmt};

use super::checkpoint;
use super::jump::Jumps;
use super::passive::compound;
use super::place::without_parens;
use crate::emit::at;

/// The body without sugar.
pub(super) fn removed(block: &Block) -> Block {
    let mut block = block.clone();
    Sugar::default().visit_block_mut(&mut block);
    block
}

#[derive(Default)]
struct Sugar {
    labels: usize,
}

/// A part of a condition.
enum Test {
    Holds(Expr),
    Matches(Pat, Expr),
}

impl VisitMut for Sugar {
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        checkpoint::written_as_block(stmt);
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        checkpoint::call_as_block(expr);
        if let Some(attributes) = attributes_of(expr) {
            attributes.retain(|attribute| !is_lint(attribute));
        }
        match expr {
            Expr::While(e) if is_chain(&e.cond) => *expr = endless(e),
            Expr::If(e) if is_chain(&e.cond) => *expr = self.chained(e),
            Expr::Match(e) if e.arms.iter().any(|arm| is_of_option(&arm.pat)) => {
                by_reference(&mut e.expr);
            }
            Expr::Let(e) if is_of_option(&e.pat) => {
                by_reference(&mut e.expr);
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        if let Some(init) = local.init.as_mut().filter(|_| is_of_option(&local.pat)) {
            by_reference(&mut init.expr);
        }
        visit_mut::visit_local_mut(self, local);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let stmts = std::mem::take(&mut block.stmts);
        block.stmts = stmts.into_iter().flat_map(assigned_last).collect();
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

impl Sugar {
    fn chained(&mut self, e: &ExprIf) -> Expr {
        let mut tests = Vec::new();
        flatten(&e.cond, &mut tests);
        let (then, here) = (&e.then_branch, at(e.span()));
        let otherwise = e.else_branch.as_ref().map(|(_, otherwise)| &**otherwise);
        match (otherwise, &tests[..]) {
            (None, _) => nested(tests, syn::parse_quote!(#then), here),
            (Some(otherwise), [Test::Matches(pattern, value), conditions @ ..]) if conditions.iter().all(Test::holds) => {
                let guard = guard(conditions);
                syn::parse_quote_spanned!(here=> match #value { #pattern #guard => #then, _ => #otherwise })
            }
            (Some(otherwise), _) => {
                self.labels += 1;
                let label = Lifetime::new(&format!("'chain_{}", self.labels), Span::mixed_site());
                let test = nested(tests, syn::parse_quote_spanned!(here=> { break #label #then; }), here);
                syn::parse_quote_spanned!(here=> #label: { #test #otherwise })
            }
        }
    }
}

impl Test {
    fn holds(&self) -> bool {
        matches!(self, Test::Holds(_))
    }
}

/// `if a { match x { p if b => body, _ => {} } }`: the conditions behind a pattern are its guard.
fn nested(mut tests: Vec<Test>, body: Expr, here: Span) -> Expr {
    let first = tests.iter().rposition(|test| !test.holds()).expect("a chain has a `let`");
    let conditions = tests.split_off(first + 1);
    let Some(Test::Matches(pattern, value)) = tests.pop() else { unreachable!("found above") };
    let guard = guard(&conditions);
    let inner: Expr = syn::parse_quote_spanned!(here=> match #value { #pattern #guard => #body, _ => {} });
    if tests.iter().all(Test::holds) {
        match conjunction(&tests) {
            Some(condition) => syn::parse_quote_spanned!(here=> if #condition { #inner }),
            None => inner,
        }
    } else {
        nested(tests, inner, here)
    }
}

fn guard(conditions: &[Test]) -> Option<proc_macro2::TokenStream> {
    conjunction(conditions).map(|condition| quote::quote!(if #condition))
}

fn conjunction(conditions: &[Test]) -> Option<Expr> {
    let conditions = conditions.iter().map(|test| match test {
        Test::Holds(condition) => condition.clone(),
        Test::Matches(..) => unreachable!("conditions alone"),
    });
    conditions.reduce(|a, b| syn::parse_quote!(#a && #b))
}

fn flatten(condition: &Expr, tests: &mut Vec<Test>) {
    match condition {
        Expr::Binary(e) if matches!(e.op, BinOp::And(_)) => {
            flatten(&e.left, tests);
            flatten(&e.right, tests);
        }
        Expr::Let(e) => tests.push(Test::Matches((*e.pat).clone(), (*e.expr).clone())),
        other => tests.push(Test::Holds(other.clone())),
    }
}

/// `let` is a part of the condition, and not all of it.
fn is_chain(condition: &Expr) -> bool {
    fn has_let(condition: &Expr) -> bool {
        match condition {
            Expr::Let(_) => true,
            Expr::Binary(e) if matches!(e.op, BinOp::And(_)) => has_let(&e.left) || has_let(&e.right),
            _ => false,
        }
    }
    !matches!(condition, Expr::Let(_)) && has_let(condition)
}

fn endless(e: &ExprWhile) -> Expr {
    let (attributes, label, condition, body) = (&e.attrs, &e.label, &e.cond, &e.body);
    syn::parse_quote_spanned!(at(e.span())=> #(#attributes)* #label loop { if #condition #body else { break; } })
}

/// A value that may jump is bound before it is assigned.
fn assigned_last(stmt: Stmt) -> Vec<Stmt> {
    let Stmt::Expr(expr, semicolon) = &stmt else { return vec![stmt] };
    let value = match expr {
        Expr::Assign(e) => &e.right,
        Expr::Binary(e) if compound(&e.op).is_some() => &e.right,
        _ => return vec![stmt],
    };
    if !matches!(without_parens(value), Expr::If(_) | Expr::Match(_) | Expr::Block(_) | Expr::Loop(_))
        || Jumps::of(value).is_none()
    {
        return vec![stmt];
    }
    let here = at(value.span());
    let name = Ident::new("assigned", here.resolved_at(Span::mixed_site()));
    let bound: Stmt = syn::parse_quote_spanned!(here=> let #name = #value;);
    let named: Box<Expr> = Box::new(syn::parse_quote!(#name));
    let assignment = match expr {
        Expr::Assign(e) => Expr::Assign(syn::ExprAssign { right: named, ..e.clone() }),
        Expr::Binary(e) => Expr::Binary(syn::ExprBinary { right: named, ..e.clone() }),
        _ => unreachable!("matched above"),
    };
    vec![bound, Stmt::Expr(assignment, Some(semicolon.unwrap_or(syn::Token![;](here))))]
}

/// `&x` for `x.as_ref()` and `x.as_deref()` of an `Option`, if it is one of them: patterns look through references.
pub(super) fn by_reference(option: &mut Expr) -> bool {
    let Expr::MethodCall(e) = without_parens(option) else { return false };
    let is_one = e.args.is_empty() && (e.method == "as_ref" || e.method == "as_deref");
    if is_one {
        let receiver = &e.receiver;
        *option = syn::parse_quote_spanned!(at(e.span())=> (&#receiver));
    }
    is_one
}

/// `Some(…)`, `None`.
fn is_of_option(pattern: &Pat) -> bool {
    match pattern {
        Pat::TupleStruct(p) => p.path.segments.last().is_some_and(|last| last.ident == "Some"),
        Pat::Ident(p) => p.ident == "None",
        Pat::Path(p) => p.path.segments.last().is_some_and(|last| last.ident == "None"),
        Pat::Or(p) => p.cases.iter().any(is_of_option),
        Pat::Paren(p) => is_of_option(&p.pat),
        _ => false,
    }
}

/// What only lints and formatters read: derivative code has lints of its own.
fn is_lint(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    let is_tool = |segment: &syn::PathSegment| segment.ident == "rustfmt" || segment.ident == "clippy";
    ["allow", "expect", "warn", "deny", "forbid"].iter().any(|name| path.is_ident(name))
        || path.segments.first().is_some_and(is_tool)
}

/// The attributes of an expression that may stand as a statement.
pub(super) fn attributes_of(expr: &mut Expr) -> Option<&mut Vec<syn::Attribute>> {
    Some(match expr {
        Expr::Assign(e) => &mut e.attrs,
        Expr::Binary(e) => &mut e.attrs,
        Expr::Block(e) => &mut e.attrs,
        Expr::Call(e) => &mut e.attrs,
        Expr::ForLoop(e) => &mut e.attrs,
        Expr::If(e) => &mut e.attrs,
        Expr::Loop(e) => &mut e.attrs,
        Expr::Match(e) => &mut e.attrs,
        Expr::MethodCall(e) => &mut e.attrs,
        Expr::Unsafe(e) => &mut e.attrs,
        Expr::While(e) => &mut e.attrs,
        _ => return None,
    })
}
