//! Second derivatives: Hessians and their products against central differences of gradients, and gradients of functions that take a
//! gradient themselves.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;
use odyssey_runtime::{Differentiable, Tangent, check};

mod hessians;
#[path = "../programs/support.rs"]
#[allow(dead_code, unused_macros, unused_imports, reason = "shared with other tests")]
mod support;

use support::{matrix, numbers};

#[derive(Clone, Differentiable)]
struct Net {
    w: Array2<f64>,
    b: Array1<f64>,
    out: Vec<f64>,
    depth: usize,
}

impl Net {
    fn new(width: usize) -> Net {
        Net { w: matrix(1, width, width), b: numbers(2, width), out: numbers::<f64>(3, width).to_vec(), depth: 2 }
    }

    #[differentiable]
    fn layer(&self, x: &Array1<f64>) -> Array1<f64> {
        (self.w.dot(x) + &self.b).tanh()
    }

    #[differentiable]
    fn energy(&self, x: &Array1<f64>) -> f64 {
        let mut h = x.clone();
        for _ in 0..self.depth {
            h = self.layer(&h);
        }
        let mut sum = 0.0;
        for (weight, value) in self.out.iter().zip(h.iter()) {
            sum += weight * value * value;
        }
        sum
    }
}

#[differentiable]
fn through_methods(net: &Net, x: &Array1<f64>) -> f64 {
    net.energy(x) + net.layer(x).sum()
}

#[test]
fn through_calls_structs_and_loops() {
    let (net, x) = (Net::new(3), numbers(4, 3));
    let (gradient_net, gradient_x) = through_methods::grad(&net, &x);
    let (along_net, along_x) = (support::direction(&gradient_net), support::direction(&gradient_x));
    let (product_net, product_x) = through_methods::hvp(&net, &x, along_net.clone(), along_x.clone());
    // The Hessian times a direction is the gradient of the slope in that direction.
    let slope = |(d_net, d_x): (NetTangent, Array1<f64>)| d_net.inner_product(&along_net) + d_x.inner_product(&along_x);
    check::argument("net", &&net, |net| slope(through_methods::grad(net, &x)), &product_net).unwrap();
    check::argument("x", &&x, |x| slope(through_methods::grad(&net, x)), &product_x).unwrap();
}

enum Bad {
    Negative,
}

#[differentiable]
fn root(x: f64) -> Result<f64, Bad> {
    if x < 0.0 { Err(Bad::Negative) } else { Ok(x.sqrt()) }
}

#[differentiable]
fn distance(x: f64, y: f64) -> Result<f64, Bad> {
    let both = root(x * x + y * y)?;
    Ok(both * x)
}

#[differentiable]
fn logarithm(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.ln() * x) } else { None }
}

#[differentiable(aux)]
fn with_aux(x: &Array1<f64>) -> (f64, usize, Array1<f64>) {
    let y = x * x * x;
    (y.sum(), x.len(), y)
}

#[test]
fn fallible_functions_and_further_results() {
    let gradient = |x, y| distance::grad(x, y).ok().expect("positive");
    let (h_x, h_y) = distance::hvp(0.7, 0.4, 1.0, -2.0).ok().expect("positive");
    let (after, before) = (gradient(0.7 + 1e-6, 0.4 - 2e-6), gradient(0.7 - 1e-6, 0.4 + 2e-6));
    assert!((h_x - (after.0 - before.0) / 2e-6).abs() < 1e-7 && (h_y - (after.1 - before.1) / 2e-6).abs() < 1e-7);
    assert!(root::hvp(-1.0, 1.0).is_err());
    assert!((logarithm::hvp(2.0, 3.0).expect("positive") - 1.5).abs() < 1e-15);
    assert_eq!(logarithm::hvp(-2.0, 3.0), None);
    let x = array![1.0, -2.0];
    assert_eq!(with_aux::hvp(&x, array![1.0, 10.0]), array![6.0, -120.0]);
}

#[differentiable]
trait Potential {
    fn energy(&self, x: &Array1<f64>) -> f64;

    fn twice(&self, x: &Array1<f64>) -> f64 {
        2.0 * self.energy(x)
    }
}

#[derive(Clone, Differentiable)]
struct Quartic {
    k: f64,
}

#[differentiable]
impl Potential for Quartic {
    fn energy(&self, x: &Array1<f64>) -> f64 {
        self.k * (x * x * x * x).sum()
    }
}

#[differentiable(wrt(x))]
fn doubled<P: Potential>(potential: &P, x: &Array1<f64>) -> f64 {
    potential.twice(x)
}

#[differentiable(wrt(x))]
fn force<P: Potential + Differentiable>(potential: &P, x: &Array1<f64>) -> f64 {
    let (_, gradient) = potential.energy_grad(x);
    (&gradient * &gradient).sum()
}

#[test]
fn of_traits() {
    let (potential, x, v) = (Quartic { k: 0.5 }, array![1.0, 2.0], array![1.0, -1.0]);
    assert_eq!(potential.energy_hvp(&x, QuarticTangent { k: 0.0 }, v.clone()).1, array![6.0, -24.0]);
    assert_eq!(doubled::hvp(&potential, &x, v), array![12.0, -48.0]);
    force::check_grad(&potential, &x).unwrap();
}

/// A function that calls itself.
#[differentiable]
fn tower(x: f64, height: u32) -> f64 {
    if height == 0 { x } else { (x * tower(x, height - 1)).sin() }
}

