//! The language of derivative rules: ordinary Rust arithmetic over handles that record what they compute.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::elementwise::Elementwise;

/// What a handle stands for. Terms refer to each other by index and are recorded in order of evaluation.
#[derive(Clone, Debug)]
pub(crate) enum Term {
    /// Operand number `n` of the operation whose rule this is.
    Operand(usize),
    /// The operation's result.
    Result,
    /// The cotangent of the result.
    Cotangent,
    Constant(f64),
    /// An elementwise operation on earlier terms, with the passive parameters it takes.
    Apply(Elementwise, Vec<usize>, Vec<Parameter>),
}

/// A passive parameter of an operation, such as the exponent of `powi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Parameter {
    /// Parameter number `n` of the operation whose rule this is, plus an offset.
    Same {
        index: usize,
        plus: i32,
    },
    Integer(i32),
}

/// The terms of one rule.
#[derive(Default)]
pub(crate) struct Recorder {
    terms: RefCell<Vec<Term>>,
}

impl Recorder {
    pub(crate) fn record(&self, term: Term) -> Val<'_> {
        let mut terms = self.terms.borrow_mut();
        terms.push(term);
        Val { recorder: self, term: terms.len() - 1 }
    }

    pub(crate) fn into_terms(self) -> Vec<Term> {
        self.terms.into_inner()
    }
}

/// A handle to a term; copies freely, so that a rule reads like its formula.
#[derive(Clone, Copy)]
pub(crate) struct Val<'r> {
    recorder: &'r Recorder,
    pub(crate) term: usize,
}

impl<'r> Val<'r> {
    pub(crate) fn constant(self, value: f64) -> Val<'r> {
        self.recorder.record(Term::Constant(value))
    }

    pub(crate) fn apply(op: Elementwise, operands: &[Val<'r>], parameters: &[Parameter]) -> Val<'r> {
        let terms = operands.iter().map(|v| v.term).collect();
        operands[0].recorder.record(Term::Apply(op, terms, parameters.to_vec()))
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident $name:literal;)*) => {$(
        impl<'r> $trait for Val<'r> {
            type Output = Val<'r>;
            fn $method(self, other: Val<'r>) -> Val<'r> {
                Val::apply(Elementwise::named($name), &[self, other], &[])
            }
        }
        impl<'r> $trait<f64> for Val<'r> {
            type Output = Val<'r>;
            fn $method(self, other: f64) -> Val<'r> {
                $trait::$method(self, self.constant(other))
            }
        }
        impl<'r> $trait<Val<'r>> for f64 {
            type Output = Val<'r>;
            fn $method(self, other: Val<'r>) -> Val<'r> {
                $trait::$method(other.constant(self), other)
            }
        }
    )*};
}

operator! {
    Add add "add";
    Sub sub "sub";
    Mul mul "mul";
    Div div "div";
}

impl<'r> Neg for Val<'r> {
    type Output = Val<'r>;
    fn neg(self) -> Val<'r> {
        Val::apply(Elementwise::named("neg"), &[self], &[])
    }
}
