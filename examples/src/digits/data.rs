//! The images and their labels.

use std::path::Path;

use ndarray::{Array2, ArrayViewMut2, Axis, s};
use odyssey_runtime::Real;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

use crate::table::{self, Column, TableError};

/// The width and the height of an image.
pub const SIDE: usize = 8;
/// The pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;
/// The digits that there are.
pub const CLASSES: usize = 10;

/// Images with their labels.
#[derive(Clone, Debug)]
pub struct Digits {
    /// One image a row, its pixels from 0 (paper) to 1 (ink).
    pub images: Array2<f32>,
    /// The digit that each image shows.
    pub labels: Vec<usize>,
}

impl Digits {
    /// Reads a table with the columns `p0` to `p63` (0 to 16, row by row of the image) and `digit`.
    ///
    /// # Errors
    /// The file cannot be read, or is not such a table.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let pixels = (0..PIXELS).map(|n| Column::integer(format!("p{n}"), 0..=16));
        let columns: Vec<_> = pixels.chain([Column::integer("digit", 0..=9)]).collect();
        let table = table::read(path, &columns)?;
        Ok(Self {
            images: table.slice(s![.., ..PIXELS]).mapv(|ink| f32::lit(ink / 16.0)),
            labels: table.column(PIXELS).iter().map(|&digit| label(digit)).collect(),
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Those at `indices`, in that order.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        Self { images: self.images.select(Axis(0), indices), labels: indices.iter().map(|&n| self.labels[n]).collect() }
    }

    /// Moves every second image, at random, by at most one pixel up or down and left or right: it shows the same digit.
    pub fn jitter(&mut self, rng: &mut impl Rng) {
        for image in self.images.rows_mut() {
            let image = image.into_shape_with_order((SIDE, SIDE)).expect("an image is square");
            if rng.random_bool(0.5) {
                shift(image, rng.random_range(0..3), rng.random_range(0..3));
            }
        }
    }

    /// Divides them at random: those to train with, and `tests` others to test with.
    ///
    /// # Errors
    /// None would be left to train with.
    pub fn split(&self, tests: usize, rng: &mut impl Rng) -> Result<(Self, Self), String> {
        let all = self.len();
        if all <= tests {
            return Err(format!("{all} images are too few: {tests} are needed to test with"));
        }
        let order = shuffled(all, rng);
        let (test, train) = order.split_at(tests);
        Ok((self.select(train), self.select(test)))
    }
}

/// The numbers below `n` in random order.
pub fn shuffled(n: usize, rng: &mut impl Rng) -> Vec<usize> {
    let mut order: Vec<_> = (0..n).collect();
    order.shuffle(rng);
    order
}

/// Moves an image within a frame of paper one pixel wide; `row` and `column` are below 3, and 1 leaves it in place.
fn shift(mut image: ArrayViewMut2<'_, f32>, row: usize, column: usize) {
    let mut framed = Array2::zeros((SIDE + 2, SIDE + 2));
    framed.slice_mut(s![1..=SIDE, 1..=SIDE]).assign(&image);
    image.assign(&framed.slice(s![row..row + SIDE, column..column + SIDE]));
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the table holds integers from 0 to 9 in this column"
)]
fn label(digit: f64) -> usize {
    digit as usize
}
