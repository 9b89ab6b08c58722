//! Whether every variable that is read can be named where it is read.

use crate::ast::{Block, Expr, Function, Node, Op, Program, Stmt, Var};

/// Names mean what they should, assignments go to places, and functions call earlier ones.
pub(super) fn is_sound(program: &Program) -> bool {
    program.functions.iter().enumerate().all(|(number, function)| {
        let mut scope = Scope { function, number, alive: function.arguments.clone() };
        scope.block(&function.body)
    })
}

struct Scope<'f> {
    function: &'f Function,
    number: usize,
    alive: Vec<Var>,
}

impl Scope<'_> {
    fn can_name(&self, var: Var) -> bool {
        let name = |v: Var| &self.function.variables[v].name;
        self.alive.iter().rev().find(|v| name(**v) == name(var)) == Some(&var)
    }

    fn block(&mut self, block: &Block) -> bool {
        let alive = self.alive.len();
        let is_sound = self.stmts(&block.stmts) && self.expr(&block.result);
        self.alive.truncate(alive);
        is_sound
    }

    fn body(&mut self, stmts: &[Stmt]) -> bool {
        let alive = self.alive.len();
        let is_sound = self.stmts(stmts);
        self.alive.truncate(alive);
        is_sound
    }

    fn stmts(&mut self, stmts: &[Stmt]) -> bool {
        stmts.iter().all(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> bool {
        match stmt {
            Stmt::Let(vars, value) => {
                let is_sound = self.expr(value);
                self.alive.extend(vars);
                is_sound
            }
            Stmt::Assign(place, _, value) => place.is_place() && self.expr(place) && self.expr(value),
            Stmt::If(condition, then, otherwise) => self.expr(condition) && self.body(then) && self.body(otherwise),
            Stmt::For(l) => {
                let is_sound = self.expr(&l.end);
                self.alive.push(l.variable);
                let is_sound = is_sound && self.body(&l.body);
                self.alive.pop();
                is_sound
            }
        }
    }

    fn expr(&mut self, e: &Expr) -> bool {
        match &e.node {
            Node::Literal(_) | Node::Int(_) => true,
            Node::Var(var) => self.can_name(*var),
            Node::Field(base, _) => self.expr(base),
            Node::Index(base, indices) => self.expr(base) && indices.iter().all(|i| self.expr(i)),
            Node::Apply(Op::Call(callee), _) if *callee >= self.number => false,
            Node::Apply(_, operands) => operands.iter().all(|operand| self.expr(operand)),
            Node::If(condition, then, otherwise) => self.expr(condition) && self.block(then) && self.block(otherwise),
            Node::Block(block) => self.block(block),
            Node::Map(array, element, body) => {
                let is_sound = self.expr(array);
                self.alive.push(*element);
                let is_sound = is_sound && self.expr(body);
                self.alive.pop();
                is_sound
            }
        }
    }
}
