//! What every program is held to, and some numbers to run it on.

use ndarray::{Array1, Array2};
use odyssey_runtime::{Real, Tangent};

/// Rounding differs where the compiler reorders a sum; nothing else may.
pub(crate) fn assert_close<T: Real>(value: T, expected: T) {
    let tolerance = 4500.0 * T::epsilon().to_double() * (1.0 + expected.to_double().abs());
    let difference = (value - expected).to_double().abs();
    assert!(difference <= tolerance, "{value} is not {expected}");
}

/// Equal up to rounding, as vectors.
pub(crate) fn assert_same_gradient<G: Tangent>(mut gradient: G, expected: &G, epsilon: f64) {
    gradient.add_scaled(-1.0, expected);
    let tolerance = 4500.0 * epsilon * (1.0 + expected.norm());
    assert!(gradient.norm() <= tolerance, "differs by {gradient:?} from {expected:?}");
}

/// `agrees!(f(a, b))`: the companions of `f` say what `f` says, and the gradient is the derivative.
macro_rules! agrees {
    ($f:ident($($arg:expr),* $(,)?)) => { agrees!($f($($arg),*) as f64) };
    ($f:ident($($arg:expr),* $(,)?) as $float:ty) => {{
        let plain: $float = $f($($arg),*);
        assert!(plain.is_finite(), "the test's own numbers");
        let (value, gradient) = $f::value_and_grad($($arg),*);
        $crate::support::assert_close(value, plain);
        $f::check_grad($($arg),*).unwrap();
        // A pullback borrows the arguments: it is called before temporaries among them are gone.
        let (value, pulled) = match $f::vjp($($arg),*) {
            (value, pullback) => (value, pullback(1.0)),
        };
        $crate::support::assert_close(value, plain);
        let epsilon = f64::from(<$float>::EPSILON);
        $crate::support::assert_same_gradient(pulled, &gradient, epsilon);
        $crate::support::assert_same_gradient($f::grad($($arg),*), &gradient, epsilon);
    }};
}
pub(crate) use agrees;

/// Numbers between -1 and 1 without a pattern.
pub(crate) fn numbers<T: Real>(seed: usize, len: usize) -> Array1<T> {
    Array1::from_shape_fn(len, |i| T::lit(((i + 1) as f64 * 1.7 + seed as f64 * 0.61).sin()))
}

/// The same as a matrix.
pub(crate) fn matrix<T: Real>(seed: usize, rows: usize, columns: usize) -> Array2<T> {
    let numbers = numbers(seed, rows * columns);
    numbers.into_shape_with_order((rows, columns)).expect("as many numbers")
}
