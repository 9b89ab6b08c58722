//! Networks: `odyssey-runtime/src/ops/nn`.

use super::Read::{Cotangent, Extent, Operand, Parameter};
use super::{Operation, Push, Shape, Takes, UNARY};

pub(super) static NETWORKS: &[Operation] = &[
    convolution("conv1d", 3),
    convolution("conv2d", 4),
    convolution("depthwise_conv2d", 4),
    transposed("conv_transpose2d", 1),
    transposed("conv_transpose2d_with", 2),
    Operation {
        name: "pad",
        parameters: 2,
        takes: Takes::Floats,
        shape: Shape::SameRank,
        rules: &[("d_x", &[Parameter(0), Cotangent])],
        push: Push::Rules(&[("tangent", &[Parameter(0), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "max_pool2d",
        parameters: 2,
        shape: Shape::Rank(4),
        rules: &[("d_x", &[Operand(0), Parameter(0), Parameter(1), Cotangent])],
        push: Push::Rules(&[("tangent", &[Operand(0), Parameter(0), Parameter(1), Cotangent])]),
        ..UNARY
    },
    Operation {
        name: "avg_pool2d",
        parameters: 2,
        shape: Shape::Rank(4),
        rules: &[("d_x", &[Extent(0), Parameter(0), Parameter(1), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "adaptive_avg_pool2d",
        parameters: 1,
        shape: Shape::Rank(4),
        rules: &[("d_x", &[Extent(0), Parameter(0), Cotangent])],
        ..UNARY
    },
    Operation { name: "global_avg_pool2d", shape: Shape::Rank(2), rules: &[("d_x", &[Extent(0), Cotangent])], ..UNARY },
    Operation {
        name: "layer_norm",
        operands: 3,
        parameters: 1,
        takes: Takes::Floats,
        rules: &[
            ("d_x", &[Operand(0), Operand(1), Parameter(0), Cotangent]),
            ("d_gamma", &[Operand(0), Parameter(0), Cotangent]),
            ("d_beta", &[Extent(2), Cotangent]),
        ],
        push: Push::Rules(&[
            ("tangent_x", &[Operand(0), Operand(1), Parameter(0), Cotangent]),
            ("tangent_gamma", &[Operand(0), Parameter(0), Cotangent]),
            ("tangent_beta", &[Extent(0), Cotangent]),
        ]),
        ..UNARY
    },
    Operation {
        name: "rms_norm",
        operands: 2,
        parameters: 1,
        takes: Takes::Floats,
        rules: &[
            ("d_x", &[Operand(0), Operand(1), Parameter(0), Cotangent]),
            ("d_gamma", &[Operand(0), Parameter(0), Cotangent]),
        ],
        push: Push::Rules(&[
            ("tangent_x", &[Operand(0), Operand(1), Parameter(0), Cotangent]),
            ("tangent_gamma", &[Operand(0), Parameter(0), Cotangent]),
        ]),
        ..UNARY
    },
    Operation {
        name: "instance_norm",
        operands: 3,
        parameters: 1,
        takes: Takes::Floats,
        rules: &[
            ("d_x", &[Operand(0), Operand(1), Parameter(0), Cotangent]),
            ("d_gamma", &[Operand(0), Parameter(0), Cotangent]),
            ("d_beta", &[Cotangent]),
        ],
        push: Push::Rules(&[
            ("tangent_x", &[Operand(0), Operand(1), Parameter(0), Cotangent]),
            ("tangent_gamma", &[Operand(0), Parameter(0), Cotangent]),
            ("tangent_beta", &[Extent(0), Cotangent]),
        ]),
        ..UNARY
    },
    Operation {
        name: "group_norm",
        operands: 3,
        parameters: 2,
        takes: Takes::Floats,
        leading: 1,
        rules: &[
            ("d_x", &[Operand(0), Operand(1), Parameter(0), Parameter(1), Cotangent]),
            ("d_gamma", &[Operand(0), Parameter(0), Parameter(1), Cotangent]),
            ("d_beta", &[Cotangent]),
        ],
        push: Push::Rules(&[
            ("tangent_x", &[Operand(0), Operand(1), Parameter(0), Parameter(1), Cotangent]),
            ("tangent_gamma", &[Operand(0), Parameter(0), Parameter(1), Cotangent]),
            ("tangent_beta", &[Extent(0), Cotangent]),
        ]),
        ..UNARY
    },
    Operation {
        name: "batch_norm",
        operands: 5,
        parameters: 1,
        takes: Takes::Floats,
        rules: &[
            ("d_x", &[Operand(1), Operand(4), Parameter(0), Cotangent]),
            ("d_gamma", &[Operand(0), Operand(3), Operand(4), Parameter(0), Cotangent]),
            ("d_beta", &[Cotangent]),
            ("d_mean", &[Operand(1), Operand(4), Parameter(0), Cotangent]),
            ("d_var", &[Operand(0), Operand(1), Operand(3), Operand(4), Parameter(0), Cotangent]),
        ],
        push: Push::Rules(&[
            ("tangent_x", &[Operand(1), Operand(4), Parameter(0), Cotangent]),
            ("tangent_gamma", &[Operand(0), Operand(3), Operand(4), Parameter(0), Cotangent]),
            ("tangent_beta", &[Extent(0), Cotangent]),
            ("tangent_mean", &[Extent(0), Operand(1), Operand(4), Parameter(0), Cotangent]),
            ("tangent_var", &[Operand(0), Operand(1), Operand(3), Operand(4), Parameter(0), Cotangent]),
        ]),
        ..UNARY
    },
    Operation {
        name: "dropout",
        parameters: 2,
        takes: Takes::Floats,
        rules: &[("d_x", &[Parameter(0), Parameter(1), Cotangent])],
        ..UNARY
    },
    Operation {
        name: "scaled_dot_product_attention",
        operands: 3,
        shape: Shape::Any,
        rules: &[
            ("d_q", &[Operand(0), Operand(1), Operand(2), Cotangent]),
            ("d_k", &[Operand(0), Operand(1), Operand(2), Cotangent]),
            ("d_v", &[Operand(0), Operand(1), Operand(2), Cotangent]),
        ],
        push: Push::Rules(&[
            ("tangent_q", &[Operand(0), Operand(1), Operand(2), Cotangent]),
            ("tangent_k", &[Operand(0), Operand(1), Operand(2), Cotangent]),
            ("tangent_v", &[Operand(0), Operand(1), Operand(2), Cotangent]),
        ]),
        ..UNARY
    },
    Operation {
        name: "scaled_dot_product_attention_masked",
        operands: 4,
        shape: Shape::Any,
        rules: &[
            ("d_q", &[Operand(0), Operand(1), Operand(2), Operand(3), Cotangent]),
            ("d_k", &[Operand(0), Operand(1), Operand(2), Operand(3), Cotangent]),
            ("d_v", &[Operand(0), Operand(1), Operand(2), Operand(3), Cotangent]),
            ("d_mask", &[Operand(0), Operand(1), Operand(2), Operand(3), Cotangent]),
        ],
        push: Push::Rules(&[
            ("tangent_q", &[Operand(0), Operand(1), Operand(2), Operand(3), Cotangent]),
            ("tangent_k", &[Operand(0), Operand(1), Operand(2), Operand(3), Cotangent]),
            ("tangent_v", &[Operand(0), Operand(1), Operand(2), Operand(3), Cotangent]),
            ("tangent_mask", &[Operand(0), Operand(1), Operand(2), Operand(3), Cotangent]),
        ]),
        ..UNARY
    },
];

const fn convolution(name: &'static str, rank: usize) -> Operation {
    Operation {
        name,
        operands: 2,
        parameters: 1,
        shape: Shape::Rank(rank),
        rules: &[
            ("d_x", &[Extent(0), Operand(1), Parameter(0), Cotangent]),
            ("d_k", &[Operand(0), Extent(1), Parameter(0), Cotangent]),
        ],
        ..UNARY
    }
}

const fn transposed(name: &'static str, parameters: usize) -> Operation {
    Operation {
        name,
        operands: 2,
        parameters,
        shape: Shape::Rank(4),
        rules: &[("d_x", &[Operand(1), Parameter(0), Cotangent]), ("d_k", &[Operand(0), Extent(1), Parameter(0), Cotangent])],
        ..UNARY
    }
}
