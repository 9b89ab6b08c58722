//! Choices (`if a > b { t } else { 0 }`) in derivative code: what is not chosen contributes nothing, not `0 * inf`.

use super::{Outcome, Simplifier};
use crate::ir::{Op, Stmt, Value};
use crate::table::elementwise::Elementwise;

impl Simplifier<'_> {
    /// The operand of a linear operation that is a choice with nothing on one side.
    pub(super) fn choice_among(&self, op: Elementwise, operands: &[Value]) -> Option<usize> {
        let linear = if op.is("mul") { operands.len() } else { 1 };
        (0..linear).find(|i| {
            self.choice(operands[*i]).is_some_and(|(_, sides)| sides[2..].iter().any(|side| self.constant(*side) == Some(0.0)))
        })
    }

    fn choice(&self, value: Value) -> Option<(Elementwise, &[Value])> {
        match self.definitions.get(&value) {
            Some(Op::Elementwise(op, operands, _)) if ["if_gt", "if_ge", "if_eq"].contains(&op.row().name) => {
                Some((*op, operands))
            }
            _ => None,
        }
    }

    /// `(if c { t } else { 0 }) * x` as `if c { t * x } else { 0 }`.
    pub(super) fn product_of_choice(
        &mut self,
        op: Elementwise,
        operands: &[Value],
        stmt: &Stmt,
        before: &mut Vec<Stmt>,
    ) -> Outcome {
        let position = self.choice_among(op, operands).expect("checked by the caller");
        let (choice, sides) = self.choice(operands[position]).map(|(op, sides)| (op, sides.to_vec())).expect("a choice");
        let kind = self.values[stmt.outs[0]].kind.clone();
        let mut result = sides[..2].to_vec();
        for side in &sides[2..] {
            if self.constant(*side) == Some(0.0) {
                result.push(*side);
                continue;
            }
            let mut inner = operands.to_vec();
            inner[position] = *side;
            result.push(self.insert(Op::Elementwise(op, inner, Vec::new()), kind.clone(), stmt, before));
        }
        Outcome::Op(Op::Elementwise(choice, result, Vec::new()))
    }

    /// `(if c { t } else { 0 }) + (if c { 0 } else { f })` is one choice.
    pub(super) fn complementary(&self, a: Value, b: Value) -> Option<(Elementwise, Vec<Value>)> {
        let ((op, a), (other, b)) = (self.choice(a)?, self.choice(b)?);
        let is_zero = |v: Value| self.constant(v) == Some(0.0);
        if op != other || a[..2] != b[..2] {
            return None;
        }
        let sides = match (is_zero(a[2]), is_zero(a[3]), is_zero(b[2]), is_zero(b[3])) {
            (false, true, true, false) => [a[2], b[3]],
            (true, false, false, true) => [b[2], a[3]],
            _ => return None,
        };
        Some((op, [&a[..2], &sides].concat()))
    }
}
