//! The operations that are not elementwise: one line each. Kernel, rules, documentation and tests stand together in
//! `odyssey-runtime/src/ops/<name>.rs`; what the compiler needs to know is which values a rule reads, so that the
//! reverse sweep keeps those and no others.

mod linalg;
mod networks;
mod slices;

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
    /// As many axes as operand 0.
    SameRank,
    /// One axis.
    Flat,
    /// Any number of axes.
    Any,
    /// A single number.
    Number,
    /// The shape of operand 1.
    OfSecond,
    /// One number for each matrix of operand 0.
    TwoAxesLess,
    /// An array with so many axes.
    Rank(usize),
}

/// What ndarray's method does with its receiver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Receiver {
    Borrowed,
    /// Of an array it makes an array, of a view a view.
    Moved,
    /// It gets the result as its next value.
    Changed,
}

/// The tangent of the result: the sum, over the operands, of what each one's tangent contributes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Push {
    /// The operation is linear in each operand: it contributes itself, with the tangent in the operand's place.
    Linear,
    /// For each operand the rule function of `rt::<name>` and what it reads; for `Cotangent` the operand's tangent.
    Rules(&'static [(&'static str, &'static [Read])]),
}

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) operands: usize,
    pub(crate) parameters: usize,
    /// So many of the parameters are given before the second operand, the others after the last.
    pub(crate) leading: usize,
    pub(crate) shape: Shape,
    /// Borrows its operand: made again where it is needed, never kept.
    pub(crate) is_view: bool,
    pub(crate) receiver: Receiver,
    /// ndarray's method returns an `Option` or a `Result`: the compiler reads `name().unwrap()`.
    pub(crate) optional: bool,
    /// The rules come with `add_…` forms that add to a tangent in place.
    pub(crate) accumulates: bool,
    /// For each operand the rule function of `rt::<name>` and what it reads.
    pub(crate) rules: &'static [(&'static str, &'static [Read])],
    pub(crate) push: Push,
}

impl Operation {
    /// The operands and the parameters among what is given behind the receiver.
    pub(crate) fn taken_apart<A: Clone>(&self, given: &[A]) -> (Vec<A>, Vec<A>) {
        let (leading, rest) = given.split_at(self.leading);
        let (operands, parameters) = rest.split_at(self.operands - 1);
        (operands.to_vec(), [leading, parameters].concat())
    }

    /// The rule is linear in each value that it reads: in the cotangent every one is.
    pub(crate) fn is_rule_linear(&self, operand: usize) -> bool {
        let reads_values = self.rules[operand].1.iter().any(|read| matches!(read, Read::Operand(_) | Read::Result));
        matches!(self.push, Push::Linear) || !reads_values
    }

    /// Operands and parameters in the order in which they are given.
    pub(crate) fn in_order<A: Clone>(&self, operands: &[A], parameters: &[A]) -> Vec<A> {
        let (leading, parameters) = parameters.split_at(self.leading);
        [&operands[..1], leading, &operands[1..], parameters].concat()
    }
}

use Read::{Cotangent, Extent, Operand, OwnedCotangent, Parameter, Result};

/// What most operations on one tensor have in common.
const UNARY: Operation = Operation {
    name: "",
    operands: 1,
    parameters: 0,
    leading: 0,
    shape: Shape::Same,
    is_view: false,
    receiver: Receiver::Borrowed,
    optional: false,
    accumulates: false,
    rules: &[],
    push: Push::Linear,
};

/// What views of one tensor have in common whose methods take it: the same elements in another shape.
const MOVING: Operation =
    Operation { is_view: true, receiver: Receiver::Moved, rules: &[("d_x", &[Extent(0), OwnedCotangent])], ..UNARY };

