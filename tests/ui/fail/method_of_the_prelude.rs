//! Methods with names of the prelude's that are none of it.

mod own {
    use ndarray::Array1;

    pub trait Soft {
        fn softplus(&self) -> Self;
    }

    impl Soft for f64 {
        fn softplus(&self) -> f64 {
            self * self
        }
    }

    impl Soft for Array1<f64> {
        fn softplus(&self) -> Array1<f64> {
            self * 3.0
        }
    }
}

mod without_the_prelude {
    use odyssey_runtime::differentiable;

    use crate::own::Soft as _;

    #[differentiable]
    pub fn squared(x: f64) -> f64 {
        x.softplus()
    }
}

mod before_the_prelude {
    use ndarray::Array1;
    use odyssey_runtime::prelude::*;

    use crate::own::Soft as _;

    #[differentiable]
    pub fn tripled(x: &Array1<f64>) -> f64 {
        x.softplus().sum()
    }
}

fn main() {}
