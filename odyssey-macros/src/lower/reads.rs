//! Which variables of its surroundings an expression reads: not those that it declares itself.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Expr, Ident, Pat, Stmt};

use super::bindings::Name;
use super::names::bound_names;
use super::passive::{arguments_of, captured, is_question};

/// Whether a variable counts that is only asked for its length or shape.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Counts,
    Skipped,
}

/// The names that an expression reads and does not declare.
pub(super) fn names_read(expr: &Expr, asked: Asked) -> Vec<Ident> {
    let mut reads = Reads { asked, declared: Vec::new(), names: Vec::new() };
    reads.visit_expr(expr);
    reads.names
}

struct Reads {
    asked: Asked,
    /// What is declared inside, up to this point.
    declared: Vec<Name>,
    names: Vec<Ident>,
}

impl Reads {
    fn read(&mut self, ident: &Ident) {
        if !self.declared.contains(&ident.into()) {
            self.names.push(ident.clone());
        }
    }

    fn declare(&mut self, pattern: &Pat) {
        let mut names = Vec::new();
        bound_names(pattern, &mut names);
        self.declared.extend(names.iter().map(Name::from));
    }

    fn in_scope(&mut self, visit: impl FnOnce(&mut Reads)) {
        let declared = self.declared.len();
        visit(self);
        self.declared.truncate(declared);
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => self.read(&ident),
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => captured(&literal).iter().for_each(|name| self.read(name)),
                TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reads {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if self.asked == Asked::Skipped && is_question(&call.method) {
            call.args.iter().for_each(|arg| self.visit_expr(arg));
        } else {
            visit::visit_expr_method_call(self, call);
        }
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let Some(ident) = path.path.get_ident() {
            self.read(ident);
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.in_scope(|reads| {
            closure.inputs.iter().for_each(|pattern| reads.declare(pattern));
            reads.visit_expr(&closure.body);
        });
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.in_scope(|reads| visit::visit_block(reads, block));
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        visit::visit_stmt(self, stmt);
        if let Stmt::Local(local) = stmt {
            self.declare(&local.pat);
        }
    }

    /// `if let p = x { … }`: what the condition binds is there in the first block alone.
    fn visit_expr_if(&mut self, e: &'ast syn::ExprIf) {
        self.in_scope(|reads| {
            reads.visit_expr(&e.cond);
            reads.visit_block(&e.then_branch);
        });
        if let Some((_, otherwise)) = &e.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, e: &'ast syn::ExprWhile) {
        self.in_scope(|reads| visit::visit_expr_while(reads, e));
    }

    fn visit_expr_let(&mut self, e: &'ast syn::ExprLet) {
        self.visit_expr(&e.expr);
        self.declare(&e.pat);
    }

    fn visit_expr_for_loop(&mut self, e: &'ast syn::ExprForLoop) {
        self.visit_expr(&e.expr);
        self.in_scope(|reads| {
            reads.declare(&e.pat);
            reads.visit_block(&e.body);
        });
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.in_scope(|reads| {
            reads.declare(&arm.pat);
            visit::visit_arm(reads, arm);
        });
    }

    /// Patterns declare names; a constant in one is no variable.
    fn visit_pat(&mut self, _: &'ast Pat) {}

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        match arguments_of(mac) {
            Some(arguments) => arguments.iter().for_each(|argument| self.visit_expr(argument)),
            None => self.tokens(mac.tokens.clone()),
        }
    }
}
