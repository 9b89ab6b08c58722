//! What functions that may fail are held to, where they do not.

/// `agrees_ok!(f(a, b))`: as `agrees!`, of what is in the `Ok` or the `Some`.
macro_rules! agrees_ok {
    ($f:ident($($arg:expr),* $(,)?)) => {{
        let plain: f64 = $f($($arg),*).unwrap();
        let (value, gradient) = $f::value_and_grad($($arg),*).unwrap();
        $crate::support::assert_close(value, plain);
        $f::check_grad($($arg),*).unwrap().unwrap();
        let (value, pulled) = match $f::vjp($($arg),*).unwrap() {
            (value, pullback) => (value, pullback(1.0)),
        };
        $crate::support::assert_close(value, plain);
        $crate::support::assert_same_gradient(pulled, &gradient, f64::EPSILON);
        $crate::support::assert_same_gradient($f::grad($($arg),*).unwrap(), &gradient, f64::EPSILON);
    }};
}
pub(crate) use agrees_ok;
