//! Constant folding and algebraic simplification.
//!
//! Only identities that hold for every float are applied to what the user wrote; in derivative code, a product with a
//! constant zero is zero, since a contribution that is not there is not `0 * inf`.

mod choice;

use crate::ir::{Block, Copying, FieldName, For, Kind, Number, Op, Parameter, Replay, Stmt, Value, ValueMap, ValueSet, Values};
use crate::table::elementwise::Elementwise;

/// Simplifies both halves of a program; the second one sees the first.
pub(crate) fn simplify(values: &mut Values, forward: &mut Block, reverse: &mut Block) {
    let mut primal = ValueSet::default();
    forward.definitions(&mut |v| {
        primal.insert(v);
    });
    let mut simplifier = Simplifier {
        primal,
        values,
        definitions: ValueMap::default(),
        same: ValueMap::default(),
        code: Code::Primal,
        is_tangent: false,
    };
    simplifier.block(forward);
    simplifier.code = Code::Derivative;
    simplifier.block(reverse);
    let same = simplifier.same;
    values.redirect_shapes(&same);
}

/// How much may be assumed of a computation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    /// The user wrote it: nothing changes its roundings, or what it makes of infinities.
    Primal,
    /// The compiler wrote it.
    Derivative,
}

struct Simplifier<'a> {
    values: &'a mut Values,
    definitions: ValueMap<Op>,
    same: ValueMap<Value>,
    /// The values of the forward pass.
    primal: ValueSet,
    /// Whose statements are at hand.
    code: Code,
    /// The statement at hand computes a tangent, which stands among the user's.
    is_tangent: bool,
}

/// Simplifies the body of a kernel, which may be the user's code as well as the compiler's.
pub(crate) fn simplify_kernel(values: &mut Values, body: &mut Block) {
    Simplifier {
        primal: ValueSet::default(),
        values,
        definitions: ValueMap::default(),
        same: ValueMap::default(),
        code: Code::Primal,
        is_tangent: false,
    }
    .block(body);
}

/// What a statement turned out to be.
#[expect(clippy::large_enum_variant, reason = "lives for one statement")]
enum Outcome {
    Keep,
    Value(Value),
    Op(Op),
}