static OPERATIONS: &[Operation] = &[
    Operation {
        name: "dot",
        operands: 2,
        shape: Shape::Contraction,
        accumulates: true,
        rules: &[("d_lhs", &[Operand(1), Cotangent]), ("d_rhs", &[Operand(0), Cotangent])],
        ..UNARY
    },
    Operation { name: "t", shape: Shape::SameRank, is_view: true, rules: &[("d_x", &[OwnedCotangent])], ..UNARY },
    Operation { name: "reversed_axes", shape: Shape::SameRank, rules: &[("d_x", &[OwnedCotangent])], ..MOVING },
    Operation {
        name: "permuted_axes",
        parameters: 1,
        shape: Shape::SameRank,
        rules: &[("d_x", &[Parameter(0), OwnedCotangent])],
        ..MOVING
    },
    Operation {
        name: "swap_axes",
        parameters: 2,
        shape: Shape::SameRank,
        receiver: Receiver::Changed,
        rules: &[("d_x", &[Parameter(0), Parameter(1), OwnedCotangent])],
        ..MOVING
    },
    Operation {
        name: "invert_axis",
        parameters: 1,
        receiver: Receiver::Changed,
        rules: &[("d_x", &[Parameter(0), OwnedCotangent])],
        ..MOVING
    },
    Operation { name: "insert_axis", parameters: 1, shape: Shape::OneAxisMore, ..MOVING },
    Operation { name: "into_dyn", shape: Shape::Any, ..MOVING },
    Operation { name: "into_dimensionality", parameters: 1, shape: Shape::Any, optional: true, ..MOVING },
    Operation { name: "into_flat", shape: Shape::Flat, ..MOVING },
    Operation { name: "flatten", shape: Shape::Flat, receiver: Receiver::Borrowed, ..MOVING },
    Operation {
        name: "into_shape_with_order",
        parameters: 1,
        shape: Shape::Any,
        optional: true,
        rules: &[("d_x", &[Extent(0), Parameter(0), OwnedCotangent])],
        ..MOVING
    },
    Operation {
        name: "into_shape_clone",
        parameters: 1,
        shape: Shape::Any,
        optional: true,
        rules: &[("d_x", &[Extent(0), Parameter(0), OwnedCotangent])],
        ..MOVING
    },
    Operation {
        name: "to_shape",
        parameters: 1,
        shape: Shape::Any,
        receiver: Receiver::Borrowed,
        optional: true,
        rules: &[("d_x", &[Extent(0), Parameter(0), OwnedCotangent])],
        ..MOVING
    },
    Operation { name: "broadcast", parameters: 1, shape: Shape::Any, receiver: Receiver::Borrowed, optional: true, ..MOVING },
    Operation {
        name: "merged_axes",
        parameters: 1,
        shape: Shape::Any,
        receiver: Receiver::Borrowed,
        rules: &[("d_x", &[Extent(0), Parameter(0), OwnedCotangent])],
        ..MOVING
    },
    Operation {
        name: "insert_axes",
        parameters: 1,
        shape: Shape::Any,
        receiver: Receiver::Borrowed,
        rules: &[("d_x", &[Extent(0), Parameter(0), OwnedCotangent])],
        ..MOVING
    },
    Operation {
        name: "select",
        parameters: 2,
        shape: Shape::SameRank,
        accumulates: true,
        rules: &[("d_x", &[Extent(0), Parameter(0), Parameter(1), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "sum_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Extent(0), Parameter(0), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "mean_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        optional: true,
        rules: &[("d_x", &[Extent(0), Parameter(0), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "product",
        shape: Shape::Number,
        rules: &[("d_x", &[Operand(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "product_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "var",
        parameters: 1,
        shape: Shape::Number,
        rules: &[("d_x", &[Operand(0), Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "var_axis",
        parameters: 2,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Parameter(0), Parameter(1), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Parameter(0), Parameter(1), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "std",
        parameters: 1,
        shape: Shape::Number,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Result, Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "std_axis",
        parameters: 2,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Parameter(1), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Result, Parameter(0), Parameter(1), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "max_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Result, Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "min_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Result, Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "norm_l1",
        shape: Shape::Number,
        rules: &[("d_x", &[Operand(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "norm_l2",
        shape: Shape::Number,
        rules: &[("d_x", &[Operand(0), Result, Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Result, Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "norm_l1_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "norm_l2_axis",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Result, Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation { name: "cumsum", parameters: 1, rules: &[("d_x", &[Parameter(0), Cotangent])], ..UNARY },
    Operation {
        name: "cumprod",
        parameters: 1,
        rules: &[("d_x", &[Operand(0), Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "diff",
        parameters: 2,
        shape: Shape::SameRank,
        rules: &[("d_x", &[Parameter(0), Parameter(1), Cotangent])],
        ..UNARY
    },
    Operation { name: "tril", parameters: 1, rules: &[("d_x", &[Parameter(0), Cotangent])], ..UNARY },
    Operation { name: "triu", parameters: 1, rules: &[("d_x", &[Parameter(0), Cotangent])], ..UNARY },
    Operation {
        name: "softmax",
        parameters: 1,
        rules: &[("d_x", &[Result, Parameter(0), Cotangent])],
        push: Push::Rules(&[("d_x", &[Result, Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "log_softmax",
        parameters: 1,
        rules: &[("d_x", &[Result, Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Result, Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "logsumexp",
        parameters: 1,
        shape: Shape::OneAxisLess,
        rules: &[("d_x", &[Operand(0), Result, Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Result, Parameter(0), Cotangent])]),
        ..UNARY
    },
];

/// Methods of arrays that are called like those of the user's: what they return or the order of what they take is not that of
/// an operation.
const CALLED: &[&str] =
    &["batch_norm_train", "qr", "eigh", "svd", "try_cholesky", "try_inv", "try_logdet", "try_solve", "try_triangular_solve"];

/// Functions of the runtime that are called like those of the user's.
const FUNCTIONS: &[&str] = &[
    "bce_loss",
    "bce_with_logits_loss",
    "cross_entropy_loss",
    "focal_loss",
    "hinge_loss",
    "huber_loss",
    "kl_div_loss",
    "mae_loss",
    "mse_loss",
    "multi_head_attention",
    "multi_head_attention_masked",
    "nll_loss",
    "weighted_cross_entropy_loss",
];

/// Reductions over several axes: functions with `_axes` and `_keep` behind these names.
const REDUCTIONS: &[&str] = &["logsumexp", "max", "mean", "min", "norm_l1", "norm_l2", "product", "std", "sum", "var"];

/// Whether the runtime has a function or a method of that name.
pub(crate) fn is_of_the_runtime(name: &str) -> bool {
    let without = |suffix| name.strip_suffix(suffix);
    FUNCTIONS.contains(&without("_with").unwrap_or(name))
        || without("_axes").or(without("_keep")).is_some_and(|reduction| REDUCTIONS.contains(&reduction))
        || is_called(name)
        || find(name).is_some()
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(linalg::LINALG).chain(slices::SLICES).chain(networks::NETWORKS)
}

/// The operation that the method of that name computes, if there is one.
pub(crate) fn find(name: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.name == name && operation.receiver != Receiver::Changed)
}

/// The operation of that name, which the compiler itself uses.
pub(crate) fn named(name: &str) -> &'static Operation {
    all().find(|operation| operation.name == name).unwrap_or_else(|| panic!("no operation `{name}`"))
}

/// It is an operation by whose name no type would have a method that changes it; `solve` may.
pub(crate) fn only_looks(name: &str) -> bool {
    OPERATIONS.iter().any(|operation| operation.name == name && operation.receiver != Receiver::Changed)
}

/// Whether arrays have a method of that name that is called like one of the user's.
pub(crate) fn is_called(name: &str) -> bool {
    CALLED.contains(&name)
}
