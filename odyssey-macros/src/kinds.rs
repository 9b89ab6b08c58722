//! What more is known about the kinds of values once the whole function is: types that must be equal, and arithmetic.
//!
//! A field is a number because its sum with something else is one; an element, because a number is assigned to another.
//! Values of one type share a node, fields and elements are nodes of their own, references are looked through.
//!
//! Post-condition: only kinds that said nothing (`Unknown`, `Tensor`) have changed.

use std::collections::BTreeMap;

use syn::{BinOp, Expr, Lit, Pat};

use crate::ir::{Block, FieldName, Kind, Listing, Op, Projection, Stmt, Value, ValueSet, Verbatim, Write};
use crate::lower::Primal;

/// Refines the kinds of a function's values.
pub(crate) fn infer(primal: &mut Primal) {
    let mut types = Types { nodes: Vec::new(), arithmetic: Vec::new(), updates: Vec::new(), ranges: ValueSet::default() };
    for _ in 0..primal.values.len() {
        types.fresh();
    }
    for value in primal.values.all() {
        types.learn(Types::of(value), &primal.values[value].kind);
    }
    types.block(&primal.body);
    types.propagate();
    for value in primal.values.all() {
        let refined = types.refined(&primal.values[value].kind, Types::of(value));
        primal.values[value].kind = refined;
    }
}

/// The part of a type that a node stands for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Field(FieldName),
    Element,
    Payload,
}

#[derive(Default)]
struct Node {
    /// The node that stands for this one.
    same: Option<usize>,
    known: Option<Kind>,
    parts: BTreeMap<Part, usize>,
}

struct Types {
    /// The first ones are those of the values.
    nodes: Vec<Node>,
    /// Elementwise operations: operands and result.
    arithmetic: Vec<(Vec<usize>, usize)>,
    /// Places and what is added to them.
    updates: Vec<(usize, usize)>,
    /// Indices that are ranges: a slice has the type of the whole, but for its length.
    ranges: ValueSet,
}

