//! Methods of plain structs: `self` in all its forms, and who calls whom.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::siblings_agree;
use crate::support::{agrees, matrix, numbers};

#[derive(Clone, Differentiable)]
struct Linear {
    weight: Array2<f64>,
    bias: Array1<f64>,
}

impl Linear {
    #[differentiable]
    fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        x.dot(&self.weight) + &self.bias
    }

    /// Says what it means to differentiate.
    #[differentiable(wrt(self))]
    fn penalty(&self, strength: f64) -> f64 {
        strength * ((&self.weight * &self.weight).sum() + (&self.bias * &self.bias).sum())
    }
}

#[derive(Clone, Differentiable)]
struct Mlp {
    hidden: Linear,
    output: Linear,
}

impl Mlp {
    /// The same name as that of the layers, on another type.
    #[differentiable]
    fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        let hidden = self.hidden.forward(x).tanh();
        self.output.forward(&hidden)
    }

    #[differentiable(wrt(self, x))]
    fn loss(&self, x: &Array2<f64>, y: &Array2<f64>) -> f64 {
        let error = self.forward(x) - y;
        (&error * &error).mean().unwrap() + self.hidden.penalty(0.01)
    }

    #[differentiable(wrt(self))]
    fn weighted(&self, x: &Array2<f64>, times: usize) -> f64 {
        let mut state = x.to_owned();
        for step in 0..times {
            state = self.forward(&state);
            if step % 2 == 0 {
                state = &state * 0.5;
            }
        }
        state.sum()
    }
}

/// A caller that wants the gradient of the data alone.
#[differentiable(wrt(x))]
fn sensitivity(model: &Mlp, x: &Array2<f64>) -> f64 {
    let y = model.forward(x);
    (&y * &y).sum()
}

/// By its path, and through references.
#[differentiable]
fn by_path(layers: &[Linear; 2], x: &Array2<f64>) -> f64 {
    let first = &layers[0];
    let h = Linear::forward(first, x);
    let boxed = &&layers[1];
    boxed.forward(&h).sum()
}

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    #[differentiable]
    fn dot(self, other: Point) -> f64 {
        self.x * other.x + self.y * other.y
    }

    #[differentiable]
    fn distance(self, other: &Self, scale: f64) -> f64 {
        let dx = self.x - other.x;
        let dy = self.y - other.y;
        scale * (dx * dx + dy * dy).sqrt()
    }

    #[differentiable]
    fn length(&self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    /// A receiver that is changed in place, and a variable of the name that the pullback would give it.
    #[differentiable]
    fn squared(mut self, this: f64) -> f64 {
        let twice = self.x * 2.0;
        self = Point::swapped(self);
        (self.x + twice * this) * self.y
    }

    #[differentiable]
    fn swapped(self) -> Self {
        self
    }

    /// `self` is passive, and asked for.
    #[differentiable(wrt(k))]
    fn passive(&self, k: f64) -> f64 {
        if self.x > 0.0 { k * k * self.y } else { k }
    }
}

#[differentiable]
fn calls_by_value(a: Point, b: Point) -> f64 {
    a.dot(b) * Point::dot(b, a) + a.distance(&b, 0.5) + Point::distance(a, &b, 1.5) + a.length() + Point::length(&b)
}

fn mlp() -> Mlp {
    let linear = |seed, rows, columns| Linear { weight: matrix(seed, rows, columns), bias: numbers(seed + 1, columns) };
    Mlp { hidden: linear(1, 3, 4), output: linear(3, 4, 3) }
}

#[test]
fn of_structs() {
    let model = mlp();
    let layer = &model.hidden;
    siblings_agree!(layer.penalty(0.3): penalty_value_and_grad, penalty_grad, penalty_vjp, penalty_check_grad);
    let (x, y) = (matrix(5, 2, 3), matrix(6, 2, 3));
    siblings_agree!(model.loss(&x, &y): loss_value_and_grad, loss_grad, loss_vjp, loss_check_grad);
    siblings_agree!(model.weighted(&x, 3): weighted_value_and_grad, weighted_grad, weighted_vjp, weighted_check_grad);
    agrees!(sensitivity(&model, &x), wrt 1 behind 1);
    agrees!(by_path(&[model.hidden.clone(), model.output.clone()], &x), wrt 2);
}

#[test]
fn of_arrays() {
    let (model, x) = (mlp(), matrix(5, 2, 3));
    let (value, pullback) = model.forward_vjp(&x);
    crate::support::assert_same_gradient(value.clone(), &model.forward(&x), f64::EPSILON);
    let (_, d_x) = pullback(2.0 * &value);
    let gradient = sensitivity::grad(&model, &x);
    crate::support::assert_same_gradient(d_x, &gradient, f64::EPSILON);
}

#[test]
fn receivers() {
    let (a, b) = (Point { x: 0.3, y: -0.7 }, Point { x: 1.1, y: 0.4 });
    siblings_agree!(a.dot(b): dot_value_and_grad, dot_grad, dot_vjp, dot_check_grad);
    siblings_agree!(a.distance(&b, 0.6): distance_value_and_grad, distance_grad, distance_vjp, distance_check_grad);
    siblings_agree!(a.length(): length_value_and_grad, length_grad, length_vjp, length_check_grad);
    siblings_agree!(a.squared(0.4): squared_value_and_grad, squared_grad, squared_vjp, squared_check_grad);
    siblings_agree!(b.passive(0.4): passive_value_and_grad, passive_grad, passive_vjp, passive_check_grad);
    agrees!(calls_by_value(a, b), wrt 2);
}
