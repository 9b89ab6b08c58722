//! Forward mode where the result or the arguments are more than numbers: against differences of the function itself.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{assert_close, numbers};

#[derive(Clone, Debug, Differentiable)]
struct Spring {
    stiffness: f64,
    rest: Option<f64>,
}

#[differentiable]
impl Spring {
    fn force(&self, x: f64) -> f64 {
        -self.stiffness * (x - self.rest.unwrap_or(0.5 * x))
    }

    fn relax(&mut self, rate: f64) -> f64 {
        self.stiffness *= 1.0 - rate;
        self.stiffness * rate
    }
}

#[differentiable]
trait Kernel {
    fn at(&self, r: f64) -> f64;

    fn twice(&self, r: f64) -> f64 {
        2.0 * self.at(2.0 * r)
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Gaussian(f64);

#[differentiable]
impl Kernel for Gaussian {
    fn at(&self, r: f64) -> f64 {
        (-self.0 * r * r).exp()
    }
}

#[differentiable]
fn of_any<K: Kernel>(kernel: &K, r: f64) -> f64 {
    kernel.twice(r) * r
}

#[differentiable(aux, wrt(x))]
fn measured(x: &Array1<f64>, scale: f64) -> (f64, usize) {
    ((x * scale).sin().sum(), x.len())
}

#[differentiable]
fn logarithms(x: &[f64]) -> Result<Array1<f64>, String> {
    let mut y = Array1::zeros(x.len());
    for (i, v) in x.iter().enumerate() {
        if *v <= 0.0 {
            return Err(format!("the logarithm of {v}"));
        }
        y[i] = v.ln();
    }
    Ok(y)
}

#[differentiable]
fn polar(x: f64, y: f64) -> (f64, f64) {
    (x.hypot(y), y.atan2(x))
}

/// The last of a million states, none of which is kept.
#[differentiable]
fn logistic(x: f64, rate: f64) -> f64 {
    let mut y = x;
    for _ in 0..1_000_000 {
        y = rate * y * (1.0 - y);
    }
    y
}

#[differentiable(vjp = cube_vjp)]
fn cube(x: f64) -> f64 {
    x * x * x
}

fn cube_vjp(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (cube(x), move |d| 3.0 * x * x * d)
}

#[differentiable]
fn of_a_cube(x: f64) -> f64 {
    cube(x) + x
}

#[differentiable]
fn of_rows(x: &Array2<f64>) -> Array1<f64> {
    x.sum_axis(Axis(1)).exp()
}

/// The argument of the call is an array in another shape, and so is its tangent.
#[differentiable]
fn in_rows(x: &Array2<f64>) -> Array1<f64> {
    let doubled = x * 2.0;
    of_rows(&doubled.into_shape_with_order((3, 2)).unwrap())
}

fn difference(f: impl Fn(f64) -> f64) -> f64 {
    (f(1e-5) - f(-1e-5)) / 2e-5
}

fn assert_near(tangent: f64, f: impl Fn(f64) -> f64) {
    let expected = difference(f);
    assert!((tangent - expected).abs() <= 1e-6 * (1e-3 + expected.abs()), "{tangent} is not {expected}");
}

#[test]
fn methods() {
    let spring = Spring { stiffness: 0.7, rest: Some(0.3) };
    let along = SpringTangent { stiffness: 0.4, rest: Some(-0.2) };
    let moved = |t: f64| Spring { stiffness: 0.7 + 0.4 * t, rest: Some(0.3 - 0.2 * t) };
    let (value, tangent) = spring.force_jvp(1.1, along.clone(), 2.0);
    assert_eq!(value, spring.force(1.1));
    assert_near(tangent, |t| moved(t).force(1.1 + 2.0 * t));
    let mut changed = spring.clone();
    let (value, tangent, left) = changed.relax_jvp(0.2, along, 0.5);
    assert_eq!((value, changed.stiffness), (0.7 * 0.8 * 0.2, 0.7 * 0.8));
    assert_near(tangent, |t| moved(t).relax(0.2 + 0.5 * t));
    assert_eq!(left.rest, Some(-0.2));
    assert_close(left.stiffness, 0.4 * 0.8 - 0.7 * 0.5);
}

#[test]
fn nothing_counts_as_zero() {
    let spring = Spring { stiffness: 0.7, rest: Some(0.3) };
    let (_, tangent) = spring.force_jvp(1.1, SpringTangent { stiffness: 1.0, rest: None }, 0.0);
    assert_close(tangent, -0.8);
}

#[test]
fn traits() {
    let kernel = Gaussian(0.6);
    let (value, tangent) = of_any::jvp(&kernel, 0.4, GaussianTangent(0.3), -1.0);
    assert_eq!(value, of_any(&kernel, 0.4));
    assert_near(tangent, |t| of_any(&Gaussian(0.6 + 0.3 * t), 0.4 - t));
    let (_, tangent) = kernel.twice_jvp(0.4, GaussianTangent(0.0), 1.0);
    assert_near(tangent, |t| kernel.twice(0.4 + t));
}

#[test]
fn results() {
    let (x, along) = (numbers(1, 3), numbers(2, 3));
    let ((value, count), tangent) = measured::jvp(&x, 1.5, along.clone());
    assert_eq!((value, count), measured(&x, 1.5));
    assert_near(tangent, |t| measured(&(&x + &along * t), 1.5).0);
    let (value, tangent) = logarithms::jvp(&[1.0, 2.0], vec![3.0, 4.0]).unwrap();
    assert_eq!((value, tangent), (array![0.0, 2.0_f64.ln()], array![3.0, 2.0]));
    assert_eq!(logarithms::jvp(&[1.0, 0.0], vec![3.0, 4.0]), Err("the logarithm of 0".to_owned()));
    let (value, tangent) = polar::jvp(3.0, 4.0, 1.0, 2.0);
    assert_eq!(value, polar(3.0, 4.0));
    assert_close(tangent.0, 11.0 / 5.0);
    assert_close(tangent.1, 2.0 / 25.0);
}

#[test]
fn a_tangent_in_another_shape_is_lent() {
    let (x, along) = (array![[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], array![[1.0, 0.0, 2.0], [0.0, 0.0, -1.0]]);
    let (value, tangent) = in_rows::jvp(&x, along);
    assert_eq!(value, in_rows(&x));
    assert_eq!(tangent, value * array![2.0, 4.0, -2.0]);
}

#[test]
#[should_panic(expected = "`cube` cannot be differentiated forwards: it has a rule for `vjp` and none for `jvp`")]
fn a_rule_for_reverse_mode_alone() {
    assert_eq!(of_a_cube::grad(2.0), 13.0);
    of_a_cube::jvp(2.0, 1.0);
}

#[test]
fn a_long_loop_keeps_nothing() {
    let (value, tangent) = logistic::jvp(0.3, 0.5, 1.0, 0.0);
    assert_eq!((value, tangent), (logistic(0.3, 0.5), 0.0));
}

#[test]
#[should_panic(expected = "a tangent of shape [2] for an array of shape [3]")]
fn shapes_are_checked() {
    measured::jvp(&numbers(1, 3), 1.0, numbers(2, 2));
}
