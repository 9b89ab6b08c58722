//! The operations that are not elementwise: one line each. Kernel, rules, documentation and tests stand together in
//! `odyssey-runtime/src/ops/<name>.rs`; what the compiler needs to know is which values a rule reads, so that the
//! reverse sweep keeps those and no others.

/// What a rule function takes, in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Read {
    /// The value of operand `n`.
    Operand(usize),
    /// Only the shape of operand `n`.
    Extent(usize),
    /// The passive parameter `n`.
    Parameter(usize),
    /// The result.
    Result,
    /// The cotangent of the result, by reference.
    Cotangent,
    /// The cotangent of the result, given away.
    OwnedCotangent,
}

/// What the compiler knows about the result without knowing types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// A contraction: ranks add up less two.
    Contraction,
    /// The shape of operand 0.
    Same,
    /// Operand 0 with one axis less.
    OneAxisLess,
    /// Operand 0 with one axis more.
    OneAxisMore,
    /// Operand 0 with its axes reversed.
    Reversed,
    /// A single number.
    Number,
}

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) operands: usize,
    pub(crate) parameters: usize,
    pub(crate) shape: Shape,
    /// Borrows its operand: made again where it is needed, never kept.
    pub(crate) is_view: bool,
    /// ndarray's method returns an `Option` (`None` for an empty array): the compiler reads `name().unwrap()`.
    pub(crate) optional: bool,
    /// The rules come with `add_…` forms that add to a tangent in place.
    pub(crate) accumulates: bool,
    /// For each operand the rule function of `rt::<name>` and what it reads.
    pub(crate) rules: &'static [(&'static str, &'static [Read])],
}

use Read::{Cotangent, Extent, Operand, OwnedCotangent, Parameter, Result};

/// What most operations on one tensor have in common.
const UNARY: Operation = Operation {
    name: "",
    operands: 1,
    parameters: 0,
    shape: Shape::Same,
    is_view: false,
    optional: false,
    accumulates: false,
    rules: &[],
};

pub(crate) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "dot",
        operands: 2,
        parameters: 0,
        shape: Shape::Contraction,
        is_view: false,
        optional: false,
        accumulates: true,
        rules: &[("d_lhs", &[Operand(1), Cotangent]), ("d_rhs", &[Operand(0), Cotangent])],
    },
    Operation {
        name: "t",
        operands: 1,
        parameters: 0,
        shape: Shape::Reversed,
        is_view: true,
        optional: false,
        accumulates: false,
        rules: &[("d_x", &[OwnedCotangent])],
    },
    Operation {
        name: "insert_axis",
        operands: 1,
        parameters: 1,
        shape: Shape::OneAxisMore,
        is_view: false,
        optional: false,
        accumulates: false,
        rules: &[("d_x", &[Extent(0), OwnedCotangent])],
    },
    Operation {
        name: "sum_axis",
        operands: 1,
        parameters: 1,
        shape: Shape::OneAxisLess,
        is_view: false,
        optional: false,
        accumulates: false,
        rules: &[("d_x", &[Extent(0), Parameter(0), Cotangent])],
    },
    Operation {
        name: "mean_axis",
        operands: 1,
        parameters: 1,
        shape: Shape::OneAxisLess,
        is_view: false,
        optional: true,
        accumulates: false,
        rules: &[("d_x", &[Extent(0), Parameter(0), Cotangent])],
    },
    Operation { name: "product", shape: Shape::Number, rules: &[("d_x", &[Operand(0), Cotangent])], ..UNARY },
    Operation {
        name: "product_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Parameter(0), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "var",
        parameters: 1,
        shape: Shape::Number,
        rules: &[("d_x", &[Operand(0), Parameter(0), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "var_axis",
        parameters: 2,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Parameter(0), Parameter(1), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "std",
        parameters: 1,
        shape: Shape::Number,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "std_axis",
        parameters: 2,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Parameter(1), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "max_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "min_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Cotangent])],
        ..UNARY
    },
    Operation { name: "norm_l1", shape: Shape::Number, rules: &[("d_x", &[Operand(0), Cotangent])], ..UNARY },
    Operation { name: "norm_l2", shape: Shape::Number, rules: &[("d_x", &[Operand(0), Result, Cotangent])], ..UNARY },
    Operation { name: "cumsum", parameters: 1, rules: &[("d_x", &[Parameter(0), Cotangent])], ..UNARY },
    Operation { name: "cumprod", parameters: 1, rules: &[("d_x", &[Operand(0), Parameter(0), Cotangent])], ..UNARY },
    Operation {
        name: "softmax",
        operands: 1,
        parameters: 1,
        shape: Shape::Same,
        is_view: false,
        optional: false,
        accumulates: false,
        rules: &[("d_x", &[Result, Parameter(0), Cotangent])],
    },
    Operation {
        name: "log_softmax",
        operands: 1,
        parameters: 1,
        shape: Shape::Same,
        is_view: false,
        optional: false,
        accumulates: false,
        rules: &[("d_x", &[Result, Parameter(0), Cotangent])],
    },
    Operation {
        name: "logsumexp",
        operands: 1,
        parameters: 1,
        shape: Shape::OneAxisLess,
        is_view: false,
        optional: false,
        accumulates: false,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Cotangent])],
    },
];

/// The operation of that name, if it is one.
pub(crate) fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}
