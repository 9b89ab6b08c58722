//! Linear algebra: products, and what is done with the factors of square matrices.
//!
//! Matrices are the last two axes; those before are stacks of them. The factorisations are the recursive ones of LAPACK
//! (`getrf2`, `potrf2`), whose work is in matrix products; `qr` is by reflections, `eigh` and `svd` by rotations.

pub mod cholesky;
pub mod det;
pub mod eigh;
mod errors;
mod factor;
mod fallible;
mod householder;
pub mod inv;
mod jacobi;
pub mod logdet;
pub mod matmul;
pub mod outer;
pub mod qr;
pub mod solve;
pub(super) mod stacks;
pub mod svd;
#[cfg(test)]
pub(super) mod testing;
pub mod trace;
mod triangle;
pub mod triangular_solve;

pub use errors::LinalgError;
pub use triangle::Triangle;

/// The functions with their companions.
pub mod functions {
    pub use super::cholesky::{cholesky, try_cholesky};
    pub use super::det::det;
    pub use super::eigh::eigh;
    pub use super::inv::{inv, try_inv};
    pub use super::logdet::{logdet, try_logdet};
    pub use super::matmul::matmul;
    pub use super::outer::outer;
    pub use super::qr::qr;
    pub use super::solve::{solve, try_solve};
    pub use super::svd::svd;
    pub use super::trace::trace;
    pub use super::triangular_solve::{triangular_solve, try_triangular_solve};
}

/// The same as methods.
pub mod methods {
    pub use super::cholesky::{Cholesky, TryCholesky};
    pub use super::det::Determinant;
    pub use super::eigh::SymmetricEigen;
    pub use super::inv::{Inverse, TryInverse};
    pub use super::logdet::{LogDeterminant, TryLogDeterminant};
    pub use super::matmul::MatMul;
    pub use super::outer::Outer;
    pub use super::qr::OrthogonalTriangular;
    pub use super::solve::{Solve, TrySolve};
    pub use super::svd::SingularValues;
    pub use super::trace::Trace;
    pub use super::triangular_solve::{TriangularSolve, TryTriangularSolve};
}

/// Their hidden forms.
pub mod hidden {
    pub use super::cholesky::{CholeskyHidden, TryCholeskyHidden};
    pub use super::det::DeterminantHidden;
    pub use super::eigh::SymmetricEigenHidden;
    pub use super::inv::{InverseHidden, TryInverseHidden};
    pub use super::logdet::{LogDeterminantHidden, TryLogDeterminantHidden};
    pub use super::matmul::MatMulHidden;
    pub use super::outer::OuterHidden;
    pub use super::qr::OrthogonalTriangularHidden;
    pub use super::solve::{SolveHidden, TrySolveHidden};
    pub use super::svd::SingularValuesHidden;
    pub use super::trace::TraceHidden;
    pub use super::triangular_solve::{TriangularSolveHidden, TryTriangularSolveHidden};
}
