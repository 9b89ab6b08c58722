//! Of methods, of types that are generic over their numbers.

use ndarray::prelude::*;
use odyssey_runtime::optim::{Optimizer, Sgd};
use odyssey_runtime::prelude::*;

use super::agrees;
use super::structs::numbers;

#[derive(Clone, Differentiable)]
struct Wave<T: Real> {
    rates: Array1<T>,
    weights: Array1<T>,
    times: usize,
}

fn wave() -> Wave<f64> {
    Wave { rates: array![0.4, -0.7, 0.9], weights: array![0.8, 0.3, -0.6], times: 2 }
}

impl<T: Real> Wave<T> {
    #[differentiable(order = 3)]
    fn height(&self, x: T) -> T {
        let mut y = (&self.rates * x).tanh().dot(&self.weights);
        for _ in 0..self.times {
            y = (y * x).sin() + y;
        }
        y
    }

    #[differentiable]
    fn slope(&self, x: T) -> T {
        self.height_grad(x).1
    }

    #[differentiable]
    fn curvature(&self, x: T) -> T {
        self.slope_grad(x).1
    }

    /// It does not vary, and is computed with all the same.
    #[differentiable(wrt(x), order = 3)]
    fn at(&self, x: T) -> T {
        (self.rates[0] * x).sin() * self.weights[1]
    }

    #[differentiable(wrt(x))]
    fn slope_at(&self, x: T) -> T {
        self.at_grad(x)
    }

    fn moved(&self, step: T, u: &WaveTangent<T>) -> Self {
        let mut moved = self.clone();
        moved.rates.scaled_add(step, &u.rates);
        moved.weights.scaled_add(step, &u.weights);
        moved
    }
}

fn along() -> WaveTangent<f64> {
    WaveTangent { rates: array![0.3, 0.5, -0.2], weights: array![-0.4, 0.1, 0.7], times: () }
}

#[test]
fn of_what_it_belongs_to_and_of_a_number() {
    let (wave, x, u) = (wave(), 0.3, along());
    let (d_wave, d_x) = wave.slope_hvp(x, u.clone(), 0.4);
    agrees(&[numbers(d_wave), vec![d_x]].concat(), |step| {
        let (d_wave, d_x) = wave.moved(step, &u).slope_grad(x + step * 0.4);
        [numbers(d_wave), vec![d_x]].concat()
    });
}

#[test]
fn left_out() {
    agrees(&[wave().slope_at_hvp(0.4, 1.0)], |step| vec![wave().slope_at_grad(0.4 + step)]);
}

/// Called from functions, and by its path.
#[differentiable(wrt(wave))]
fn residual<T: Real>(wave: &Wave<T>, points: &[T]) -> T {
    let mut sum = T::lit(0.0);
    for &x in points {
        let error = wave.curvature(x) + Wave::slope(wave, x) + x.sin();
        sum += error * error;
    }
    sum
}

#[test]
fn a_second_derivative_in_a_loss() {
    let difference = (wave().slope(0.2 + 1e-5) - wave().slope(0.2 - 1e-5)) / 2e-5;
    assert!((wave().curvature(0.2) - difference).abs() < 1e-8);
    residual::check_grad(&wave(), &[0.1, 0.5, -0.3]).unwrap();
    let mut fitted = wave();
    let mut sgd = Sgd::new(1e-3);
    let before = residual(&fitted, &[0.1, 0.5, -0.3]);
    for _ in 0..20 {
        let gradient = residual::grad(&fitted, &[0.1, 0.5, -0.3]);
        sgd.step(&mut fitted, &gradient);
    }
    assert!(residual(&fitted, &[0.1, 0.5, -0.3]) < before);
}

/// A block that is annotated as a whole, and a receiver that is given away.
#[derive(Clone, Copy, Differentiable)]
struct Point<T: Real> {
    x: T,
    y: T,
}

#[differentiable]
impl<T: Real> Point<T> {
    #[differentiable(order = 3)]
    fn potential(self, k: T) -> T {
        (self.x * self.x * self.y * k).sin()
    }

    fn work(self, k: T) -> T {
        let (d_point, d_k) = self.potential_grad(k);
        d_point.x * d_point.y + d_k
    }

    /// Of its result, the type has no part.
    #[differentiable(order = 3)]
    fn of_a_number(k: T, point: &Self) -> T {
        k * k * k * point.x
    }

    fn pull(k: T, point: &Self) -> T {
        Self::of_a_number_grad(k, point).0
    }
}

#[test]
fn blocks() {
    let (point, k) = (Point { x: 0.7, y: -0.4 }, 1.2);
    let moved = |step: f64| Point { x: point.x + step * 0.3, y: point.y - step * 0.6 };
    let u = PointTangent { x: 0.3, y: -0.6 };
    let (d_point, d_k) = point.work_hvp(k, u.clone(), 0.5);
    agrees(&[d_point.x, d_point.y, d_k], |step| {
        let (d_point, d_k) = moved(step).work_grad(k + step * 0.5);
        vec![d_point.x, d_point.y, d_k]
    });
    let (d_k, d_point) = Point::pull_hvp(k, &point, 0.5, u);
    agrees(&[d_k, d_point.x, d_point.y], |step| {
        let (d_k, d_point) = Point::pull_grad(k + step * 0.5, &moved(step));
        vec![d_k, d_point.x, d_point.y]
    });
}
