//! Arrays of floats.

use ndarray::{Array, Dimension};

use super::Tangent;
use crate::memory::recycle;
use crate::quoted::ensure;
use crate::real::Real;

impl<T: Real, D: Dimension> Tangent for Array<T, D> {
    #[track_caller]
    fn accumulate(&mut self, other: Self) {
        self.accumulate_ref(&other);
        other.recycle_tangent();
    }

    fn recycle_tangent(self) {
        recycle(self.into_raw_vec_and_offset().0);
    }

    #[track_caller]
    fn accumulate_ref(&mut self, other: &Self) {
        same_shape(self.shape(), other.shape());
        self.zip_mut_with(other, |a, &b| *a += b);
    }

    fn clear(&mut self) {
        self.fill(T::zero());
    }

    fn scale(&mut self, factor: f64) {
        let factor = T::lit(factor);
        self.map_inplace(|a| *a *= factor);
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        self.iter_mut().for_each(|a| *a = a.map_floats(map));
    }

    #[track_caller]
    fn add_scaled(&mut self, factor: f64, other: &Self) {
        same_shape(self.shape(), other.shape());
        let factor = T::lit(factor);
        self.zip_mut_with(other, |a, &b| *a += factor * b);
    }

    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        same_shape(self.shape(), other.shape());
        match (self.as_slice(), other.as_slice()) {
            (Some(a), Some(b)) => inner_product_of_slices(a, b),
            _ => self.iter().zip(other).map(|(&a, &b)| a.inner_product_of_floats(b)).sum(),
        }
    }
}

#[track_caller]
fn same_shape(a: &[usize], b: &[usize]) {
    ensure!(a == b, "", "tangents of shapes {a:?} and {b:?} belong to different values");
}

/// Eight partial sums: they vectorise, and lose less than one running sum does.
fn inner_product_of_slices<T: Real>(a: &[T], b: &[T]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = std::iter::zip(a_chunks.remainder(), b_chunks.remainder()).map(|(&a, &b)| a.inner_product_of_floats(b)).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += a[lane].inner_product_of_floats(b[lane]);
        }
    }
    sums.iter().sum::<f64>() + rest
}
