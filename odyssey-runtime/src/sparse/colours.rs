//! Columns that share no row get one colour.

use super::Sparsity;

/// The colour of each column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Colours {
    pub(super) count: usize,
    pub(super) of: Vec<usize>,
}

impl Colours {
    /// The columns with the most neighbours first, each with the first colour that none of its neighbours has: a band gets as many colours as it has
    /// diagonals, and no matrix more than one plus the largest number of neighbours.
    pub(super) fn of(sparsity: &Sparsity) -> Self {
        let rows_of = rows_of_columns(sparsity);
        let neighbours = |column: usize| rows_of[column].iter().flat_map(|row| sparsity.row(*row)).copied();
        let mut order: Vec<usize> = (0..sparsity.columns).collect();
        order.sort_by_cached_key(|column| std::cmp::Reverse(neighbours(*column).count()));
        let mut of = vec![usize::MAX; sparsity.columns];
        // Of a colour, the last column that had a neighbour of it.
        let mut taken = Vec::new();
        for column in order {
            for neighbour in neighbours(column) {
                if let Some(last) = taken.get_mut(of[neighbour]) {
                    *last = column;
                }
            }
            of[column] = taken.iter().position(|last| *last != column).unwrap_or(taken.len());
            if of[column] == taken.len() {
                taken.push(usize::MAX);
            }
        }
        Self { count: taken.len(), of }
    }
}

fn rows_of_columns(sparsity: &Sparsity) -> Vec<Vec<usize>> {
    let mut rows_of = vec![Vec::new(); sparsity.columns];
    for (row, column) in sparsity.entries() {
        rows_of[column].push(row);
    }
    rows_of
}

#[cfg(test)]
mod tests {
    use super::super::Sparsity;

    /// No two columns of a colour share a row.
    fn assert_valid(sparsity: &Sparsity) {
        for row in 0..sparsity.shape().0 {
            let mut colours: Vec<_> = sparsity.row(row).iter().map(|column| sparsity.colours.of[*column]).collect();
            let entries = colours.len();
            colours.sort_unstable();
            colours.dedup();
            assert_eq!(colours.len(), entries, "row {row}");
        }
        assert!(sparsity.colours.of.iter().all(|colour| *colour < sparsity.passes()));
    }

    #[test]
    fn bands_have_as_many_colours_as_diagonals() {
        for (below, above) in [(0, 0), (1, 1), (2, 0), (3, 4)] {
            let sparsity = Sparsity::banded(200, 200, below, above);
            assert_valid(&sparsity);
            assert_eq!(sparsity.passes(), below + above + 1);
        }
    }

    #[test]
    fn blocks_and_arrows() {
        let blocks = Sparsity::new(30, 20, (0..30).flat_map(|row| (0..4).map(move |column| (row, row / 6 * 4 + column))));
        assert_valid(&blocks);
        assert_eq!(blocks.passes(), 4);
        let arrow = Sparsity::new(10, 10, (0..10).flat_map(|i| [(i, i), (i, 0)]));
        assert_valid(&arrow);
        assert_eq!(arrow.passes(), 2);
        let full = Sparsity::banded(3, 5, 3, 5);
        assert_valid(&full);
        assert_eq!((full.passes(), full.len()), (5, 15));
    }

    #[test]
    fn without_a_pattern() {
        let mut seed = 1_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for _ in 0..50 {
            let (rows, columns) = (1 + random(30), 1 + random(30));
            let entries: Vec<_> = (0..random(80)).map(|_| (random(rows), random(columns))).collect();
            assert_valid(&Sparsity::new(rows, columns, entries));
        }
    }

    #[test]
    fn empty() {
        let none = Sparsity::new(0, 0, []);
        assert_eq!((none.passes(), none.shape(), none.is_empty()), (0, (0, 0), true));
        assert_eq!(Sparsity::new(4, 3, []).passes(), 1);
    }

    #[test]
    #[should_panic(expected = "entry (2, 0) lies outside of a matrix of 2 by 3")]
    fn outside() {
        let _ = Sparsity::new(2, 3, [(2, 0)]);
    }
}
