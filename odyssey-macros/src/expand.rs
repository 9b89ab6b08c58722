//! The derivative rules of the table as operations: shared by both modes.

use crate::ir::{Kind, Number, Op, Parameter, Value};
use crate::table::rule::{self, Term};

/// Where a rule is applied.
pub(crate) struct Site<'a> {
    pub(crate) operands: &'a [Value],
    pub(crate) parameters: &'a [Parameter],
    pub(crate) y: Value,
    /// What the rule is linear in: the cotangent of the result, or the tangent of an operand.
    pub(crate) dy: Value,
}

/// What takes the operations.
pub(crate) trait Expander {
    /// Appends an operation.
    fn append(&mut self, op: Op, kind: Kind) -> Value;

    fn kind(&self, value: Value) -> &Kind;

    /// The value of a term of a rule; computed once, and only if it is needed.
    fn term(&mut self, term: usize, rule: &[Term], values: &mut Vec<Option<Value>>, site: &Site) -> Value {
        if let Some(known) = values[term] {
            return known;
        }
        let value = match &rule[term] {
            Term::Operand(n) => site.operands[*n],
            Term::Result => site.y,
            Term::Cotangent => site.dy,
            Term::Constant(value) => self.append(Op::Literal(Number { value: *value, token: None }), Kind::Scalar),
            Term::Apply(op, operands, parameters) => {
                let operands: Vec<_> = operands.iter().map(|t| self.term(*t, rule, values, site)).collect();
                let parameters = parameters.iter().map(|p| site.parameter(*p)).collect();
                let kind = Kind::join(operands.iter().map(|v| self.kind(*v)));
                self.append(Op::Elementwise(*op, operands, parameters), kind)
            }
        };
        values[term] = Some(value);
        value
    }
}

impl Site<'_> {
    fn parameter(&self, parameter: rule::Parameter) -> Parameter {
        match parameter {
            rule::Parameter::Integer(n) => Parameter::Integer(n),
            rule::Parameter::Same { index, plus } => match self.parameters[index] {
                Parameter::Integer(n) => Parameter::Integer(n + plus),
                Parameter::Value(v) if plus == 0 => Parameter::Value(v),
                Parameter::Value(v) => Parameter::Offset(v, plus),
                Parameter::Offset(v, before) => Parameter::Offset(v, before + plus),
            },
        }
    }
}
