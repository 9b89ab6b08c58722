//! Floats, and what has no tangent.

use super::Tangent;
use crate::dual::Dual;
use crate::real::Real;

impl Tangent for () {
    fn accumulate_ref(&mut self, (): &()) {}
    fn clear(&mut self) {}
    fn scale(&mut self, _factor: f64) {}
    fn map_scalars(&mut self, _map: &mut dyn FnMut(f64) -> f64) {}
    fn add_scaled(&mut self, _factor: f64, (): &()) {}
    fn inner_product(&self, (): &()) -> f64 {
        0.0
    }
}

macro_rules! scalar_tangent {
    ($($({$T:ident})? $float:ty),*) => {$(
        impl $(<$T: Real>)? Tangent for $float {
            #[inline]
            fn accumulate_ref(&mut self, other: &Self) {
                *self += *other;
            }
            #[inline]
            fn clear(&mut self) {
                *self = <$float as num_traits::Zero>::zero();
            }
            #[inline]
            fn scale(&mut self, factor: f64) {
                *self *= <$float as Real>::lit(factor);
            }
            #[inline]
            fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
                *self = self.map_floats(map);
            }
            #[inline]
            fn add_scaled(&mut self, factor: f64, other: &Self) {
                *self += <$float as Real>::lit(factor) * *other;
            }
            #[inline]
            fn inner_product(&self, other: &Self) -> f64 {
                self.inner_product_of_floats(*other)
            }
        }
    )*};
}
scalar_tangent!(f32, f64, {T} Dual<T>);
