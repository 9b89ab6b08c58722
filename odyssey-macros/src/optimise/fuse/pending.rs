//! Sums that are put off: a cotangent over a larger space than its operand's is summed once, at the end of the chain
//! of linear operations behind it, since `sum(d) * g = sum(d * g)` where `g` does not vary along the summed axes.

use super::{Fusion, Root, OPERANDS};
use crate::ir::{Op, Value, ValueMap, ValueSet};
use crate::optimise::shapes::Shape;

/// What kind of value an expression of a kernel is.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum State {
    /// A value of its own shape.
    Settled,
    /// Stands for its sum over this space.
    Pending(Shape),
}

impl Fusion<'_> {
    /// Gives a place in memory to every `fit` whose sum cannot be put off.
    pub(super) fn settle_pending(&mut self) {
        loop {
            let mut states = ValueMap::default();
            let mut settle = ValueSet::default();
            for stmt in &self.block.stmts {
                if let [out] = stmt.outs[..] {
                    if self.is_virtual(out) || matches!(stmt.op, Op::Sum(_)) {
                        let state = self.state(&stmt.op, &states, &mut settle);
                        let is_unsettled = state != State::Settled;
                        states.insert(out, state);
                        if is_unsettled && !matches!(stmt.op, Op::Fit { .. }) && self.is_root(out) {
                            stmt.op.operands(&mut |v| self.fits_below(v, &states, &mut settle));
                        }
                    }
                }
            }
            let before = self.materialised.len();
            self.materialised.unite(&settle);
            if self.materialised.len() == before {
                return;
            }
        }
    }

    fn state_of(&self, value: Value, states: &ValueMap<State>) -> State {
        if self.materialised.contains(&value) || !self.is_virtual(value) {
            return State::Settled;
        }
        states.get(&value).cloned().unwrap_or(State::Settled)
    }

    fn state(&self, op: &Op, states: &ValueMap<State>, settle: &mut ValueSet) -> State {
        match op {
            Op::Fit { value, over, like } => {
                let (over, like) = (self.shapes().of(*over), self.shapes().of(*like));
                let space = match self.state_of(*value, states) {
                    // Over a larger shape than the value's own, every point needs the finished sum.
                    State::Pending(space) if over == self.shapes().of(*value) => space,
                    State::Pending(_) => {
                        self.fits_below(*value, states, settle);
                        over
                    }
                    State::Settled => over,
                };
                if space == like {
                    State::Settled
                } else {
                    State::Pending(space)
                }
            }
            Op::Elementwise(e, operands, _) => {
                let found: Vec<_> = operands.iter().map(|v| self.state_of(*v, states)).collect();
                let linear = match (e.row().name, &found[..]) {
                    (_, all) if all.iter().all(|s| *s == State::Settled) => return State::Settled,
                    ("neg", [x]) => Some(x.clone()),
                    ("mul" | "div", [x, State::Settled]) if self.is_constant_along(operands[1], operands[0]) => Some(x.clone()),
                    ("mul", [State::Settled, x]) if self.is_constant_along(operands[0], operands[1]) => Some(x.clone()),
                    ("add" | "sub", [a, b]) => self.common(&[(operands[0], a), (operands[1], b)]),
                    ("if_gt" | "if_ge" | "if_eq", [State::Settled, State::Settled, t, f]) => {
                        let common = self.common(&[(operands[2], t), (operands[3], f)]);
                        let is_constant = |side: &Value| operands[..2].iter().all(|v| self.is_constant_along(*v, *side));
                        common.filter(|_| operands[2..].iter().filter(|side| !self.is_zero(**side)).all(is_constant))
                    }
                    _ => None,
                };
                linear.unwrap_or_else(|| self.settle_all(operands, states, settle))
            }
            Op::Accumulate(a, b) => {
                let found = [self.state_of(*a, states), self.state_of(*b, states)];
                if found.iter().all(|s| *s == State::Settled) {
                    return State::Settled;
                }
                self.common(&[(*a, &found[0]), (*b, &found[1])]).unwrap_or_else(|| self.settle_all(&[*a, *b], states, settle))
            }
            Op::Sum(x) => {
                if self.state_of(*x, states) != State::Settled {
                    self.fits_below(*x, states, settle);
                }
                State::Settled
            }
            _ => State::Settled,
        }
    }

    /// `factor` does not vary along the axes that the pending `sum` has yet to be summed over: it has no shape but the
    /// sum's own.
    fn is_constant_along(&self, factor: Value, sum: Value) -> bool {
        self.shapes().of(factor).is_subset(&self.shapes().of(sum))
    }

    fn is_zero(&self, value: Value) -> bool {
        matches!(self.definitions.get(&value), Some(Op::Literal(number)) if number.value == 0.0)
    }

    /// The state of a sum of terms that are all pending from the same space to the same shape, or zero.
    fn common(&self, terms: &[(Value, &State)]) -> Option<State> {
        let mut pending = terms.iter().filter(|(v, _)| !self.is_zero(*v));
        let (value, first) = pending.next()?;
        let own = self.shapes().of(*value);
        let agrees = |(v, state): &(Value, &State)| state == first && self.shapes().of(*v) == own;
        (**first != State::Settled && pending.all(agrees)).then(|| (*first).clone())
    }

    fn settle_all(&self, operands: &[Value], states: &ValueMap<State>, settle: &mut ValueSet) -> State {
        operands.iter().for_each(|v| self.fits_below(*v, states, settle));
        State::Settled
    }

    /// The nearest `fit`s that a pending value waits for.
    fn fits_below(&self, value: Value, states: &ValueMap<State>, settle: &mut ValueSet) {
        let (mut below, mut seen) = (vec![value], ValueSet::default());
        while let Some(value) = below.pop() {
            if self.state_of(value, states) == State::Settled || !seen.insert(value) {
                continue;
            }
            match &self.definitions[&value] {
                Op::Fit { .. } => {
                    settle.insert(value);
                }
                op => op.operands(&mut |v| below.push(v)),
            }
        }
    }

    /// The space over which a root is computed.
    pub(super) fn space(&self, value: Value) -> Shape {
        match &self.definitions[&value] {
            Op::Sum(x) => self.shapes().of(*x),
            Op::Fit { .. } => {
                self.summed_over(value).into_iter().fold(Shape::scalar(), |space, over| space.join(&self.shapes().of(over)))
            }
            _ => self.shapes().of(value),
        }
    }

    /// A value that says alone how far a pass goes for which many others would have to be asked.
    pub(super) fn space_giver(&self, root: &Root) -> Option<Value> {
        let is_wide = root.space.len() > OPERANDS / 2 && matches!(self.definitions[&root.value], Op::Fit { .. });
        let over = if is_wide { self.summed_over(root.value) } else { Vec::new() };
        over.into_iter().find(|over| self.shapes().of(*over) == root.space)
    }

    /// The values over whose shapes a `fit` and those that are put off below it sum.
    fn summed_over(&self, fit: Value) -> Vec<Value> {
        let (mut below, mut seen, mut spaces) = (vec![fit], ValueSet::default(), Vec::new());
        while let Some(value) = below.pop() {
            let is_read = value != fit && (!self.is_virtual(value) || self.is_root(value));
            if is_read || !seen.insert(value) {
                continue;
            }
            match &self.definitions[&value] {
                Op::Fit { value: inner, over, .. } => {
                    spaces.push(*over);
                    below.push(*inner);
                }
                op => op.operands(&mut |v| below.push(v)),
            }
        }
        spaces
    }
}
