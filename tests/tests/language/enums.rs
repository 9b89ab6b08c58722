//! Enums with differentiated payloads, `Option` fields, `Box`, a small interpreter.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, matrix, numbers};

#[derive(Clone, Debug, Differentiable)]
enum Shape {
    Circle(f64),
    Rect { w: f64, h: f64 },
    Triangle(f64, f64, f64),
    Point,
}

/// A `match` that takes every style of variant apart.
#[differentiable]
fn area(shape: &Shape) -> f64 {
    match shape {
        Shape::Circle(r) => std::f64::consts::PI * r * r,
        Shape::Rect { w, h } => w * h,
        Shape::Triangle(a, b, c) => {
            let s = (a + b + c) / 2.0;
            (s * (s - a) * (s - b) * (s - c)).sqrt()
        }
        Shape::Point => 0.0,
    }
}

/// A list of them, with a weight for each.
#[differentiable]
fn total_area(shapes: &[Shape], weights: &[f64]) -> f64 {
    let mut total = 0.0;
    for (shape, weight) in shapes.iter().zip(weights) {
        total += weight * area(shape);
    }
    total
}

/// Enums are made, changed and consumed in the body.
#[differentiable(wrt(k))]
fn grown(k: f64, round: bool) -> f64 {
    let shape = if round { Shape::Circle(k * k) } else { Shape::Rect { w: k, h: 2.0 * k } };
    let bigger = match shape {
        Shape::Circle(r) => Shape::Circle(r + k),
        Shape::Rect { w, .. } => Shape::Triangle(w, w, w * 1.2),
        other => other,
    };
    area(&bigger)
}

/// Guards look at the payload.
#[differentiable]
fn classified(shape: &Shape) -> f64 {
    match *shape {
        Shape::Circle(r) if r > 1.0 => r.ln(),
        Shape::Circle(r) | Shape::Rect { w: r, .. } => r.sin(),
        Shape::Triangle(a, .., c) => a * c,
        Shape::Point => 1.0,
    }
}

use Shape::{Circle, Triangle};

/// Variants by imported names, in patterns and as constructors.
#[differentiable]
fn imported(shape: &Shape, k: f64) -> f64 {
    let other = match shape {
        Circle(r) => Triangle(r * k, *r, k),
        Shape::Triangle(a, .., c) => Circle(a * c * k),
        _ => Circle(k),
    };
    area(&other) + classified(&other)
}

#[derive(Clone, Differentiable)]
struct Place {
    x: f64,
    y: f64,
}

#[derive(Clone, Differentiable)]
struct Pair(f64, Shape);

use Place as Spot;

/// Structs in patterns that choose, beside enums.
#[differentiable]
fn chosen(spot: &Spot, pair: &Pair) -> f64 {
    match (spot, pair) {
        (Spot { x, .. }, Pair(a, Shape::Circle(r))) if *x > 0.0 => x * a * r,
        (Spot { x, y }, Pair(_, Shape::Rect { w, h: height })) => x * w + y * height,
        (Place { y, .. }, other) => y * other.0,
    }
}

#[derive(Clone, Differentiable)]
struct Block {
    weights: Array2<f64>,
    bias: Option<Array1<f64>>,
    gain: Option<f64>,
}

/// Optional parameters.
#[differentiable(wrt(block))]
fn apply(block: &Block, x: &Array1<f64>) -> f64 {
    let mut y = block.weights.dot(x);
    if let Some(bias) = &block.bias {
        y += bias;
    }
    let gain = match block.gain {
        Some(gain) => gain * gain,
        None => 1.0,
    };
    (y.tanh() * gain).sum()
}

#[derive(Clone, Differentiable)]
enum Layer {
    Dense { weights: Array2<f64>, bias: Array1<f64> },
    Scale(Array1<f64>),
    Activation,
}

/// A network of layers of different kinds.
#[differentiable(wrt(layers))]
fn network(layers: &[Layer], x: &Array1<f64>) -> f64 {
    let mut h = x.clone();
    for layer in layers {
        h = match layer {
            Layer::Dense { weights, bias } => weights.dot(&h) + bias,
            Layer::Scale(scale) => &h * scale,
            Layer::Activation => h.tanh(),
        };
    }
    h.dot(&h)
}

#[derive(Clone, Copy)]
enum Instruction {
    Load(usize),
    Constant(f64),
    Add,
    Mul,
    Sin,
    Store(usize),
    JumpIfNegative(usize),
}

