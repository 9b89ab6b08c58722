//! Statements and blocks.

use crate::ast::{Block, Expr, For, Held, Node, Op, Order, Stmt, Type, Var};

use super::{Body, Copy, join, type_name};

impl Body<'_> {
    /// `{ … }`, with what is in it indented.
    pub(super) fn block(&self, block: &Block) -> String {
        let inner = self.deeper();
        let result = inner.value(&block.result);
        format!("{{\n{}{}{result}\n{}}}", inner.stmts(&block.stmts), inner.indent(), self.indent())
    }

    fn body(&self, stmts: &[Stmt]) -> String {
        format!("{{\n{}{}}}", self.deeper().stmts(stmts), self.indent())
    }

    fn deeper(&self) -> Self {
        Body { depth: self.depth + 1, ..*self }
    }

    fn indent(&self) -> String {
        "    ".repeat(self.depth)
    }

    fn stmts(&self, stmts: &[Stmt]) -> String {
        join(stmts, "", |stmt| format!("{}{}\n", self.indent(), self.stmt(stmt)))
    }

    fn stmt(&self, stmt: &Stmt) -> String {
        match stmt {
            Stmt::Let(vars, value) => self.declaration(vars, value),
            Stmt::Assign(place, None, value) => format!("{} = {};", self.place(place), self.value(value)),
            // `a += b` takes a reference where b is an array, but not to a itself.
            Stmt::Assign(place, Some(op), value) if value.ty.is_array() && value.is_place() => {
                format!("{} {op} &{};", self.place(place), self.value(value))
            }
            Stmt::Assign(place, Some(op), value) if value.ty.is_array() => {
                format!("{} {op} {};", self.place(place), self.reference_to_any(value))
            }
            Stmt::Assign(place, Some(op), value) => format!("{} {op} {};", self.place(place), self.value(value)),
            Stmt::If(condition, then, otherwise) => {
                let then = self.body(then);
                let otherwise = if otherwise.is_empty() { String::new() } else { format!(" else {}", self.body(otherwise)) };
                format!("if {} {then}{otherwise}", self.condition(condition))
            }
            Stmt::For(l) => self.for_loop(l),
        }
    }

    fn for_loop(&self, l: &For) -> String {
        let range = format!("{}..{}", l.start, self.atom(&l.end));
        let range = match l.order {
            Order::Forward => range,
            Order::Backward => format!("({range}).rev()"),
            Order::EverySecond => format!("({range}).step_by(2)"),
        };
        format!("for {} in {range} {}", self.variable(l.variable).name, self.body(&l.body))
    }

    fn declaration(&self, vars: &[Var], value: &Expr) -> String {
        let mut pattern = join(vars, ", ", |v| {
            let variable = self.variable(*v);
            format!("{}{}", if variable.is_mutable { "mut " } else { "" }, variable.name)
        });
        if vars.len() > 1 {
            pattern = format!("({pattern})");
        }
        let ty = if is_ambiguous(value) { format!(": {}", type_name(&value.ty)) } else { String::new() };
        let value = match self.variable(vars[0]).held {
            Held::Owned => self.value(value),
            Held::Reference | Held::View => self.borrowed(value),
        };
        format!("let {pattern}{ty} = {value};")
    }

    /// A test; the plain copy writes down how it came out.
    pub(super) fn condition(&self, e: &Expr) -> String {
        let text = self.value(e);
        if self.printer.copy == Copy::Plain { format!("watch({text})") } else { text }
    }
}

/// A float of literals alone: rustc must be told which float, before it takes a method of it.
pub(super) fn is_ambiguous(e: &Expr) -> bool {
    match &e.node {
        Node::Literal(_) => true,
        Node::Apply(Op::Tuple, parts) => parts.iter().any(is_ambiguous),
        Node::Apply(Op::Binary(_) | Op::Neg, operands) => e.ty == Type::Scalar && operands.iter().all(is_ambiguous),
        Node::If(_, then, otherwise) => is_ambiguous(&then.result) && is_ambiguous(&otherwise.result),
        Node::Block(block) => is_ambiguous(&block.result),
        _ => false,
    }
}
