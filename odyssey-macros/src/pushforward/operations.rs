//! The tangent of each operation without control flow.

use proc_macro2::Span;

use super::Push;
use crate::expand::{Expander, Site};
use crate::ir::{Copying, Kind, Op, Parameter, Stmt, Value};
use crate::optimise::shapes::Shapes;
use crate::table::elementwise::Elementwise;
use crate::table::operations::{Operation, Push as Rule, Read};

impl Push<'_> {
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        if self.sweep.is_some() {
            return self.sweep_stmt(stmt);
        }
        match &stmt.op {
            Op::If(condition, then, otherwise) => return self.branch(stmt, *condition, then, otherwise),
            Op::Scope(block) => return self.scope(stmt, block),
            Op::For(l) => return self.for_loop(stmt, l),
            Op::Match(scrutinee, arms) => return self.match_arms(stmt, *scrutinee, arms),
            _ => {}
        }
        if !stmt.outs.iter().any(|out| self.varies(*out)) {
            self.stmts.push(stmt.clone());
            return;
        }
        match &stmt.op {
            Op::Call(call) => self.call(stmt, call),
            Op::Linearize(call) => self.linearize(stmt, call),
            Op::Effect(_, targets) => {
                for (target, out) in targets.iter().zip(&stmt.outs[1..]) {
                    if let Some(tangent) = self.tangents.get(target) {
                        self.tangents.insert(*out, *tangent);
                    }
                }
                self.stmts.push(stmt.clone());
            }
            Op::Construct(_, fields, Some(rest)) => {
                self.replace_fields(stmt.outs[0], fields, *rest, stmt.span);
                self.stmts.push(stmt.clone());
            }
            Op::Construct(path, fields, None) => {
                self.stmts.push(stmt.clone());
                self.construct(stmt.outs[0], path, fields, stmt.span);
            }
            op if self.place(stmt, op) => self.stmts.push(stmt.clone()),
            op => {
                self.stmts.push(stmt.clone());
                self.operation(op, stmt.outs[0], stmt.span);
            }
        }
    }

    pub(super) fn operation(&mut self, op: &Op, y: Value, span: Span) {
        match op {
            Op::Elementwise(op, operands, parameters) => self.elementwise(*op, operands, parameters, y, span),
            Op::Apply(op, operands, parameters) => self.apply(op, operands, parameters, y, span),
            Op::Dereference(x) if matches!(self.values[*x].kind.peel(), Kind::Boxed(_)) => {
                let tangent = self.behind_reference(self.tangents[x], span);
                self.define(y, Op::Dereference(tangent), span);
            }
            Op::Dereference(x) if self.values[self.tangents[x]].kind.is_exclusive() => {
                self.define(y, Op::Dereference(self.tangents[x]), span);
            }
            Op::Reference(x) | Op::Dereference(x) => {
                self.tangents.insert(y, self.tangents[x]);
            }
            Op::Copy(_, x) if self.values[y].kind.is_scalar() => {
                self.tangents.insert(y, self.tangents[x]);
            }
            Op::Copy(Copying::Success, x) => self.define(y, Op::Copy(Copying::Clone, self.tangents[x]), span),
            Op::Copy(how, x) => self.define(y, Op::Copy(*how, self.tangents[x]), span),
            Op::Field(x, name) => self.define(y, Op::Field(self.tangents[x], name.clone()), span),
            Op::Index(x, index) => self.define(y, Op::Index(self.tangents[x], *index), span),
            Op::View(x, method, args) => self.define(y, Op::View(self.tangents[x], method.clone(), args.clone()), span),
            Op::Cast(x, ty) => self.define(y, Op::Cast(self.tangents[x], ty.clone()), span),
            Op::Sum(x) => self.define(y, Op::Sum(self.tangents[x]), span),
            Op::Snapshot(x) => self.define(y, Op::Snapshot(self.tangents[x]), span),
            Op::Try(x, _) | Op::Unwrap(x, _) | Op::Expect(x) => {
                let tangent = self.owned(self.tangents[x], span);
                self.define(y, Op::Expect(tangent), span);
            }
            other => unreachable!("{other:?} does not vary"),
        }
    }

    /// The sum, over the operands, of the partial derivative times the operand's tangent.
    pub(super) fn elementwise(&mut self, op: Elementwise, operands: &[Value], parameters: &[Parameter], y: Value, span: Span) {
        let rule = op.rule();
        let mut sum: Option<Value> = None;
        let mut has_the_shape = false;
        for (operand, partial) in operands.iter().zip(&rule.cotangents) {
            let (Some(partial), Some(dy)) = (partial, self.tangents.get(operand).copied()) else { continue };
            let site = Site { operands, parameters, y, dy };
            let mut computing = Computing { push: self, span };
            let term = computing.term(*partial, &rule.terms, &mut vec![None; rule.terms.len()], &site);
            sum = Some(match sum {
                None => term,
                Some(sum) => {
                    let kind = Kind::join([sum, term].iter().map(|v| computing.kind(*v)));
                    computing.append(Op::Elementwise(Elementwise::named("add"), vec![sum, term], Vec::new()), kind)
                }
            });
            has_the_shape |= self.has_the_shape_of(*operand, y);
        }
        let Some(value) = sum else { return };
        if self.values[y].kind.peel().is_scalar() || has_the_shape {
            // An operand's own tangent keeps its name.
            if !self.tangents.iter().any(|(_, tangent)| *tangent == value) {
                let name = self.values[y].name.as_ref().map(super::tangent_name);
                self.values[value].name = name;
            }
            self.tangents.insert(y, value);
        } else {
            self.define(y, Op::Fit { value, over: y, like: y }, span);
        }
    }

    fn has_the_shape_of(&self, operand: Value, y: Value) -> bool {
        let shapes = Shapes { values: self.values, definitions: self.definitions, memo: self.shapes };
        let is_number = |v: Value| self.values[v].kind.peel().is_scalar();
        !is_number(operand) && shapes.of(operand) == shapes.of(y)
    }

    fn apply(&mut self, op: &'static Operation, operands: &[Value], parameters: &[Value], y: Value, span: Span) {
        let terms = operands.iter().enumerate().filter_map(|(number, x)| {
            let tangent = *self.tangents.get(x)?;
            Some(contribution(op, number, operands, parameters, y, tangent))
        });
        let terms: Vec<_> = terms.collect();
        assert!(!terms.is_empty(), "it varies");
        self.sum_of(y, terms, Some(y), span);
    }

    /// Defines the tangent of `y` as the sum of these terms, which have the shape of that value; without any, it has none.
    pub(super) fn sum_of(&mut self, y: Value, terms: Vec<Op>, shape_of: Option<Value>, span: Span) {
        let kind = self.tangent_kind(y);
        let mut sum: Option<Value> = None;
        for term in terms {
            let term = self.emit(term, kind.clone(), span);
            self.values[term].shape_of = shape_of;
            sum = Some(match sum {
                None => term,
                Some(sum) => self.emit(Op::Accumulate(sum, term), kind.clone(), span),
            });
        }
        let Some(sum) = sum else { return };
        self.values[sum].name = self.values[y].name.as_ref().map(super::tangent_name);
        self.values[sum].shape_of = shape_of;
        self.tangents.insert(y, sum);
    }
}

/// What the tangent of one operand contributes to that of the result.
fn contribution(op: &'static Operation, number: usize, operands: &[Value], parameters: &[Value], y: Value, tangent: Value) -> Op {
    match op.push {
        Rule::Linear => {
            let mut operands = operands.to_vec();
            operands[number] = tangent;
            Op::Apply(op, operands, parameters.to_vec())
        }
        Rule::Rules(rules) => {
            let reads = rules[number].1.iter().map(|read| match read {
                Read::Operand(n) | Read::Extent(n) => operands[*n],
                Read::Parameter(n) => parameters[*n],
                Read::Result => y,
                Read::Cotangent | Read::OwnedCotangent => tangent,
            });
            Op::Tangent(op, number, reads.collect())
        }
    }
}

/// Appends what computes a tangent.
struct Computing<'s, 'a> {
    push: &'s mut Push<'a>,
    span: Span,
}

impl Expander for Computing<'_, '_> {
    fn append(&mut self, op: Op, kind: Kind) -> Value {
        self.push.emit(op, kind, self.span)
    }

    fn kind(&self, value: Value) -> &Kind {
        &self.push.values[value].kind
    }
}
