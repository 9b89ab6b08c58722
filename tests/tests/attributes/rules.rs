//! Derivatives written by hand: for what the compiler does not know, or knows less well.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::siblings_agree;
use crate::support::{agrees, matrix, numbers};

/// The body may be anything: here, a root found by bisection.
#[differentiable(vjp = root_vjp, jvp = root_jvp, order = 2)]
fn root(a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 10.0);
    loop {
        let middle = 0.5 * (low + high);
        if high - low < 1e-13 {
            break middle;
        }
        match (middle * middle * middle + a * middle - b).partial_cmp(&0.0) {
            Some(std::cmp::Ordering::Less) => low = middle,
            _ => high = middle,
        }
    }
}

/// By the implicit function theorem.
fn root_vjp(a: f64, b: f64) -> (f64, impl FnOnce(f64) -> (f64, f64)) {
    let x = root(a, b);
    (x, move |d| {
        let slope = 3.0 * x * x + a;
        (-d * x / slope, d / slope)
    })
}

/// Differentiable itself: so is the root, twice.
#[differentiable]
fn root_jvp(a: f64, b: f64, a_dot: f64, b_dot: f64) -> (f64, f64) {
    let x = root(a, b);
    (x, (b_dot - a_dot * x) / (3.0 * x * x + a))
}

#[differentiable]
fn sum_of_roots(a: f64, b: f64, times: usize) -> f64 {
    let mut total = a;
    for i in 0..times {
        total += root(total, b) * (i + 1) as f64;
    }
    total
}

/// The natural way to write a rule: its pullback borrows.
#[differentiable(vjp = self::norms::vjp, jvp = self::norms::jvp, order = 2)]
fn norm(x: &Array1<f64>) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

mod norms {
    use ndarray::Array1;
    use odyssey_runtime::prelude::*;

    pub(super) fn vjp(x: &Array1<f64>) -> (f64, impl FnOnce(f64) -> Array1<f64>) {
        let value = super::norm(x);
        (value, move |d| x * (d / value))
    }

    #[differentiable]
    pub(super) fn jvp(x: &Array1<f64>, x_dot: Array1<f64>) -> (f64, f64) {
        let value = super::norm(x);
        (value, x.dot(&x_dot) / value)
    }
}

/// State that a borrowing pullback could not outlive.
#[differentiable]
fn normalised(x: &Array1<f64>, w: &Array2<f64>, times: usize) -> f64 {
    let mut state = x.to_owned();
    for _ in 0..times {
        let next = w.dot(&state);
        let length = norm(&next);
        state = next / (1.0 + length);
    }
    norm(&state)
}

/// Generic, with a passive argument; only one is differentiated.
#[differentiable(wrt(x), vjp = power_vjp, jvp = power_jvp, order = 2)]
fn power<T: Real>(x: T, scale: T, n: i32) -> T {
    let mut product = scale;
    let mut left = n;
    while left > 0 {
        product *= x;
        left -= 1;
    }
    product
}

fn power_vjp<T: Real>(x: T, scale: T, n: i32) -> (T, Box<dyn FnOnce(T) -> T>) {
    (power(x, scale, n), Box::new(move |d| d * scale * T::lit(f64::from(n)) * x.powi(n - 1)))
}

#[differentiable(wrt(x, x_dot))]
fn power_jvp<T: Real>(x: T, scale: T, n: i32, x_dot: T) -> (T, T) {
    (power(x, scale, n), x_dot * scale * T::lit(f64::from(n)) * x.powi(n - 1))
}

#[differentiable]
fn powers(x: f64) -> f64 {
    power(x, 2.0, 3) + power(power(x, 0.5, 2), 1.5, 2)
}

/// In halves: what the first one computed is not computed twice.
#[differentiable(vjp = (solve_forward, solve_backward), jvp = solve_forwards, order = 2)]
fn diagonal_solve(diagonal: &Array1<f64>, b: Array1<f64>, shift: f64) -> Array1<f64> {
    solve_forward(diagonal, b, shift).0
}

#[differentiable]
fn solve_forward(diagonal: &Array1<f64>, b: Array1<f64>, shift: f64) -> (Array1<f64>, Array1<f64>) {
    let inverse = diagonal.mapv(|v| 1.0 / (v + shift));
    (b * &inverse, inverse)
}

