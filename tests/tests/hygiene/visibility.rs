//! A companion is as visible as its function.

use odyssey_runtime::prelude::*;

mod library {
    use odyssey_runtime::prelude::*;

    #[differentiable]
    pub fn public(x: f64) -> f64 {
        private(x) + 1.0
    }

    #[differentiable]
    pub(crate) fn in_the_crate(x: f64) -> f64 {
        2.0 * x
    }

    #[differentiable]
    pub(super) fn in_the_parent(x: f64) -> f64 {
        3.0 * x
    }

    #[differentiable]
    pub(in crate::hygiene) fn in_a_path(x: f64) -> f64 {
        4.0 * x
    }

    #[differentiable]
    fn private(x: f64) -> f64 {
        5.0 * x
    }

    /// A public struct with private parts.
    #[derive(Differentiable, Clone)]
    pub struct Model {
        secret: Secret,
        pub scale: f64,
    }

    #[derive(Differentiable, Clone)]
    struct Secret {
        weight: f64,
    }

    impl Model {
        pub fn new() -> Self {
            Self { secret: Secret { weight: 2.0 }, scale: 3.0 }
        }
    }

    #[differentiable]
    pub fn of_a_model(model: &Model, x: f64) -> f64 {
        model.secret.weight * model.scale * x
    }

    pub fn gradient_of_private(x: f64) -> f64 {
        private::grad(x)
    }
}

/// Generic over the float, a rank, a constant and a function.
#[differentiable]
fn generic<T, const N: usize, F>(x: [T; N], scale: T, count: F) -> T
where
    T: Real,
    F: Fn() -> usize,
{
    let mut total = T::zero();
    for i in 0..count() {
        total += x[i] * scale;
    }
    total
}

/// A lifetime, and a bound that has nothing to do with numbers.
#[differentiable]
fn with_a_bound<'a, L: AsRef<str>>(x: &'a [f64], #[no_grad] label: &'a L) -> f64 {
    let n = label.as_ref().len();
    x[0] * n as f64
}

#[test]
#[allow(clippy::float_cmp, reason = "exact by construction")]
fn visible() {
    assert_eq!(library::public::grad(1.0), 5.0);
    assert_eq!(library::in_the_crate::grad(1.0), 2.0);
    assert_eq!(library::in_the_parent::grad(1.0), 3.0);
    assert_eq!(library::in_a_path::grad(1.0), 4.0);
    assert_eq!(library::gradient_of_private(1.0), 5.0);
    let model = library::Model::new();
    let (d_model, dx) = library::of_a_model::grad(&model, 1.0);
    assert_eq!((d_model.scale, dx), (2.0, 6.0));
}

#[test]
#[allow(clippy::float_cmp, reason = "exact by construction")]
fn generics() {
    assert_eq!(generic::grad([1.0, 2.0, 3.0], 2.0, || 2), ([2.0, 2.0, 0.0], 3.0));
    assert_eq!(generic::grad([1.0_f32], 2.0, || 1), ([2.0], 1.0));
    assert_eq!(with_a_bound::grad(&[1.0, 2.0], &"four"), vec![4.0, 0.0]);
}
