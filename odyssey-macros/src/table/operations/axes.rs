//! Reductions, over all elements and along axes, and what else goes along an axis.

use super::Read::{Cotangent, Extent, Operand, Parameter, Result};
use super::{Operation, Push, Shape, Takes, UNARY};

/// An operation on one tensor that is not linear, whose tangent reads what its rule reads.
macro_rules! curved {
    ($name:literal, $parameters:literal, $shape:ident, $reads:expr) => {
        Operation {
            name: $name,
            parameters: $parameters,
            shape: Shape::$shape,
            rules: &[("d_x", $reads)],
            push: Push::Rules(&[("tangent", $reads)]),
            ..UNARY
        }
    };
}

pub(super) static AXES: &[Operation] = &[
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
    curved!("product", 0, Number, &[Operand(0), Cotangent]),
    curved!("product_axis", 1, OneAxisLess, &[Operand(0), Parameter(0), Cotangent]),
    Operation { takes: Takes::Floats, ..curved!("var", 1, Number, &[Operand(0), Parameter(0), Cotangent]) },
    Operation {
        takes: Takes::Floats,
        ..curved!("var_axis", 2, OneAxisLess, &[Operand(0), Parameter(0), Parameter(1), Cotangent])
    },
    Operation { takes: Takes::Floats, ..curved!("std", 1, Number, &[Operand(0), Result, Parameter(0), Cotangent]) },
    Operation {
        takes: Takes::Floats,
        ..curved!("std_axis", 2, OneAxisLess, &[Operand(0), Result, Parameter(0), Parameter(1), Cotangent])
    },
    curved!("max_axis", 1, OneAxisLess, &[Operand(0), Result, Parameter(0), Cotangent]),
    curved!("min_axis", 1, OneAxisLess, &[Operand(0), Result, Parameter(0), Cotangent]),
    curved!("norm_l1", 0, Number, &[Operand(0), Cotangent]),
    curved!("norm_l2", 0, Number, &[Operand(0), Result, Cotangent]),
    curved!("norm_l1_axis", 1, OneAxisLess, &[Operand(0), Parameter(0), Cotangent]),
    curved!("norm_l2_axis", 1, OneAxisLess, &[Operand(0), Result, Parameter(0), Cotangent]),
    Operation { name: "cumsum", parameters: 1, rules: &[("d_x", &[Parameter(0), Cotangent])], ..UNARY },
    curved!("cumprod", 1, Same, &[Operand(0), Parameter(0), Cotangent]),
    Operation {
        name: "diff",
        parameters: 2,
        shape: Shape::SameRank,
        rules: &[("d_x", &[Parameter(0), Parameter(1), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "softmax",
        parameters: 1,
        rules: &[("d_x", &[Result, Parameter(0), Cotangent])],
        push: Push::Rules(&[("d_x", &[Result, Parameter(0), Cotangent])]),
        ..UNARY
    },
    curved!("log_softmax", 1, Same, &[Result, Parameter(0), Cotangent]),
    curved!("logsumexp", 1, OneAxisLess, &[Operand(0), Result, Parameter(0), Cotangent]),
];
