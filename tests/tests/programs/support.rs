//! What every program is held to, and some numbers to run it on.

use ndarray::{Array1, Array2};
use odyssey_runtime::check::Perturb;
use odyssey_runtime::optim::{Optimizer, Sgd};
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

/// A direction without a pattern, like `gradient`.
pub(crate) fn direction<G: Tangent>(gradient: &G) -> G {
    let (mut direction, mut number) = (gradient.clone(), 0.3);
    direction.map_scalars(&mut |_| {
        number += 1.7;
        f64::cos(number)
    });
    direction
}

/// The tangent of the value along a direction is what the gradient says.
pub(crate) fn assert_same_slope<T: Real, G: Tangent>(of: &str, tangent: T, gradient: &G, direction: &G, epsilon: f64) {
    let (tangent, expected) = (tangent.to_double(), gradient.inner_product(direction));
    let tolerance = 4500.0 * epsilon * (1.0 + gradient.norm() * direction.norm());
    assert!((tangent - expected).abs() <= tolerance, "the tangent of {of} is {tangent}, the gradient says {expected}");
}

/// A copy of an argument, moved by so much along a direction that has as many numbers.
pub(crate) fn moved<X: Perturb, V: Tangent>(argument: &X, direction: &V, by: f64) -> X::Owned {
    let mut numbers = Vec::new();
    direction.clone().map_scalars(&mut |number| {
        numbers.push(number);
        number
    });
    let (mut numbers, mut own) = (numbers.into_iter(), argument.zero_tangent());
    // A gradient may be `None` where it is zero.
    own.map_scalars(&mut |_| numbers.next().unwrap_or(0.0));
    let mut copy = argument.owned_copy();
    own.scale(-by);
    Sgd::new(1.0).step(&mut copy, &own);
    copy
}

/// The Hessian times a direction is the central difference of the gradient along it.
pub(crate) fn assert_same_product<G: Tangent>(of: &str, mut product: G, gradient: impl Fn(f64) -> G) {
    let step = 1e-5;
    let mut expected = gradient(step);
    expected.add_scaled(-1.0, &gradient(-step));
    expected.scale(0.5 / step);
    let tolerance = 1e-6 * (1.0 + expected.norm());
    let text = format!("{product:?}, the gradients say {expected:?}");
    product.add_scaled(-1.0, &expected);
    assert!(product.norm() <= tolerance, "the Hessian of {of} times a direction is {text}");
}