fn solve_backward(
    diagonal: &Array1<f64>,
    b: &Array1<f64>,
    shift: &f64,
    x: &Array1<f64>,
    inverse: Array1<f64>,
    d_x: Array1<f64>,
) -> (Array1<f64>, Array1<f64>, f64) {
    assert_eq!((diagonal.len(), *shift), (b.len(), 0.5));
    let d_b = d_x * &inverse;
    let d_diagonal = -(&d_b * x);
    let d_shift = d_diagonal.sum();
    (d_diagonal, d_b, d_shift)
}

#[differentiable]
fn solve_forwards(
    diagonal: &Array1<f64>,
    b: Array1<f64>,
    shift: f64,
    diagonal_dot: Array1<f64>,
    b_dot: Array1<f64>,
    shift_dot: f64,
) -> (Array1<f64>, Array1<f64>) {
    let (x, inverse) = solve_forward(diagonal, b, shift);
    let x_dot = (b_dot - &x * (diagonal_dot + shift_dot)) * inverse;
    (x, x_dot)
}

#[differentiable]
fn relaxed(diagonal: &Array1<f64>, b: &Array1<f64>, times: usize) -> f64 {
    let mut x = b.to_owned();
    for _ in 0..times {
        x = diagonal_solve(diagonal, x.clone(), 0.5) + b;
    }
    x.dot(&x)
}

#[derive(Clone, Copy, Differentiable)]
struct Spring<T: Real> {
    stiffness: T,
    length: T,
}

impl<T: Real> Spring<T> {
    /// A rule among the methods.
    #[differentiable(vjp = Self::energy_rule, jvp = Self::energy_forwards, order = 2)]
    fn energy(&self, x: T) -> T {
        let mut stretch = x;
        stretch -= self.length;
        self.stiffness * stretch * stretch / T::lit(2.0)
    }

    fn energy_rule(&self, x: T) -> (T, impl FnOnce(T) -> (SpringTangent<T>, T)) {
        let stretch = x - self.length;
        let force = self.stiffness * stretch;
        (self.energy(x), move |d| {
            (SpringTangent { stiffness: d * stretch * stretch / T::lit(2.0), length: -d * force }, d * force)
        })
    }

    #[differentiable]
    fn energy_forwards(&self, x: T, self_dot: SpringTangent<T>, x_dot: T) -> (T, T) {
        let stretch = x - self.length;
        let of_stiffness = self_dot.stiffness * stretch * stretch / T::lit(2.0);
        (self.energy(x), of_stiffness + self.stiffness * stretch * (x_dot - self_dot.length))
    }

    /// By value, in halves.
    #[differentiable(wrt(self), vjp = (Self::force_forward, Self::force_backward), jvp = Self::force_forwards, order = 2)]
    fn force(self, x: T) -> T {
        self.force_forward(x).0
    }

    #[differentiable(wrt(self))]
    fn force_forward(self, x: T) -> (T, T) {
        let stretch = x - self.length;
        (self.stiffness * stretch, stretch)
    }

    fn force_backward(&self, _x: &T, _force: &T, stretch: T, d: T) -> SpringTangent<T> {
        SpringTangent { stiffness: d * stretch, length: -d * self.stiffness }
    }

    #[differentiable(wrt(self, self_dot))]
    fn force_forwards(self, x: T, self_dot: SpringTangent<T>) -> (T, T) {
        let (force, stretch) = self.force_forward(x);
        (force, self_dot.stiffness * stretch - self.stiffness * self_dot.length)
    }
}

#[differentiable(wrt(a, b))]
fn springs(a: &Spring<f64>, b: Spring<f64>, x: f64) -> f64 {
    a.energy(x) * b.force(x) + Spring::energy(&b, x) * Spring::force(b, 0.3)
}

/// A rule of a function that can fail fails as well.
#[differentiable(vjp = logarithm_vjp, jvp = logarithm_jvp)]
fn logarithm(x: f64) -> Result<f64, String> {
    if x <= 0.0 { Err(format!("the logarithm of {x}")) } else { Ok(x.ln()) }
}

