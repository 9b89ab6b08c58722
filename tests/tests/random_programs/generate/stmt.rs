//! Statements.

use crate::ast::{Expr, For, Held, Node, Op, Order, Stmt, Type, Var};

use super::Generator;

impl Generator {
    pub(super) fn stmts(&mut self, count: usize, depth: usize) -> Vec<Stmt> {
        (0..count).map(|_| self.stmt(depth)).collect()
    }

    /// A list of statements in a scope of its own.
    fn body(&mut self, depth: usize) -> Vec<Stmt> {
        let alive = self.scope.open();
        let count = self.rng.usize(0..=2);
        let mut stmts = self.stmts(count, depth);
        // A body that changes nothing around it does nothing.
        stmts.extend(self.assignment_to(alive));
        self.scope.close(alive);
        stmts
    }

    fn stmt(&mut self, depth: usize) -> Stmt {
        let nested = u32::from(depth > 0);
        match self.weighted(&[8, 5, 2 * nested, 3 * nested, 1]) {
            1 => {
                let alive = self.scope.open();
                self.assignment_to(alive).unwrap_or_else(|| self.declaration())
            }
            2 => {
                let condition = self.condition(1);
                let then = self.body(depth - 1);
                let otherwise = if self.rng.u8(0..3) > 0 { self.body(depth - 1) } else { Vec::new() };
                Stmt::If(condition, then, otherwise)
            }
            3 => Stmt::For(self.for_loop(depth)),
            4 => self.borrow().unwrap_or_else(|| self.declaration()),
            _ => self.declaration(),
        }
    }

    fn declaration(&mut self) -> Stmt {
        let ty = self.local_type();
        let is_mutable = !matches!(ty, Type::Tuple(_)) && self.rng.u8(0..5) < 2;
        let value =
            if is_mutable && ty == Type::Scalar && self.rng.bool() { Expr::literal(self.number()) } else { self.expr(&ty, 2) };
        match ty {
            Type::Tuple(parts) if self.rng.bool() => {
                let new = |part| self.scope.declare_new(&mut self.rng, part, Held::Owned, false);
                Stmt::Let(parts.into_iter().map(new).collect(), value)
            }
            ty => Stmt::Let(vec![self.scope.declare(&mut self.rng, ty, Held::Owned, is_mutable)], value),
        }
    }

    /// `let view = w.t();`, `let same = &s.w;`
    fn borrow(&mut self) -> Option<Stmt> {
        let ty = self.array_type();
        let is_stable = |g: &Generator, e: &Expr| root(e).is_some_and(|var| !g.scope.variables[var].is_mutable);
        let mut places = self.scope.places(&ty, &self.program.structs);
        places.retain(|place| is_stable(self, place));
        if places.is_empty() {
            return None;
        }
        let place = places.swap_remove(self.rng.usize(0..places.len()));
        let (held, value) = match ty {
            Type::Matrix(rows, columns) if self.rng.bool() => {
                (Held::View, Expr::apply(Type::Matrix(columns, rows), Op::Transpose, [place]))
            }
            _ => (Held::Reference, place),
        };
        let var = self.scope.declare(&mut self.rng, value.ty.clone(), held, false);
        Some(Stmt::Let(vec![var], value))
    }

    /// An assignment to a mutable variable among the oldest `alive` ones.
    fn assignment_to(&mut self, alive: usize) -> Option<Stmt> {
        let targets: Vec<Var> = self.scope.mutable(alive);
        if targets.is_empty() {
            return None;
        }
        let var = targets[self.rng.usize(0..targets.len())];
        let target = self.scope.read(var);
        if target.ty == Type::Scalar {
            return Some(self.scalar_assignment(target));
        }
        // `a += b` borrows an array before it looks at b.
        self.scope.frozen.push(var);
        let assignment = self.array_assignment(target);
        self.scope.frozen.pop();
        Some(assignment)
    }

    /// What is multiplied or divided again and again is multiplied by little.
    fn scalar_assignment(&mut self, target: Expr) -> Stmt {
        let (op, value) = match self.weighted(&[5, 6, 3, 2, 2]) {
            0 => (None, self.expr(&Type::Scalar, 2)),
            1 => (Some("+="), self.expr(&Type::Scalar, 2)),
            2 => (Some("-="), self.expr(&Type::Scalar, 2)),
            3 => {
                let factor = self.expr(&Type::Scalar, 1);
                (Some("*="), Expr::apply(Type::Scalar, Op::Elementwise("cos"), [factor]))
            }
            _ => (Some("/="), self.positive(&Type::Scalar, 1)),
        };
        Stmt::Assign(target, op, value)
    }

    fn array_assignment(&mut self, target: Expr) -> Stmt {
        let ty = target.ty.clone();
        let operand = match (&ty, self.rng.u8(0..4)) {
            (_, 0) => Type::Scalar,
            (Type::Matrix(_, columns), 1) => Type::Vector(*columns),
            (ty, _) => ty.clone(),
        };
        match self.weighted(&[6, 3, 1, 1, 1]) {
            0 => {
                let value = self.expr(&ty, 2);
                Stmt::Assign(target, None, self.damped(value))
            }
            1 => Stmt::Assign(target, Some("+="), self.expr(&operand, 2)),
            2 => Stmt::Assign(target, Some("-="), self.expr(&operand, 2)),
            3 => {
                let value = self.expr(&operand, 1);
                Stmt::Assign(target, Some("*="), Expr::apply(operand, Op::Elementwise("sin"), [value]))
            }
            _ => Stmt::Assign(target, Some("/="), self.positive(&operand, 1)),
        }
    }

    fn for_loop(&mut self, depth: usize) -> For {
        let end = self.loop_end();
        let Type::Int(bound) = end.ty else { unreachable!("a number of iterations") };
        let start = usize::from(self.rng.u8(0..4) == 0);
        let order = [Order::Forward, Order::Forward, Order::Backward, Order::EverySecond][self.rng.usize(0..4)];
        let alive = self.scope.open();
        let variable = self.scope.declare(&mut self.rng, Type::Int((bound - 1).max(1)), Held::Owned, false);
        let mut body = self.body(depth - 1);
        if body.is_empty() {
            body.push(self.declaration());
        }
        self.scope.close(alive);
        For { variable, start, end, order, body }
    }

    /// How often: a number, an argument, the length of something.
    fn loop_end(&mut self) -> Expr {
        let mut ends: Vec<_> = self.scope.visible().map(|var| self.scope.read(var)).collect();
        ends.retain(|e| matches!(e.ty, Type::Int(2..) | Type::List(_) | Type::Vector(_)));
        if ends.is_empty() || self.rng.u8(0..3) == 0 {
            return Expr::int(self.rng.usize(2..=4));
        }
        let e = ends.swap_remove(self.rng.usize(0..ends.len()));
        match e.ty {
            Type::List(n) | Type::Vector(n) => Expr::apply(Type::Int(n + 1), Op::Len, [e]),
            _ => e,
        }
    }
}

/// The variable that a place is part of.
fn root(place: &Expr) -> Option<Var> {
    match &place.node {
        Node::Var(var) => Some(*var),
        Node::Field(base, _) => root(base),
        _ => None,
    }
}
