//! Kernels in two stages: a long formula is cut where the wait for its results is halved. Why that is faster is said in the
//! runtime's `stages.rs`.

use crate::ir::{Block, Op, Stmt, Value, ValueMap, ValueSet};
use crate::optimise::remove_dead;
use crate::table::elementwise::Elementwise;

/// The two halves of a kernel's body. The second one has the results of the first as its last parameters.
pub(super) struct Stages {
    pub(super) first: Block,
    pub(super) second: Block,
}

/// Most values that go from one stage to the other.
const MOST: usize = 2;

/// Cuts a body in which long functions wait for one another, so that the longer half waits as little as possible.
pub(super) fn stages(body: &Block) -> Option<Stages> {
    let is_long = |stmt: &Stmt| matches!(stmt.op, Op::Elementwise(op, ..) if latency(op) == LONG);
    let behind_long = || (1..body.stmts.len()).filter(|at| is_long(&body.stmts[at - 1]));
    behind_long().nth(1)?;
    let (price, at) = behind_long().filter_map(|at| Some((price(body, at)?, at))).min()?;
    // A second walk over the points is not for free.
    (price * 4 <= wait(&body.stmts) * 3).then(|| cut(body, at))
}

/// How long the longer half waits if the body is cut in front of a statement, and a bit for each value that goes through
/// memory; nothing if there are none, or too many of them.
fn price(body: &Block, at: usize) -> Option<u32> {
    let (before, after) = body.stmts.split_at(at);
    let handed_on = handed_on(body, at).len();
    let through_memory = 8 * u32::try_from(handed_on).expect("a few values");
    (1..=MOST).contains(&handed_on).then(|| wait(before).max(wait(after)) + through_memory)
}

/// The values from before a statement that are read from there on, but for those that are computed again.
fn handed_on(body: &Block, at: usize) -> Vec<Value> {
    let (before, after) = body.stmts.split_at(at);
    let mut read: ValueSet = body.results.iter().copied().collect();
    for stmt in after {
        stmt.op.operands(&mut |v| {
            read.insert(v);
        });
    }
    let made = made(before);
    let stmts = before.iter().filter(|stmt| !is_repeatable(&stmt.op, &made));
    stmts.map(|stmt| stmt.outs[0]).filter(|v| read.contains(v)).collect()
}

/// The body cut in front of a statement.
fn cut(body: &Block, at: usize) -> Stages {
    let (before, after) = body.stmts.split_at(at);
    let made = made(before);
    let again = before.iter().filter(|stmt| is_repeatable(&stmt.op, &made));
    let handed_on = handed_on(body, at);
    let mut second = Block { stmts: again.chain(after).cloned().collect(), ..body.clone() };
    second.params.extend(&handed_on);
    let mut first = Block { stmts: before.to_vec(), results: handed_on, ..body.clone() };
    remove_dead(&mut first, &mut ValueSet::default());
    remove_dead(&mut second, &mut ValueSet::default());
    Stages { first, second }
}

fn made(stmts: &[Stmt]) -> ValueMap<&Op> {
    stmts.iter().map(|stmt| (stmt.outs[0], &stmt.op)).collect()
}

/// Costs less to compute again, of operands and constants, than to hand on.
fn is_repeatable(op: &Op, made: &ValueMap<&Op>) -> bool {
    let is_constant = |op: &Op| matches!(op, Op::Literal(_) | Op::Verbatim(_));
    match op {
        Op::Elementwise(elementwise, operands, _) => {
            elementwise.is_cheap() && operands.iter().all(|v| made.get(v).is_none_or(|op| is_constant(op)))
        }
        op => is_constant(op),
    }
}

/// How long the last result of some statements waits for what comes from elsewhere, in cycles.
fn wait(stmts: &[Stmt]) -> u32 {
    let (mut done, mut last) = (ValueMap::default(), 0);
    for stmt in stmts {
        let Op::Elementwise(op, ..) = stmt.op else { continue };
        let mut start = 0;
        stmt.op.operands(&mut |v| start = start.max(done.get(&v).copied().unwrap_or(0)));
        last = last.max(start + latency(op));
        done.insert(stmt.outs[0], start + latency(op));
    }
    last
}

/// What a function takes that is a polynomial with what goes before and after.
const LONG: u32 = 60;

/// About how many cycles later the result of an operation is there.
fn latency(op: Elementwise) -> u32 {
    match op.row().name {
        "neg" | "abs" | "copysign" | "signum" | "sgn" => 1,
        "add" | "sub" | "mul" | "mul_add" | "pow2" | "if_gt" | "if_ge" | "if_eq" | "min" | "max" | "clamp" | "relu" => 4,
        "to_radians" | "to_degrees" | "leaky_relu" | "hardtanh" | "abs_sub" => 8,
        "div" | "recip" | "sqrt" | "softsign" | "hardsigmoid" | "hardswish" => 16,
        "floor" | "ceil" | "round" | "trunc" | "fract" | "powi" | "powi_slope" => 16,
        _ => LONG,
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;
    use crate::ir::{Info, Kind, Number, Values};

    /// A body over the parameter x, whose statements are operations on earlier values, 0 being x.
    fn body(ops: &[(&str, &[usize])]) -> Block {
        let mut values = Values::default();
        let (kind, span) = (Kind::Scalar, Span::call_site());
        let info = Info::unnamed(kind, span);
        let all: Vec<_> = (0..=ops.len()).map(|_| values.add(info.clone())).collect();
        let op = |name: &str, operands: &[usize]| match name {
            "literal" => Op::Literal(Number { value: 2.0, token: None }),
            name => Op::Elementwise(Elementwise::named(name), operands.iter().map(|i| all[*i]).collect(), Vec::new()),
        };
        let stmts =
            ops.iter().zip(&all[1..]).map(|((name, operands), out)| Stmt { outs: vec![*out], op: op(name, operands), span });
        Block { params: vec![all[0]], stmts: stmts.collect(), results: vec![all[ops.len()]], ..Block::default() }
    }

    fn names(block: &Block) -> Vec<String> {
        let name = |stmt: &Stmt| if let Op::Elementwise(op, ..) = stmt.op { op.row().name } else { "literal" };
        block.stmts.iter().map(|stmt| name(stmt).to_owned()).collect()
    }

    #[test]
    fn functions_that_wait_for_one_another_are_in_stages() {
        let body = body(&[("literal", &[]), ("mul", &[0, 0]), ("exp", &[2]), ("mul", &[1, 3]), ("tanh", &[4]), ("div", &[5, 2])]);
        let Stages { first, second } = stages(&body).expect("two long functions");
        assert_eq!(names(&first), ["mul", "exp"]);
        assert_eq!(names(&second), ["literal", "mul", "mul", "tanh", "div"]);
        assert_eq!((first.results.len(), second.params.len()), (1, 2));
    }

    #[test]
    fn others_are_not() {
        assert!(stages(&body(&[("mul", &[0, 0]), ("exp", &[1])])).is_none());
        assert!(stages(&body(&[("exp", &[0]), ("tanh", &[0]), ("mul", &[1, 2])])).is_none());
    }
}
