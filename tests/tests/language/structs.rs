//! Structs: literals, functional update, nesting, tuple structs, generics, skipped fields, borrowed fields.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}

#[differentiable]
fn cross(a: &Vec3, b: &Vec3) -> Vec3 {
    Vec3 { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x }
}

#[differentiable]
fn scaled(a: Vec3, k: f64) -> Vec3 {
    let Vec3 { x, y, z } = a;
    Vec3 { x: k * x, y: k * y, z: k * z }
}

/// Literals go through functions and are taken apart again.
#[differentiable]
fn torque(arm: &Vec3, force: &Vec3, lever: f64) -> f64 {
    let moment = cross(&scaled(*arm, lever), force);
    let Vec3 { x, y, .. } = moment;
    (x * x + y * y + moment.z * moment.z).sqrt()
}

/// Functional update: what is not named comes from the base.
#[differentiable]
fn lifted(a: &Vec3, height: f64) -> f64 {
    let b = Vec3 { z: height * a.z, ..*a };
    let c = Vec3 { x: b.x + 1.0, y: b.y * b.z, ..b };
    c.x * c.y + c.z * a.x
}

#[derive(Clone, Copy, Differentiable)]
struct Complex(f64, f64);

#[differentiable]
fn multiply(a: Complex, b: Complex) -> Complex {
    Complex(a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// The distance estimate of the Mandelbrot set.
#[differentiable(wrt(c))]
fn escape(c: Complex, steps: usize) -> f64 {
    let mut z = Complex(0.0, 0.0);
    for _ in 0..steps {
        let Complex(re, im) = multiply(z, z);
        z = Complex(re + c.0, im + c.1);
    }
    (z.0 * z.0 + z.1 * z.1).ln()
}

/// One part is borrowed where it is taken apart.
#[differentiable]
fn borrowed_part(z: Complex, k: f64) -> f64 {
    let Complex(ref re, im) = z;
    re.sin() * k + re * im
}

#[derive(Clone, Differentiable)]
struct Camera {
    focal: f64,
    centre: (f64, f64),
    pose: Pose,
}

#[derive(Clone, Differentiable)]
struct Pose {
    angle: f64,
    at: Vec3,
    #[differentiable(skip)]
    frame: usize,
}

/// Fields of fields, changed in place.
#[differentiable(wrt(camera))]
fn pan(camera: &Camera, steps: usize) -> f64 {
    let mut moved = camera.clone();
    for _ in 0..steps {
        moved.pose.angle += 0.1 * moved.focal;
        moved.pose.at.x += moved.pose.angle.cos();
        moved.pose.at.y -= moved.pose.angle.sin();
        moved.centre.0 *= moved.pose.at.x;
        moved.pose.frame += 1;
    }
    moved.centre.0 + moved.centre.1 * moved.pose.at.y + moved.pose.frame as f64 * moved.focal
}

#[derive(Clone, Copy, PartialEq)]
enum Activation {
    Tanh,
    Leaky(f64),
}

#[derive(Clone, Differentiable)]
struct Unit {
    weights: Array1<f64>,
    #[differentiable(skip)]
    activation: Activation,
    #[differentiable(skip)]
    temperature: f64,
    #[differentiable(skip)]
    mask: Array1<f64>,
    #[differentiable(skip)]
    inputs: Vec<usize>,
    #[differentiable(skip)]
    times: usize,
}

/// Fields that are left out: indices and counts as they are, floats and types without a derivative detached.
#[differentiable]
impl Unit {
    fn output(&self, x: f64) -> f64 {
        let mut sum = (&self.weights * detach(&self.mask)).sum() * x / detach(self.temperature);
        for _ in 0..self.times {
            for k in 0..self.inputs.len() {
                sum *= self.weights[self.inputs[k]];
            }
        }
        let sum = match detach(self.activation) {
            Activation::Tanh => sum.tanh(),
            Activation::Leaky(slope) if sum < 0.0 => slope * sum,
            Activation::Leaky(_) => sum,
        };
        if self.activation == Activation::Tanh { sum * x } else { sum }
    }
}

#[differentiable]
fn output(unit: &Unit, x: f64) -> f64 {
    unit.output(x)
}

#[derive(Clone, Copy)]
struct Corner {
    x: f64,
    y: f64,
}
/// Passive literals, whose fields have the names of variables that are hidden by others.
#[differentiable(wrt(k))]
fn corners(k: f64, a: f64) -> f64 {
    let y = a * 2.0;
    let p = Corner { x: y, y: a };
    let y = 3.0;
    let x = y + 1.0;
    let q = Corner { x: y, y: x };
    let y = 5.0;
    let r = [Corner { x, y }, Corner { x: y, ..p }];
    let x = 1.5;
    k * p.x * q.y + r[0].y * k * k * x * r[0].x + q.x * p.y * r[1].x * k
}

#[derive(Clone, Debug, Differentiable)]
struct Encoder {
    weights: Array2<f64>,
    scale: Array1<f64>,
    extra: Vec<f64>,
    #[differentiable(skip)]
    activation: String,
}
/// A text of a struct is asked, not differentiated.
#[differentiable]
fn activated(layer: &Encoder, x: &Array1<f64>) -> f64 {
    let name = layer.activation.as_str();
    let h = match layer.activation.as_str() {
        "tanh" => layer.weights.dot(x).tanh(),
        "none" => layer.weights.dot(x),
        other => panic!("{other} is unknown"),
    };
    if name.starts_with('t') { (h * &layer.scale).sum() } else { h.sum() }
}
/// Arrays of any rank and lists, walked through where nothing says which they are.
#[differentiable]
fn regularised(layer: &Encoder) -> f64 {
    let mut sum = 0.0;
    for w in &layer.weights {
        sum += w * w;
    }
    for (i, w) in layer.weights.iter().enumerate() {
        sum += w * i as f64;
    }
    let mixed: f64 = layer.extra.iter().zip(&layer.scale).map(|(a, b)| a * b).sum();
    let mut changed = layer.clone();
    for w in changed.weights.iter_mut() {
        *w = *w * *w;
    }
    for e in changed.extra.iter_mut() {
        *e *= sum;
    }
    changed.scale.iter_mut().for_each(|s| *s *= 3.0);
    sum * mixed + changed.weights.sum() + changed.extra[0] * changed.scale.sum()
}

#[test]
fn fields_that_are_left_out() {
    for activation in [Activation::Tanh, Activation::Leaky(0.1)] {
        let (weights, mask) = (array![0.3, -0.7, 0.9], array![1.0, 0.0, 1.0]);
        let unit = Unit { weights, activation, temperature: 0.7, mask, inputs: vec![0, 2], times: 2 };
        agrees!(output(&unit, 0.6), wrt 2);
        agrees!(output(&unit, -0.6), wrt 2);
    }
}

#[derive(Clone, Differentiable)]
struct Layer<T: Real> {
    weights: Array2<T>,
    bias: Array1<T>,
}

/// A generic struct, made inside the function.
#[differentiable]
fn tied<T: Real>(w: &Array2<T>, b: &Array1<T>, x: &Array1<T>) -> T {
    let layer = Layer { weights: w.clone(), bias: b.clone() };
    let back = Layer { weights: w.t().to_owned(), ..layer.clone() };
    let hidden = layer.weights.dot(x) + &layer.bias;
    let out = back.weights.dot(&hidden.tanh()) * back.bias.sum();
    out.dot(&out)
}

#[derive(Clone, Copy, Differentiable)]
struct Window<'a> {
    values: &'a [f64],
    scale: f64,
}

/// A struct that borrows its numbers.
#[differentiable]
fn moving_average(values: &[f64], scale: f64) -> f64 {
    let window = Window { values, scale };
    let mut best = 0.0;
    for i in 1..window.values.len() {
        let mean = 0.5 * (window.values[i - 1] + window.values[i]);
        best += (mean * window.scale).exp();
    }
    best
}

#[derive(Clone, Differentiable)]
struct State {
    level: f64,
    trend: f64,
    season: Vec<f64>,
}

/// Holt and Winters' smoothing: a struct is the state of a loop.
#[differentiable(wrt(alpha, beta, gamma))]
fn holt_winters(alpha: f64, beta: f64, gamma: f64, series: &[f64], period: usize) -> f64 {
    let mut state = State { level: series[0], trend: 0.0, season: vec![0.0; period] };
    let mut error = 0.0;
    for (t, &observed) in series.iter().enumerate() {
        let slot = t % period;
        let forecast = state.level + state.trend + state.season[slot];
        error += (observed - forecast) * (observed - forecast);
        let level = alpha * (observed - state.season[slot]) + (1.0 - alpha) * (state.level + state.trend);
        state.trend = beta * (level - state.level) + (1.0 - beta) * state.trend;
        state.season[slot] = gamma * (observed - level) + (1.0 - gamma) * state.season[slot];
        state.level = level;
    }
    error / series.len() as f64
}

/// Structs that are carried as a pair and returned as one of two.
#[differentiable]
fn farther(a: &Vec3, b: &Vec3) -> f64 {
    let norm = |v: &Vec3| v.x * v.x + v.y * v.y + v.z * v.z;
    let (near, far) = if norm(a) < norm(b) { (*a, *b) } else { (*b, *a) };
    far.x * near.y + norm(&far)
}

#[test]
fn literals() {
    let (a, b) = (Vec3 { x: 0.3, y: -0.8, z: 0.5 }, Vec3 { x: 1.1, y: 0.4, z: -0.6 });
    agrees!(torque(&a, &b, 1.7), wrt 3);
    agrees!(lifted(&a, 1.3), wrt 2);
    agrees!(farther(&a, &b), wrt 2);
    agrees!(farther(&b, &a), wrt 2);
    agrees!(borrowed_part(Complex(0.4, 0.7), 1.3), wrt 2);
    agrees!(escape(Complex(0.4, 0.7), 4));
}

#[test]
fn fields() {
    let pose = Pose { angle: 0.2, at: Vec3 { x: 0.3, y: 0.4, z: 0.0 }, frame: 2 };
    let camera = Camera { focal: 0.8, centre: (0.5, 0.6), pose };
    agrees!(pan(&camera, 3));
    agrees!(holt_winters(0.3, 0.2, 0.4, &[1.0, 1.4, 0.9, 1.3, 1.7, 1.1, 1.6, 2.0], 3), wrt 3);
    agrees!(moving_average(&[0.3, 0.9, 0.4], 0.7), wrt 2);
}

#[test]
fn generic_structs() {
    agrees!(tied(&matrix::<f64>(1, 3, 3), &numbers(2, 3), &numbers(3, 3)), wrt 3);
    agrees!(tied(&matrix::<f32>(1, 3, 3), &numbers(2, 3), &numbers(3, 3)) as f32, wrt 3);
}

#[test]
fn passive_literals() {
    agrees!(corners(0.3, 0.7));
}

#[test]
fn texts_and_elements_of_fields() {
    let layer = |activation: &str| Encoder {
        weights: matrix(1, 2, 3),
        scale: numbers(2, 2),
        extra: vec![0.3, 0.4],
        activation: activation.into(),
    };
    agrees!(activated(&layer("tanh"), &numbers(3, 3)), wrt 2);
    agrees!(activated(&layer("none"), &numbers(3, 3)), wrt 2);
    agrees!(regularised(&layer("none")));
}
