//! Lists, of any length and of a fixed one.

use super::Tangent;
use crate::memory::recycle;
use crate::quoted::ensure;

impl<T: Tangent> Tangent for Vec<T> {
    #[track_caller]
    fn accumulate(&mut self, mut other: Self) {
        same_length(self, &other);
        for (a, b) in self.iter_mut().zip(other.drain(..)) {
            a.accumulate(b);
        }
        recycle(other);
    }

    fn recycle_tangent(mut self) {
        self.drain(..).for_each(Tangent::recycle_tangent);
        recycle(self);
    }

    #[track_caller]
    fn accumulate_ref(&mut self, other: &Self) {
        same_length(self, other);
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate_ref(b);
        }
    }

    fn clear(&mut self) {
        self.iter_mut().for_each(Tangent::clear);
    }

    fn scale(&mut self, factor: f64) {
        for a in self {
            a.scale(factor);
        }
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        for a in self {
            a.map_scalars(map);
        }
    }

    #[track_caller]
    fn add_scaled(&mut self, factor: f64, other: &Self) {
        same_length(self, other);
        for (a, b) in self.iter_mut().zip(other) {
            a.add_scaled(factor, b);
        }
    }

    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        same_length(self, other);
        self.iter().zip(other).map(|(a, b)| a.inner_product(b)).sum()
    }
}

#[track_caller]
fn same_length<T>(a: &[T], b: &[T]) {
    let (a, b) = (a.len(), b.len());
    ensure!(a == b, "", "tangents of lengths {a} and {b} belong to different values");
}

impl<T: Tangent, const N: usize> Tangent for [T; N] {
    fn recycle_tangent(self) {
        self.into_iter().for_each(Tangent::recycle_tangent);
    }

    fn accumulate(&mut self, other: Self) {
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate(b);
        }
    }

    fn accumulate_ref(&mut self, other: &Self) {
        for (a, b) in self.iter_mut().zip(other) {
            a.accumulate_ref(b);
        }
    }

    fn clear(&mut self) {
        self.iter_mut().for_each(Tangent::clear);
    }

    fn scale(&mut self, factor: f64) {
        for a in self {
            a.scale(factor);
        }
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        for a in self {
            a.map_scalars(map);
        }
    }

    fn add_scaled(&mut self, factor: f64, other: &Self) {
        for (a, b) in self.iter_mut().zip(other) {
            a.add_scaled(factor, b);
        }
    }

    fn inner_product(&self, other: &Self) -> f64 {
        self.iter().zip(other).map(|(a, b)| a.inner_product(b)).sum()
    }
}
