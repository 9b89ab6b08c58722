//! Which function is called, and which one is differentiated: always the same.

use odyssey_runtime::prelude::*;

mod nn {
    use ndarray::prelude::*;
    use odyssey_runtime::prelude::*;

    /// Not the prelude's.
    #[differentiable]
    pub fn softmax(x: &Array2<f64>, _axis: Axis) -> Array2<f64> {
        x * 3.0
    }

    #[differentiable]
    pub fn logsumexp(x: f64) -> f64 {
        x * x
    }

    #[differentiable(name = loss_ad)]
    pub fn loss(x: f64) -> f64 {
        5.0 * x
    }

    /// The type namespace is taken.
    #[allow(non_camel_case_types)]
    pub struct loss {}

    pub mod deep {
        use odyssey_runtime::prelude::*;

        #[differentiable]
        pub fn activation(x: f64) -> f64 {
            x.tanh()
        }
    }

    pub use deep::activation as renamed;
    pub use deep::*;
}

pub use nn::deep::activation as published;
use nn::loss_ad;
use nn::renamed as g;

#[differentiable]
fn through_paths(x: f64) -> f64 {
    nn::deep::activation(x) + self::nn::activation(x) + crate::hygiene::calls::nn::renamed(x) + g(x) + published(x)
}

mod shadowing {
    use super::nn::softmax;
    use ndarray::prelude::*;
    use odyssey_runtime::prelude::*;

    /// An import beats a glob import.
    #[differentiable]
    pub(super) fn caller(x: &Array2<f64>) -> f64 {
        softmax(x, Axis(0)).sum()
    }
}

mod own {
    use ndarray::prelude::*;
    use odyssey_runtime::prelude::*;

    /// Hides the prelude's in both namespaces.
    #[differentiable]
    pub(super) fn log_softmax(x: &Array2<f64>, axis: Axis) -> Array2<f64> {
        x * (2.0 + axis.index() as f64)
    }

    #[differentiable]
    pub(super) fn caller(x: &Array2<f64>) -> f64 {
        log_softmax(x, Axis(1)).sum()
    }
}

mod methods_of_the_user {
    use odyssey_runtime::prelude::*;

    #[differentiable]
    pub(super) fn tanh(x: f64) -> f64 {
        7.0 * x
    }

    /// The method is std's, the function the user's.
    #[differentiable]
    pub(super) fn both(x: f64) -> f64 {
        tanh(x) + x.tanh() + f64::tanh(x)
    }
}

mod glob {
    use super::nn::deep::*;
    use odyssey_runtime::prelude::*;

    /// A plain function with the signature of the imported one: seen when it runs.
    fn activation(x: f64) -> f64 {
        x
    }

    #[differentiable]
    pub(super) fn caller(x: f64) -> f64 {
        activation(x)
    }
}

#[test]
#[allow(clippy::float_cmp, reason = "exact by construction")]
fn paths() {
    through_paths::check_grad(0.4).unwrap();
    let slope = 1.0 - 0.4_f64.tanh().powi(2);
    assert!((through_paths::grad(0.4) - 5.0 * slope).abs() < 1e-12);
    assert!((g::grad(0.4) - slope).abs() < 1e-12);
    assert!((published::grad(0.4) - slope).abs() < 1e-12);
    assert_eq!(loss_ad::grad(1.0), 5.0);
    assert_eq!(nn::loss(1.0), 5.0);
    let nn::loss {} = nn::loss {};
}

#[test]
#[allow(clippy::float_cmp, reason = "exact by construction")]
fn the_function_that_is_called_is_the_one_that_is_differentiated() {
    let x = ndarray::array![[0.3, 0.5], [0.1, 0.9]];
    assert_eq!(shadowing::caller::grad(&x), ndarray::Array2::from_elem((2, 2), 3.0));
    assert_eq!(own::caller::grad(&x), ndarray::Array2::from_elem((2, 2), 3.0));
    assert!((methods_of_the_user::both::grad(0.0) - 9.0).abs() < 1e-12);
    assert_eq!(nn::logsumexp::grad(3.0), 6.0);
}

#[test]
#[should_panic(expected = "annotate `")]
fn a_plain_function_that_hides_an_imported_one() {
    glob::caller::grad(0.5);
}
