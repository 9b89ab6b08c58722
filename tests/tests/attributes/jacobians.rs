//! Jacobians, wide and tall, against central differences of the function itself.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::numbers;

/// Wide: more arguments than results.
#[differentiable]
fn moments(x: &Array1<f64>, shift: f64) -> Array1<f64> {
    let y = x - shift;
    array![y.sum(), (&y * &y).sum()]
}

/// Tall, with a list, an array of known length and a passive argument.
#[differentiable]
fn trajectory(start: [f64; 2], rates: &[f64], steps: usize) -> Vec<f64> {
    let [mut position, mut velocity] = start;
    let mut trail = Vec::new();
    for i in 0..steps {
        velocity -= rates[i % rates.len()] * position;
        position += 0.1 * velocity;
        trail.push(position);
    }
    trail
}

/// A rule for reverse mode alone.
#[differentiable(vjp = scaled_vjp)]
fn scaled(x: &Array1<f64>) -> Array1<f64> {
    x * x.sum()
}

fn scaled_vjp(x: &Array1<f64>) -> (Array1<f64>, impl FnOnce(Array1<f64>) -> Array1<f64>) {
    (scaled(x), move |d| &d * x.sum() + x.dot(&d))
}

#[differentiable]
fn powers<T: Real>(x: T, like: ArrayView1<T>) -> Array1<T> {
    like.exp() * x * x
}

#[derive(Clone, Differentiable)]
struct Filter {
    gain: f64,
}

impl Filter {
    #[differentiable(wrt(x))]
    fn apply(&self, x: Vec<f64>) -> [f64; 2] {
        [self.gain * x[0] * x[2], x[1].sin()]
    }
}

/// Central differences in each number.
fn differences<Y: AsRef<[f64]>>(x: &[f64], f: impl Fn(&[f64]) -> Y) -> Array2<f64> {
    let at = |number: usize, step: f64| {
        let mut moved = x.to_vec();
        moved[number] += step;
        f(&moved).as_ref().to_vec()
    };
    let rows = f(x).as_ref().len();
    let mut jacobian = Array2::zeros((rows, x.len()));
    for number in 0..x.len() {
        let (above, below) = (at(number, 1e-5), at(number, -1e-5));
        for row in 0..rows {
            jacobian[[row, number]] = (above[row] - below[row]) / 2e-5;
        }
    }
    jacobian
}

fn assert_near(jacobian: &Array2<f64>, expected: &Array2<f64>) {
    assert_eq!(jacobian.dim(), expected.dim());
    let is_near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-6 * (1e-3 + b.abs());
    assert!(jacobian.iter().zip(expected).all(is_near), "{jacobian} is not {expected}");
}

#[test]
fn wide() {
    let x = numbers(1, 5);
    let (of_x, of_shift) = moments::jacobian(&x, 0.4);
    assert_near(&of_x, &differences(x.as_slice().unwrap(), |x| moments(&arr1(x), 0.4).to_vec()));
    assert_near(&of_shift, &differences(&[0.4], |shift| moments(&x, shift[0]).to_vec()));
}

#[test]
fn tall() {
    let (start, rates) = ([0.3, 0.7], [1.1, 0.4, 0.8]);
    let (of_start, of_rates) = trajectory::jacobian(start, &rates, 9);
    assert_near(&of_start, &differences(&start, |start| trajectory([start[0], start[1]], &rates, 9)));
    assert_near(&of_rates, &differences(&rates, |rates| trajectory(start, rates, 9)));
    let (none, _) = trajectory::jacobian(start, &rates, 0);
    assert_eq!(none.dim(), (0, 2));
}

#[test]
fn rules_generics_and_methods() {
    let x = numbers(1, 3);
    assert_near(&scaled::jacobian(&x), &differences(x.as_slice().unwrap(), |x| scaled(&arr1(x)).to_vec()));
    let (of_x, of_view) = powers::jacobian(0.7, x.view());
    assert_near(&of_x, &differences(&[0.7], |v| powers(v[0], x.view()).to_vec()));
    assert_near(&of_view, &differences(x.as_slice().unwrap(), |v| powers(0.7, aview1(v)).to_vec()));
    let filter = Filter { gain: 1.5 };
    let x = vec![0.3, 0.9, -0.4];
    assert_near(&filter.apply_jacobian(x.clone()), &differences(&x, |x| filter.apply(x.to_vec())));
    assert_eq!(powers::jacobian(0.5_f32, array![0.0].view()).0, array![[1.0]]);
}
