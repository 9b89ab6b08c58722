//! Walks over programs, in the order in which they are written.

use crate::ast::{Block, Expr, Node, Stmt};

/// What stands directly in an expression.
pub(crate) enum Part<'a> {
    Expr(&'a mut Expr),
    Block(&'a mut Block),
}

impl Expr {
    pub(crate) fn parts(&mut self) -> Vec<Part<'_>> {
        match &mut self.node {
            Node::Literal(_) | Node::Int(_) | Node::Var(_) => Vec::new(),
            Node::Field(base, _) => vec![Part::Expr(base)],
            Node::Index(base, indices) => std::iter::once(&mut **base).chain(indices).map(Part::Expr).collect(),
            Node::Apply(_, operands) => operands.iter_mut().map(Part::Expr).collect(),
            Node::If(condition, then, otherwise) => vec![Part::Expr(condition), Part::Block(then), Part::Block(otherwise)],
            Node::Block(block) => vec![Part::Block(block)],
            Node::Map(array, _, body) => vec![Part::Expr(array), Part::Expr(body)],
        }
    }

    /// This expression and all in it, outermost first.
    pub(crate) fn visit(&mut self, f: &mut impl FnMut(&mut Expr)) {
        f(self);
        for part in self.parts() {
            match part {
                Part::Expr(e) => e.visit(f),
                Part::Block(block) => block.visit(f),
            }
        }
    }
}

impl Block {
    pub(crate) fn visit(&mut self, f: &mut impl FnMut(&mut Expr)) {
        visit_all(&mut self.stmts, f);
        self.result.visit(f);
    }
}

fn visit_all(stmts: &mut [Stmt], f: &mut impl FnMut(&mut Expr)) {
    for stmt in stmts {
        stmt.exprs().into_iter().for_each(|e| e.visit(f));
        stmt.bodies().into_iter().for_each(|body| visit_all(body, f));
    }
}

impl Stmt {
    /// The expressions that stand directly in a statement.
    pub(crate) fn exprs(&mut self) -> Vec<&mut Expr> {
        match self {
            Stmt::Let(_, e) | Stmt::If(e, ..) => vec![e],
            Stmt::Assign(place, _, e) => vec![place, e],
            Stmt::For(l) => vec![&mut l.end],
        }
    }

    /// The lists of statements that stand directly in a statement.
    pub(crate) fn bodies(&mut self) -> Vec<&mut Vec<Stmt>> {
        match self {
            Stmt::Let(..) | Stmt::Assign(..) => Vec::new(),
            Stmt::If(_, then, otherwise) => vec![then, otherwise],
            Stmt::For(l) => vec![&mut l.body],
        }
    }
}

/// Every list of statements in a block, outermost first.
pub(crate) fn visit_bodies(block: &mut Block, f: &mut impl FnMut(&mut Vec<Stmt>)) {
    fn inside(stmts: &mut Vec<Stmt>, f: &mut impl FnMut(&mut Vec<Stmt>)) {
        f(stmts);
        for stmt in stmts {
            stmt.exprs().into_iter().for_each(|e| in_expr(e, f));
            stmt.bodies().into_iter().for_each(|body| inside(body, f));
        }
    }
    fn in_expr(e: &mut Expr, f: &mut impl FnMut(&mut Vec<Stmt>)) {
        for part in e.parts() {
            match part {
                Part::Expr(e) => in_expr(e, f),
                Part::Block(block) => visit_bodies(block, f),
            }
        }
    }
    inside(&mut block.stmts, f);
    in_expr(&mut block.result, f);
}
