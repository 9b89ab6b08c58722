//! The numbers of an argument, counted through in the order in which they are visited.

use std::fmt::Write;

use super::mismatch::Disagreement;
use crate::differentiable::{Parameters, Step, Visitor};
use crate::real::Real;

/// All numbers of an argument with the derivatives that are claimed for them.
#[derive(Default)]
pub(super) struct Coordinates {
    values: Vec<f64>,
    derivatives: Vec<f64>,
    /// The precision of each number's own type.
    epsilons: Vec<f64>,
}

impl Visitor for Coordinates {
    fn leaf<T: Real>(&mut self, values: &mut [T], tangents: &[T], _shape: &[usize]) {
        self.values.extend(values.iter().map(|x| x.to_double()));
        self.derivatives.extend(tangents.iter().map(|x| x.to_double()));
        self.epsilons.extend(values.iter().map(|_| T::epsilon().to_double()));
    }
}

/// Sets the number of one index.
pub(super) struct Move {
    to_go: usize,
    value: f64,
}

impl Move {
    pub(super) fn new(index: usize, value: f64) -> Self {
        Self { to_go: index, value }
    }
}

impl Visitor for Move {
    fn leaf<T: Real>(&mut self, values: &mut [T], _tangents: &[T], _shape: &[usize]) {
        if let Some(place) = values.get_mut(self.to_go) {
            *place = T::lit(self.value);
        }
        // Past the end after the first hit: there is no such index in what follows.
        self.to_go = self.to_go.checked_sub(values.len()).unwrap_or(usize::MAX);
    }
}

/// Writes down the way to the number of one index.
struct Path {
    to_go: Option<usize>,
    steps: Vec<Step>,
    text: String,
}

impl Visitor for Path {
    fn leaf<T: Real>(&mut self, values: &mut [T], _tangents: &[T], shape: &[usize]) {
        let Some(index) = self.to_go else { return };
        self.to_go = index.checked_sub(values.len());
        if self.to_go.is_some() {
            return;
        }
        for step in &self.steps {
            let written = match step {
                Step::Field(name) => write!(self.text, ".{name}"),
                Step::Index(i) => write!(self.text, "[{i}]"),
            };
            written.expect("strings take everything");
        }
        self.text += &subscript(index, shape);
    }

    fn enter(&mut self, step: Step) {
        self.steps.push(step);
    }

    fn leave(&mut self) {
        self.steps.pop();
    }
}

/// The way to the number of an index, from the argument's name on.
pub(super) fn path_to<P: Parameters>(name: &str, index: usize, copy: &mut P, gradient: &P::Tangent) -> String {
    let mut path = Path { to_go: Some(index), steps: Vec::new(), text: name.to_owned() };
    copy.visit(gradient, &mut path);
    path.text
}

/// `[2, 3]` for the element of a logical index, nothing for scalars.
fn subscript(mut index: usize, shape: &[usize]) -> String {
    let mut subscripts = Vec::with_capacity(shape.len());
    for length in shape.iter().rev() {
        subscripts.push((index % length).to_string());
        index /= length;
    }
    subscripts.reverse();
    if shape.is_empty() { String::new() } else { format!("[{}]", subscripts.join(", ")) }
}

/// A step that is so small, or a function that is so large, that rounding errors drown the difference says nothing.
const LARGEST_NOISE: f64 = 1e-2;
/// Rounding errors of one evaluation, in units of the precision: a sum over many terms loses some digits.
const ROUNDINGS: f64 = 100.0;

impl Coordinates {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Compares the derivative at one index with differences of `at`, the function with that number changed. One
    /// step width that agrees is enough: a wide one may reach over a bend, a narrow one may be lost in rounding. Where none
    /// does, the most exact one may be off by its own error: that of `x³` at zero is all there is of the difference.
    pub(super) fn compare(&self, index: usize, result_epsilon: f64, mut at: impl FnMut(f64) -> f64) -> Result<(), Disagreement> {
        let (x, computed) = (self.values[index], self.derivatives[index]);
        let epsilon = self.epsilons[index].max(result_epsilon);
        let relative = if epsilon > 1e-10 { 2e-2 } else { 1e-6 };
        let width = epsilon.cbrt();
        // What cancels in one derivative is of the size of the others.
        let rounded = ROUNDINGS * epsilon * self.derivatives.iter().fold(0.0, |largest: f64, d| largest.max(d.abs()));
        let steps = [width * x.abs().max(1.0), width * x.abs(), width * x.abs().max(1.0) / 16.0];
        let tolerance = |derivative: f64| relative * computed.abs().max(derivative.abs()) + rounded;
        // `<=` with finite sides only: neither NaN nor infinity agrees with anything.
        let agrees = |derivative: f64, tolerance: f64| tolerance.is_finite() && (computed - derivative).abs() <= tolerance;
        let mut first = None;
        for (attempt, step) in steps.into_iter().enumerate() {
            let Difference { derivative, noise } = central_difference(x, step, epsilon, &mut at);
            let tolerance = tolerance(derivative) + noise;
            if agrees(derivative, tolerance) && (attempt == 0 || noise <= LARGEST_NOISE * computed.abs().max(derivative.abs())) {
                return Ok(());
            }
            first.get_or_insert(Disagreement { computed, difference: derivative, tolerance });
        }
        let estimates = steps.map(|step| with_truncation(x, step, epsilon, &mut at)).into_iter().flatten();
        let most_exact = estimates.min_by(|a, b| a.noise.total_cmp(&b.noise));
        if most_exact.is_some_and(|Difference { derivative, noise }| agrees(derivative, tolerance(derivative) + noise)) {
            return Ok(());
        }
        Err(first.expect("at least one step was taken"))
    }
}

struct Difference {
    derivative: f64,
    /// The part of it that may be an error.
    noise: f64,
}

fn central_difference(x: f64, step: f64, epsilon: f64, at: &mut impl FnMut(f64) -> f64) -> Difference {
    let (above, below) = (at(x + step), at(x - step));
    let derivative = (above - below) / (2.0 * step);
    let noise = ROUNDINGS * epsilon * above.abs().max(below.abs()) / step;
    Difference { derivative, noise }
}

/// A difference with all of its error: that of rounding, and what it changes by with the step. That says something where wider
/// steps change it by more, at least twice as much with twice the step, as those of a smooth function do; over a bend it is the
/// other way round.
fn with_truncation(x: f64, step: f64, epsilon: f64, at: &mut impl FnMut(f64) -> f64) -> Option<Difference> {
    let [own, wider, widest] = [1.0, 2.0, 4.0].map(|times| central_difference(x, times * step, epsilon, &mut *at));
    let [change, larger] =
        [(own.derivative, wider.derivative), (wider.derivative, widest.derivative)].map(|(a, b)| (a - b).abs());
    let error = change + own.noise;
    (error.is_finite() && change <= 0.5 * larger + own.noise).then_some(Difference { derivative: own.derivative, noise: error })
}
