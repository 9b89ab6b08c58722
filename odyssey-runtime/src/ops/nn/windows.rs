//! Windows of images, of which pooling makes one number each.

use std::mem::take;
use std::ops::Range;

use ndarray::{Array4, ArrayView2, ArrayView4, ArrayViewMut2, Axis, Ix4};

use crate::memory::{recycle, uninitialised, zeros};
use crate::quoted::ensure;
use crate::real::Real;

/// The rows and the columns of windows.
pub(super) struct Windows {
    rows: Vec<Range<usize>>,
    columns: Vec<Range<usize>>,
}

impl Windows {
    /// Windows of this size, these steps apart; all lie within the image.
    #[track_caller]
    pub(super) fn sliding(image: Ix4, size: (usize, usize), stride: (usize, usize), operation: &str) -> Self {
        let [height, width] = [image[2], image[3]];
        let is_possible = size.0 * size.1 * stride.0 * stride.1 > 0 && size.0 <= height && size.1 <= width;
        let shape = ndarray::Dimension::slice(&image);
        ensure!(is_possible, "", "{operation} of images of shape {shape:?} with windows {size:?}, {stride:?} apart");
        let along = |length: usize, size: usize, stride: usize| {
            let number = (length - size) / stride + 1;
            collected((0..number).map(|i| i * stride..i * stride + size))
        };
        Self { rows: along(height, size.0, stride.0), columns: along(width, size.1, stride.1) }
    }

    /// So many windows that cover the image, of sizes that differ by one at most.
    #[track_caller]
    pub(super) fn covering(image: Ix4, number: (usize, usize), operation: &str) -> Self {
        let shape = ndarray::Dimension::slice(&image);
        ensure!(image[2] * image[3] > 0, "", "{operation} of images of shape {shape:?}, which are empty");
        let along = |length: usize, number: usize| {
            collected((0..number).map(|i| i * length / number..((i + 1) * length).div_ceil(number)))
        };
        Self { rows: along(image[2], number.0), columns: along(image[3], number.1) }
    }

    fn shape(&self, image: Ix4) -> [usize; 4] {
        [image[0], image[1], self.rows.len(), self.columns.len()]
    }

    /// One number a window, by `f`, which is given the plane with its number, and the window.
    pub(super) fn reduce<T: Real>(
        &self,
        x: &ArrayView4<'_, T>,
        mut f: impl FnMut(usize, &ArrayView2<'_, T>, &Range<usize>, &Range<usize>) -> T,
    ) -> Array4<T> {
        let mut y = zeros(ndarray::Dim(self.shape(x.raw_dim())));
        for (number, (x, mut y)) in planes(x).zip(planes_mut(&mut y)).enumerate() {
            for (y, rows) in y.rows_mut().into_iter().zip(&self.rows) {
                for (y, columns) in y.into_iter().zip(&self.columns) {
                    *y = f(number, &x, rows, columns);
                }
            }
        }
        y
    }

    /// An image of zeros, to whose planes `f` adds what comes of each window and its cotangent; it is given the number of the
    /// plane.
    #[track_caller]
    pub(super) fn spread<T: Real>(
        &self,
        image: Ix4,
        dy: &ArrayView4<'_, T>,
        mut f: impl FnMut(usize, &mut ArrayViewMut2<'_, T>, &Range<usize>, &Range<usize>, T),
    ) -> Array4<T> {
        let y = self.shape(image);
        ensure!(dy.shape() == y, "", "a cotangent of shape {:?} does not fit images of shape {y:?}", dy.shape());
        let mut d_x = zeros(image);
        for (number, (mut d_x, dy)) in planes_mut(&mut d_x).zip(planes(dy)).enumerate() {
            for (dy, rows) in dy.rows().into_iter().zip(&self.rows) {
                for (dy, columns) in dy.iter().zip(&self.columns) {
                    f(number, &mut d_x, rows, columns, *dy);
                }
            }
        }
        d_x
    }
}

fn collected(windows: impl ExactSizeIterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut all = uninitialised(windows.len());
    all.extend(windows);
    all
}

impl Drop for Windows {
    fn drop(&mut self) {
        recycle(take(&mut self.rows));
        recycle(take(&mut self.columns));
    }
}

/// The planes of images, in logical order.
fn planes<'v, T>(x: &'v ArrayView4<'_, T>) -> impl Iterator<Item = ArrayView2<'v, T>> {
    x.axis_iter(Axis(0)).flat_map(|example| {
        let channels = example.len_of(Axis(0));
        (0..channels).map(move |channel| example.index_axis_move(Axis(0), channel))
    })
}

/// One of them.
pub(super) fn plane<'v, T>(x: &'v ArrayView4<'_, T>, number: usize) -> ArrayView2<'v, T> {
    let channels = x.len_of(Axis(1));
    x.index_axis(Axis(0), number / channels).index_axis_move(Axis(0), number % channels)
}

fn planes_mut<T: Real>(x: &mut Array4<T>) -> impl Iterator<Item = ArrayViewMut2<'_, T>> {
    let (_, _, height, width) = x.dim();
    let values = x.as_slice_mut().expect("standard layout");
    let planes = values.chunks_exact_mut((height * width).max(1));
    planes.map(move |values| ArrayViewMut2::from_shape((height, width), values).expect("one plane"))
}

/// The mean of a window.
pub(super) fn mean<T: Real>(x: &ArrayView2<'_, T>, rows: &Range<usize>, columns: &Range<usize>) -> T {
    let sum: T = rows.clone().map(|i| columns.clone().map(|j| x[[i, j]]).sum::<T>()).sum();
    sum / T::lit((rows.len() * columns.len()) as f64)
}

/// Its cotangent: the same share for each.
pub(super) fn add_shares<T: Real>(d_x: &mut ArrayViewMut2<'_, T>, rows: &Range<usize>, columns: &Range<usize>, dy: T) {
    let share = dy / T::lit((rows.len() * columns.len()) as f64);
    for i in rows.clone() {
        for j in columns.clone() {
            d_x[[i, j]] += share;
        }
    }
}

/// Where the largest element of a window stands, the first of them; a NaN is the largest.
pub(super) fn largest<T: Real>(x: &ArrayView2<'_, T>, rows: &Range<usize>, columns: &Range<usize>) -> [usize; 2] {
    let mut place = [rows.start, columns.start];
    for i in rows.clone() {
        for j in columns.clone() {
            if x[[i, j]] > x[place] || x[[i, j]].is_nan() && !x[place].is_nan() {
                place = [i, j];
            }
        }
    }
    place
}
