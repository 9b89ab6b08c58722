//! The reverse of each operation without control flow.

use proc_macro2::Span;

use super::Sweep;
use crate::expand::{Expander, Site};
use crate::ir::{FieldName, Kind, Op, Parameter, Parts, Stmt, Value};
use crate::optimise::shapes::Shapes;
use crate::table::elementwise::Elementwise;
use crate::table::operations::{Operation, Read};

impl Sweep<'_> {
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.op {
            Op::If(condition, then, otherwise) => return self.branch(stmt, *condition, then, otherwise),
            Op::Scope(block) => return self.scope(stmt, block),
            Op::For(l) => return self.for_loop(stmt, l),
            Op::Match(scrutinee, arms) => return self.match_arms(stmt, *scrutinee, arms),
            Op::Linearize(call) => return self.call(stmt, call),
            Op::Effect(_, targets) => {
                for (target, out) in targets.iter().zip(&stmt.outs[1..]) {
                    if let Some(d) = self.take(*out) {
                        self.contribute(*target, d);
                    }
                }
                return;
            }
            Op::Pop { base, path } => return self.pop(stmt, *base, path),
            _ => {}
        }
        let Some(&y) = stmt.outs.first() else { return };
        if !self.varies(y) {
            return;
        }
        match &stmt.op {
            Op::Field(base, name) => {
                if let Some(parts) = self.adjoints.remove(&y) {
                    self.contribute_parts(*base, name, parts);
                }
            }
            Op::Tuple(parts) => self.tuple(y, parts, stmt.span),
            _ => {
                if let Some(dy) = self.take(y) {
                    self.operation(stmt, y, dy);
                }
            }
        }
    }

    fn operation(&mut self, stmt: &Stmt, y: Value, dy: Value) {
        let span = stmt.span;
        match &stmt.op {
            Op::Elementwise(op, operands, parameters) => self.elementwise(*op, operands, parameters, y, dy, span),
            Op::Dereference(x) if matches!(self.values[*x].kind.peel(), Kind::Boxed(_)) => {
                let kind = self.tangent_kind(*x);
                let d = self.emit(Op::Boxed(dy), kind, *x, span);
                self.contribute(*x, d);
            }
            Op::Boxed(x) => {
                let kind = self.tangent_kind(*x);
                let d = self.emit(Op::Dereference(dy), kind, *x, span);
                self.contribute(*x, d);
            }
            Op::Reference(x) | Op::Dereference(x) | Op::Copy(_, x) => self.contribute(*x, dy),
            Op::Index(base, _) | Op::View(base, ..) => self.part(y, *base, dy, span),
            Op::Store { .. } => self.store(stmt, dy),
            Op::Update { base, path, subtracts, value } => self.update(*base, path, *subtracts, *value, dy, span),
            Op::Push { base, path, value } => self.push(*base, path, *value, dy, span),
            Op::Swap { base, path, indices } => self.swap(*base, path, *indices, dy, span),
            Op::List(how, elements) => self.list(*how, elements, dy, span),
            Op::Construct(..) => self.construct(stmt, dy),
            Op::Present(x) | Op::Okay(x) => {
                let kind = self.tangent_kind(*x);
                let like = (!kind.is_scalar()).then_some(*x);
                let d = self.emit(Op::Payload(dy, like), kind, *x, span);
                self.contribute(*x, d);
            }
            Op::Try(x, _) | Op::Unwrap(x, _) | Op::Expect(x) => {
                let d = self.emit(Op::Present(dy), Kind::Unknown, *x, span);
                self.contribute(*x, d);
            }
            Op::Snapshot(x) => self.contribute(*x, dy),
            Op::Absent => {}
            Op::Cast(x, _) => {
                let back = self.emit(Op::CastBack { cotangent: dy, like: *x }, Kind::Scalar, *x, span);
                self.contribute(*x, back);
            }
            Op::Sum(x) => self.contribute_number(*x, dy, span),
            Op::Apply(op, operands, parameters) => self.apply(op, operands, parameters, y, dy, span),
            other => unreachable!("{other:?} does not vary"),
        }
    }

    fn tuple(&mut self, y: Value, parts: &[Value], span: Span) {
        let Some(Parts { whole, fields }) = self.adjoints.remove(&y) else { return };
        for (number, part) in parts.iter().enumerate() {
            let name = FieldName::Unnamed(u32::try_from(number).expect("a short tuple"));
            if let Some(dy) = whole.filter(|_| self.varies(*part)) {
                let kind = self.tangent_kind(*part);
                let d = self.emit(Op::Field(dy, name.clone()), kind, *part, span);
                self.contribute(*part, d);
            }
            if let Some(whole) = fields.get(&name).and_then(|parts| parts.whole) {
                self.contribute(*part, whole);
            }
        }
    }

    /// Contributes `value`, given over the shape of `over`, summed to the shape of `to`.
    pub(super) fn contribute_fit(&mut self, to: Value, value: Value, over: Value, span: Span) {
        if !self.varies(to) {
            return;
        }
        let all_scalar = [to, over].iter().all(|v| self.values[*v].kind.peel().is_scalar());
        let fit = if all_scalar || self.keeps_shape(to, value, over) { value } else { self.fit(to, value, over, span) };
        self.contribute(to, fit);
    }

    /// Contributes a number, of whatever kind it is known to be, to all elements of `to`.
    fn contribute_number(&mut self, to: Value, number: Value, span: Span) {
        if self.values[to].kind.peel().is_scalar() {
            self.contribute(to, number);
        } else if self.varies(to) {
            let spread = self.fit(to, number, to, span);
            self.contribute(to, spread);
        }
    }

    fn fit(&mut self, to: Value, value: Value, over: Value, span: Span) -> Value {
        let kind = self.tangent_kind(to);
        let kind = if kind == Kind::Unknown { Kind::Tensor } else { kind };
        self.emit(Op::Fit { value, over, like: to }, kind, to, span)
    }

    /// Operand, result and cotangent have one shape, so that there is nothing to sum.
    fn keeps_shape(&self, to: Value, value: Value, over: Value) -> bool {
        let shapes = Shapes { values: self.values, definitions: self.definitions, memo: self.shapes };
        let is_number = |v: Value| self.values[v].kind.peel().is_scalar();
        !is_number(value) && !is_number(to) && shapes.of(to) == shapes.of(over)
    }

    fn elementwise(&mut self, op: Elementwise, operands: &[Value], parameters: &[Parameter], y: Value, dy: Value, span: Span) {
        let rule = op.rule();
        let mut terms: Vec<Option<Value>> = vec![None; rule.terms.len()];
        for (operand, cotangent) in operands.iter().zip(&rule.cotangents) {
            let Some(cotangent) = cotangent.filter(|_| self.varies(*operand)) else { continue };
            let site = Site { operands, parameters, y, dy };
            let value = Serving { sweep: self, of: y, span }.term(cotangent, &rule.terms, &mut terms, &site);
            self.contribute_fit(*operand, value, y, span);
        }
    }

    fn apply(&mut self, op: &'static Operation, operands: &[Value], parameters: &[Value], y: Value, dy: Value, span: Span) {
        for (number, x) in operands.iter().enumerate() {
            if !self.varies(*x) {
                continue;
            }
            let mut reads = Vec::new();
            for read in op.rules[number].1 {
                reads.push(match read {
                    Read::Operand(n) => operands[*n],
                    Read::Extent(n) => self.emit(Op::Extent(operands[*n]), Kind::Unknown, *x, span),
                    Read::Parameter(n) => parameters[*n],
                    Read::Result => y,
                    Read::Cotangent | Read::OwnedCotangent => dy,
                });
            }
            let kind = self.tangent_kind(*x);
            let d = self.emit(Op::Rule(op, number, reads), kind, *x, span);
            self.contribute(*x, d);
        }
    }
}

/// Appends what serves the adjoint of one value.
struct Serving<'s, 'a> {
    sweep: &'s mut Sweep<'a>,
    of: Value,
    span: Span,
}

impl Expander for Serving<'_, '_> {
    fn append(&mut self, op: Op, kind: Kind) -> Value {
        self.sweep.emit(op, kind, self.of, self.span)
    }

    fn kind(&self, value: Value) -> &Kind {
        &self.sweep.values[value].kind
    }
}
