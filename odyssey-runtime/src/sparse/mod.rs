//! Jacobians of which most entries are zero, in as many passes as they have colours.
//!
//! Columns that share no row can be computed together: along a direction with a 1 for each of them, every number of the tangent
//! belongs to one column alone. So one pass of forward mode gives all columns of a *colour*, and a Jacobian with a band of three takes three
//! passes, however many columns it has (Curtis, Powell and Reid 1974).
//!
//! ```
//! use odyssey_runtime::prelude::*;
//! use odyssey_runtime::sparse::Sparsity;
//!
//! #[differentiable]
//! fn tension(x: &[f64]) -> Vec<f64> {
//!     let mut forces = Vec::new();
//!     for i in 1..x.len() - 1 {
//!         forces.push((x[i - 1] - 2.0 * x[i] + x[i + 1]).sin());
//!     }
//!     forces
//! }
//!
//! let x: Vec<f64> = (0..100).map(|i| f64::from(i * i) * 0.01).collect();
//! let sparsity = Sparsity::new(98, 100, (0..98).flat_map(|i| (i..i + 3).map(move |j| (i, j))));
//! assert_eq!(sparsity.passes(), 3);
//! let jacobian = sparsity.jacobian(&x, |direction| tension::jvp(&x, direction).1);
//! assert_eq!(jacobian.to_dense(), tension::jacobian(&x));
//! // The same, with several colours in one pass.
//! assert_eq!(tension::sparse_jacobian(&sparsity, &x), jacobian);
//! ```

mod colours;
mod jacobian;

pub use jacobian::SparseJacobian;
#[doc(hidden)]
pub use jacobian::by_colours;

use colours::Colours;

/// Which entries of a matrix may be other than zero, and which of its columns are computed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sparsity {
    columns: usize,
    /// Where the entries of each row begin, and where the last ends.
    starts: Vec<usize>,
    /// The columns of the entries, ascending in each row.
    entries: Vec<usize>,
    colours: Colours,
}

impl Sparsity {
    /// Of a matrix of `rows` by `columns` with entries at `(row, column)`, in any order.
    ///
    /// # Panics
    ///
    /// If one of them lies outside.
    #[track_caller]
    pub fn new(rows: usize, columns: usize, entries: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut by_row = vec![Vec::new(); rows];
        for (row, column) in entries {
            assert!(row < rows && column < columns, "entry ({row}, {column}) lies outside of a matrix of {rows} by {columns}");
            by_row[row].push(column);
        }
        let (mut starts, mut entries) = (vec![0], Vec::new());
        for mut row in by_row {
            row.sort_unstable();
            row.dedup();
            entries.extend(row);
            starts.push(entries.len());
        }
        let mut sparsity = Self { columns, starts, entries, colours: Colours::default() };
        sparsity.colours = Colours::of(&sparsity);
        sparsity
    }

    /// Of a matrix with `below` diagonals below the main one and `above` above it.
    #[must_use]
    pub fn banded(rows: usize, columns: usize, below: usize, above: usize) -> Self {
        let row = |row: usize| {
            (row.saturating_sub(below)..columns.min(row.saturating_add(above).saturating_add(1))).map(move |column| (row, column))
        };
        Self::new(rows, columns, (0..rows).flat_map(row))
    }

    /// How many passes of forward mode the Jacobian takes.
    #[must_use]
    pub fn passes(&self) -> usize {
        self.colours.count
    }

    /// Rows and columns.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        (self.starts.len() - 1, self.columns)
    }

    /// How many entries may be other than zero.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// All entries are zero.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The columns that a row has entries in, ascending.
    fn row(&self, row: usize) -> &[usize] {
        &self.entries[self.starts[row]..self.starts[row + 1]]
    }

    /// Each entry's row and column, row by row.
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.shape().0).flat_map(|row| self.row(row).iter().map(move |column| (row, *column)))
    }
}
