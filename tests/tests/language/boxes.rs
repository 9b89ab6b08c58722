//! `Box`: made, opened, changed and passed on.

use odyssey_runtime::prelude::*;

use crate::support::agrees;

#[derive(Clone, Differentiable)]
enum Term {
    Leaf(f64),
    Sum(Box<Term>, Box<Term>),
    Sin(Box<Term>),
}

#[differentiable]
fn evaluate(term: &Term) -> f64 {
    match term {
        Term::Leaf(value) => *value,
        Term::Sum(a, b) => evaluate(a) + evaluate(b),
        Term::Sin(a) => evaluate(a).sin(),
    }
}

/// A tree that is built here.
#[differentiable]
fn built(k: f64) -> f64 {
    let sine = Term::Sin(Box::new(Term::Leaf(k)));
    let term = Term::Sum(Box::new(Term::Leaf(k * k)), Box::new(sine));
    evaluate(&term)
}

/// By value.
#[differentiable]
fn opened(b: Box<f64>, k: f64) -> f64 {
    let c = Box::new(*b * k);
    let d = *c;
    d * *b * b.sin()
}

/// A match that moves out of a box.
#[differentiable]
fn outermost(term: Box<Term>) -> f64 {
    match *term {
        Term::Leaf(value) => value * value,
        Term::Sum(a, b) => evaluate(&a) * evaluate(&b),
        Term::Sin(_) => 1.0,
    }
}

/// What is in it changes.
#[differentiable]
fn changed(k: f64) -> f64 {
    let mut b = Box::new(k);
    *b *= 2.0 * k;
    *b = b.sin();
    let mut sum = Box::new(0.0);
    for _ in 0..3 {
        *sum += *b * k;
    }
    *b * k + *sum
}

#[derive(Clone, Differentiable)]
struct Node {
    value: f64,
    next: Option<Box<Node>>,
}

#[differentiable]
fn total(node: &Node) -> f64 {
    node.value * node.value
        + match &node.next {
            Some(next) => total(next),
            None => 0.0,
        }
}

/// A list that grows at its head.
#[differentiable]
fn prepended(k: f64) -> f64 {
    let mut head = Node { value: k, next: None };
    for i in 0..3 {
        head = Node { value: k * i as f64, next: Some(Box::new(head)) };
    }
    total(&head)
}

#[test]
fn boxes() {
    agrees!(built(0.7));
    agrees!(opened(Box::new(0.4), 0.9), wrt 2);
    agrees!(changed(0.6));
    agrees!(prepended(0.3));
    let leaf = |value| Box::new(Term::Leaf(value));
    agrees!(outermost(leaf(0.4)));
    agrees!(outermost(Box::new(Term::Sum(leaf(0.4), leaf(0.7)))));
    agrees!(outermost(Box::new(Term::Sin(leaf(0.4)))));
}