fn logarithm_vjp(x: f64) -> Result<(f64, impl FnOnce(f64) -> f64), String> {
    let value = logarithm(x)?;
    Ok((value, move |d| d / x))
}

fn logarithm_jvp(x: f64, x_dot: f64) -> Result<(f64, f64), String> {
    Ok((logarithm(x)?, x_dot / x))
}

/// The same in halves.
#[differentiable(vjp = (inverse_forward, inverse_backward), jvp = inverse_forwards)]
fn inverse(x: f64, scale: &Array1<f64>) -> Option<f64> {
    inverse_forward(x, scale).map(|(value, _)| value)
}

fn inverse_forwards(x: f64, scale: &Array1<f64>, x_dot: f64, scale_dot: Array1<f64>) -> Option<(f64, f64)> {
    let value = inverse(x, scale)?;
    Some((value, (scale_dot.sum() - value * x_dot) / x))
}

fn inverse_forward(x: f64, scale: &Array1<f64>) -> Option<(f64, f64)> {
    (x != 0.0).then(|| (scale.sum() / x, 1.0 / x))
}

fn inverse_backward(_x: &f64, scale: &Array1<f64>, value: &f64, inverse: f64, d: f64) -> (f64, Array1<f64>) {
    (-d * value * inverse, Array1::from_elem(scale.len(), d * inverse))
}

#[test]
fn whole_rules() {
    agrees!(root(1.3, 2.0), wrt 2);
    agrees!(sum_of_roots(1.3, 2.0, 3), wrt 2);
    agrees!(norm(&numbers(1, 4)));
    agrees!(normalised(&numbers(1, 3), &matrix(2, 3, 3), 4), wrt 2);
    agrees!(power(0.7, 2.0, 3) as f64);
    agrees!(powers(0.8));
}

#[test]
fn halves() {
    let (diagonal, b) = (numbers(1, 4) + 2.0, numbers(2, 4));
    agrees!(relaxed(&diagonal, &b, 3), wrt 2);
    let (value, pullback) = diagonal_solve::vjp(&diagonal, b.clone(), 0.5);
    assert_eq!(value, diagonal_solve(&diagonal, b, 0.5));
    let (_, d_b, d_shift) = pullback(Array1::ones(4));
    assert_eq!(d_b, diagonal.mapv(|v| 1.0 / (v + 0.5)));
    crate::support::assert_close(d_shift, -(value * d_b).sum());
}

#[test]
fn of_methods() {
    let (a, b) = (Spring { stiffness: 0.7, length: 1.1 }, Spring { stiffness: 1.3, length: -0.4 });
    siblings_agree!(a.energy(0.3): energy_value_and_grad, energy_grad, energy_vjp, energy_check_grad);
    siblings_agree!(b.force(0.3): force_value_and_grad, force_grad, force_vjp, force_check_grad);
    agrees!(springs(&a, b, 0.9), wrt 2);
}

#[test]
fn that_fail() {
    assert_eq!(logarithm::value_and_grad(2.0), Ok((2.0_f64.ln(), 0.5)));
    assert_eq!(logarithm::grad(-1.0), Err("the logarithm of -1".to_owned()));
    logarithm::check_grad(0.3).unwrap().unwrap();
    assert!(logarithm::check_grad(0.0).is_err());
    let scale = numbers(1, 3);
    let (value, pullback) = inverse::vjp(0.5, &scale).unwrap();
    assert_eq!((value, pullback(1.0)), (2.0 * scale.sum(), (-4.0 * scale.sum(), Array1::from_elem(3, 2.0))));
    assert_eq!(inverse::grad(0.0, &scale), None);
    inverse::check_grad(0.7, &scale).unwrap().unwrap();
    assert_eq!(logarithm::jvp(2.0, 3.0), Ok((2.0_f64.ln(), 1.5)));
    assert!(logarithm::jvp(0.0, 1.0).is_err());
    assert_eq!(inverse::jvp(0.5, &scale, 1.0, Array1::zeros(3)), Some((value, -2.0 * value)));
    assert_eq!(inverse::jvp(0.0, &scale, 1.0, Array1::zeros(3)), None);
}
