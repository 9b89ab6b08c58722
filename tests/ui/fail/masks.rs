//! Choices that are none.

#![allow(unused)]

mod numbers {
    use ndarray::prelude::*;
    use odyssey_runtime::prelude::*;

    #[differentiable]
    fn as_a_mask(x: &Array1<f64>) -> f64 {
        select_where(x, x, &0.0).sum()
    }
}

mod own {
    use ndarray::prelude::*;
    use odyssey_runtime::prelude::*;

    fn select_where(mask: &Array1<bool>, a: &Array1<f64>, b: &Array1<f64>) -> Array1<f64> {
        a + b
    }

    #[differentiable]
    fn hides_the_prelude_s(mask: &Array1<bool>, x: &Array1<f64>) -> f64 {
        select_where(mask, x, x).sum()
    }
}

fn main() {}
