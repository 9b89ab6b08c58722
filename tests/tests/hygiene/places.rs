//! Where a differentiated function may stand.

use odyssey_runtime::prelude::*;

mod outer {
    pub(in crate::hygiene) mod inner {
        use odyssey_runtime::prelude::differentiable;

        /// Nothing of the prelude is in scope but the attribute.
        #[differentiable]
        pub(in crate::hygiene) fn bare(x: &ndarray::Array1<f64>, k: f64) -> f64 {
            let y = x * k;
            (&y * &y).sum().sqrt()
        }
    }
}

mod without_imports {
    #[odyssey_runtime::differentiable]
    pub(crate) fn by_path(x: f64) -> f64 {
        x.tanh() * 2.0
    }

    #[derive(odyssey_runtime::Differentiable, Clone)]
    pub(crate) struct Pair {
        pub(crate) a: f64,
        pub(crate) b: f64,
    }

    #[odyssey_runtime::differentiable]
    pub(crate) fn of_a_pair(pair: &Pair) -> f64 {
        pair.a * pair.b
    }
}

/// Items and constants inside of the body.
#[differentiable]
fn with_items(x: f64) -> f64 {
    const SCALE: f64 = 3.0;
    static OFFSET: f64 = 0.5;
    use std::f64::consts::PI;
    fn helper(n: usize) -> f64 {
        n as f64 * SCALE
    }
    #[differentiable]
    fn inner(y: f64) -> f64 {
        y * y + SCALE
    }
    struct Local {
        value: f64,
    }
    let local = Local { value: 2.0 };
    let y = x * SCALE * PI + OFFSET;
    y * helper(2) + inner(x) * local.value
}

#[test]
fn in_a_function() {
    let captured = 2.0;
    #[differentiable]
    fn square(x: f64) -> f64 {
        x * x
    }
    #[differentiable]
    fn fourth(x: f64) -> f64 {
        square(square(x))
    }
    assert!((fourth::grad(captured) - 32.0).abs() < 1e-12);
    let in_a_closure = |at: f64| {
        #[differentiable]
        fn cube(x: f64) -> f64 {
            x * x * x
        }
        cube::grad(at)
    };
    assert!((in_a_closure(2.0) - 12.0).abs() < 1e-12);
}

#[test]
#[allow(clippy::float_cmp, reason = "exact by construction")]
fn in_a_block_that_shadows() {
    #[differentiable]
    fn f(x: f64) -> f64 {
        x
    }
    {
        #[differentiable]
        fn f(x: f64) -> f64 {
            5.0 * x
        }
        assert_eq!(f::grad(1.0), 5.0);
    }
    assert_eq!(f::grad(1.0), 1.0);
}

#[test]
fn in_modules() {
    outer::inner::bare::check_grad(&ndarray::array![0.3, 0.4], 2.0).unwrap();
    without_imports::by_path::check_grad(0.4).unwrap();
    let pair = without_imports::Pair { a: 2.0, b: 3.0 };
    let gradient = without_imports::of_a_pair::grad(&pair);
    assert_eq!((gradient.a, gradient.b), (3.0, 2.0));
}

#[test]
fn with_items_in_the_body() {
    with_items::check_grad(0.7).unwrap();
    let (_, pullback) = with_items::vjp(0.7);
    assert!((pullback(1.0) - (18.0 * std::f64::consts::PI + 2.0 * 2.0 * 0.7)).abs() < 1e-12);
}
