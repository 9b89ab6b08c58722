//! Which types, lengths and numbers there are.

use crate::ast::Type;

use super::Generator;

impl Generator {
    /// An index, each as often as its weight says.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.rng.u32(0..weights.iter().sum());
        for (i, weight) in weights.iter().enumerate() {
            if left < *weight {
                return i;
            }
            left -= weight;
        }
        unreachable!("less than the sum of the weights")
    }

    pub(super) fn dimension(&mut self) -> usize {
        self.dimensions[self.weighted(&[14, 6, 1])]
    }

    pub(super) fn vector_type(&mut self) -> Type {
        Type::Vector(self.dimension())
    }

    pub(super) fn matrix_type(&mut self) -> Type {
        Type::Matrix(self.dimension(), self.dimension())
    }

    pub(super) fn array_type(&mut self) -> Type {
        if self.rng.u8(0..3) > 0 { self.vector_type() } else { self.matrix_type() }
    }

    pub(super) fn argument_type(&mut self) -> Type {
        let structs = u32::from(!self.program.structs.is_empty());
        match self.weighted(&[8, 6, 4, 2, 1, 3, 6 * structs]) {
            0 => Type::Scalar,
            1 => self.vector_type(),
            2 => self.matrix_type(),
            3 => Type::List(self.dimension()),
            4 => Type::Tuple(vec![Type::Scalar, Type::Scalar]),
            5 => Type::Int(self.rng.usize(2..=4)),
            _ => Type::Struct(0),
        }
    }

    pub(super) fn field_type(&mut self) -> Type {
        match self.weighted(&[4, 3, 2, 1]) {
            0 => Type::Scalar,
            1 => self.vector_type(),
            2 => self.matrix_type(),
            _ => Type::Tuple(vec![Type::Scalar, Type::Scalar]),
        }
    }

    pub(super) fn result_type(&mut self) -> Type {
        match self.weighted(&[12, 2, 2, 2]) {
            0 => Type::Scalar,
            1 => self.vector_type(),
            2 => self.matrix_type(),
            _ => Type::Tuple(vec![Type::Scalar, if self.rng.bool() { Type::Scalar } else { self.vector_type() }]),
        }
    }

    pub(super) fn local_type(&mut self) -> Type {
        match self.weighted(&[10, 7, 4, 2]) {
            0 => Type::Scalar,
            1 => self.vector_type(),
            2 => self.matrix_type(),
            _ => Type::Tuple(vec![Type::Scalar, if self.rng.bool() { Type::Scalar } else { self.vector_type() }]),
        }
    }

    /// A number with two digits, neither small nor large.
    pub(super) fn number(&mut self) -> f64 {
        let size = f64::from(self.rng.u32(20..150)) / 100.0;
        if self.rng.u8(0..4) == 0 { -size } else { size }
    }
}