impl Simplifier<'_> {
    fn resolve(&self, value: Value) -> Value {
        self.same.get(&value).copied().unwrap_or(value)
    }

    fn block(&mut self, block: &mut Block) {
        let mut stmts = Vec::with_capacity(block.stmts.len());
        for mut stmt in std::mem::take(&mut block.stmts) {
            stmt.op.map_operands(&mut |v| self.same.get(&v).copied().unwrap_or(v));
            match &mut stmt.op {
                Op::Replay(replay) => self.replay(replay),
                op => op.blocks_mut().into_iter().for_each(|inner| self.block(inner)),
            }
            self.control(&mut stmt);
            if self.stmt(&mut stmt, &mut stmts) {
                stmts.push(stmt);
            }
        }
        block.stmts = stmts;
        block.map_end_reads(&mut |v| self.resolve(v));
    }

    /// What runs again is the user's code, wherever it stands.
    fn replay(&mut self, replay: &mut Replay) {
        let around = std::mem::replace(&mut self.code, Code::Primal);
        replay.forward.definitions(&mut |v| {
            self.primal.insert(v);
        });
        self.block(&mut replay.forward);
        self.code = around;
        self.block(&mut replay.reverse);
    }

    /// Simplifies one statement; whether it stays.
    fn stmt(&mut self, stmt: &mut Stmt, before: &mut Vec<Stmt>) -> bool {
        let [out] = stmt.outs[..] else { return true };
        self.is_tangent = self.values.tangents.contains(&out);
        loop {
            match self.outcome(stmt, before) {
                Outcome::Keep => break,
                Outcome::Op(op) => stmt.op = op,
                // A tangent that is lent is no value of its own.
                Outcome::Value(value) if self.is_tangent && self.is_lent(value) && !self.is_lent(out) => {
                    stmt.op = Op::Copy(Copying::Clone, value);
                    break;
                }
                // `x * 1.0` is a copy of what `x` lends.
                Outcome::Value(value) if self.primal.contains(&out) && self.is_array_lent(value) && !self.is_lent(out) => {
                    stmt.op = Op::Copy(Copying::ToOwned, value);
                    break;
                }
                Outcome::Value(value) => {
                    self.inherit(out, value);
                    self.same.insert(out, value);
                    return false;
                }
            }
        }
        self.definitions.insert(out, stmt.op.clone());
        true
    }

    fn is_lent(&self, value: Value) -> bool {
        matches!(self.values[value].kind, Kind::Reference(_))
    }

    fn is_array_lent(&self, value: Value) -> bool {
        let is_view = matches!(self.definitions.get(&value), Some(Op::View(..) | Op::Copy(Copying::View, _)));
        is_view || self.is_lent(value) && !self.values[value].kind.peel().is_scalar()
    }

    /// A value that takes another's place takes its name as well, if it has none.
    fn inherit(&mut self, gone: Value, value: Value) {
        let (name, shape) = (self.values[gone].name.clone(), self.values[gone].shape_of);
        let has_literal = matches!(self.definitions.get(&value), Some(Op::Literal(_)));
        // A value of the user's is no adjoint, even where it equals one.
        let is_mixed = self.is_derivative() && self.primal.contains(&value);
        let info = &mut self.values[value];
        if info.name.is_none() && !has_literal && !is_mixed {
            info.name = name;
        }
        if info.shape_of.is_none()
            && info.kind != Kind::Scalar
            && !matches!(self.definitions.get(&value), Some(Op::Elementwise(..)) | None)
        {
            self.values[value].shape_of = shape;
        }
    }

    fn outcome(&mut self, stmt: &Stmt, before: &mut Vec<Stmt>) -> Outcome {
        match &stmt.op {
            Op::Elementwise(op, operands, parameters) => self.elementwise(*op, operands, parameters, stmt, before),
            Op::Dereference(v) => match self.definitions.get(v) {
                Some(Op::Reference(inner)) => Outcome::Value(*inner),
                _ => Outcome::Keep,
            },
            Op::Field(base, FieldName::Unnamed(number)) => match self.definitions.get(base) {
                Some(Op::Tuple(parts)) => Outcome::Value(parts[*number as usize]),
                _ => Outcome::Keep,
            },
            Op::Zero(like) if self.values[*like].kind.peel().is_scalar() => Outcome::Op(literal(0.0)),
            Op::Accumulate(a, b) if a == b && matches!(self.values[*a].kind.peel(), Kind::Array(_) | Kind::Tensor) => {
                let two = self.insert(literal(2.0), Kind::Scalar, stmt, before);
                Outcome::Op(Op::Elementwise(Elementwise::named("mul"), vec![two, *a], Vec::new()))
            }
            Op::Accumulate(a, b) => match (self.definitions.get(a), self.definitions.get(b)) {
                (Some(Op::Zero(_)), _) => Outcome::Value(*b),
                (_, Some(Op::Zero(_))) => Outcome::Value(*a),
                _ => Outcome::Keep,
            },
            _ => Outcome::Keep,
        }
    }

    fn constant(&self, value: Value) -> Option<f64> {
        match self.definitions.get(&value) {
            Some(Op::Literal(number)) if number.token.as_ref().is_none_or(|token| token.suffix().is_empty()) => {
                Some(number.value)
            }
            _ => None,
        }
    }

    /// The operands of a value that is this elementwise operation.
    fn operands_of(&self, value: Value, name: &str) -> Option<&[Value]> {
        match self.definitions.get(&value) {
            Some(Op::Elementwise(op, operands, _)) if op.is(name) => Some(operands),
            _ => None,
        }
    }

    fn is_derivative(&self) -> bool {
        self.code == Code::Derivative || self.is_tangent
    }

    fn elementwise(
        &mut self,
        op: Elementwise,
        operands: &[Value],
        parameters: &[Parameter],
        stmt: &Stmt,
        before: &mut Vec<Stmt>,
    ) -> Outcome {
        let constants: Vec<_> = operands.iter().map(|v| self.constant(*v)).collect();
        let ew = |name: &str, operands: Vec<Value>| Outcome::Op(Op::Elementwise(Elementwise::named(name), operands, Vec::new()));
        // A literal has no shape: where an array is meant, it cannot stand for one.
        let is_number = self.is_derivative() && self.values[stmt.outs[0]].kind.is_scalar();
        // An operation on an array and a constant may be the array's copy: only a value of the same kind replaces it.
        let same_kind =
            |this: &Self, v: Value| this.values[v].kind.peel() == this.values[stmt.outs[0]].kind.peel() || this.is_derivative();
        match (op.row().name, operands, &constants[..]) {
            ("add" | "sub" | "mul" | "div", _, [Some(a), Some(b)]) if self.is_derivative() => {
                Outcome::Op(literal(match op.row().name {
                    "add" => a + b,
                    "sub" => a - b,
                    "mul" => a * b,
                    _ => a / b,
                }))
            }
            ("neg", [x], _) if self.choice_among(op, operands).is_none() || !self.is_derivative() => {
                match (constants[0], self.operands_of(*x, "neg")) {
                    (Some(c), _) if self.is_derivative() => Outcome::Op(literal(-c)),
                    (_, Some([inner])) => Outcome::Value(*inner),
                    _ => Outcome::Keep,
                }
            }
            ("mul", [x, _], [_, Some(1.0)]) | ("mul", [_, x], [Some(1.0), _]) | ("div", [x, _], [_, Some(1.0)])
                if same_kind(self, *x) =>
            {
                Outcome::Value(*x)
            }
            ("mul", [x, _], [_, Some(-1.0)]) | ("mul", [_, x], [Some(-1.0), _]) if same_kind(self, *x) => ew("neg", vec![*x]),
            ("mul", ..) if is_number && constants.contains(&Some(0.0)) => Outcome::Op(literal(0.0)),
            ("div", _, [Some(0.0), None]) if is_number => Outcome::Op(literal(0.0)),
            ("add", [x, _], [_, Some(0.0)]) | ("add", [_, x], [Some(0.0), _]) | ("sub", [x, _], [_, Some(0.0)])
                if self.is_derivative() =>
            {
                Outcome::Value(*x)
            }
            ("sub", [_, x], [Some(0.0), _]) if self.is_derivative() => ew("neg", vec![*x]),
            ("add", [a, b], _) if a == b && self.is_derivative() => {
                let two = self.insert(literal(2.0), Kind::Scalar, stmt, before);
                ew("mul", vec![two, *a])
            }
            ("add", [a, b], _) if self.is_derivative() && self.complementary(*a, *b).is_some() => {
                let (choice, operands) = self.complementary(*a, *b).expect("just found");
                Outcome::Op(Op::Elementwise(choice, operands, Vec::new()))
            }
            ("add", [a, b], _) if self.is_derivative() => match (self.operands_of(*a, "neg"), self.operands_of(*b, "neg")) {
                (_, Some([negated])) => ew("sub", vec![*a, *negated]),
                (Some([negated]), _) => ew("sub", vec![*b, *negated]),
                _ => self.less(*a, *b, stmt, before),
            },
            ("sub", [a, b], _) if self.is_derivative() => match self.operands_of(*b, "neg") {
                Some([negated]) => ew("add", vec![*a, *negated]),
                _ => Outcome::Keep,
            },
            ("neg" | "mul" | "div", ..) if self.is_derivative() && self.choice_among(op, operands).is_some() => {
                self.product_of_choice(op, operands, stmt, before)
            }
            ("mul" | "div", [a, b], _) if self.is_derivative() && self.has_sign(op, *a, *b) => {
                self.without_sign(op, *a, *b, stmt, before)
            }
            ("mul", [a, b], _) if self.is_derivative() => self.product(*a, *b, &constants, stmt, before),
            ("powi_slope", [x], _) => self.integer_power(*x, parameters, stmt, before),
            _ => Outcome::Keep,
        }
    }

    /// `a + -c * x` as `a - c * x`.
    fn less(&mut self, a: Value, b: Value, stmt: &Stmt, before: &mut Vec<Stmt>) -> Outcome {
        let Some([c, x]) = self.operands_of(b, "mul").map(|o| [o[0], o[1]]) else { return Outcome::Keep };
        let Some(constant) = self.constant(c).filter(|c| *c < 0.0) else { return Outcome::Keep };
        let kind = self.values[b].kind.clone();
        let constant = self.insert(literal(-constant), Kind::Scalar, stmt, before);
        let product = self.insert(Op::Elementwise(Elementwise::named("mul"), vec![constant, x], Vec::new()), kind, stmt, before);
        Outcome::Op(Op::Elementwise(Elementwise::named("sub"), vec![a, product], Vec::new()))
    }

    /// A factor is a negative, and no constant could take its sign.
    fn has_sign(&self, op: Elementwise, a: Value, b: Value) -> bool {
        let is_negative = |v| self.operands_of(v, "neg").is_some();
        let constant = op.is("mul") && (self.constant(a).is_some() || self.constant(b).is_some());
        (is_negative(a) || is_negative(b)) && !constant
    }

    /// `-a * b` as `-(a * b)`, so that signs meet and cancel.
    fn without_sign(&mut self, op: Elementwise, a: Value, b: Value, stmt: &Stmt, before: &mut Vec<Stmt>) -> Outcome {
        let inner = |this: &Self, v| this.operands_of(v, "neg").map(|operands| operands[0]);
        let (negated_a, negated_b) = (inner(self, a), inner(self, b));
        let operands = vec![negated_a.unwrap_or(a), negated_b.unwrap_or(b)];
        let product = Op::Elementwise(op, operands, Vec::new());
        if negated_a.is_some() && negated_b.is_some() {
            return Outcome::Op(product);
        }
        let kind = self.values[stmt.outs[0]].kind.clone();
        let product = self.insert(product, kind, stmt, before);
        Outcome::Op(Op::Elementwise(Elementwise::named("neg"), vec![product], Vec::new()))
    }

    /// Constants of nested products meet, and stand in front.
    fn product(&mut self, a: Value, b: Value, constants: &[Option<f64>], stmt: &Stmt, before: &mut Vec<Stmt>) -> Outcome {
        let mul = |a, b| Outcome::Op(Op::Elementwise(Elementwise::named("mul"), vec![a, b], Vec::new()));
        let (constant, other) = match (constants[0], constants[1]) {
            (Some(c), None) => (c, b),
            (None, Some(_)) => return mul(b, a),
            _ => return Outcome::Keep,
        };
        if let Some([negated]) = self.operands_of(other, "neg") {
            let negated = *negated;
            let constant = self.insert(literal(-constant), Kind::Scalar, stmt, before);
            return mul(constant, negated);
        }
        let Some([c, x]) = self.operands_of(other, "mul").map(|o| [o[0], o[1]]) else { return Outcome::Keep };
        let Some(inner) = self.constant(c) else { return Outcome::Keep };
        let product = self.insert(literal(constant * inner), Kind::Scalar, stmt, before);
        mul(product, x)
    }

    /// The `k`-th derivative of `x^n` for a known `n`.
    fn integer_power(&mut self, x: Value, parameters: &[Parameter], stmt: &Stmt, before: &mut Vec<Stmt>) -> Outcome {
        let [Parameter::Integer(n), Parameter::Integer(k)] = *parameters else { return Outcome::Keep };
        let factor: f64 = (0..k).map(|i| f64::from(n - i)).product();
        let ew = |name: &str, operands, parameters| Op::Elementwise(Elementwise::named(name), operands, parameters);
        if factor == 0.0 {
            return Outcome::Op(literal(0.0));
        }
        let kind = self.values[stmt.outs[0]].kind.clone();
        let factor = self.insert(literal(factor), Kind::Scalar, stmt, before);
        match n - k {
            0 => Outcome::Value(factor),
            1 => Outcome::Op(ew("mul", vec![factor, x], Vec::new())),
            exponent => {
                let power = self.insert(ew("powi", vec![x], vec![Parameter::Integer(exponent)]), kind, stmt, before);
                Outcome::Op(ew("mul", vec![factor, power], Vec::new()))
            }
        }
    }

    /// Puts a new statement in front of the one at hand.
    fn insert(&mut self, op: Op, kind: Kind, stmt: &Stmt, before: &mut Vec<Stmt>) -> Value {
        let mut info = self.values[stmt.outs[0]].clone();
        (info.name, info.kind, info.shape_of) = (None, kind, None);
        let out = self.values.add(info);
        self.definitions.insert(out, op.clone());
        before.push(Stmt { outs: vec![out], op, span: stmt.span });
        out
    }

    /// Loops that carry a value they never change, branches that agree.
    fn control(&mut self, stmt: &mut Stmt) {
        match &mut stmt.op {
            Op::For(l) if l.body.pushes.is_empty() => self.unchanged(l, &mut stmt.outs),
            Op::If(_, then, otherwise) => {
                let mut k = 0;
                while k < stmt.outs.len() {
                    let (a, b) = (then.results[k], otherwise.results[k]);
                    let inside = |block: &Block, v: Value| block.stmts.iter().any(|s| s.outs.contains(&v));
                    if a == b && !inside(then, a) && !inside(otherwise, a) {
                        self.same.insert(stmt.outs.remove(k), a);
                        then.results.remove(k);
                        otherwise.results.remove(k);
                    } else {
                        k += 1;
                    }
                }
            }
            _ => {}
        }
    }

    fn unchanged(&mut self, l: &mut For, outs: &mut Vec<Value>) {
        while let Some(k) = (0..l.inits.len()).find(|k| l.body.results[*k] == l.body.params[k + 1]) {
            let (param, init) = (l.body.params.remove(k + 1), l.inits.remove(k));
            l.body.results.remove(k);
            self.same.insert(outs.remove(k), init);
            if let Some(condition) = &mut l.condition {
                let tested = condition.params.remove(k);
                condition.map_reads(&mut |v| if v == tested { init } else { v });
            }
            l.body.map_reads(&mut |v| if v == param { init } else { v });
        }
    }
}

fn literal(value: f64) -> Op {
    Op::Literal(Number { value, token: None })
}
