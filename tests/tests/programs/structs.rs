//! Parameters in structs and tuples.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[derive(Differentiable, Clone, Copy)]
struct Body {
    position: (f64, f64),
    mass: f64,
    #[differentiable(skip)]
    _id: u32,
}

#[differentiable]
fn potential(a: &Body, b: &Body, gravity: f64) -> f64 {
    let dx = a.position.0 - b.position.0;
    let dy = a.position.1 - b.position.1;
    let distance = (dx * dx + dy * dy + 0.01).sqrt();
    -gravity * a.mass * b.mass / distance
}

#[derive(Differentiable, Clone)]
struct Linear {
    weight: Array2<f64>,
    bias: Array1<f64>,
}

#[derive(Differentiable, Clone)]
struct Autoencoder {
    encoder: Linear,
    decoder: Linear,
    slope: f64,
}

#[differentiable]
fn apply(layer: &Linear, x: &Array2<f64>) -> Array2<f64> {
    x.dot(&layer.weight) + &layer.bias
}

#[differentiable(wrt(model))]
fn reconstruction(model: &Autoencoder, x: &Array2<f64>) -> f64 {
    let code = apply(&model.encoder, x).tanh() * model.slope;
    let decoded = apply(&model.decoder, &code);
    let error = decoded - x;
    (&error * &error).mean().unwrap()
}

/// The fields read in place.
#[differentiable(wrt(model))]
fn fields(model: &Autoencoder) -> f64 {
    let mut sum = model.slope;
    for i in 0..model.encoder.bias.len() {
        sum += model.encoder.bias[i] * model.decoder.weight[[i, 0]];
    }
    sum * sum
}

#[derive(Differentiable, Clone)]
struct Pair(f64, Array1<f64>);

#[differentiable]
fn of_a_tuple_struct(pair: &Pair) -> f64 {
    let x = &pair.1;
    pair.0 * x.dot(x)
}

#[differentiable]
fn of_tuples(point: (f64, f64), (scale, shift): (f64, f64)) -> f64 {
    let (x, y) = point;
    let swapped = (y * scale, x + shift);
    let nested = (swapped, point.0);
    nested.0.0 * nested.0.1 + nested.1
}

#[derive(Differentiable, Clone)]
struct Ragged {
    parts: Vec<Array1<f64>>,
    weights: [f64; 2],
}

#[differentiable]
fn of_lists(ragged: &Ragged) -> f64 {
    let mut total = 0.0;
    for i in 0..2 {
        let part = &ragged.parts[i];
        total += ragged.weights[i] * part.dot(part);
    }
    total
}

fn model() -> Autoencoder {
    let linear = |seed, rows, columns| Linear { weight: matrix(seed, rows, columns), bias: numbers(seed + 1, columns) };
    Autoencoder { encoder: linear(1, 4, 2), decoder: linear(3, 2, 4), slope: 0.8 }
}

#[test]
fn bodies() {
    let a = Body { position: (0.3, 0.7), mass: 2.0, _id: 1 };
    let b = Body { position: (-0.4, 0.1), mass: 1.5, _id: 2 };
    agrees!(potential(&a, &b, 6.7), wrt 3);
    let (da, db, _) = potential::grad(&a, &b, 6.7);
    assert!((da.position.0 + db.position.0).abs() < 1e-12, "action and reaction");
}

#[test]
fn nested_structs() {
    agrees!(reconstruction(&model(), &matrix(5, 3, 4)));
    agrees!(fields(&model()));
    agrees!(of_a_tuple_struct(&Pair(0.7, numbers(1, 3))));
}

#[test]
fn tuples_and_lists() {
    agrees!(of_tuples((0.3, 0.7), (1.5, -0.2)), wrt 2);
    agrees!(of_lists(&Ragged { parts: vec![numbers(1, 3), numbers(2, 4)], weights: [0.3, 0.9] }));
}
