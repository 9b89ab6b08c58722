//! As ndarray expressions, with common parts computed once.

use ndarray::Array1;
use odyssey_runtime::Real;

pub(super) fn step<T: Real>(x: &Array1<T>, a: T, b: T) -> (T, (Array1<T>, T, T)) {
    let (one, two) = (T::one(), T::lit(2.0));
    let square = x * x;
    let e = square.mapv(|s| (-s).exp());
    let t = (x * a + &e * b).mapv(T::tanh);
    let q = square + one;
    let y = &t / &q;
    let d_t = (&t * &t).mapv(|s| one - s) / &q;
    let d_a = (&d_t * x).sum();
    let d_b = (&d_t * &e).sum();
    let d_x = d_t * (e * x * (-two * b) + a) - &y / &q * x * two;
    (y.sum(), (d_x, d_a, d_b))
}
