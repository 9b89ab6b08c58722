//! Tuples.

use super::Tangent;

macro_rules! tuple_tangent {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Tangent),*> Tangent for ($($name,)*) {
            fn recycle_tangent(self) {
                $(self.$index.recycle_tangent();)*
            }
            fn accumulate(&mut self, other: Self) {
                $(self.$index.accumulate(other.$index);)*
            }
            fn accumulate_ref(&mut self, other: &Self) {
                $(self.$index.accumulate_ref(&other.$index);)*
            }
            fn clear(&mut self) {
                $(self.$index.clear();)*
            }
            fn scale(&mut self, factor: f64) {
                $(self.$index.scale(factor);)*
            }
            fn map_scalars(&mut self, map: &mut dyn FnMut(f64) -> f64) {
                $(self.$index.map_scalars(map);)*
            }
            fn add_scaled(&mut self, factor: f64, other: &Self) {
                $(self.$index.add_scaled(factor, &other.$index);)*
            }
            fn inner_product(&self, other: &Self) -> f64 {
                let mut sum = 0.0;
                $(sum += self.$index.inner_product(&other.$index);)*
                sum
            }
        }
    };
}
crate::differentiable::for_each_tuple!(tuple_tangent);
