//! Payloads, fields and elements that are changed through what a pattern binds; what is constructed and matched by value.

use ndarray::prelude::*;
use odyssey_runtime::prelude::*;

use crate::support::{agrees, numbers};

#[derive(Clone, Differentiable)]
enum Shape {
    Circle(f64),
    Rect { w: f64, h: f64 },
    Point,
}

use Shape::{Circle, Point, Rect};

/// The payload of an option.
#[differentiable]
fn of_options(k: f64) -> f64 {
    let mut a = Some(k);
    if let Some(v) = &mut a {
        *v *= k;
    }
    let mut b = Some(2.0);
    if let Some(v) = b.as_mut() {
        *v *= k;
    }
    a.unwrap() * b.unwrap()
}

/// The fields of a variant.
#[differentiable]
fn of_variants(shape: &Shape, k: f64) -> f64 {
    let mut shape = shape.clone();
    for _ in 0..2 {
        match &mut shape {
            Shape::Circle(r) => *r *= k,
            Shape::Rect { w, h } => {
                *w += k;
                *h *= *w;
            }
            Shape::Point => {}
        }
    }
    match shape {
        Circle(r) => r * k,
        Rect { w, h } => w * h,
        Point => 0.0,
    }
}

#[differentiable]
fn grow(shapes: &mut [Shape], k: f64) {
    for shape in shapes.iter_mut() {
        match shape {
            Shape::Circle(r) => *r *= k,
            Shape::Rect { w, h } => {
                *w += k;
                *h *= *w;
            }
            Shape::Point => {}
        }
    }
}

#[derive(Clone, Differentiable)]
struct Layer {
    w: Array1<f64>,
    bias: Option<Array1<f64>>,
    items: Vec<(f64, f64)>,
}

/// Parts of parts.
#[differentiable]
fn step(layer: &mut Layer, k: f64) -> f64 {
    if let Some(b) = &mut layer.bias {
        *b *= k;
        b[0] = k * b[1];
    } else {
        layer.w *= k;
    }
    if let Some((a, _)) = layer.items.last_mut() {
        *a *= k;
    }
    for (a, b) in layer.items.iter_mut() {
        *a += *b;
        *b *= k;
    }
    for pair in &mut layer.items {
        let (a, b) = pair;
        *a *= *b;
    }
    layer.w.sum()
}

#[differentiable]
fn stepped(layer: &Layer, k: f64) -> f64 {
    let mut layer = layer.clone();
    let x = step(&mut layer, k);
    let s: f64 = layer.items.iter().map(|(a, b)| a * b).sum();
    match &layer.bias {
        Some(b) => b.sum() * x + s,
        None => x * s,
    }
}

/// The best so far.
#[differentiable]
fn best(x: &[f64], k: f64) -> f64 {
    let mut best = None;
    for v in x {
        match &mut best {
            None => best = Some(v * k),
            Some(b) => {
                if *v > *b {
                    *b = *v * *b;
                }
            }
        }
    }
    best.unwrap_or(0.0)
}

/// Both parts of a pair.
#[differentiable]
fn of_pairs(pair: (f64, f64), k: f64) -> f64 {
    let mut pair = pair;
    let (a, b) = &mut pair;
    *a *= k;
    *b += *a;
    pair.0 * pair.1
}

#[derive(Clone, Differentiable)]
struct Pose {
    x: f64,
    y: f64,
    #[differentiable(skip)]
    frame: usize,
}

/// What a literal leaves to another value, a skipped field replaced.
#[differentiable]
fn reframed(pose: &Pose, k: usize) -> f64 {
    let q = Pose { frame: k, ..pose.clone() };
    let mut r = Pose { x: q.x * q.y, ..q };
    r.frame = 2 * k;
    r.frame += 1;
    let s = Pose { y: 1.5, ..r.clone() };
    r.x * r.y * s.x * s.y + s.frame as f64
}

/// A variant by its imported name.
#[differentiable]
fn imported(w: f64) -> f64 {
    let h = w * w;
    let shape = if w > 0.0 { Rect { w, h } } else { Circle(h) };
    match shape {
        Rect { w, h } => w * h,
        Circle(r) => r,
        Point => 0.0,
    }
}

/// An error that has no copy.
#[derive(Debug)]
enum Bad {
    Negative,
}

#[differentiable]
fn log(x: f64) -> Result<f64, Bad> {
    if x > 0.0 { Ok(x.ln()) } else { Err(Bad::Negative) }
}

/// Failures have a way on.
#[differentiable]
fn recovered(x: f64) -> f64 {
    let a = match log(x) {
        Ok(value) => value * x,
        Err(_) => x * x,
    };
    let r = log(2.0 * x);
    let b = match r {
        Ok(value) => value * x,
        Err(Bad::Negative) => x * x,
    };
    let c = if let Ok(value) = log(x + 0.1) { value * x } else { x };
    a * b * c
}

/// Or none.
#[differentiable]
fn passed_on(x: f64) -> Result<f64, Bad> {
    let a = match log(x) {
        Ok(value) => value * 1.5,
        Err(error) => return Err(error),
    };
    let b = log(a * a)?;
    Ok(a * b)
}

#[differentiable]
fn grown(shapes: &[Shape], k: f64) -> f64 {
    let mut shapes = shapes.to_vec();
    grow(&mut shapes, k);
    shapes.iter().map(|shape| of_variants(shape, k)).sum()
}

#[test]
fn through_patterns() {
    let shapes = [Circle(0.3), Rect { w: 0.3, h: 0.7 }, Point];
    agrees!(of_options(0.3));
    for shape in &shapes {
        agrees!(of_variants(shape, 0.4), wrt 2);
    }
    agrees!(grown(&shapes, 0.4), wrt 2);
    let layer = Layer { w: numbers(1, 3), bias: Some(numbers(2, 3)), items: vec![(0.3, 0.4), (0.6, 0.2)] };
    agrees!(stepped(&layer, 0.7), wrt 2);
    agrees!(stepped(&Layer { bias: None, ..layer.clone() }, 0.7), wrt 2);
    agrees!(stepped(&Layer { items: vec![], ..layer.clone() }, 0.7), wrt 2);
    agrees!(best(&[0.3, 0.7, -0.4], 0.8), wrt 2);
    agrees!(of_pairs((0.3, 0.2), 0.7), wrt 2);
}

#[test]
fn by_value() {
    agrees!(reframed(&Pose { x: 0.3, y: 0.4, frame: 2 }, 4));
    for x in [0.3, -0.3] {
        agrees!(imported(x));
        agrees!(recovered(x));
    }
    assert_eq!(passed_on::value_and_grad(0.3).unwrap().0, passed_on(0.3).unwrap());
    passed_on::check_grad(0.3).unwrap().unwrap();
    assert!(passed_on::grad(-0.3).is_err());
}
