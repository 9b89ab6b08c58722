//! Linear algebra: `odyssey-runtime/src/ops/linalg`.

use super::Read::{Cotangent, Extent, Operand, Parameter, Result};
use super::{Operation, Push, Shape, UNARY};

pub(super) static LINALG: &[Operation] = &[
    Operation {
        name: "matmul",
        operands: 2,
        shape: Shape::Any,
        rules: &[("d_a", &[Extent(0), Operand(1), Cotangent]), ("d_b", &[Operand(0), Extent(1), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "outer",
        operands: 2,
        shape: Shape::Rank(2),
        rules: &[("d_a", &[Operand(1), Cotangent]), ("d_b", &[Operand(0), Cotangent])],
        ..UNARY
    },
    Operation { name: "trace", shape: Shape::TwoAxesLess, rules: &[("d_a", &[Extent(0), Cotangent])], ..UNARY },
    Operation {
        name: "det",
        shape: Shape::TwoAxesLess,
        rules: &[("d_a", &[Operand(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "logdet",
        shape: Shape::TwoAxesLess,
        rules: &[("d_a", &[Operand(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "inv",
        shape: Shape::Same,
        rules: &[("d_a", &[Result, Cotangent])],
        push: Push::Rules(&[("tangent", &[Result, Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "cholesky",
        shape: Shape::Same,
        rules: &[("d_a", &[Result, Cotangent])],
        push: Push::Rules(&[("tangent", &[Result, Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "solve",
        operands: 2,
        shape: Shape::OfSecond,
        rules: &[("d_a", &[Operand(0), Result, Cotangent]), ("d_b", &[Operand(0), Cotangent])],
        push: Push::Rules(&[("tangent_a", &[Operand(0), Result, Cotangent]), ("tangent_b", &[Operand(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "triangular_solve",
        operands: 2,
        parameters: 1,
        shape: Shape::OfSecond,
        rules: &[("d_a", &[Operand(0), Parameter(0), Result, Cotangent]), ("d_b", &[Operand(0), Parameter(0), Cotangent])],
        push: Push::Rules(&[
            ("tangent_a", &[Operand(0), Parameter(0), Result, Cotangent]),
            ("tangent_b", &[Operand(0), Parameter(0), Cotangent]),
        ]),
        ..UNARY
    },
];