/// A stack machine: passive instructions over differentiated registers.
#[differentiable(wrt(inputs))]
fn interpret(program: &[Instruction], inputs: &[f64]) -> f64 {
    let mut registers = inputs.to_vec();
    let mut stack: Vec<f64> = Vec::new();
    let mut counter = 0;
    let mut fuel = 100;
    while counter < program.len() && fuel > 0 {
        fuel -= 1;
        match program[counter] {
            Instruction::Load(register) => stack.push(registers[register]),
            Instruction::Constant(value) => stack.push(value),
            Instruction::Add => {
                let b = stack.pop().unwrap();
                let a = stack.pop().unwrap();
                stack.push(a + b);
            }
            Instruction::Mul => {
                let b = stack.pop().unwrap();
                let a = stack.pop().unwrap();
                stack.push(a * b);
            }
            Instruction::Sin => {
                let a = stack.pop().unwrap();
                stack.push(a.sin());
            }
            Instruction::Store(register) => registers[register] = stack.pop().unwrap(),
            Instruction::JumpIfNegative(target) => {
                if registers[0] < 0.0 {
                    counter = target;
                    continue;
                }
            }
        }
        counter += 1;
    }
    registers[0] * registers[1]
}

#[derive(Clone, Differentiable)]
enum Expr {
    Leaf(f64),
    Sum(Box<Expr>, Box<Expr>),
    Product(Box<Expr>, Box<Expr>),
    Sin(Box<Expr>),
}

/// Recursion over boxes.
#[differentiable]
fn evaluate(expr: &Expr) -> f64 {
    match expr {
        Expr::Leaf(value) => *value,
        Expr::Sum(a, b) => evaluate(a) + evaluate(b),
        Expr::Product(a, b) => evaluate(a) * evaluate(b),
        Expr::Sin(a) => evaluate(a).sin(),
    }
}

#[derive(Clone, Differentiable)]
struct Chain {
    gain: f64,
    next: Option<Box<Chain>>,
}

/// A linked list.
#[differentiable]
fn through(chain: &Chain, x: f64) -> f64 {
    let y = (chain.gain * x).tanh();
    match &chain.next {
        Some(next) => through(next, y),
        None => y,
    }
}

#[test]
fn payloads() {
    let shapes = [Shape::Circle(1.3), Shape::Rect { w: 0.7, h: 1.1 }, Shape::Triangle(1.0, 1.2, 0.9), Shape::Point];
    for shape in &shapes {
        agrees!(area(shape));
        agrees!(classified(shape));
    }
    agrees!(classified(&Shape::Circle(0.6)));
    for shape in &shapes {
        agrees!(imported(shape, 0.9), wrt 2);
        for x in [-0.4, 0.4] {
            let (spot, pair) = (Spot { x, y: 0.7 }, Pair(1.2, shape.clone()));
            agrees!(chosen(&spot, &pair), wrt 2);
        }
    }
    agrees!(total_area(&shapes, &[0.3, 0.9, 0.4, 0.7]), wrt 2);
    agrees!(grown(0.8, true));
    agrees!(grown(0.8, false));
}

#[test]
fn optional_parts() {
    for (bias, gain) in [(None, None), (Some(numbers(2, 3)), None), (Some(numbers(2, 3)), Some(1.4))] {
        let block = Block { weights: matrix(1, 3, 2), bias, gain };
        agrees!(apply(&block, &numbers(3, 2)));
    }
    let list = |gains: &[f64]| {
        let chain = gains.iter().rev().fold(None, |next, &gain| Some(Box::new(Chain { gain, next })));
        *chain.unwrap()
    };
    agrees!(through(&list(&[0.7]), 0.9), wrt 2);
    agrees!(through(&list(&[0.7, 1.3, -0.8]), 0.9), wrt 2);
}

#[test]
fn networks_and_programs() {
    let layers = [
        Layer::Dense { weights: matrix(1, 3, 2), bias: numbers(2, 3) },
        Layer::Activation,
        Layer::Scale(numbers(3, 3)),
        Layer::Dense { weights: matrix(4, 2, 3), bias: numbers(5, 2) },
    ];
    agrees!(network(&layers, &numbers(6, 2)));
    use Instruction::{Add, Constant, JumpIfNegative, Load, Mul, Sin, Store};
    let program = [
        Load(0),
        Load(1),
        Mul,
        Sin,
        Store(1),
        Load(0),
        Constant(0.7),
        Add,
        Store(0),
        JumpIfNegative(0),
        Load(1),
        Load(0),
        Add,
        Store(1),
    ];
    agrees!(interpret(&program, &[0.4, 0.9]), wrt 1 behind 1);
    agrees!(interpret(&program, &[-1.7, 0.9]), wrt 1 behind 1);
    let leaf = |value| Box::new(Expr::Leaf(value));
    let sum = Expr::Sum(leaf(0.4), Box::new(Expr::Sin(leaf(0.9))));
    let product = Expr::Product(Box::new(sum), leaf(1.7));
    agrees!(evaluate(&product));
}
