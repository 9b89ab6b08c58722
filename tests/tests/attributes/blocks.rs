//! The attribute on a whole `impl` block.

use std::fmt;
use std::ops::{Mul, Neg};

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::siblings_agree;
use crate::support::{agrees, matrix, numbers};

#[derive(Clone, Differentiable)]
struct Gru<T: Real> {
    update: Array2<T>,
    candidate: Array2<T>,
}

/// What has no derivative is left alone, without a word.
#[differentiable]
impl<T: Real> Gru<T> {
    const GATES: usize = 2;

    fn new(update: Array2<T>, candidate: Array2<T>) -> Self {
        Gru { update, candidate }
    }

    fn size(&self) -> usize {
        self.update.nrows()
    }

    fn weights(&self) -> &Array2<T> {
        &self.update
    }

    fn rows(&self) -> impl Iterator<Item = ArrayView1<'_, T>> {
        self.update.outer_iter()
    }

    fn print(&self) {
        println!("{:?}", self.update);
    }

    fn step(&self, x: &Array1<T>, h: &Array1<T>) -> Array1<T> {
        let gate = (self.update.dot(x) + h).sigmoid();
        let candidate = (self.candidate.dot(x) * h).tanh();
        &gate * h + gate.mapv(|g| T::one() - g) * candidate
    }

    #[differentiable(wrt(self))]
    fn run(&self, x: &Array1<T>, times: usize) -> T {
        let mut h = x.to_owned();
        for _ in 0..times {
            h = self.step(x, &h);
        }
        h.dot(&h)
    }

    /// The macro looks at it no more than at others that it cannot know.
    #[differentiable(skip)]
    fn skipped(&self, x: T) -> T {
        let mut bits = std::collections::BTreeMap::new();
        bits.insert(self.size(), x);
        bits[&self.size()]
    }

    /// Other names for the companions.
    #[differentiable(name = attenuated)]
    fn damped(&self, by: T) -> T {
        self.update[[0, 0]] * by
    }
}

#[derive(Clone, Copy, PartialEq, Debug, Differentiable)]
struct Vector {
    x: f64,
    y: f64,
}

/// Traits of others: the companions are the type's own.
#[differentiable(inherent)]
impl Neg for Vector {
    type Output = Vector;

    fn neg(self) -> Self::Output {
        Vector { x: -self.x, y: -self.y }
    }
}

#[differentiable(inherent)]
impl Mul<f64> for Vector {
    type Output = Self;

    fn mul(self, factor: f64) -> Self::Output {
        Vector { x: self.x * factor, y: self.y * factor }
    }
}

/// A trait that says nothing of derivatives.
trait Energy {
    type Number;

    fn energy(&self, at: Self::Number) -> Self::Number;
}

#[derive(Clone, Differentiable)]
struct Spring<T: Real> {
    stiffness: T,
}

#[differentiable(inherent)]
impl<T: Real> Energy for Spring<T> {
    type Number = T;

    fn energy(&self, at: Self::Number) -> T {
        self.stiffness * at * at
    }
}

#[differentiable(inherent)]
impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {})", self.x, self.y)
    }
}

#[differentiable]
fn through_traits(v: Vector, k: f64) -> f64 {
    let w = Vector::neg(v);
    let u = Vector::mul(w, k);
    u.x * u.y + k * w.x
}

#[differentiable]
fn springs(spring: &Spring<f64>, x: f64) -> f64 {
    spring.energy(x) * Spring::energy(spring, 0.5 * x)
}

#[test]
fn of_types() {
    let gru = Gru::new(matrix::<f64>(1, 3, 3), matrix(2, 3, 3));
    let x = numbers(3, 3);
    siblings_agree!(gru.run(&x, 3): run_value_and_grad, run_grad, run_vjp, run_check_grad);
    siblings_agree!(gru.damped(0.3):
        attenuated_value_and_grad, attenuated_grad, attenuated_vjp, attenuated_check_grad);
    assert_eq!((gru.size(), gru.rows().count(), gru.weights().ncols(), Gru::<f64>::GATES), (3, 3, 3, 2));
    assert_eq!(gru.skipped(0.5), 0.5);
    gru.print();
}

#[test]
fn of_traits_of_others() {
    let v = Vector { x: 0.3, y: -0.8 };
    assert_eq!((-v, v * 2.0), (Vector { x: -0.3, y: 0.8 }, Vector { x: 0.6, y: -1.6 }));
    assert_eq!(v.to_string(), "(0.3, -0.8)");
    agrees!(through_traits(v, 0.7), wrt 2);
    let spring = Spring { stiffness: 1.3 };
    siblings_agree!(spring.energy(0.4): energy_value_and_grad, energy_grad, energy_vjp, energy_check_grad);
    agrees!(springs(&spring, 0.4), wrt 2);
}
