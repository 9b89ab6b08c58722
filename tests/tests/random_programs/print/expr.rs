//! Expressions. What is written depends on what is needed: an owned value, an operand, a receiver, a reference.

use crate::ast::{Expr, Held, Node, Op, Type};

use super::stmt::is_ambiguous;
use super::{Body, Copy, Fault, join};

impl Body<'_> {
    /// An owned value.
    pub(super) fn value(&self, e: &Expr) -> String {
        match &e.node {
            Node::Var(_) | Node::Field(..) | Node::Index(..) if e.is_place() => self.copy_of(e),
            Node::Literal(value) => format!("{value:?}{}", if self.printer.suffix { "_f64" } else { "" }),
            Node::Int(value) => value.to_string(),
            Node::Apply(op, operands) => self.apply(*op, operands, e),
            Node::If(condition, then, otherwise) => {
                format!("if {} {} else {}", self.condition(condition), self.block(then), self.block(otherwise))
            }
            Node::Block(block) => self.block(block),
            Node::Map(array, element, body) => {
                format!("{}.mapv(|{}| {})", self.receiver(array), self.variable(*element).name, self.value(body))
            }
            Node::Var(_) | Node::Field(..) | Node::Index(..) => self.place(e),
        }
    }

    /// What a place holds, without moving it out.
    fn copy_of(&self, e: &Expr) -> String {
        let place = self.place(e);
        match (&e.ty, &e.node) {
            (Type::Matrix(..), Node::Var(var)) if self.variable(*var).held == Held::View => format!("{place}.to_owned()"),
            (Type::Vector(_) | Type::Matrix(..) | Type::Struct(_) | Type::Tuple(_), _) => format!("{place}.clone()"),
            _ => place,
        }
    }

    /// The name of a place.
    pub(super) fn place(&self, e: &Expr) -> String {
        match &e.node {
            Node::Var(var) => self.variable(*var).name.clone(),
            Node::Field(base, number) => match base.ty {
                Type::Tuple(_) => format!("{}.{number}", self.receiver(base)),
                _ => format!("{}.f{number}", self.receiver(base)),
            },
            Node::Index(base, indices) => match indices.as_slice() {
                [i] => format!("{}[{}]", self.receiver(base), self.value(i)),
                [i, j] => format!("{}[[{}, {}]]", self.receiver(base), self.value(i), self.value(j)),
                _ => unreachable!("one or two indices"),
            },
            _ => self.atom(e),
        }
    }

    /// A value that binds tighter than any operator.
    pub(super) fn atom(&self, e: &Expr) -> String {
        let text = self.value(e);
        let is_compound = match &e.node {
            Node::Literal(value) => value.is_sign_negative(),
            Node::Apply(Op::Neg | Op::Binary(_) | Op::Compare(_) | Op::Not | Op::Cast, _) | Node::If(..) | Node::Block(_) => true,
            _ => false,
        };
        if is_compound { format!("({text})") } else { text }
    }

    /// An operand of an operator: arrays that live somewhere are borrowed.
    fn operand(&self, e: &Expr) -> String {
        match &e.node {
            Node::Apply(Op::Transpose, operands) => format!("&{}.t()", self.receiver(&operands[0])),
            _ if e.ty.is_array() && e.is_place() => self.reference_to_any(e),
            _ => self.atom(e),
        }
    }

    /// What a method is called on.
    fn receiver(&self, e: &Expr) -> String {
        match &e.node {
            Node::Apply(Op::Transpose, operands) => format!("{}.t()", self.receiver(&operands[0])),
            _ if e.is_place() => self.place(e),
            _ if is_ambiguous(e) => {
                let mut suffixed = *self;
                suffixed.printer.suffix = true;
                suffixed.atom(e)
            }
            _ => self.atom(e),
        }
    }

    /// A reference to an array, owned or a view.
    pub(super) fn reference_to_any(&self, e: &Expr) -> String {
        match &e.node {
            Node::Var(var) if self.variable(*var).held == Held::Reference => self.place(e),
            Node::Apply(Op::Transpose, operands) => format!("&{}.t()", self.receiver(&operands[0])),
            _ if e.is_place() => format!("&{}", self.place(e)),
            _ => format!("&{}", self.atom(e)),
        }
    }

    /// A reference to an owned value.
    fn reference(&self, e: &Expr) -> String {
        match &e.node {
            Node::Var(var) if self.variable(*var).held == Held::View => format!("&{}", self.copy_of(e)),
            Node::Apply(Op::Transpose, _) => format!("&{}", self.value(e)),
            _ => self.reference_to_any(e),
        }
    }

    /// What a variable that borrows is set to.
    pub(super) fn borrowed(&self, e: &Expr) -> String {
        match &e.node {
            Node::Apply(Op::Transpose, _) => self.receiver(e),
            _ => self.reference_to_any(e),
        }
    }

    fn apply(&self, op: Op, operands: &[Expr], e: &Expr) -> String {
        let plain = self.printer.copy == Copy::Plain;
        match op {
            Op::Neg => format!("-{}", self.operand(&operands[0])),
            Op::Binary(op) | Op::Compare(op) => format!("{} {op} {}", self.operand(&operands[0]), self.operand(&operands[1])),
            Op::Not => format!("!{}", self.atom(&operands[0])),
            Op::Elementwise("sin") if self.printer.fault == Some(Fault::FlatSine) => {
                format!("{}.detach().sin()", self.receiver(&operands[0]))
            }
            Op::Elementwise(name) => self.method(name, operands),
            Op::Kinked(name) if plain => format!("bend::{name}({})", join(operands, ", ", |e| self.value(e))),
            Op::Kinked(name) => self.method(name, operands),
            Op::Powi(n) => format!("{}.powi({n})", self.receiver(&operands[0])),
            Op::Sum => format!("{}.sum()", self.receiver(&operands[0])),
            Op::Mean => format!("{}.mean().unwrap()", self.receiver(&operands[0])),
            Op::Dot => format!("{}.dot({})", self.receiver(&operands[0]), self.reference_to_any(&operands[1])),
            Op::Transpose => format!("{}.t().to_owned()", self.receiver(&operands[0])),
            Op::Along(name @ "mean_axis", axis) => format!("{}.{name}(Axis({axis})).unwrap()", self.receiver(&operands[0])),
            Op::Along(name, axis) => format!("{}.{name}(Axis({axis}))", self.receiver(&operands[0])),
            Op::Ones => match &e.ty {
                Type::Matrix(rows, columns) => format!("Array2::<f64>::ones(({rows}, {columns}))"),
                ty => format!("Array1::<f64>::ones({})", ty.shape()[0]),
            },
            Op::Cast => format!("{} as f64", self.atom(&operands[0])),
            Op::Len => format!("{}.len()", self.receiver(&operands[0])),
            Op::Tuple => format!("({})", join(operands, ", ", |e| self.value(e))),
            Op::Call(number) => self.call(number, operands),
        }
    }

    fn method(&self, name: &str, operands: &[Expr]) -> String {
        format!("{}.{name}({})", self.receiver(&operands[0]), join(&operands[1..], ", ", |e| self.value(e)))
    }

    fn call(&self, number: usize, operands: &[Expr]) -> String {
        let function = &self.program.functions[number];
        let arguments = function.arguments.iter().zip(operands);
        let arguments = join(arguments, ", ", |(v, e)| match (&e.ty, function.variables[*v].held) {
            (Type::List(_), _) | (_, Held::Reference) => self.reference(e),
            _ => self.value(e),
        });
        format!("f{number}({arguments})")
    }
}