#[test]
fn of_recursion() {
    let difference = (tower::grad(0.8 + 1e-6, 4) - tower::grad(0.8 - 1e-6, 4)) / 2e-6;
    assert!((tower::hvp(0.8, 4, 1.0) - difference).abs() < 1e-8);
}

/// A network whose derivative with respect to its input is part of the loss: `u' = -u`, `u(0) = 1`.
#[derive(Clone, Differentiable)]
struct Solution {
    w: Array1<f64>,
    b: Array1<f64>,
    v: Array1<f64>,
}

#[differentiable]
fn solution(net: &Solution, t: f64) -> f64 {
    ((&net.w * t + &net.b).tanh() * &net.v).sum()
}

#[differentiable(wrt(net))]
fn residual(net: &Solution, times: &[f64]) -> f64 {
    let start = solution(net, 0.0) - 1.0;
    let mut sum = start * start;
    for t in times {
        let (u, (_, slope)) = solution::value_and_grad(net, *t);
        sum += (slope + u).powi(2);
    }
    sum
}

/// One step of gradient descent inside: fields of a gradient.
#[differentiable]
fn adapted(net: &Solution, t: f64, rate: f64) -> f64 {
    let (gradient, _) = solution::grad(net, t);
    let next =
        Solution { w: &net.w - &(&gradient.w * rate), b: &net.b - &(&gradient.b * rate), v: &net.v - &(&gradient.v * rate) };
    solution(&next, t).powi(2)
}

#[differentiable]
fn quintic(x: f64) -> f64 {
    x.powi(5)
}

#[differentiable]
fn slope(x: f64) -> f64 {
    quintic::grad(x)
}

#[differentiable]
fn of_a_slope(x: f64) -> f64 {
    slope(x) * x
}

#[test]
fn gradients_inside_of_gradients() {
    let net = Solution { w: numbers(5, 4), b: numbers(6, 4), v: numbers(7, 4) };
    residual::check_grad(&net, &[0.1, 0.5, 0.9]).unwrap();
    adapted::check_grad(&net, 0.3, 0.1).unwrap();
    let (_, tangent) = residual::jvp(&net, &[0.1, 0.5], residual::grad(&net, &[0.1, 0.5]));
    let norm = residual::grad(&net, &[0.1, 0.5]).norm_squared();
    assert!((tangent - norm).abs() < 1e-12 * norm);
    assert!((slope::grad(0.7) - 20.0 * 0.7f64.powi(3)).abs() < 1e-13);
    assert!((slope::jvp(0.7, 2.0).1 - 40.0 * 0.7f64.powi(3)).abs() < 1e-13);
}

/// Operations as functions, as methods of what may be anything, and those with several results.
#[differentiable]
fn of_operations(a: &Array2<f64>, b: &Array1<f64>) -> f64 {
    let shares = softmax(&sigmoid(a), Axis(1));
    let pair = (shares, b);
    let scaled = pair.0.cumprod(Axis(0)).dot(pair.1);
    let (values, vectors) = a.dot(&a.t()).eigh();
    let distance = odyssey_runtime::losses::huber_loss(&scaled, &values, 0.3);
    let solved = solve(&(a.dot(&a.t()) + Array2::<f64>::eye(3)), b);
    let stretched = elu(&vectors.dot(&solved), 0.7);
    distance + norm_l2(&stretched) + leaky_relu(stretched[0], 0.1) + a.layer_norm(b, b, 0.1).norm_l1()
}

#[test]
fn operations_in_all_their_forms() {
    let (a, b) = (matrix(1, 3, 3), numbers(2, 3));
    of_operations::check_grad(&a, &b).unwrap();
    let (a_dot, b_dot) = (matrix(3, 3, 3), numbers(4, 3));
    let (d_a, d_b) = of_operations::hvp(&a, &b, a_dot.clone(), b_dot.clone());
    let at = |step: f64| of_operations::grad(&(&a + &a_dot * step), &(&b + &b_dot * step));
    let (up, down) = (at(1e-5), at(-1e-5));
    let close = |d: f64, up: f64, down: f64| (d - (up - down) / 2e-5).abs() < 1e-6 * (1.0 + d.abs());
    assert!(ndarray::Zip::from(&d_a).and(&up.0).and(&down.0).all(|d, up, down| close(*d, *up, *down)), "{d_a}");
    assert!(ndarray::Zip::from(&d_b).and(&up.1).and(&down.1).all(|d, up, down| close(*d, *up, *down)), "{d_b}");
}

#[differentiable(vjp = cube_vjp)]
fn cube(x: f64) -> f64 {
    x * x * x
}

fn cube_vjp(x: f64) -> (f64, impl FnOnce(f64) -> f64) {
    (cube(x), move |d| 3.0 * x * x * d)
}

#[differentiable]
fn calls_a_rule(x: f64) -> f64 {
    cube(x) + x
}

#[test]
#[should_panic(expected = "`cube` cannot be differentiated twice: it has a rule")]
fn a_rule_is_of_first_order() {
    assert_eq!(calls_a_rule::grad(2.0), 13.0);
    calls_a_rule::hvp(2.0, 1.0);
}

/// The third derivative of `x⁵`: `slope` need not say that it takes one, and neither does what it takes it of.
#[test]
fn third_order_through_a_call() {
    let x = 0.7_f64;
    let expected = 2.0 * 20.0 * x.powi(3) + x * 60.0 * x.powi(2);
    assert!((of_a_slope::hvp(x, 1.0) - expected).abs() < 1e-12);
}
