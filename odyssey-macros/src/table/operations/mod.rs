//! The operations that are not elementwise: one line each. Kernel, rules, documentation and tests stand together in
//! `odyssey-runtime/src/ops/<name>.rs`; what the compiler needs to know is which values a rule reads, so that the
//! reverse sweep keeps those and no others.

mod arrays;
mod axes;
mod called;
mod linalg;
mod networks;
mod slices;

pub(crate) use called::{is_called, is_of_the_runtime};

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

/// What parameters may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Takes {
    /// Integers, shapes, axes, masks and options.
    NoFloats,
    /// A float or an array of floats as well.
    Floats,
}

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) operands: usize,
    pub(crate) parameters: usize,
    /// So many of the parameters are given before the second operand, the others after the last.
    pub(crate) leading: usize,
    pub(crate) takes: Takes,
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

/// What most operations on one tensor have in common.
const UNARY: Operation = Operation {
    name: "",
    operands: 1,
    parameters: 0,
    leading: 0,
    takes: Takes::NoFloats,
    shape: Shape::Same,
    is_view: false,
    receiver: Receiver::Borrowed,
    optional: false,
    accumulates: false,
    rules: &[],
    push: Push::Linear,
};

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    [arrays::ARRAYS, axes::AXES, slices::SLICES, linalg::LINALG, networks::NETWORKS].into_iter().flatten()
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
    [arrays::ARRAYS, axes::AXES]
        .into_iter()
        .flatten()
        .any(|operation| operation.name == name && operation.receiver != Receiver::Changed)
}