/// `agrees!(f(a, b), wrt 2)`: the companions of `f`, a function whose first two arguments are differentiated, say what `f` says; the
/// gradient is the derivative, the tangent along a direction is what the gradient says, and the Hessian times it is the derivative of the
/// gradient. With `once`, the last is left out: at a kink, for instance.
macro_rules! agrees {
    ($f:ident($($arg:expr),* $(,)?)) => { agrees!($f($($arg),*), wrt 1) };
    ($f:ident($($arg:expr),* $(,)?), wrt $n:tt) => {{
        agrees!($f($($arg),*), wrt $n, once);
        agrees!(@second $n, $f [] ($($arg),*));
    }};
    // The first arguments are not differentiated.
    ($f:ident($first:expr $(, $arg:expr)* $(,)?), wrt $n:tt behind 1) => {{
        agrees!($f($first $(, $arg)*), wrt $n, once);
        agrees!(@second $n, $f [$first] ($($arg),*));
    }};
    ($f:ident($first:expr, $second:expr $(, $arg:expr)* $(,)?), wrt $n:tt behind 2) => {{
        agrees!($f($first, $second $(, $arg)*), wrt $n, once);
        agrees!(@second $n, $f [$first, $second] ($($arg),*));
    }};
    ($f:ident($($arg:expr),* $(,)?), once) => { agrees!($f($($arg),*), wrt 1, once) };
    ($f:ident($($arg:expr),* $(,)?), wrt $n:tt, once) => { agrees!(@first $f($($arg),*) as f64, wrt $n, f64::EPSILON) };
    // With an `f32` among the arguments of a function of `f64`.
    ($f:ident($($arg:expr),* $(,)?), wrt $n:tt in f32) => {
        agrees!(@first $f($($arg),*) as f64, wrt $n, f64::from(f32::EPSILON))
    };
    ($f:ident($($arg:expr),* $(,)?) as f64) => { agrees!($f($($arg),*), wrt 1) };
    ($f:ident($($arg:expr),* $(,)?) as f64, wrt $n:tt) => { agrees!($f($($arg),*), wrt $n) };
    ($f:ident($($arg:expr),* $(,)?) as f32) => { agrees!($f($($arg),*) as f32, wrt 1) };
    ($f:ident($($arg:expr),* $(,)?) as f32, wrt $n:tt) => {
        agrees!(@first $f($($arg),*) as f32, wrt $n, f64::from(f32::EPSILON))
    };
    (@first $f:ident($($arg:expr),*) as $float:ty, wrt $n:tt, $epsilon:expr) => {{
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
        let direction = $crate::support::direction(&gradient);
        let along = direction.clone();
        let (value, tangent) = agrees!(@jvp $n, $f($($arg),*), along);
        $crate::support::assert_close(value, plain);
        $crate::support::assert_same_slope(stringify!($f), tangent, &gradient, &direction, $epsilon);
    }};
    (@second 1, $($call:tt)*) => { agrees!(@second [0], $($call)*) };
    (@second 2, $($call:tt)*) => { agrees!(@second [0 1], $($call)*) };
    (@second 3, $($call:tt)*) => { agrees!(@second [0 1 2], $($call)*) };
    (@second 4, $($call:tt)*) => { agrees!(@second [0 1 2 3], $($call)*) };
    (@second 5, $($call:tt)*) => { agrees!(@second [0 1 2 3 4], $($call)*) };
    (@second 7, $($call:tt)*) => { agrees!(@second [0 1 2 3 4 5 6], $($call)*) };
    (@second [$($i:tt)*], $f:ident [$($first:expr),*] ($($arg:expr),*)) => {{
        let direction = $crate::support::direction(&$f::grad($($first,)* $($arg),*));
        let direction = agrees!(@tuple [$($i)*] direction);
        let along = direction.clone();
        let product = $f::hvp($($first,)* $($arg,)* $(along.$i),*);
        let gradient = |step: f64| agrees!(@moved $f [$($first),*] [$($arg),*] direction, step, $($i)*);
        $crate::support::assert_same_product(stringify!($f), product, gradient);
    }};
    (@tuple [0] $direction:ident) => { ($direction,) };
    (@tuple $i:tt $direction:ident) => { $direction };
    (@moved $f:ident [$($moved:expr),*] [$first:expr $(, $arg:expr)*] $along:ident, $step:ident, $i:tt $($more:tt)*) => {
        agrees!(@moved $f
            [$($moved,)* odyssey_runtime::check::lend(&$first, &mut $crate::support::moved(&$first, &$along.$i, $step))]
            [$($arg),*] $along, $step, $($more)*)
    };
    (@moved $f:ident [$($moved:expr),*] [$($arg:expr),*] $along:ident, $step:ident,) => { $f::grad($($moved,)* $($arg),*) };
    (@jvp 1, $f:ident($($arg:expr),*), $along:ident) => { $f::jvp($($arg,)* $along) };
    (@jvp 2, $f:ident($($arg:expr),*), $along:ident) => { $f::jvp($($arg,)* $along.0, $along.1) };
    (@jvp 3, $f:ident($($arg:expr),*), $along:ident) => { $f::jvp($($arg,)* $along.0, $along.1, $along.2) };
    (@jvp 4, $f:ident($($arg:expr),*), $along:ident) => { $f::jvp($($arg,)* $along.0, $along.1, $along.2, $along.3) };
    (@jvp 5, $f:ident($($arg:expr),*), $along:ident) => {
        $f::jvp($($arg,)* $along.0, $along.1, $along.2, $along.3, $along.4)
    };
    (@jvp 7, $f:ident($($arg:expr),*), $along:ident) => {
        $f::jvp($($arg,)* $along.0, $along.1, $along.2, $along.3, $along.4, $along.5, $along.6)
    };
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
