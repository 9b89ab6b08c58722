//! Expressions of a given type.

use crate::ast::{Block, Expr, Held, Node, Op, Type};

use super::Generator;

/// Smooth functions of one argument that keep small numbers small, of scalars and of arrays.
const SMOOTH: [&str; 9] = ["sin", "cos", "tanh", "atan", "sigmoid", "softplus", "asinh", "silu", "gelu"];
/// Smooth functions of positive numbers.
const OF_POSITIVE: [&str; 4] = ["ln", "sqrt", "recip", "ln_1p"];

impl Generator {
    pub(super) fn expr(&mut self, ty: &Type, depth: usize) -> Expr {
        if depth == 0 {
            return self.leaf(ty);
        }
        match ty {
            Type::Scalar => self.scalar(depth),
            Type::Vector(_) | Type::Matrix(..) => self.array(ty, depth),
            Type::Tuple(parts) => match self.call(ty, depth) {
                Some(call) if self.rng.bool() => call,
                _ => {
                    let parts: Vec<_> = parts.iter().map(|part| self.expr(part, depth - 1)).collect();
                    Expr::apply(ty.clone(), Op::Tuple, parts)
                }
            },
            _ => self.leaf(ty),
        }
    }

    /// A variable, a part of one, or a constant.
    pub(super) fn leaf(&mut self, ty: &Type) -> Expr {
        match ty {
            Type::Int(bound) => return self.index(*bound),
            Type::Scalar if self.rng.u8(0..4) == 0 => return Expr::literal(self.number()),
            _ => {}
        }
        let mut places = self.scope.places(ty, &self.program.structs);
        if !places.is_empty() && (*ty != Type::Scalar || self.rng.bool()) {
            return places.swap_remove(self.rng.usize(0..places.len()));
        }
        match ty {
            Type::Scalar if self.in_closure => Expr::literal(self.number()),
            Type::Scalar => {
                let vars: Vec<_> = self.scope.visible().collect();
                let value = self.scope.read(vars[self.rng.usize(0..vars.len())]);
                self.scalar_of(value)
            }
            Type::Vector(_) | Type::Matrix(..) => {
                if let Some(related) = self.related(ty) {
                    return related;
                }
                let ones = Expr::apply(ty.clone(), Op::Ones, []);
                let scale = self.leaf(&Type::Scalar);
                Expr::apply(ty.clone(), Op::Binary("*"), [ones, scale])
            }
            Type::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.leaf(part)).collect();
                Expr::apply(ty.clone(), Op::Tuple, parts)
            }
            Type::Int(_) | Type::Bool | Type::List(_) | Type::Struct(_) => unreachable!("only where there is one: {ty:?}"),
        }
    }

    /// An array of that shape, made of a variable of another shape.
    fn related(&mut self, ty: &Type) -> Option<Expr> {
        let mut related = Vec::new();
        for var in self.scope.visible() {
            let e = self.scope.read(var);
            let op = match (ty, &e.ty) {
                (Type::Vector(n), Type::Matrix(_, columns)) if n == columns => Op::Along("sum_axis", 0),
                (Type::Vector(n), Type::Matrix(rows, _)) if n == rows => Op::Along("mean_axis", 1),
                (Type::Matrix(rows, columns), Type::Matrix(c, r)) if r == rows && c == columns => Op::Transpose,
                (Type::Matrix(_, columns), Type::Vector(n)) if n == columns => {
                    let ones = Expr::apply(ty.clone(), Op::Ones, []);
                    related.push(Expr::apply(ty.clone(), Op::Binary("*"), [ones, e]));
                    continue;
                }
                _ => continue,
            };
            related.push(Expr::apply(ty.clone(), op, [e]));
        }
        if related.is_empty() { None } else { Some(related.swap_remove(self.rng.usize(0..related.len()))) }
    }

    /// An integer below a bound.
    pub(super) fn index(&mut self, bound: usize) -> Expr {
        let ints: Vec<_> = self.scope.visible().filter(|v| !self.scope.has_float(*v)).map(|v| self.scope.read(v)).collect();
        if ints.is_empty() || self.rng.u8(0..4) == 0 {
            return Expr::int(self.rng.usize(0..bound));
        }
        let int = ints[self.rng.usize(0..ints.len())].clone();
        match int.ty {
            Type::Int(small) if small <= bound && self.rng.bool() => int,
            _ => {
                let sum = Expr::apply(Type::Int(usize::MAX), Op::Binary("+"), [int, Expr::int(self.rng.usize(1..=2))]);
                Expr::apply(Type::Int(bound), Op::Binary("%"), [sum, Expr::int(bound)])
            }
        }
    }

    fn scalar(&mut self, depth: usize) -> Expr {
        let outside = u32::from(!self.in_closure);
        match self.weighted(&[4, 8, 5, 2, 4 * outside, 2 * outside, 3 * outside, 2, 1, 1, outside]) {
            0 => self.leaf(&Type::Scalar),
            1 => self.binary(&Type::Scalar, depth),
            2 => self.unary(&Type::Scalar, depth),
            3 => self.of_positive(&Type::Scalar, depth),
            4 => {
                let ty = self.array_type();
                let array = self.expr(&ty, depth - 1);
                let op = if self.rng.u8(0..4) == 0 { Op::Mean } else { Op::Sum };
                Expr::apply(Type::Scalar, op, [array])
            }
            5 => {
                let ty = self.vector_type();
                let (a, b) = (self.expr(&ty, depth - 1), self.expr(&ty, depth - 1));
                Expr::apply(Type::Scalar, Op::Dot, [a, b])
            }
            6 => self.call(&Type::Scalar, depth).unwrap_or_else(|| self.binary(&Type::Scalar, depth)),
            7 => self.choice(&Type::Scalar, depth),
            8 => {
                let (a, b) = (self.expr(&Type::Scalar, depth - 1), self.expr(&Type::Scalar, depth - 1));
                match self.rng.u8(0..3) {
                    0 => Expr::apply(Type::Scalar, Op::Kinked("max"), [a, b]),
                    1 => Expr::apply(Type::Scalar, Op::Kinked("min"), [a, b]),
                    _ => Expr::apply(Type::Scalar, Op::Kinked("abs"), [a]),
                }
            }
            9 => {
                let (a, b) = (self.positive(&Type::Scalar, depth - 1), self.expr(&Type::Scalar, depth - 1));
                match self.rng.u8(0..4) {
                    0 => Expr::apply(Type::Scalar, Op::Elementwise("hypot"), [a, b]),
                    1 => Expr::apply(Type::Scalar, Op::Elementwise("atan2"), [a, b]),
                    2 => Expr::apply(
                        Type::Scalar,
                        Op::Elementwise("powf"),
                        [a, Expr::apply(Type::Scalar, Op::Elementwise("tanh"), [b])],
                    ),
                    _ => Expr::apply(Type::Scalar, Op::Elementwise("mul_add"), [a, b, Expr::literal(self.number())]),
                }
            }
            _ => {
                let ty = self.array_type();
                let array = self.expr(&ty, depth - 1);
                self.element(array)
            }
        }
    }

    fn array(&mut self, ty: &Type, depth: usize) -> Expr {
        match self.weighted(&[3, 9, 5, 2, 5, 2, 3, 2, 2]) {
            0 => self.leaf(ty),
            1 => self.binary(ty, depth),
            2 => self.unary(ty, depth),
            3 => self.of_positive(ty, depth),
            4 => self.contraction(ty, depth),
            5 => {
                let axis = self.rng.usize(0..ty.shape().len());
                let array = self.expr(ty, depth - 1);
                Expr::apply(ty.clone(), Op::Along(if self.rng.bool() { "softmax" } else { "log_softmax" }, axis), [array])
            }
            6 => self.call(ty, depth).unwrap_or_else(|| self.binary(ty, depth)),
            7 => self.choice(ty, depth),
            _ => self.map(ty, depth),
        }
    }

    /// Products, sums along an axis, transposes.
    fn contraction(&mut self, ty: &Type, depth: usize) -> Expr {
        let inner = self.dimension();
        let (left, right) = match (ty, self.rng.u8(0..4)) {
            (Type::Vector(n), 0) => (Type::Vector(inner), Type::Matrix(inner, *n)),
            (Type::Vector(n), 1) => (Type::Matrix(*n, inner), Type::Vector(inner)),
            (Type::Vector(n), choice) => {
                let axis = usize::from(choice) - 2;
                let shape = if axis == 0 { Type::Matrix(inner, *n) } else { Type::Matrix(*n, inner) };
                let matrix = self.expr(&shape, depth - 1);
                let name = ["sum_axis", "mean_axis", "logsumexp"][self.rng.usize(0..3)];
                return Expr::apply(ty.clone(), Op::Along(name, axis), [matrix]);
            }
            (Type::Matrix(rows, columns), 0) => {
                let matrix = self.expr(&Type::Matrix(*columns, *rows), depth - 1);
                return Expr::apply(ty.clone(), Op::Transpose, [matrix]);
            }
            (Type::Matrix(rows, columns), _) => (Type::Matrix(*rows, inner), Type::Matrix(inner, *columns)),
            _ => unreachable!("an array"),
        };
        let (left, right) = (self.expr(&left, depth - 1), self.expr(&right, depth - 1));
        Expr::apply(ty.clone(), Op::Dot, [left, right])
    }

    /// `a + b`, with what broadcasts to the type on one of the sides.
    fn binary(&mut self, ty: &Type, depth: usize) -> Expr {
        let other = match (ty, self.rng.u8(0..8)) {
            (Type::Vector(_), 0 | 1) => Type::Scalar,
            (Type::Vector(_), 2) => Type::Vector(1),
            (Type::Matrix(..), 0 | 1) => Type::Scalar,
            (Type::Matrix(_, columns), 2 | 3) => Type::Vector(*columns),
            (Type::Matrix(rows, _), 4) => Type::Matrix(*rows, 1),
            (Type::Matrix(_, columns), 5) => Type::Matrix(1, *columns),
            (ty, _) => ty.clone(),
        };
        let op = ["+", "-", "*", "*", "/"][self.rng.usize(0..5)];
        let is_swapped = self.rng.bool();
        let (left, right) = if is_swapped { (&other, ty) } else { (ty, &other) };
        let left = self.expr(left, depth - 1);
        let right = if op == "/" { self.positive(right, depth - 1) } else { self.expr(right, depth - 1) };
        Expr::apply(ty.clone(), Op::Binary(op), [left, right])
    }

    fn unary(&mut self, ty: &Type, depth: usize) -> Expr {
        let operand = self.expr(ty, depth - 1);
        let op = match self.weighted(&[8, 2, 2, 2]) {
            0 => Op::Elementwise(SMOOTH[self.rng.usize(0..SMOOTH.len())]),
            1 => Op::Neg,
            2 => Op::Powi([2, 3, 1, 0, -1][self.weighted(&[6, 4, 1, 1, 0])]),
            _ => {
                let bounded = Expr::apply(ty.clone(), Op::Elementwise("tanh"), [operand]);
                return Expr::apply(ty.clone(), Op::Elementwise("exp"), [bounded]);
            }
        };
        Expr::apply(ty.clone(), op, [operand])
    }

    fn of_positive(&mut self, ty: &Type, depth: usize) -> Expr {
        let operand = self.positive(ty, depth - 1);
        Expr::apply(ty.clone(), Op::Elementwise(OF_POSITIVE[self.rng.usize(0..OF_POSITIVE.len())]), [operand])
    }

    /// A value that is not near zero.
    pub(super) fn positive(&mut self, ty: &Type, depth: usize) -> Expr {
        let operand = self.expr(ty, depth);
        let op = [Op::Powi(2), Op::Elementwise("sin"), Op::Elementwise("tanh"), Op::Elementwise("sigmoid")];
        let bounded = Expr::apply(ty.clone(), op[self.rng.usize(0..4)], [operand]);
        let offset = Expr::literal(1.25 + f64::from(self.rng.u32(0..4)) / 4.0);
        Expr::apply(ty.clone(), Op::Binary("+"), [bounded, offset])
    }

    /// An assigned array stays small however often it is assigned.
    pub(super) fn damped(&mut self, value: Expr) -> Expr {
        let op = ["tanh", "sin", "atan"][self.rng.usize(0..3)];
        if self.rng.bool() { value } else { Expr::apply(value.ty.clone(), Op::Elementwise(op), [value]) }
    }

    /// `if … { … } else { … }` as an expression; now and then a plain block.
    fn choice(&mut self, ty: &Type, depth: usize) -> Expr {
        if !self.in_closure && self.rng.u8(0..5) == 0 {
            let block = self.block(ty, depth);
            return Expr::new(ty.clone(), Node::Block(Box::new(block)));
        }
        let condition = self.condition(depth.min(1));
        let (then, otherwise) = (self.block(ty, depth), self.block(ty, depth));
        Expr::new(ty.clone(), Node::If(Box::new(condition), Box::new(then), Box::new(otherwise)))
    }

    fn block(&mut self, ty: &Type, depth: usize) -> Block {
        let alive = self.scope.open();
        let count = usize::from(!self.is_pure && self.rng.u8(0..4) == 0);
        let stmts = self.stmts(count, 0);
        let result = self.expr(ty, depth - 1);
        self.scope.close(alive);
        Block { stmts, result }
    }

    pub(super) fn condition(&mut self, depth: usize) -> Expr {
        let was_pure = std::mem::replace(&mut self.is_pure, true);
        let condition = self.test(depth);
        self.is_pure = was_pure;
        condition
    }

    fn test(&mut self, depth: usize) -> Expr {
        let has_int = !self.in_closure && self.scope.visible().any(|v| !self.scope.has_float(v));
        match self.weighted(&[6, 4 * u32::from(has_int), 2 * u32::from(depth > 0), 1]) {
            0 => {
                let (a, b) = (self.expr(&Type::Scalar, depth), self.leaf(&Type::Scalar));
                Expr::apply(Type::Bool, Op::Compare(if self.rng.bool() { "<" } else { ">" }), [a, b])
            }
            1 => {
                let (a, b) = (self.index(2), Expr::int(self.rng.usize(0..2)));
                Expr::apply(Type::Bool, Op::Compare(if self.rng.bool() { "==" } else { ">" }), [a, b])
            }
            2 => {
                let (a, b) = (self.test(depth - 1), self.test(depth - 1));
                Expr::apply(Type::Bool, Op::Compare(if self.rng.bool() { "&&" } else { "||" }), [a, b])
            }
            _ => {
                let condition = self.comparison();
                Expr::apply(Type::Bool, Op::Not, [condition])
            }
        }
    }

    fn comparison(&mut self) -> Expr {
        let (a, b) = (self.leaf(&Type::Scalar), Expr::literal(self.number()));
        Expr::apply(Type::Bool, Op::Compare("<"), [a, b])
    }

    /// `array.mapv(|v| …)`.
    fn map(&mut self, ty: &Type, depth: usize) -> Expr {
        let array = self.expr(ty, depth - 1);
        let alive = self.scope.open();
        let parameter = self.scope.declare(&mut self.rng, Type::Scalar, Held::Owned, false);
        let outside = (std::mem::replace(&mut self.in_closure, true), std::mem::replace(&mut self.is_pure, true));
        let inner = self.expr(&Type::Scalar, depth);
        (self.in_closure, self.is_pure) = outside;
        // The element itself takes part in any case.
        let body = Expr::binary(["+", "*", "-"][self.rng.usize(0..3)], inner, self.scope.read(parameter));
        self.scope.close(alive);
        Expr::new(ty.clone(), Node::Map(Box::new(array), parameter, Box::new(body)))
    }

    /// A call of an earlier function with that result, if there is one that can be given its arguments.
    fn call(&mut self, ty: &Type, depth: usize) -> Option<Expr> {
        let functions = &self.program.functions;
        let callable: Vec<usize> =
            (0..functions.len()).filter(|f| functions[*f].body.result.ty == *ty && self.has_arguments(*f)).collect();
        if callable.is_empty() {
            return None;
        }
        let number = callable[self.rng.usize(0..callable.len())];
        let function = &self.program.functions[number];
        let types: Vec<_> = function.arguments.iter().map(|v| function.variables[*v].ty.clone()).collect();
        let args: Vec<_> = types.iter().map(|ty| self.expr(ty, depth - 1)).collect();
        Some(Expr::apply(ty.clone(), Op::Call(number), args))
    }

    /// Lists and structures are passed on, not made.
    fn has_arguments(&self, number: usize) -> bool {
        let function = &self.program.functions[number];
        function.arguments.iter().map(|v| &function.variables[*v].ty).all(|ty| match ty {
            Type::List(_) | Type::Struct(_) => !self.scope.places(ty, &self.program.structs).is_empty(),
            _ => true,
        })
    }
}
