//! Products and parts of arrays, and arrays in another shape.

use super::Read::{Cotangent, Extent, Operand, OwnedCotangent, Parameter};
use super::{Operation, Receiver, Shape, UNARY};

/// What views of one tensor have in common whose methods take it: the same elements in another shape.
const MOVING: Operation =
    Operation { is_view: true, receiver: Receiver::Moved, rules: &[("d_x", &[Extent(0), OwnedCotangent])], ..UNARY };

/// Those that are told the other shape.
const RESHAPING: Operation =
    Operation { parameters: 1, shape: Shape::Any, rules: &[("d_x", &[Extent(0), Parameter(0), OwnedCotangent])], ..MOVING };

pub(super) static ARRAYS: &[Operation] = &[
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
    Operation { name: "into_shape_with_order", optional: true, ..RESHAPING },
    Operation { name: "into_shape_clone", optional: true, ..RESHAPING },
    Operation { name: "to_shape", receiver: Receiver::Borrowed, optional: true, ..RESHAPING },
    Operation { name: "broadcast", parameters: 1, shape: Shape::Any, receiver: Receiver::Borrowed, optional: true, ..MOVING },
    Operation { name: "merged_axes", receiver: Receiver::Borrowed, ..RESHAPING },
    Operation { name: "insert_axes", receiver: Receiver::Borrowed, ..RESHAPING },
    Operation {
        name: "select",
        parameters: 2,
        shape: Shape::SameRank,
        accumulates: true,
        rules: &[("d_x", &[Extent(0), Parameter(0), Parameter(1), Cotangent])],
        ..UNARY
    },
    Operation { name: "tril", parameters: 1, rules: &[("d_x", &[Parameter(0), Cotangent])], ..UNARY },
    Operation { name: "triu", parameters: 1, rules: &[("d_x", &[Parameter(0), Cotangent])], ..UNARY },
];