impl Types {
    fn fresh(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    fn find(&self, mut node: usize) -> usize {
        while let Some(next) = self.nodes[node].same {
            node = next;
        }
        node
    }

    fn part(&mut self, of: usize, part: Part) -> usize {
        let of = self.find(of);
        if let Some(known) = self.nodes[of].parts.get(&part) {
            return *known;
        }
        let node = self.fresh();
        if part == Part::Element && matches!(self.nodes[of].known, Some(Kind::Array(_))) {
            self.nodes[node].known = Some(Kind::Scalar);
        }
        self.nodes[of].parts.insert(part, node);
        node
    }

    fn unify(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        self.nodes[b].same = Some(a);
        let (known, parts) = (self.nodes[b].known.take(), std::mem::take(&mut self.nodes[b].parts));
        if let Some(known) = known {
            self.know(a, known);
        }
        for (part, node) in parts {
            // Types may contain themselves: unifying must not make new nodes.
            let root = self.find(a);
            match self.nodes[root].parts.get(&part).copied() {
                Some(own) => self.unify(own, node),
                None => {
                    let is_array = matches!(self.nodes[root].known, Some(Kind::Array(_)));
                    if is_array && part == Part::Element {
                        self.know(node, Kind::Scalar);
                    }
                    self.nodes[root].parts.insert(part, node);
                }
            }
        }
    }

    fn know(&mut self, node: usize, kind: Kind) {
        let node = self.find(node);
        if matches!(kind, Kind::Array(_)) {
            if let Some(element) = self.nodes[node].parts.get(&Part::Element).copied() {
                self.know(element, Kind::Scalar);
            }
        }
        let known = &mut self.nodes[node].known;
        *known = Some(match known.take() {
            Some(before) => before.meet(&kind),
            None => kind,
        });
    }

    fn is_number(&self, node: usize) -> bool {
        self.nodes[self.find(node)].known == Some(Kind::Scalar)
    }

    /// What a kind says about a node.
    fn learn(&mut self, node: usize, kind: &Kind) {
        match kind {
            Kind::Scalar | Kind::Array(_) => self.know(node, kind.clone()),
            Kind::Reference(inner) | Kind::Exclusive(inner) | Kind::Boxed(inner) => self.learn(node, inner),
            Kind::Sequence(element) => {
                let part = self.part(node, Part::Element);
                self.learn(part, element);
            }
            Kind::Optional(inner) => {
                let part = self.part(node, Part::Payload);
                self.learn(part, inner);
            }
            Kind::Tuple(kinds) => {
                for (number, kind) in kinds.iter().enumerate() {
                    let number = u32::try_from(number).expect("a short tuple");
                    let part = self.part(node, Part::Field(FieldName::Unnamed(number)));
                    self.learn(part, kind);
                }
            }
            Kind::Tensor | Kind::Unknown | Kind::Directions(_) => {}
        }
    }

    /// The kind, with what its node knows where it says nothing.
    fn refined(&mut self, kind: &Kind, node: usize) -> Kind {
        match kind {
            Kind::Unknown | Kind::Tensor => self.nodes[self.find(node)].known.clone().unwrap_or_else(|| kind.clone()),
            Kind::Reference(inner) => Kind::Reference(Box::new(self.refined(inner, node))),
            Kind::Exclusive(inner) => Kind::Exclusive(Box::new(self.refined(inner, node))),
            Kind::Sequence(element) => {
                let part = self.part(node, Part::Element);
                Kind::Sequence(Box::new(self.refined(element, part)))
            }
            Kind::Optional(inner) => {
                let part = self.part(node, Part::Payload);
                Kind::Optional(Box::new(self.refined(inner, part)))
            }
            Kind::Tuple(kinds) => {
                let parts = kinds.iter().enumerate().map(|(number, kind)| {
                    let number = u32::try_from(number).expect("a short tuple");
                    let part = self.part(node, Part::Field(FieldName::Unnamed(number)));
                    self.refined(kind, part)
                });
                Kind::Tuple(parts.collect())
            }
            other => other.clone(),
        }
    }

    fn of(value: Value) -> usize {
        value.0 as usize
    }

    fn same(&mut self, a: Value, b: Value) {
        self.unify(Types::of(a), Types::of(b));
    }

    fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        stmt.op.blocks().into_iter().for_each(|inner| self.block(inner));
        for (before, after) in stmt.overwrites() {
            self.same(before, after);
        }
        match &stmt.op {
            Op::If(..) | Op::Scope(_) => {
                for arm in stmt.op.blocks() {
                    self.results(arm, &stmt.outs);
                }
            }
            Op::Match(scrutinee, arms) => {
                for arm in arms {
                    self.results(&arm.block, &stmt.outs);
                    if let [binding] = arm.block.params[..] {
                        self.bound(&arm.pattern, binding, *scrutinee);
                    }
                }
            }
            Op::For(l) => {
                for (k, (param, result)) in l.carried().enumerate() {
                    for other in [l.inits[k], result, stmt.outs[k]] {
                        self.same(param, other);
                    }
                    if let Some(condition) = &l.condition {
                        self.same(param, condition.params[k]);
                    }
                }
            }
            op => {
                if let Some(out) = stmt.outs.first() {
                    self.operation(op, *out);
                }
            }
        }
    }

    fn results(&mut self, arm: &Block, outs: &[Value]) {
        if !arm.diverges {
            arm.results.iter().zip(outs).for_each(|(result, out)| self.same(*result, *out));
        }
    }

    /// `Some(x)`, `x`.
    fn bound(&mut self, pattern: &Pat, binding: Value, scrutinee: Value) {
        match pattern {
            Pat::Ident(p) if p.subpat.is_none() => self.same(binding, scrutinee),
            Pat::TupleStruct(p)
                if matches!(p.elems.first(), Some(Pat::Ident(_)))
                    && p.path.segments.last().is_some_and(|s| s.ident == "Some" || s.ident == "Ok") =>
            {
                let payload = self.part(Types::of(scrutinee), Part::Payload);
                self.unify(Types::of(binding), payload);
            }
            _ => {}
        }
    }

