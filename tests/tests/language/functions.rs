//! Functions that call functions: paths, aliases, modules, generics, lifetimes, constants as parameters, `wrt`.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

mod physics {
    pub(super) mod units {
        /// Kelvin from degrees Celsius.
        pub(in crate::functions) const ZERO: f64 = 273.15;

        #[odyssey_runtime::differentiable]
        pub(in crate::functions) fn kelvin(celsius: f64) -> f64 {
            celsius + ZERO
        }
    }

    use odyssey_runtime::prelude::*;
    pub(super) use units::kelvin as absolute;

    #[differentiable]
    pub(super) fn saturation(celsius: f64) -> f64 {
        let t = self::units::kelvin(celsius);
        611.2 * (17.62 * celsius / (t - super::physics::units::ZERO + 243.12)).exp()
    }
}

use physics::saturation as vapour_pressure;

/// Through modules, re-exports and aliases.
#[differentiable]
fn dew(celsius: f64, humidity: f64) -> f64 {
    let pressure = humidity * vapour_pressure(celsius) / crate::functions::physics::absolute(celsius);
    (pressure / 100.0).ln() + self::physics::units::kelvin(humidity)
}

#[differentiable]
fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut sum = T::zero();
    for i in 0..a.len() {
        sum += a[i] * b[i];
    }
    sum
}

/// Generic, with `where`.
#[differentiable]
fn cosine<T>(a: &[T], b: &[T]) -> T
where
    T: Real,
{
    dot(a, b) / (dot::<T>(a, a) * dot(b, b)).sqrt()
}

/// An array of any length.
#[differentiable]
fn p_norm<const N: usize>(x: [f64; N], p: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..N {
        sum += x[i].abs().powf(p);
    }
    sum.powf(1.0 / p) * N as f64
}

#[differentiable]
fn longer<'a>(a: &'a Array1<f64>, b: &'a Array1<f64>) -> Array1<f64> {
    if a.dot(a) > b.dot(b) { a.clone() } else { b.clone() }
}

/// Named lifetimes.
#[differentiable]
fn longest<'a>(list: &'a [Array1<f64>], other: &'a Array1<f64>) -> f64 {
    let mut best = other.clone();
    for candidate in list {
        best = longer(&best, candidate);
    }
    best.sum()
}

/// A helper that gives a tuple, and one that gives several arrays.
#[differentiable]
fn mean_and_scale(x: &Array2<f64>) -> (Array1<f64>, f64) {
    let mean = x.mean_axis(Axis(0)).unwrap();
    let centred = x - &mean;
    let scale = (&centred * &centred).sum().sqrt();
    (mean, scale)
}

#[differentiable]
fn standardised(x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let (mean, scale) = mean_and_scale(x);
    ((y - &mean) / scale).sum() + scale
}

/// An argument without a derivative, and one that is left out where the type would allow it.
#[differentiable]
fn smoothed(x: &Array1<f64>, #[no_grad] kernel: &Array1<f64>, repeat: usize, name: &str) -> f64 {
    let mut y = x.clone();
    for _ in 0..repeat {
        y = &y * kernel + y.sum() * 0.1;
    }
    y.sum() / name.len() as f64
}

const RATE: f64 = 0.05;
static STEPS: usize = 3;

/// Constants, statics, local items, casts.
#[differentiable]
fn compounded(x: f64, y: f32) -> f64 {
    const BONUS: f64 = 1.0 + RATE;
    #[differentiable]
    fn inner(x: f64) -> f64 {
        x * BONUS + x * x * 0.01
    }
    let mut value = x;
    for i in 0..STEPS {
        value = inner(value) * (i as f64 + 1.0);
    }
    value * f64::from(y) + (y * 2.0) as f64
}

/// Paths of the standard library as functions.
#[differentiable]
fn by_path(x: f64, y: f64) -> f64 {
    f64::sin(x) * f64::powi(y, 3) + f64::max(x, y) - f64::hypot(x, y).min(f64::abs(x))
}

/// A function whose argument is taken by value and consumed.
#[differentiable]
fn consumed(x: Array1<f64>, list: Vec<f64>) -> f64 {
    let total: f64 = x.sum();
    let scaled = x * total;
    let mut last = 0.0;
    for v in list {
        last = last * 0.5 + v * v;
    }
    scaled.sum() * last
}

#[differentiable]
fn line(c: &[f64], x: f64) -> f64 {
    c[0] * x + c[c.len() - 1]
}
#[derive(Clone, Debug, Differentiable)]
struct Lines {
    fixed: [f64; 2],
    list: Vec<f64>,
}
/// Arrays of fixed lengths and lists where slices are expected.
#[differentiable]
fn coerced(c: &[f64; 3], lines: &Lines, points: &[[f64; 2]]) -> f64 {
    let made = [c[0], c[1] * 2.0];
    let mut sum = line(c, 0.3) + line(&made, c[2]) + line(&[c[0], 1.0], c[1]) + line(&c[1..], 0.5);
    sum += line(&lines.fixed, 2.0) * line(&lines.list, lines.fixed[0]);
    for p in points {
        sum += line(p, c[0]);
    }
    sum
}

#[differentiable(wrt(x))]
fn weighted(total: f64, x: f64, times: usize) -> f64 {
    total * x * times as f64
}
#[differentiable]
fn times(a: f64, b: f64) -> f64 {
    a * b
}
/// Arguments whose types are those of the parameters, and are said nowhere else.
#[differentiable(wrt(x))]
fn typed_by_the_callee(w: &[f64], x: f64) -> f64 {
    let of_sums = weighted(w.iter().sum(), x, w.iter().map(|w| *w as usize).sum()) + times(w.iter().map(|w| w * x).sum(), x);
    of_sums
        + times(w.iter().product(), x)
        + weighted(2.0, x, "3".parse().unwrap())
        + weighted(0.5, x, w.len().try_into().unwrap())
}

#[test]
fn paths() {
    agrees!(dew(21.0, 0.6), wrt 2);
    agrees!(by_path(0.6, 1.2), wrt 2);
    agrees!(compounded(1.1, 0.7), wrt 2 in f32);
}

#[test]
fn generics() {
    agrees!(cosine(&[0.3, 0.9, 0.4], &[0.7, -0.2, 0.8]), wrt 2);
    agrees!(cosine(&[0.3f32, 0.9, 0.4], &[0.7, -0.2, 0.8]) as f32, wrt 2);
    agrees!(p_norm([0.3, -0.9, 0.4], 2.5), wrt 2);
    agrees!(p_norm([0.3], 3.0), wrt 2);
    agrees!(longest(&[numbers(1, 3), numbers(2, 3)], &numbers(3, 3)), wrt 2);
}

#[test]
fn calls() {
    agrees!(standardised(&matrix(1, 4, 3), &numbers(2, 3)), wrt 2);
    agrees!(smoothed(&numbers(1, 3), &numbers(2, 3), 2, "abc"));
    agrees!(consumed(numbers(1, 3), vec![0.4, 0.8]), wrt 2);
}

#[test]
fn coercions() {
    let lines = Lines { fixed: [0.2, 0.4], list: vec![0.7, 0.1, 0.5] };
    agrees!(coerced(&[0.3, 0.7, 0.2], &lines, &[[0.1, 0.2], [0.3, 0.4]]), wrt 3);
}

#[test]
fn arguments_typed_by_the_callee() {
    agrees!(typed_by_the_callee(&[1.3, 2.7], 0.4), wrt 1 behind 1);
}
