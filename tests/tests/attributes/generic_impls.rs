//! Methods in `impl` blocks with parameters, of which the attribute sees nothing.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::siblings_agree;
use crate::support::{agrees, matrix};

#[derive(Clone, Differentiable)]
struct Dense<T: Real> {
    weight: Array2<T>,
    slope: T,
}

impl<T: Real> Dense<T> {
    #[differentiable]
    fn forward(&self, x: &Array2<T>) -> Array2<T> {
        (x.dot(&self.weight)).tanh() * self.slope
    }

    #[differentiable]
    fn loss(&self, x: &Array2<T>, times: usize) -> T {
        let mut y = x.to_owned();
        for _ in 0..times {
            y = self.forward(&y);
        }
        (&y * &y).sum() * T::lit(0.5) + self.slope * self.slope
    }
}

impl<T> Dense<T>
where
    T: Real,
{
    #[differentiable]
    fn bent(&self, x: T) -> T {
        (x * self.slope).softplus() + T::max(x, self.slope) - T::sqrt(x * x + T::one())
    }
}

#[differentiable]
fn of_doubles(dense: &Dense<f64>, x: &Array2<f64>) -> f64 {
    dense.loss(x, 2) + dense.bent(0.4)
}

/// A model with a name that it borrows.
#[derive(Clone, Copy, Differentiable)]
struct Oscillator<'a> {
    #[differentiable(skip)]
    name: &'a str,
    stiffness: f64,
    damping: f64,
}

impl<'a> Oscillator<'a> {
    #[differentiable]
    fn force(&self, x: f64, v: f64) -> f64 {
        let sign = if self.name.is_empty() { 1.0 } else { -1.0 };
        sign * (self.stiffness * x + self.damping * v)
    }

    #[differentiable]
    fn action(&self, x: f64, steps: usize) -> f64 {
        let (mut x, mut v) = (x, 0.0);
        for _ in 0..steps {
            v += 0.1 * self.force(x, v);
            x += 0.1 * v;
        }
        x * x + v * v
    }

    /// Names the lifetime.
    #[differentiable(wrt(x))]
    fn compared(&self, x: f64, with: &'a Oscillator<'a>) -> f64 {
        self.force(x, x) - with.force(x, 0.3)
    }
}

/// Numbers in what borrows.
#[differentiable]
fn lent<'a>(model: &Oscillator<'_>, others: &'a [Oscillator<'a>], x: f64) -> f64 {
    let mut total = model.force(x, 0.2);
    for i in 0..others.len() {
        total += others[i].stiffness * x;
    }
    total
}

#[differentiable(wrt(x))]
fn outside<'a, 'b>(model: &'b Oscillator<'a>, x: f64, others: &'b [Oscillator<'a>]) -> f64 {
    let mut total = 0.0;
    for i in 0..others.len() {
        total += model.action(x, i) * others[i].force(total, x);
    }
    total
}

#[derive(Clone, Differentiable)]
struct Polynomial<const N: usize> {
    coefficients: [f64; N],
}

impl<const N: usize> Polynomial<N> {
    #[differentiable]
    fn at(&self, x: f64) -> f64 {
        let mut value = 0.0;
        for i in (0..N).rev() {
            value = value * x + self.coefficients[i];
        }
        value
    }

    /// A constant of its own, which callers give.
    #[differentiable]
    fn moment<const ORDER: i32>(&self, x: f64) -> f64 {
        x.powi(ORDER) * self.at(x)
    }
}

#[differentiable]
fn moments(p: &Polynomial<3>, x: f64) -> f64 {
    p.moment::<2>(x) + Polynomial::moment::<1>(p, x)
}

fn dense() -> Dense<f64> {
    Dense { weight: matrix(1, 3, 3), slope: 0.8 }
}

#[test]
fn of_a_float() {
    let (dense, x) = (dense(), matrix(2, 2, 3));
    siblings_agree!(dense.loss(&x, 2): loss_value_and_grad, loss_grad, loss_vjp, loss_check_grad);
    siblings_agree!(dense.bent(0.3): bent_value_and_grad, bent_grad, bent_vjp, bent_check_grad);
    agrees!(of_doubles(&dense, &x), wrt 2);
    let single = Dense::<f32> { weight: matrix(1, 3, 3), slope: 0.8 };
    single.loss_check_grad(&matrix(2, 2, 3), 2).unwrap();
}

#[test]
fn of_a_lifetime() {
    let model = Oscillator { name: "pendulum", stiffness: 0.3, damping: 0.7 };
    siblings_agree!(model.action(0.8, 4): action_value_and_grad, action_grad, action_vjp, action_check_grad);
    let name = String::from("clock");
    let other = Oscillator { name: &name, stiffness: 0.5, damping: 0.2 };
    let gradient = other.compared_grad(0.4, &model);
    crate::support::assert_close(gradient, -0.7 + 0.3);
    siblings_agree!(other.action(0.8, 4): action_value_and_grad, action_grad, action_vjp, action_check_grad);
    agrees!(lent(&other, &[model, other], 0.3), wrt 3);
    let (models, step) = ([model, other], 1e-6);
    let difference = (outside(&model, 0.8 + step, &models) - outside(&model, 0.8 - step, &models)) / (2.0 * step);
    assert!((outside::grad(&model, 0.8, &models) - difference).abs() < 1e-8);
}

#[test]
fn of_a_constant() {
    let p = Polynomial { coefficients: [0.3, -0.5, 0.7] };
    siblings_agree!(p.at(0.6): at_value_and_grad, at_grad, at_vjp, at_check_grad);
    agrees!(moments(&p, 0.6), wrt 2);
}
