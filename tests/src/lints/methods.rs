//! Methods and associated functions, public and private.

use ndarray::{Array1, Array2};
use odyssey_runtime::prelude::*;

/// A layer of any float.
#[derive(Differentiable, Clone, Debug)]
pub struct Dense<T: Real> {
    weights: Array2<T>,
    /// Its offset.
    pub bias: Array1<T>,
}

impl<T: Real> Dense<T> {
    /// All weights the same.
    #[must_use]
    pub fn new(rows: usize, columns: usize) -> Self {
        Self { weights: Array2::from_elem((rows, columns), T::lit(0.25)), bias: Array1::zeros(columns) }
    }

    /// An array.
    #[differentiable]
    #[must_use]
    pub fn forward(&self, input: &Array1<T>) -> Array1<T> {
        self.weights.t().dot(input) + &self.bias
    }

    /// A number, of a loop.
    #[differentiable(wrt(self))]
    #[must_use]
    pub fn energy(&self, input: &Array1<T>, times: usize) -> T {
        let mut state = input.to_owned();
        for _ in 0..times {
            state = self.forward(&state);
        }
        state.dot(&state)
    }

    /// Nobody calls it, but for its gradient.
    #[differentiable]
    fn penalty(&self, strength: T) -> T {
        strength * self.bias.dot(&self.bias)
    }

    /// Its parameters are passive.
    #[differentiable(wrt(strength))]
    #[must_use]
    pub fn to_strength(&self, strength: T, unused: T) -> T {
        let _ = unused;
        strength * strength
    }
}

/// A point that is copied.
#[derive(Differentiable, Clone, Copy, Debug)]
pub struct Point {
    x: f64,
    y: f64,
}

impl Point {
    /// By value.
    #[differentiable]
    #[must_use]
    pub fn dot(self, other: Self) -> f64 {
        self.x.mul_add(other.x, self.y * other.y)
    }

    /// Without a receiver.
    #[differentiable]
    #[must_use]
    pub fn mixed(left: &Self, right: &Self) -> f64 {
        left.dot(*right) * Self::dot(*right, *right)
    }

    /// Used through its gradient alone.
    #[differentiable]
    fn applied(self, function: impl Fn(f64) -> f64, by: f64) -> f64 {
        self.x * by * function(0.5) * self.y
    }

    /// With the wants, as many arguments as a lint allows.
    #[differentiable]
    #[must_use]
    pub fn six(self, one: f64, two: f64, three: f64, four: f64, five: f64) -> f64 {
        self.x * one * two * three * four * five * self.y
    }
}

/// The gradients of what is private.
#[must_use]
pub(super) fn all(point: f64) -> f64 {
    let dense = Dense::new(2, 2);
    let (gradient, strength) = dense.penalty_grad(point);
    let (_, slope) = Point { x: point, y: 0.0 }.applied_grad(|half| half * point, 1.0);
    gradient.bias.sum() + strength + slope
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn derivatives() {
        let mut dense = Dense::<f64>::new(2, 2);
        dense.bias = array![0.3, 0.5];
        dense.energy_check_grad(&array![0.2, 0.7], 2).unwrap();
        dense.penalty_check_grad(0.4).unwrap();
        dense.to_strength_check_grad(0.4, 0.1).unwrap();
        let input = array![0.2, 0.7];
        let (_, pullback) = dense.forward_vjp(&input);
        assert_eq!(pullback(array![1.0, 0.0]).1, array![0.25, 0.25]);
        let (a, b) = (Point { x: 0.3, y: 0.8 }, Point { x: 0.5, y: -0.2 });
        a.dot_check_grad(b).unwrap();
        Point::mixed_check_grad(&a, &b).unwrap();
        a.six_check_grad(0.3, 0.5, 0.7, 0.9, 1.1).unwrap();
        assert!(all(0.5).abs() < 1e-12, "the bias is zero");
    }
}
