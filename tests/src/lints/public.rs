//! Functions that the crate exports.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use odyssey_runtime::losses::cross_entropy_loss;
use odyssey_runtime::prelude::*;

/// A formula.
#[differentiable]
#[must_use]
pub fn energy(position: &Array1<f64>, stiffness: f64) -> f64 {
    (position * position).sum() * stiffness / 2.0
}

/// An array.
#[differentiable]
#[must_use]
pub fn doubled(position: &Array1<f64>, offset: f64) -> Array1<f64> {
    position * 2.0 + offset
}

/// A pair.
#[differentiable]
#[must_use]
pub fn roots(half: f64, product: f64) -> (f64, f64) {
    let root = half.mul_add(half, -product).sqrt();
    (-half - root, -half + root)
}

/// A loop over elements, with branches.
#[differentiable(wrt(values))]
#[must_use]
pub fn series(values: &[f64], limit: f64, stride: usize) -> f64 {
    let mut total = 0.0;
    let mut weight = 1.0;
    for index in (0..values.len()).step_by(stride).rev() {
        let value = values[index];
        total += if value > limit { limit } else { value * weight };
        weight *= 0.5;
        if total > 10.0 {
            weight = 0.0;
        }
    }
    total.tanh()
}

/// Products, broadcasting and a softmax.
#[differentiable]
#[must_use]
pub fn attention(queries: &Array2<f64>, keys: &Array2<f64>, values: &ArrayView2<'_, f64>) -> f64 {
    let scores = queries.dot(&keys.t()) / 2.0_f64.sqrt();
    let weights = scores.softmax(Axis(1));
    weights.dot(values).mapv(|entry| entry * entry).sum_axis(Axis(0)).sum()
}

/// A loss of the runtime's.
#[differentiable(wrt(weights))]
#[must_use]
pub fn classify(weights: &Array2<f64>, inputs: &Array2<f64>, labels: &[usize]) -> f64 {
    let logits = inputs.dot(weights);
    cross_entropy_loss(&logits, labels) + 0.1 * (weights * weights).sum()
}

/// Generic over the float.
#[differentiable]
#[must_use]
pub fn bare<T: Real>(first: T, second: T) -> T {
    let product = first * second;
    product.sin() * T::lit(0.5)
}

/// Arguments by value, one of them a pattern.
#[differentiable]
#[must_use]
pub fn by_value(array: Array1<f64>, (low, high): (f64, f64)) -> f64 {
    let shifted = array * high + low;
    shifted.dot(&shifted)
}

/// Comparisons that only the derivative makes.
#[differentiable]
#[must_use]
pub fn limits(first: f64, second: f64, low: f64, high: f64, shift: f64) -> f64 {
    let largest = first.max(second);
    largest.clamp(low, high) + shift.abs()
}

/// What is carried through nested loops is added to in place.
#[differentiable]
#[must_use]
pub fn nested<T>(matrix: &Array2<T>, weights: &[T]) -> T
where
    T: Real,
{
    let mut total = T::zero();
    for row in 0..matrix.nrows() {
        let mut partial = T::one();
        for column in 0..matrix.ncols() {
            partial += matrix[[row, column]] * weights[column];
            partial *= weights[row];
        }
        total += partial.sin();
    }
    total
}

/// An exponent that is known when it runs, and a product of which the pullback needs one factor.
#[differentiable]
#[must_use]
pub fn well<T: Real>(radius: T, depth: T, power: i32) -> T {
    let attraction = radius.powi(power);
    T::lit(4.0) * depth * (attraction * attraction - attraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn derivatives() {
        energy::check_grad(&array![0.3, 0.5], 2.0).unwrap();
        series::check_grad(&[0.3, 0.9, 0.1], 0.5, 1).unwrap();
        let weights = array![[0.3, 0.5], [0.1, 0.7]];
        let view = weights.view();
        let (value, pullback) = attention::vjp(&weights, &weights, &view);
        assert!((value - attention(&weights, &weights, &view)).abs() < 1e-12);
        assert_eq!(pullback(1.0), attention::grad(&weights, &weights, &view));
        classify::check_grad(&weights, &weights, &[0, 1]).unwrap();
        bare::check_grad(0.3, 0.9).unwrap();
        limits::check_grad(0.3, 0.7, 0.1, 0.8, -1.0).unwrap();
        nested::check_grad(&weights, &[0.3, 0.8]).unwrap();
        well::check_grad(1.3, 0.7, -6).unwrap();
        by_value::check_grad(array![0.3, 0.5], (0.2, 0.4)).unwrap();
        let (_, pullback) = roots::vjp(3.0, 2.0);
        assert_eq!(pullback((1.0, 1.0)), (-2.0, 0.0));
        let (position, stiffness) = (array![0.3, 0.5], 2.0);
        let (_, pullback) = doubled::vjp(&position, stiffness);
        assert_eq!(pullback(array![1.0, 2.0]), (array![2.0, 4.0], 3.0));
    }
}

/// As many arguments as a lint allows, of which the hidden form has more.
#[differentiable]
#[must_use]
pub fn seven(aa: f64, bb: f64, cc: f64, dd: f64, ee: f64, ff: f64, gg: f64) -> f64 {
    aa * bb + cc * dd + ee * ff + gg
}

/// A method with as many.
#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Seven {
    /// One number.
    pub a: f64,
    /// And another.
    pub b: f64,
}

#[differentiable]
impl Seven {
    /// The sum of products.
    #[must_use]
    pub fn of(&self, bb: f64, cc: f64, dd: f64, ee: f64, ff: f64, gg: f64) -> f64 {
        seven(self.a, bb, cc, dd, ee, ff, gg) * self.b
    }
}