    fn operation(&mut self, op: &Op, out: Value) {
        let node = Types::of(out);
        match op {
            Op::Literal(_) | Op::Sum(_) | Op::Length(_) => self.know(node, Kind::Scalar),
            Op::Cast(x, _) => {
                self.know(node, Kind::Scalar);
                self.know(Types::of(*x), Kind::Scalar);
            }
            Op::Reference(x) | Op::Dereference(x) | Op::Boxed(x) | Op::Copy(_, x) | Op::Snapshot(x) => self.same(out, *x),
            Op::Elementwise(_, operands, _) => {
                self.arithmetic.push((operands.iter().map(|v| Types::of(*v)).collect(), node));
            }
            Op::Field(base, name) => self.is_part(node, *base, &[Projection::Field(name.clone())]),
            Op::Index(base, index) => self.is_part(node, *base, &[Projection::Index(*index)]),
            Op::Tuple(parts) => {
                for (number, part) in parts.iter().enumerate() {
                    let number = u32::try_from(number).expect("a short tuple");
                    let field = self.part(node, Part::Field(FieldName::Unnamed(number)));
                    self.unify(field, Types::of(*part));
                }
            }
            // Arrays that are put together are no elements.
            Op::List(Listing::Concatenation | Listing::Stack, _) => {}
            Op::List(_, elements) => {
                for element in elements {
                    let part = self.part(node, Part::Element);
                    self.unify(part, Types::of(*element));
                }
            }
            Op::Construct(_, fields, rest) => {
                for (name, value) in fields {
                    let field = self.part(node, Part::Field(name.clone()));
                    self.unify(field, Types::of(*value));
                }
                rest.iter().for_each(|rest| self.same(out, *rest));
            }
            Op::Store { base, path, value, how } => match how {
                Write::Set => self.is_part(Types::of(*value), *base, path),
                Write::Fill => self.know(Types::of(*value), Kind::Scalar),
                Write::Assign => {}
            },
            Op::Update { base, path, value, .. } => {
                let place = self.place(*base, path);
                self.updates.push((place, Types::of(*value)));
            }
            Op::Push { base, path, value } => {
                let list = self.place(*base, path);
                let element = self.part(list, Part::Element);
                self.unify(element, Types::of(*value));
            }
            Op::Pop { base, path } => {
                let list = self.place(*base, path);
                let (element, payload) = (self.part(list, Part::Element), self.part(node, Part::Payload));
                self.unify(element, payload);
            }
            Op::Present(x) | Op::Okay(x) => {
                let payload = self.part(node, Part::Payload);
                self.unify(payload, Types::of(*x));
            }
            Op::Expect(x) | Op::Try(x, _) | Op::Unwrap(x, _) => {
                let payload = self.part(Types::of(*x), Part::Payload);
                self.unify(node, payload);
            }
            Op::Verbatim(verbatim) => {
                if matches!(verbatim.expr, Expr::Range(_)) {
                    self.ranges.insert(out);
                }
                self.comparison(&verbatim.expr, verbatim);
            }
            _ => {}
        }
    }

    /// The node of a part; that of an array's element is a number.
    fn place(&mut self, base: Value, path: &[Projection]) -> usize {
        let mut node = Types::of(base);
        for step in path {
            node = match step {
                Projection::Field(name) => self.part(node, Part::Field(name.clone())),
                Projection::Index(index) if !self.ranges.contains(index) => self.part(node, Part::Element),
                Projection::Index(_) | Projection::Dereference => node,
                Projection::View(..) => {
                    let element = self.part(node, Part::Element);
                    let view = self.fresh();
                    self.know(view, Kind::Array(None));
                    let own = self.part(view, Part::Element);
                    self.unify(own, element);
                    view
                }
            };
        }
        node
    }

    fn is_part(&mut self, node: usize, base: Value, path: &[Projection]) {
        let part = self.place(base, path);
        self.unify(part, node);
    }

    /// `y > 1.0`: only numbers compare with numbers.
    fn comparison(&mut self, expr: &Expr, verbatim: &Verbatim) {
        match expr {
            Expr::Paren(e) => self.comparison(&e.expr, verbatim),
            Expr::Binary(e) => match e.op {
                BinOp::And(_) | BinOp::Or(_) => {
                    self.comparison(&e.left, verbatim);
                    self.comparison(&e.right, verbatim);
                }
                BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
                    for (a, b) in [(&e.left, &e.right), (&e.right, &e.left)] {
                        if let (Expr::Path(path), Expr::Lit(lit)) = (&**a, &**b) {
                            let value = verbatim.inputs.iter().find(|(name, _)| path.path.is_ident(name));
                            if let (Some((_, value)), Lit::Float(_)) = (value, &lit.lit) {
                                self.know(Types::of(*value), Kind::Scalar);
                            }
                        }
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Arithmetic gives a number exactly if all its operands are numbers.
    fn propagate(&mut self) {
        loop {
            let mut learned = false;
            for (operands, out) in std::mem::take(&mut self.arithmetic) {
                let is_number = self.is_number(out);
                if is_number {
                    for operand in &operands {
                        learned |= !self.is_number(*operand);
                        self.know(*operand, Kind::Scalar);
                    }
                } else if operands.iter().all(|operand| self.is_number(*operand)) {
                    self.know(out, Kind::Scalar);
                    learned = true;
                } else {
                    self.arithmetic.push((operands, out));
                }
            }
            for (place, value) in self.updates.clone() {
                if self.is_number(place) && !self.is_number(value) {
                    self.know(value, Kind::Scalar);
                    learned = true;
                }
            }
            if !learned {
                return;
            }
        }
    }
}
