//! Slices along an axis, taken and added to by their positions.

use super::Read::{Cotangent, Extent, OwnedCotangent, Parameter};
use super::{Operation, Push, Shape, UNARY};

pub(super) static SLICES: &[Operation] = &[
    Operation {
        name: "embedding",
        parameters: 1,
        shape: Shape::Rank(2),
        rules: &[("d_table", &[Extent(0), Parameter(0), Cotangent])],
        ..UNARY
    },
    // A sum: it is linear in both together, and not in each.
    Operation {
        name: "scatter_add",
        operands: 2,
        parameters: 2,
        leading: 2,
        rules: &[("d_base", &[OwnedCotangent]), ("d_values", &[Parameter(0), Parameter(1), Cotangent])],
        push: Push::Rules(&[
            ("tangent_base", &[Cotangent]),
            ("tangent_values", &[Extent(0), Parameter(0), Parameter(1), Cotangent]),
        ]),
        ..UNARY
    },
];
