//! What holds one value or none.

use super::Tangent;

impl<T: Tangent> Tangent for Option<T> {
    fn recycle_tangent(self) {
        self.into_iter().for_each(Tangent::recycle_tangent);
    }

    fn accumulate(&mut self, other: Self) {
        match (self, other) {
            (Some(a), Some(b)) => a.accumulate(b),
            (a @ None, b) => *a = b,
            (Some(_), None) => {}
        }
    }

    fn accumulate_ref(&mut self, other: &Self) {
        match (self, other) {
            (Some(a), Some(b)) => a.accumulate_ref(b),
            (a @ None, b) => a.clone_from(b),
            (Some(_), None) => {}
        }
    }

    fn clear(&mut self) {
        self.iter_mut().for_each(Tangent::clear);
    }

    fn scale(&mut self, factor: f64) {
        if let Some(a) = self {
            a.scale(factor);
        }
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        if let Some(a) = self {
            a.map_scalars(map);
        }
    }

    fn add_scaled(&mut self, factor: f64, other: &Self) {
        match (self, other) {
            (Some(a), Some(b)) => a.add_scaled(factor, b),
            (a @ None, Some(b)) => a.insert(b.clone()).scale(factor),
            (_, None) => {}
        }
    }

    fn inner_product(&self, other: &Self) -> f64 {
        self.as_ref().zip(other.as_ref()).map_or(0.0, |(a, b)| a.inner_product(b))
    }
}

impl<T: Tangent> Tangent for Box<T> {
    fn recycle_tangent(self) {
        (*self).recycle_tangent();
    }

    fn accumulate(&mut self, other: Self) {
        (**self).accumulate(*other);
    }

    fn accumulate_ref(&mut self, other: &Self) {
        (**self).accumulate_ref(other);
    }

    fn clear(&mut self) {
        (**self).clear();
    }

    fn scale(&mut self, factor: f64) {
        (**self).scale(factor);
    }

    fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
        (**self).map_scalars(map);
    }

    fn add_scaled(&mut self, factor: f64, other: &Self) {
        (**self).add_scaled(factor, other);
    }

    fn inner_product(&self, other: &Self) -> f64 {
        (**self).inner_product(other)
    }
}
