//! Methods that change what they are called on, and rules for functions that change their arguments.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::siblings_agree;
use crate::support::{agrees, assert_close, numbers};

#[derive(Clone, PartialEq, Debug, Differentiable)]
struct Pendulum {
    angle: f64,
    speed: f64,
}

#[differentiable]
impl Pendulum {
    fn step(&mut self, time: f64, friction: f64) {
        self.speed -= time * (self.angle.sin() + friction * self.speed);
        self.angle += time * self.speed;
    }

    /// Returns what it leaves.
    fn kick(&mut self, by: f64) -> f64 {
        self.speed += by * self.angle;
        0.5 * self.speed * self.speed
    }

    fn energy(&self) -> f64 {
        0.5 * self.speed * self.speed - self.angle.cos()
    }
}

#[differentiable]
fn swing(start: &Pendulum, friction: f64, steps: usize) -> f64 {
    let mut state = start.clone();
    for _ in 0..steps {
        state.step(0.1, friction);
    }
    let kicked = Pendulum::kick(&mut state, 0.3);
    state.energy() * kicked
}

/// In halves: the first changes the argument as the function does.
#[differentiable(vjp = (double_forward, double_backward), jvp = double_forwards)]
fn double(x: &mut Array1<f64>, by: f64) {
    double_forward(x, by);
}

fn double_forward(x: &mut Array1<f64>, by: f64) -> ((), Array1<f64>) {
    let before = x.clone();
    x.mapv_inplace(|v| v * v * by);
    ((), before)
}

/// Without the argument, which is not what it was; with the cotangent of what was left in it.
fn double_backward(by: &f64, (): &(), before: Array1<f64>, left: Array1<f64>) -> (Array1<f64>, f64) {
    let d_by = (&before * &before * &left).sum();
    (2.0 * *by * before * left, d_by)
}

/// Forwards: the tangent of what was in the argument for that of what is left in it.
fn double_forwards(x: &mut Array1<f64>, by: f64, x_dot: Array1<f64>, by_dot: f64) -> ((), Array1<f64>) {
    let left_dot = &*x * (2.0 * by) * x_dot + &*x * &*x * by_dot;
    double(x, by);
    ((), left_dot)
}

#[differentiable]
fn doubled_twice(x: &Array1<f64>, by: f64) -> f64 {
    let mut y = x.to_owned();
    double(&mut y, by);
    double(&mut y, by + 1.0);
    y.sum()
}

/// A value of its own, and a rule of a method.
#[derive(Clone, Differentiable)]
struct Counter {
    total: f64,
}

impl Counter {
    #[differentiable(vjp = (Self::add_forward, Self::add_backward), jvp = Self::add_forwards)]
    fn add(&mut self, x: f64) -> f64 {
        self.add_forward(x).0
    }

    fn add_forward(&mut self, x: f64) -> (f64, f64) {
        let before = self.total;
        self.total += x * x;
        (before * x, before)
    }

    fn add_backward(x: &f64, _value: &f64, before: f64, d: f64, left: CounterTangent) -> (CounterTangent, f64) {
        (CounterTangent { total: left.total + d * x }, 2.0 * x * left.total + d * before)
    }

    fn add_forwards(&mut self, x: f64, mut self_dot: CounterTangent, x_dot: f64) -> (f64, f64, CounterTangent) {
        let dot = self_dot.total * x + self.total * x_dot;
        self_dot.total += 2.0 * x * x_dot;
        (self.add(x), dot, self_dot)
    }
}

#[differentiable]
fn counted(start: f64, x: f64) -> f64 {
    let mut counter = Counter { total: start };
    let first = Counter::add(&mut counter, x);
    let second = Counter::add(&mut counter, first);
    second * counter.total
}

#[test]
fn methods() {
    let pendulum = Pendulum { angle: 0.7, speed: 0.3 };
    agrees!(swing(&pendulum, 0.2, 4), wrt 2);
    let mut kicked = pendulum.clone();
    kicked.kick_check_grad(0.4).unwrap();
    let (value, (d_self, d_by)) = kicked.kick_value_and_grad(0.4);
    let speed = 0.3 + 0.4 * 0.7;
    assert_close(value, 0.5 * speed * speed);
    assert_eq!((kicked.angle, kicked.speed), (0.7, speed));
    assert_close(d_self.angle, 0.4 * speed);
    assert_close(d_by, 0.7 * speed);
    let mut again = pendulum.clone();
    let (d_self, d_by) = again.kick_hvp(0.4, PendulumTangent { angle: 0.3, speed: -0.2 }, 0.5);
    assert_eq!(again, kicked);
    let speed_dot = -0.2 + 0.4 * 0.3 + 0.5 * 0.7;
    assert_close(d_self.angle, 0.5 * speed + 0.4 * speed_dot);
    assert_close(d_self.speed, speed_dot);
    assert_close(d_by, 0.3 * speed + 0.7 * speed_dot);
    siblings_agree!(pendulum.energy(): energy_value_and_grad, energy_grad, energy_vjp, energy_check_grad);
}

#[test]
fn pullbacks_own_what_they_keep() {
    let mut state = Pendulum { angle: 0.7, speed: 0.3 };
    let ((), pullback) = state.step_vjp(0.1, 0.2);
    let mut again = Pendulum { angle: 0.7, speed: 0.3 };
    again.step(0.1, 0.2);
    assert_eq!(state, again);
    state.angle = 0.0;
    assert!(state.speed > 0.0);
    let (d_state, _, _) = pullback(PendulumTangent { angle: 0.0, speed: 1.0 });
    assert_close(d_state.angle, -0.1 * 0.7_f64.cos());
    assert_close(d_state.speed, 1.0 - 0.1 * 0.2);
}

#[test]
fn rules() {
    agrees!(doubled_twice(&numbers(1, 3), 0.7), wrt 2, once);
    agrees!(counted(0.4, 0.7), wrt 2, once);
    let mut x = numbers(1, 3);
    let ((), pullback) = double::vjp(&mut x, 0.5);
    assert_eq!(x, numbers::<f64>(1, 3).mapv(|v| v * v * 0.5));
    assert_eq!(pullback(Array1::ones(3)).0, numbers(1, 3));
}
